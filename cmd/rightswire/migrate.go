package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/storage"
)

// newMigrate is the command "migrate".
func newMigrate(a *app) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database up to date, or copy it into another one",
		Long: `Without --to it brings the schema of the database up to date, as every command does
that writes. With --to it copies everything that the database holds into another
one, which must be new: a file, or a PostgreSQL database that exists and is empty.
The rows are counted there, all of it comes or nothing, and what is published from
it is the same, byte for byte. config.yaml and the database that is copied stay as
they are: name the new one in config.yaml when it is done.

A password for PostgreSQL is taken from PGPASSWORD or ~/.pgpass, not from the
command line, which others on this machine can read.`,
		Example: `  rightswire migrate
  rightswire migrate --to postgres://wire@db.example.org/wire
  rightswire migrate --to rightswire.db --config on-postgres.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadStored()
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("to") {
				return a.upToDate(cmd.Context(), cfg)
			}
			return a.migrate(cmd.Context(), cfg, to)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "`database` to copy everything into: postgres://… or a file")
	return cmd
}

// upToDate opens the database for writing, which migrates it.
func (a *app) upToDate(ctx context.Context, cfg *config.Config) error {
	store, err := a.openStore(ctx, cfg, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "the schema of %s is up to date\n", a.beside(cfg.Database.Redacted()))
	return store.Close()
}

// migrate copies the archive while nobody polls.
func (a *app) migrate(ctx context.Context, cfg *config.Config, to string) error {
	if err := a.acceptable(cfg, to); err != nil {
		return err
	}
	if err := a.archiveThere(cfg); err != nil {
		return err
	}
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	unlock, err := w.lockRun(ctx, handover)
	switch {
	case errors.Is(err, storage.ErrHeld):
		return errors.Join(w.busy("stop it, so that nothing comes in while it is copied"), w.close())
	case err != nil:
		return errors.Join(err, w.close())
	}
	defer unlock()
	target, err := storage.Open(ctx, to, storage.Options{StoryUID: storyUID, Revisions: cfg.Stories.Revisions, Logger: a.log, Now: a.now})
	if err != nil {
		return errors.Join(err, w.close())
	}
	return errors.Join(a.copyArchive(ctx, w.store, target), target.Close(), w.close())
}

// acceptable refuses what cannot be meant.
func (a *app) acceptable(cfg *config.Config, to string) error {
	if to == "" {
		return usagef("--to: it is empty; name a file, or postgres://user@host/name")
	}
	if !storage.IsPostgres(to) {
		here, err := filepath.Abs(a.archive(cfg))
		there, err2 := filepath.Abs(to)
		if err == nil && err2 == nil && here == there {
			return usagef("--to: %s is the database itself; name another one", to)
		}
		return nil
	}
	if u, err := url.Parse(to); err == nil {
		if _, set := u.User.Password(); set {
			return usagef("--to: it holds a password, which others on this machine can read; put it into PGPASSWORD or ~/.pgpass")
		}
	}
	if to == cfg.Database.URL {
		return usagef("--to: it is the database itself; name another one")
	}
	return nil
}

// copyArchive copies, counts and says so. The search index is made anew, so that
// cuts with a text select the same.
func (a *app) copyArchive(ctx context.Context, from, to *storage.Store) error {
	counts, err := from.CopyTo(ctx, to)
	if err != nil {
		return err
	}
	rows := 0
	for _, c := range counts {
		rows += c.Rows
		if c.Rows > 0 {
			fmt.Fprintf(a.out, "%-18s %d\n", c.Table, c.Rows)
		}
	}
	indexed := 0
	for more := true; more; {
		n := 0
		if n, more, err = to.Index(ctx); err != nil {
			return err
		}
		indexed += n
	}
	fmt.Fprintf(a.out, "copied %d rows, counted there; %d items are in the search index\n", rows, indexed)
	return nil
}
