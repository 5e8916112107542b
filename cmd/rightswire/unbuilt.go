package main

import (
	"strings"

	"github.com/rightswire/rightswire/config"
)

// unbuilt refuses what the configuration may ask for and this version cannot
// do yet, instead of doing something else in silence (docs/architecture.md,
// "Not built yet").
func unbuilt(c *config.Config, refuse func(path, value, hint string)) {
	if strings.Contains(c.Database.URL, "://") {
		refuse("database", c.Database.Redacted(), "this version keeps its archive in a SQLite file only; write rightswire.db")
	}
	if strings.Contains(c.Publish.To, "://") {
		refuse("publish.to", c.Publish.To, "this version publishes into a folder only; write its path, such as site")
	}
}
