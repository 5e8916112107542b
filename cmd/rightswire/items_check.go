package main

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/text/language"

	"github.com/rightswire/rightswire/config"
	query "github.com/rightswire/rightswire/news/search"
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
	return f.checkQuery(ctx, cfg, store)
}

// checkQuery is check for what any list of the archive is asked.
func (f *itemFlags) checkQuery(ctx context.Context, cfg *config.Config, store *storage.Store) error {
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
			return usagef("--%s: %s", what, unknownID(what, id, configured))
		}
	}
	return nil
}

// unknownID says that there is no category or source of an id, and which there
// are.
func unknownID(what, id string, configured []string) string {
	hint := config.DidYouMean(id, configured)
	switch {
	case hint != "":
	case what == "source":
		hint = `; "rightswire sources list" has them all`
	case len(configured) > 0:
		hint = "; there are " + strings.Join(configured, ", ")
	}
	return fmt.Sprintf("there is no %s %q%s", what, id, hint)
}

// unknownSources says of each source that a query names, and neither the
// configuration nor the archive knows, that there is none.
func unknownSources(ctx context.Context, cfg *config.Config, store *storage.Store, q query.Query) ([]string, error) {
	var named []string
	for _, c := range q.Clauses {
		for _, t := range c {
			if t.Field == query.Source {
				named = append(named, t.Text)
			}
		}
	}
	if named == nil {
		return nil, nil
	}
	kept, err := store.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var configured, unknown []string
	for _, s := range cfg.Sources {
		configured = append(configured, s.ID)
	}
	for _, id := range named {
		if err := known("source", []string{id}, configured, kept.Sources); err != nil {
			unknown = append(unknown, unknownID("source", id, configured))
		}
	}
	return unknown, nil
}
