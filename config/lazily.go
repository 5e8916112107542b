package config

import (
	"regexp"
	"sync"
)

// lazily compiles an expression when it is first asked for: most runs have
// no use for most of them.
func lazily(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
