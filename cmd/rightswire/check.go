package main

import (
	"fmt"
	"os"
	_ "time/tzdata" // schedule.timezone means the same in a container without zone files

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// newCheck is "check".
func newCheck(a *app) *cobra.Command {
	var schema bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say what is wrong in config.yaml and the files it includes",
		Long: `check reads config.yaml and the files it includes and reports every mistake at
once, each with file, line and column and what to write instead. It asks no
network and changes nothing.`,
		Example: "  rightswire check\n  rightswire check --schema > config.schema.json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if schema {
				return a.printSchema()
			}
			return a.check()
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print a JSON schema of config.yaml instead, for editors")
	return cmd
}

// noArgs refuses arguments as a mistake in the command line.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%q is one argument too many; %s takes none", args[0], cmd.CommandPath())
	}
	return nil
}

// load reads the newsroom's file. Whatever is wrong with it is a
// configuration error: exit status 2.
func (a *app) load() (*config.Config, error) {
	c, err := config.Load(a.config, config.WithEnv(os.LookupEnv))
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// check confirms a good file on standard output. Notes, on what is allowed
// but worth a look, go to standard error.
func (a *app) check() error {
	c, err := a.load()
	if err != nil {
		return err
	}
	active := 0
	for _, s := range c.Sources {
		if s.Status == news.Active || s.Status == "" {
			active++
		}
	}
	for _, n := range c.Notes() {
		fmt.Fprintf(a.err, "note: %s\n", n)
	}
	_, err = fmt.Fprintf(a.out, "%s: ok, %d sources (%d active), %d categories\n", a.config, len(c.Sources), active, len(c.Categories))
	return err
}

func (a *app) printSchema() error {
	s, err := config.Schema()
	if err != nil {
		return err
	}
	_, err = a.out.Write(s)
	return err
}
