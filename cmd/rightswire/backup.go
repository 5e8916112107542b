package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newBackup is the command "backup".
func newBackup(a *app) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy the database into a file, while it is in use, and check the copy",
		Long: `Makes a copy of the database as it is at one moment, beside a daemon or a run,
reads the copy whole, and only then gives it its name: a file that is there is a
good backup. Into a folder it goes under the time of day, as schedule.backup does
it, and the oldest beyond backup.keep leave that folder. A file is never replaced.
Nobody but this user may read the copy: it holds what proposed sources said and
the keys of subscriptions, though no password of the configuration.`,
		Example: `  rightswire backup
  rightswire backup --to /mnt/usb/
  rightswire backup --to before-update.db`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd.Context(), true, func(store *storage.Store) error {
				cfg, err := a.loadStored()
				if err != nil {
					return err
				}
				c, gone, err := a.backUp(cmd.Context(), cfg, store, to)
				if err != nil {
					return err
				}
				fmt.Fprintln(a.out, c.Path+": "+inCopy(c))
				for _, name := range gone {
					fmt.Fprintln(a.out, name+": removed, as backup.keep says")
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "`file` or folder instead of backup.to in config.yaml")
	return cmd
}

// inCopy says what is in a backup.
func inCopy(c storage.Copy) string {
	text := fmt.Sprintf("%s, %s, %s", sizeText(c.Bytes), news.Count(c.Items, "item"), news.Count(c.Stories, "story"))
	if !c.Last.IsZero() {
		text += ", the newest of " + c.Last.UTC().Format("2006-01-02 15:04 MST")
	}
	return text
}

// sizeText is a number of bytes for people.
func sizeText(n int64) string {
	if n < 10<<20 {
		return fmt.Sprintf("%d KiB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// backUp copies the database to a file or folder; "": where the configuration
// says. It returns which older copies left the folder for it.
func (a *app) backUp(ctx context.Context, cfg *config.Config, store *storage.Store, to string) (c storage.Copy, gone []string, err error) {
	dir, folder := to, strings.HasSuffix(to, "/") || strings.HasSuffix(to, string(filepath.Separator))
	if to == "" {
		if cfg.Backup.To == "" {
			return c, nil, usagef("%s: backup.to is empty; name a folder there, or a place with --to", a.config)
		}
		dir, folder = a.beside(cfg.Backup.To), true
	}
	if st, err := os.Stat(dir); err == nil && st.IsDir() {
		folder = true
	}
	file := dir
	if folder {
		_, none := os.Stat(dir)
		err := os.MkdirAll(dir, 0o700)
		if err == nil && none != nil {
			err = storage.GiveTo(dir, a.beside(cfg.Database.URL)) // who may make the next one
		}
		if err != nil {
			return c, nil, fmt.Errorf("make the folder for backups: %w", err)
		}
		file = filepath.Join(dir, "rightswire-"+a.now().UTC().Format("20060102T150405Z")+".db")
	}
	if err := a.roomFor(cfg, file); err != nil {
		return c, nil, err
	}
	if c, err = store.Backup(ctx, file); err != nil || !folder {
		return c, nil, err
	}
	gone, err = dropBackups(dir, cfg.Backup.Keep)
	return c, gone, err
}

// roomFor refuses a copy that would fill the disk: news could not be stored
// either, then.
func (a *app) roomFor(cfg *config.Config, file string) error {
	st, err := os.Stat(a.beside(cfg.Database.URL))
	free, known := freeBytes(file)
	if err != nil || !known || free >= uint64(st.Size())+freeEnough/8 {
		return nil
	}
	return fmt.Errorf("back up to %s: %w: the copy takes up to %s, %s are free there, and %s must be left; make room, keep fewer (backup.keep), or name a folder on another disk (backup.to)",
		file, storage.ErrFull, sizeText(st.Size()), sizeText(int64(free)), sizeText(freeEnough/8))
}

// ourBackup is the name of a backup that we made by ourselves: nothing else in
// the folder is ours to remove.
var ourBackup = regexp.MustCompile(`^rightswire-\d{8}T\d{6}Z\.db$`)

// dropBackups removes the oldest of our backups from a folder, but for the
// newest ones; keep 0: none.
func dropBackups(dir string, keep int) (gone []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil || keep == 0 {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.Type().IsRegular() || !ourBackup.MatchString(e.Name()) })
	for _, e := range entries[:max(0, len(entries)-keep)] { // ReadDir sorts, and the time is in the name
		name := filepath.Join(dir, e.Name())
		if err := os.Remove(name); err != nil {
			return gone, fmt.Errorf("remove an old backup: %w", err)
		}
		gone = append(gone, name)
	}
	return gone, nil
}

// newRestore is the command "restore".
func newRestore(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the database, and keep the old one",
		Long: `Reads a backup whole, copies it to where the database is, and keeps the database
that was there under another name beside it. Stop the daemon first: it refuses
while a daemon, a run or anything else has the database open. Whatever ends it,
there is the old database or the new one.

What came in after the backup is asked for again at the next polls, as far as
the feeds still have it, and is then published under the same ids. What the desk
did since is lost.`,
		Example: `  systemctl stop rightswire
  rightswire restore backups/rightswire-20260302T033000Z.db
  systemctl start rightswire`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.restore(cmd.Context(), args[0]) },
	}
}

