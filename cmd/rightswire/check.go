package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	_ "time/tzdata" // schedule.timezone means the same in a container without zone files

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
)

// newCheck is "check".
func newCheck(a *app) *cobra.Command {
	var schema, probe bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say what is wrong in config.yaml and the files it includes",
		Long: `check reads config.yaml and the files it includes and reports every mistake at
once, each with file, line and column and what to write instead. It asks no
network and changes nothing.

With --probe a good file is put to the test: every source is fetched once, paused
and proposed ones too, and a table says what came of it. What active sources
send is stored as if a run had asked. A source that was asked less than
fetch.floor ago is left alone.`,
		Example: `  rightswire check
  rightswire check --probe
  rightswire check --schema > config.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case schema && probe:
				return usagef("--schema needs no newsroom and --probe asks one; use one of them")
			case schema:
				return a.printSchema()
			}
			return a.check(cmd.Context(), probe)
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print a JSON schema of config.yaml instead, for editors")
	cmd.Flags().BoolVar(&probe, "probe", false, "also fetch every source once and report")
	return cmd
}

// load reads the newsroom's file. Whatever is wrong with it is a
// configuration error: exit status 2.
func (a *app) load() (*config.Config, error) {
	c, err := config.Load(a.config, config.WithEnv(os.LookupEnv))
	if err == nil {
		return c, nil
	}
	if _, missing := os.Stat(a.config); errors.Is(missing, fs.ErrNotExist) {
		return nil, usagef("%w; name another with --config, or look around first with \"rightswire demo\"", err)
	}
	return nil, usageError{err}
}

// check confirms a good file on standard output. Notes, on what is allowed
// but worth a look, go to standard error.
func (a *app) check(ctx context.Context, probe bool) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	active := 0
	for _, s := range c.Sources {
		if s.Polled() {
			active++
		}
	}
	for _, n := range c.Notes() {
		fmt.Fprintf(a.err, "note: %s\n", n)
	}
	if err := a.supported(c); err != nil {
		fmt.Fprintf(a.err, "note: %s\n", err)
	}
	_, err = fmt.Fprintf(a.out, "%s: ok, %d sources (%d active), %d categories\n", a.config, len(c.Sources), active, len(c.Categories))
	if err != nil || !probe {
		return err
	}
	return a.probe(ctx, c)
}

func (a *app) printSchema() error {
	s, err := config.Schema()
	if err != nil {
		return err
	}
	_, err = a.out.Write(s)
	return err
}
