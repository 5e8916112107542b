package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/config/sourcelist"
	"github.com/rightswire/rightswire/news"
)

// newSourcesSet is the command "sources set".
func newSourcesSet(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set ID FIELD=VALUE...",
		Short: "Change fields of a source: its address, title, categories, rank, schedule, …",
		Long: `Writes fields of a source, in place of what is there. An empty value takes the
field out. The fields are ` + strings.Join(config.Settable(), ", ") + `; several
categories are separated by commas. The id is for ever, and headers are changed
by hand.
` + keepsRest,
		Example: `  rightswire sources set my-union url=https://union.example/new.rss
  rightswire sources set my-union rank=1 categories=unions-strikes,wages-work-life
  rightswire sources set my-union schedule="0 6 * * *" language=`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return a.setFields(args[0], args[1:]) },
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return a.completeSource(cmd, args, typed)
		}
		var out []string
		for _, name := range config.Settable() {
			if strings.HasPrefix(name, typed) {
				out = append(out, name+"=")
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return cmd
}

// setFields changes fields of a source.
func (a *app) setFields(id string, fields []string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if _, err := findSource(cfg, id); err != nil {
		return err
	}
	var changes []config.Change
	for _, f := range fields {
		name, value, ok := strings.Cut(f, "=")
		if !ok {
			return usagef("%q: write FIELD=VALUE, such as rank=2", f)
		}
		if !slices.Contains(config.Settable(), name) {
			return usagef("%q is no field that can be set; these are: %s%s", name, strings.Join(config.Settable(), ", "), config.DidYouMean(name, config.Settable()))
		}
		changes = append(changes, config.Setting(id, name, value))
	}
	edit, err := a.edit(config.Together(changes...))
	if err != nil {
		return err
	}
	if edit.File == "" {
		_, err = fmt.Fprintf(a.out, "%s is so already\n", id)
		return err
	}
	noteTwice(a.err, id, edit.Sources)
	_, err = fmt.Fprintf(a.out, "changed %s in %s\n", id, edit.File)
	return err
}

// noteTwice says that the address of a source is another one's as well.
func noteTwice(w io.Writer, id string, sources []news.Source) {
	i := slices.IndexFunc(sources, func(s news.Source) bool { return s.ID == id })
	if i < 0 {
		return
	}
	if of := listedAs(sources, id, sources[i].URL); of != "" {
		fmt.Fprintf(w, "note: that address is in the list already, as %s: remove one of them, or what it brings is asked for and filed twice\n", of)
	}
}

// listedAs returns the id of the source, other than one, that has an address;
// "" if none has.
func listedAs(sources []news.Source, but, address string) string {
	for _, s := range sources {
		if s.ID != but && sourcelist.Same(s.URL) == sourcelist.Same(address) {
			return s.ID
		}
	}
	return ""
}
