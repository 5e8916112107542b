package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newPrune is the command "prune".
func newPrune(a *app) *cobra.Command {
	var dry, sizes bool
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Delete what is older than retention says",
		Long: `Takes old stories out of the database, with their items, what was corrected of
them and where they were filed, old rows of the ledger and old entries of the
record of the desk, as retention in config.yaml says and as the daemon does it at
schedule.prune. A story goes as a
whole, counted from its youngest report, and only when no feed lists it any more.
Feeds do not bring back what has gone, ids are never given again, the archives of
the feeds keep what they say, and readers are told of no withdrawal.

It works in small steps beside a daemon, and can be interrupted.`,
		Example: `  rightswire prune --dry-run
  rightswire prune --sizes
  rightswire prune`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd.Context(), dry || sizes, func(store *storage.Store) error {
				cfg, err := a.loadStored()
				if err != nil {
					return err
				}
				if sizes {
					return a.printSizes(cmd.Context(), store)
				}
				done, err := store.Prune(cmd.Context(), retention(cfg, a.now(), dry))
				if err != nil && !errors.Is(err, context.Canceled) {
					return err
				}
				fmt.Fprintln(a.out, describePruned(done, dry))
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what would go")
	cmd.Flags().BoolVar(&sizes, "sizes", false, "only say how much room the database takes, what for, and how it grows")
	return cmd
}

// printSizes says how large the archive is.
func (a *app) printSizes(ctx context.Context, store *storage.Store) error {
	z, err := store.Size(ctx, true)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s, of which %s are unused: %s, %s, %s of the ledger\n", sizeText(z.Bytes), sizeText(z.Free),
		news.Count(z.Items, "item"), news.Count(z.Stories, "story"), news.Count(z.Polls, "row"))
	if z.Items > 0 {
		each := float64(z.Bytes-z.Free) / float64(z.Items)
		fmt.Fprintf(a.out, "%.0f bytes an item, all told", each)
		if days := z.Last.Sub(z.First).Hours() / 24; days >= 1 {
			perDay := float64(z.Items) / days
			fmt.Fprintf(a.out, "; %.0f items a day since %s are %s a year", perDay, z.First.UTC().Format("2006-01-02"), sizeText(int64(each*perDay*365)))
		}
		fmt.Fprintln(a.out)
	}
	for _, t := range z.ByTable {
		if t.Bytes*100 >= z.Bytes { // the others are noise
			fmt.Fprintf(a.out, "  %-16s %s\n", t.Name, sizeText(t.Bytes))
		}
	}
	return nil
}

// retention is what the configuration lets go at a moment.
func retention(cfg *config.Config, now time.Time, dry bool) storage.Retention {
	r := storage.Retention{Most: cfg.Retention.MaxItems, Keep: now.Add(-cfg.Stories.Window.Std() - 24*time.Hour), DryRun: dry}
	if d := cfg.Retention.Items.Std(); d > 0 {
		r.Items = now.Add(-d)
	}
	if d := cfg.Retention.Ledger.Std(); d > 0 {
		r.Ledger = now.Add(-d)
	}
	if d := cfg.Retention.Audit.Std(); d > 0 {
		r.Audit = now.Add(-d)
	}
	return r
}

// describePruned says what went, or would.
func describePruned(p storage.Pruned, dry bool) string {
	verb := "took out"
	if dry {
		verb = "would take out"
	}
	text := fmt.Sprintf("%s %s with %s, and %s of the ledger", verb, news.Count(p.Stories, "story"), news.Count(p.Items, "item"), news.Count(p.Polls, "row"))
	if p.Audit > 0 {
		text += fmt.Sprintf(", and %s of the record of the desk", news.Count(p.Audit, "entry"))
	}
	if p.Held > 0 {
		text += fmt.Sprintf("; %s old enough stay until no feed lists them", news.Count(p.Held, "story"))
	}
	if p.Freed > 0 {
		text += "; gave " + sizeText(p.Freed) + " back to the disk"
	}
	return text
}

// prune takes out what is old, for the daemon, and has the site made anew.
func (d *daemon) prune(ctx context.Context) error {
	app, began := d.wire.app, time.Now()
	done, err := d.wire.store.Prune(ctx, retention(d.inEffect.Load(), app.now(), false))
	d.wire.metrics.pruned(done)
	if done.Items > 0 {
		want(d.force)
	}
	if err == nil && done.Items+done.Polls+done.Audit > 0 {
		app.log.LogAttrs(ctx, slog.LevelInfo, "old stories and ledger taken out", slog.Int("stories", done.Stories), slog.Int("items", done.Items),
			slog.Int("ledger", done.Polls), slog.Int("audit", done.Audit), slog.Int64("freed", done.Freed), slog.Duration("took", time.Since(began)))
	}
	return err
}
