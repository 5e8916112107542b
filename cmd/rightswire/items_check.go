package main

import (
	"context"
	"strings"

	"golang.org/x/text/language"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/storage"
)

// check refuses flags that can only select nothing: an empty list would pass
// for an answer.
func (f *itemFlags) check(ctx context.Context, cfg *config.Config, store *storage.Store) error {
	switch n := f.query.Limit; {
	case f.all:
	case n < 1:
		return usagef("--limit: %d is not a number of items; write 1 or more, or --all for all of them", n)
	case n > storage.MaxLimit:
		return usagef("--limit: one list has at most %d items; --all gives all of them", storage.MaxLimit)
	}
	for i, code := range f.query.Countries {
		f.query.Countries[i] = strings.ToUpper(code)
		if !config.IsCountry(f.query.Countries[i]) {
			return usagef("--country: %q is not an ISO 3166-1 country; write DE, ZA or MX", code)
		}
	}
	for _, tag := range f.query.Languages {
		if _, err := language.Parse(tag); err != nil {
			return usagef("--language: %q is not a BCP 47 language; write en, pt-BR or zh-Hant", tag)
		}
	}
	return f.checkIDs(ctx, cfg, store)
}

// checkIDs refuses categories and sources that neither the configuration nor
// the archive knows; the archive keeps what the desk has removed.
func (f *itemFlags) checkIDs(ctx context.Context, cfg *config.Config, store *storage.Store) error {
	if len(f.query.Categories)+len(f.query.Sources) == 0 {
		return nil
	}
	kept, err := store.Counts(ctx)
	if err != nil {
		return err
	}
	var categories, sources []string
	for _, c := range cfg.Categories {
		categories = append(categories, c.ID)
	}
	for _, s := range cfg.Sources {
		sources = append(sources, s.ID)
	}
	if err := known("category", f.query.Categories, categories, kept.Categories); err != nil {
		return err
	}
	return known("source", f.query.Sources, sources, kept.Sources)
}

// known refuses the first id that is neither configured nor in the archive.
func known(what string, ids, configured []string, kept map[string]int) error {
	is := map[string]bool{}
	for _, id := range configured {
		is[id] = true
	}
	for _, id := range ids {
		if _, old := kept[id]; !is[id] && !old {
			return usagef("--%s: there is no %s %q%s", what, what, id, config.DidYouMean(id, configured))
		}
	}
	return nil
}
