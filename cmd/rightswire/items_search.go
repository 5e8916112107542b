package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rightswire/rightswire/news"
	query "github.com/rightswire/rightswire/news/search"
)

// newItemsSearch is the command "items search".
func newItemsSearch(a *app) *cobra.Command {
	var f itemFlags
	cmd := &cobra.Command{
		Use:   "search QUERY...",
		Short: "Search the archive for words, phrases, sources, dates",
		Long: `Lists items that match, newest first. All words must occur in title or text;
case and accents make no difference. In a query

  "minimum wage"      is words in a row
  strik*              is every word that begins so
  strike OR lockout   is either
  -football           is not that
  source:ID category:ID country:CC language:TAG after:2024-01-31 before:2025
                      are conditions

Put the whole query in single quotes, or the shell takes its quotes and signs.
A query that begins with a minus stands behind --: rightswire items search -- -strike
What is hardly what you meant is said on standard error, and searched as it is.
A run takes new items into the index after it has published.`,
		Example: `  rightswire items search minimum wage --country PH
  rightswire items search '"minimum wage" -football after:2024'
  rightswire items search huelga --language es --json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.searchItems(cmd.Context(), strings.Join(args, " "), f)
		},
	}
	f.bind(a, cmd)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		err = wordedFlag(err)
		if bad := (*pflag.NotExistError)(nil); errors.As(err, &bad) && bad.GetSpecifiedShortnames() != "" {
			return usagef("%w; a query that begins with a minus stands behind --: rightswire items search -- -%s", err, bad.GetSpecifiedShortnames())
		}
		return usagef("%w; run %q", err, helpFor(cmd))
	})
	return cmd
}

// searchItems prints the items that a query and the flags select.
func (a *app) searchItems(ctx context.Context, text string, f itemFlags) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	store, err := a.openStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	if err := f.check(ctx, cfg, store); err != nil {
		return errors.Join(err, store.Close())
	}
	q := query.Parse(text)
	unknown, err := unknownSources(ctx, cfg, store, q)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	for _, doubt := range append(cfg.Doubts(text), unknown...) {
		fmt.Fprintf(a.err, "hint: %s\n", doubt)
	}
	q = f.narrow(q)
	limit := f.query.Limit
	if f.all {
		limit = 0
	}
	found := 0
	err = a.printItems(func(fn func(news.Item) error) error {
		return store.EachMatch(ctx, q, limit, func(it news.Item) error { found++; return fn(it) })
	}, f.asJSON)
	if err == nil && found == 0 {
		a.hintPrefix(q)
	}
	behind, failed := store.Behind(ctx)
	if behind > 0 {
		fmt.Fprintf(a.err, "the index lacks the last changes of %s; the next run or a daemon brings it up to date\n", news.Count(behind, "story"))
	}
	return errors.Join(err, failed, store.Close())
}

// narrow adds the flags to a query.
func (f *itemFlags) narrow(q query.Query) query.Query {
	for _, x := range []struct {
		field  query.Field
		values []string
	}{
		{query.Category, f.query.Categories}, {query.Country, f.query.Countries},
		{query.Language, f.query.Languages}, {query.Source, f.query.Sources},
	} {
		q.AndAny(x.field, x.values)
	}
	return q
}

// hintPrefix says of a question that found nothing how to ask for all words
// that begin like its own: there is no stemming, for names and for languages
// that it would be wrong in.
func (a *app) hintPrefix(q query.Query) {
	for _, c := range q.Clauses {
		for _, t := range c {
			runes := []rune(t.Text)
			if t.Field != query.Text || t.Not || t.Prefix || len(runes) < 5 || strings.Contains(t.Text, " ") {
				continue
			}
			fmt.Fprintf(a.err, "hint: nothing matches; words are looked for as they are written, and '%s*' is every word that begins so\n", string(runes[:len(runes)-1]))
			return
		}
	}
}
