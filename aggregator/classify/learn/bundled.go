package learn

import (
	_ "embed"
	"sync"
)

//go:embed model.bin
var bundled []byte

// Bundled returns the model that the program carries. It is read once.
var Bundled = sync.OnceValues(func() (*Model, error) { return Decode(bundled) })
