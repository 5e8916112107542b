package main

import (
	"fmt"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher/pages"
)

// searchBox is the form that served pages have, and files in a folder have
// not: there it would lead nowhere.
func searchBox(cfg *config.Config) ([]byte, error) {
	r, err := pages.New()
	if err != nil {
		return nil, fmt.Errorf("read the page templates: %w", err)
	}
	return r.SearchBox(siteInfo(cfg))
}
