package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newSourcesAccept is the command "sources accept".
func newSourcesAccept(a *app) *cobra.Command {
	return a.sourceEdit(&cobra.Command{
		Use:   "accept ID",
		Short: "Publish a proposed source from now on, its preview first",
		Long: `Makes a proposed source active. What its preview holds is published by a running
daemon at once, else by the next run, without asking the source again. The items
have the dates that they had in the preview, so that they take their places
among the older news and do not come up as new; no feed lists more than
publish.per_source of one source. Look at the preview first:

  rightswire sources show my-union
  rightswire items list --source my-union
` + keepsRest,
		Example: `  rightswire sources accept my-union`,
	}, "active", func(id string) config.Change { return config.WithStatus(id, news.Active) })
}

// listPreview prints the preview of a proposed source, if that is what the
// flags ask for, and reports whether it was.
func (a *app) listPreview(ctx context.Context, cfg *config.Config, store *storage.Store, f itemFlags) (bool, error) {
	q := f.query
	if len(q.Sources) != 1 || len(q.Categories)+len(q.Countries)+len(q.Languages) > 0 {
		return false, nil
	}
	src, err := findSource(cfg, q.Sources[0])
	if err != nil || src.Status != news.Proposed {
		return false, nil // it may be in the archive and not in the list
	}
	items, err := preview(ctx, store, src.ID)
	if err != nil || len(items) == 0 {
		return false, err
	}
	if !f.all {
		slices.SortStableFunc(items, func(x, y news.Item) int { return y.Published.Compare(x.Published) })
		items = items[:min(len(items), max(q.Limit, 0))]
	}
	fmt.Fprintf(a.err, "%s is proposed: this is its preview, of which nothing is published\n", src.ID)
	return true, a.printItems(func(fn func(news.Item) error) error {
		for _, it := range items {
			if err := fn(it); err != nil {
				return err
			}
		}
		return nil
	}, f.asJSON)
}

// preview returns what is kept apart of a source; nothing of one that the
// database has not seen.
func preview(ctx context.Context, store *storage.Store, id string) ([]news.Item, error) {
	items, err := store.Preview(ctx, id)
	if errors.Is(err, news.ErrNotFound) {
		return nil, nil
	}
	return items, err
}

func countPreview(ctx context.Context, store *storage.Store, id string) (int, error) {
	items, err := preview(ctx, store, id)
	return len(items), err
}
