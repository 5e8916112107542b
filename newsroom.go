// Package rightswire carries the newsroom that the program ships with, so
// that a fresh binary can inspect, demonstrate and explain without a file
// beside it. It decides nothing: config reads these files like any others,
// and cmd chooses when to use them. It is the root package because Go embeds
// only what lies below a package, and the files belong at the top, where a
// desk looks for them.
package rightswire

import "embed"

// Newsroom holds config.yaml, the files that it includes, sources.yaml and
// taxonomy.yaml, and golden.yaml, the headlines that the taxonomy must get right.
//
//go:embed config.yaml sources.yaml taxonomy.yaml golden.yaml
var Newsroom embed.FS
