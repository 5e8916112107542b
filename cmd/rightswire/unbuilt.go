package main

import (
	"slices"
	"strings"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// unbuilt refuses what the configuration may ask for and this binary cannot
// do, instead of doing something else in silence (docs/architecture.md,
// "Not built yet").
func unbuilt(c *config.Config, refuse func(path, value, hint string)) {
	if scheme, _, store := strings.Cut(c.Publish.To, "://"); store && !slices.Contains(deliver.Schemes(), scheme) {
		refuse("publish.to", c.Publish.To, "this binary has no driver for it; "+withDriver(scheme))
	}
}

// withDriver says how to get a binary that knows an object store.
func withDriver(scheme string) string {
	return "make one that has, with: go build -tags " + scheme + " ./cmd/rightswire"
}