func (a *app) restore(ctx context.Context, file string) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	path := a.beside(cfg.Database.URL)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		hint := ""
		if dir := a.beside(cfg.Backup.To); dir != "" {
			hint = "; the backups that the daemon makes are in " + dir
		}
		return fmt.Errorf("there is no file %s%s", file, hint)
	}
	c, before, err := storage.Restore(ctx, file, path, a.now())
	switch {
	case errors.Is(err, storage.ErrHeld):
		return fmt.Errorf("a daemon or a run is at work on %s; stop it first", path)
	case err != nil:
		return err
	}
	fmt.Fprintf(a.out, "%s is %s now: %s\n", path, filepath.Base(file), inCopy(c))
	if before != "" {
		fmt.Fprintf(a.out, "the database before is kept as %s; delete it when it is not needed any more\n", before)
	}
	return nil
}

// keeper cares for the database of a daemon: it makes backups and takes out
// what is old, beside the polls.
type keeper struct {
	backup, prune chan struct{} // wishes
}

func newKeeper() keeper {
	return keeper{backup: make(chan struct{}, 1), prune: make(chan struct{}, 1)}
}

// caretake carries the wishes out until ctx ends. What fails is logged, and
// done again at its next time.
func (d *daemon) caretake(ctx context.Context) error {
	for {
		var what string
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-d.keeper.backup:
			what, err = "backup failed", d.backUp(ctx)
		case <-d.keeper.prune:
			what, err = "prune failed", d.prune(ctx)
		}
		if errors.Is(err, storage.ErrDamaged) {
			return err // no backup of what is damaged may push a good one out
		}
		if err != nil && ctx.Err() == nil {
			d.wire.app.log.LogAttrs(ctx, slog.LevelError, what, slog.Any("err", err))
		}
	}
}

func (d *daemon) backUp(ctx context.Context) error {
	cfg, app, began := d.inEffect.Load(), d.wire.app, time.Now()
	if cfg.Backup.To == "" || storage.IsPostgres(app.archive(cfg)) {
		return nil // PostgreSQL has tools of its own, and the default is no wish
	}
	c, gone, err := app.backUp(ctx, cfg, d.wire.store, "")
	d.wire.metrics.backup(err, c, app.now())
	if err != nil {
		return err
	}
	app.log.LogAttrs(ctx, slog.LevelInfo, "database backed up", slog.String("to", c.Path), slog.Int64("bytes", c.Bytes),
		slog.Int("items", c.Items), slog.Int("removed", len(gone)), slog.Duration("took", time.Since(began)))
	return nil
}
