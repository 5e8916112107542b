package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/rightswire/rightswire"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// newsroom is load for the stages that are inspected on their own: where there
// is no config.yaml it is the newsroom that the program carries; a file that
// was named must exist.
func (a *app) newsroom() (*config.Config, error) {
	if _, missing := os.Stat(a.config); a.config == defaultConfig && errors.Is(missing, fs.ErrNotExist) {
		return config.LoadFS(rightswire.Newsroom, "config.yaml")
	}
	return a.loadStored()
}

// sourcesByID returns the configured sources by id.
func sourcesByID(cfg *config.Config) map[string]news.Source {
	sources := make(map[string]news.Source, len(cfg.Sources))
	for _, s := range cfg.Sources {
		sources[s.ID] = s
	}
	return sources
}
