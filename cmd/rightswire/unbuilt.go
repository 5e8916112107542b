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
	if strings.Contains(c.Database.URL, "://") {
		refuse("database", c.Database.Redacted(), "this version keeps its archive in a SQLite file only; write rightswire.db")
	}
	if hint := unreachable(c.Publish.To); hint != "" {
		refuse("publish.to", c.Publish.To, hint)
	}
}

// unreachable says what to do about an object store that this binary has no
// driver for, or that has no name; "" if there is nothing to do.
func unreachable(to string) string {
	scheme, rest, store := strings.Cut(to, "://")
	switch {
	case !store:
		return ""
	case !slices.Contains(deliver.Schemes(), scheme):
		return "this binary was built without a driver for it; build one with: go build -tags " + scheme + " ./cmd/rightswire"
	case scheme != "file" && (rest == "" || strings.ContainsAny(rest[:1], "/?")):
		return "it names no bucket; write " + scheme + "://BUCKET or " + scheme + "://BUCKET/FOLDER"
	}
	return ""
}
