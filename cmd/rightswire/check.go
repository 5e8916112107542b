package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	_ "time/tzdata" // schedule.timezone means the same in a container without zone files

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// checkFlags are the flags of "check".
type checkFlags struct {
	schema, probe, verbose, asJSON bool
	golden                         string
}

// newCheck is "check".
func newCheck(a *app) *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say what is wrong in config.yaml and the files it includes",
		Long: `check reads config.yaml and the files it includes and reports every mistake at
once, each with file, line and column and what to write instead. It asks no
network and changes nothing.

With --probe a good file is put to the test: every source is asked once, as
"rightswire sources probe --all" does, which explains the report. What sources
send that are not paused is stored as if a run had asked.

With --golden a good file's taxonomy is put to the test: every headline of
golden.yaml, beside config.yaml, is filed, and those that land elsewhere are
printed with their line; the exit status is 1 then. --golden=FILE names another.

With --json it prints one object with the keys file, ok, sources, active,
categories, mistakes and notes; a mistake or note has file, line, column, path
and message. --probe --json prints one object a source instead, as "rightswire
sources probe --json" does.`,
		Example: `  rightswire check
  rightswire check --probe
  rightswire check --golden
  rightswire check --schema > config.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case f.schema && f.probe:
				return usagef("--schema needs no newsroom and --probe asks one; use one of them")
			case f.golden != "" && (f.schema || f.probe || f.asJSON):
				return usagef("--golden goes with neither --schema, --probe nor --json; run check twice")
			case f.schema:
				return a.printSchema()
			}
			return a.check(cmd.Context(), f)
		},
	}
	cmd.Flags().BoolVar(&f.schema, "schema", false, "print a JSON schema of config.yaml instead, for editors")
	cmd.Flags().BoolVar(&f.probe, "probe", false, "also fetch every source once and report")
	cmd.Flags().StringVar(&f.golden, "golden", "", "also file the golden headlines of `FILE`, and say which land elsewhere")
	cmd.Flags().Lookup("golden").NoOptDefVal = config.GoldenName
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "print every note, however many are alike")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "for machines: a JSON object, or with --probe one a line")
	return cmd
}

// load reads the newsroom's file. Whatever is wrong with it is a
// configuration error: exit status 2.
func (a *app) load(opts ...config.Option) (*config.Config, error) {
	c, err := a.read(opts...)
	if err == nil {
		return c, nil
	}
	if _, missing := os.Stat(a.config); errors.Is(missing, fs.ErrNotExist) {
		return nil, usagef("%w; name another with --config, or look around first with \"rightswire demo\"", err)
	}
	return nil, err
}

// loadStored is load for commands that read or change what is stored and ask
// nobody outside: at a terminal the daemon's secrets need not be at hand.
func (a *app) loadStored() (*config.Config, error) { return a.load(config.WithoutSecrets()) }

// read is load for those who know where the file is, and do not need to be
// told how to begin.
func (a *app) read(opts ...config.Option) (*config.Config, error) {
	c, err := config.Load(a.config, append(options(), opts...)...)
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// check confirms a good file on standard output. Notes, on what is allowed
// but worth a look, go to standard error.
func (a *app) check(ctx context.Context, f checkFlags) error {
	c, err := a.load()
	if err == nil {
		_, err = a.model(c)
	}
	if f.asJSON && !f.probe {
		return errors.Join(a.printChecked(c, err), err)
	}
	if err != nil {
		return err
	}
	a.printNotes(a.notes(c), f.verbose)
	if f.probe && f.asJSON {
		return a.probe(ctx, c, nil, true)
	}
	_, err = fmt.Fprintf(a.out, "%s: ok, %s (%d active), %s\n", a.config,
		news.Count(len(c.Sources), "source"), active(c), news.Count(len(c.Categories), "category"))
	switch {
	case err != nil:
		return err
	case f.golden != "":
		return a.checkGolden(c, f.golden)
	case f.probe:
		return a.probe(ctx, c, nil, false)
	}
	return nil
}

// notes are those on the files, and on who may read the database that there is:
// an earlier version left that to the umask, as another program's copy may.
func (a *app) notes(c *config.Config) []config.Problem {
	notes := c.Notes()
	if storage.IsPostgres(c.Database.URL) || runtime.GOOS == "windows" {
		return notes
	}
	path := a.beside(c.Database.URL)
	if st, err := os.Stat(path); err == nil && st.Mode().Perm()&0o004 != 0 {
		notes = append(slices.Clip(notes), config.Problem{File: a.config, Path: "database",
			Message: "every user of this machine may read " + path + ", which holds keys and the record of the desk; \"chmod 600\" it"})
	}
	return notes
}

// active counts the sources that are polled.
func active(c *config.Config) int {
	n := 0
	for _, s := range c.Sources {
		if s.Polled() {
			n++
		}
	}
	return n
}

func (a *app) printSchema() error {
	s, err := config.Schema()
	if err != nil {
		return err
	}
	_, err = a.out.Write(s)
	return err
}
