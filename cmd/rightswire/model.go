package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/classify/learn"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// model returns the learned layer as configured; nil where it is switched off.
func (a *app) model(cfg *config.Config) (*learn.Model, error) {
	if !cfg.Classify.Model {
		return nil, nil
	}
	if cfg.Classify.ModelFile == "" {
		return learn.Bundled()
	}
	path := a.beside(cfg.Classify.ModelFile)
	file, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("%s: classify.model_file: there is no file %s; make it with \"rightswire rules train\", or leave the key empty", a.config, path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	m, err := learn.Decode(file)
	if err != nil {
		return nil, usagef("%s: classify.model_file: %s: %w", a.config, path, err)
	}
	return m, nil
}

// classifier compiles a taxonomy together with the configured model.
func (a *app) classifier(cfg *config.Config, t news.Taxonomy) (*classify.Classifier, error) {
	m, err := a.model(cfg)
	if err != nil {
		return nil, err
	}
	c, err := classify.New(t, classify.WithModel(m))
	if err != nil {
		return nil, usagef("%s: taxonomy: %w", a.config, err)
	}
	return c, nil
}
