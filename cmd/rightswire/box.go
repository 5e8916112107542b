package main

import (
	"fmt"
	"sync"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher/pages"
)

// searchBox is the form that served pages have, and files in a folder have
// not: there it would lead nowhere.
func searchBox(cfg *config.Config) ([]byte, error) {
	r, err := renderer()
	if err != nil {
		return nil, fmt.Errorf("read the page templates: %w", err)
	}
	return r.SearchBox(siteInfo(cfg))
}

// renderer reads the page templates when somebody needs them, and once: that
// takes longer than to make a page.
var renderer = sync.OnceValues(pages.New)
