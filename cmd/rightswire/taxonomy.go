package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/rightswire/rightswire"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// taxonomy returns the configured taxonomy and sources by id, for the stages
// that are inspected on their own. Where there is no config.yaml it is the
// newsroom that the program carries; a file that was named must exist.
func (a *app) taxonomy() (news.Taxonomy, map[string]news.Source, error) {
	cfg, err := a.load()
	if _, missing := os.Stat(a.config); a.config == defaultConfig && errors.Is(missing, fs.ErrNotExist) {
		cfg, err = config.LoadFS(rightswire.Newsroom, "config.yaml")
	}
	if err != nil {
		return news.Taxonomy{}, nil, err
	}
	sources := make(map[string]news.Source, len(cfg.Sources))
	for _, s := range cfg.Sources {
		sources[s.ID] = s
	}
	return cfg.Taxonomy(), sources, nil
}
