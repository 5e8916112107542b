package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// keepsRest ends the help of commands that change the source list.
const keepsRest = `
The rest of the file stays byte for byte, comments included, and it is replaced
only if the newsroom is valid afterwards. A running daemon takes the change
over by itself.`

// newSourcesPause is the command "sources pause".
func newSourcesPause(a *app) *cobra.Command {
	return a.sourceEdit(&cobra.Command{
		Use:   "pause ID",
		Short: "Stop asking a source; its items and its feed stay",
		Long: `Writes status: paused at a source. It is not asked any more; its items and its
feed stay.
` + keepsRest,
		Example: `  rightswire sources pause my-union`,
	}, "paused", func(id string) config.Change { return config.WithStatus(id, news.Paused) })
}

// newSourcesResume is the command "sources resume".
func newSourcesResume(a *app) *cobra.Command {
	return a.sourceEdit(&cobra.Command{
		Use:   "resume ID",
		Short: "Ask a paused or proposed source again",
		Long: `Makes a paused or proposed source active: it is asked when it is due, which
after a long pause is at once. "rightswire sources accept" says it of a proposed
one, and what will be published.
` + keepsRest,
		Example: `  rightswire sources resume my-union`,
	}, "active", func(id string) config.Change { return config.WithStatus(id, news.Active) })
}

// newSourcesRemove is the command "sources remove".
func newSourcesRemove(a *app) *cobra.Command {
	return a.sourceEdit(&cobra.Command{
		Use:   "remove ID",
		Short: "Take a source out of the list; its items stay",
		Long: `Takes a source out of its file, with the comments that stand below it and are
indented as far. Its items stay in the archive. To stop asking for a while,
pause it instead: what comes back under another id is a new source, and its
articles come in again.
` + keepsRest,
		Example: `  rightswire sources remove my-union`,
	}, "removed", config.Removing)
}

// edit plans a change of the source list, shows its diff and makes it.
func (a *app) edit(change config.Change, opts ...config.Option) (*config.Edit, error) {
	edit, err := config.Make(a.config, change, func(edit *config.Edit) error {
		fmt.Fprint(a.out, edit.Diff())
		return nil
	}, append(options(), opts...)...)
	if err != nil {
		return nil, unchanged(err)
	}
	return edit, nil
}

// plan plans a change of the source list.
func (a *app) plan(change config.Change) (*config.Edit, error) {
	return config.Plan(a.config, change, options()...)
}

// sourceEdit completes a command that changes one source; is says what the
// source is afterwards.
func (a *app) sourceEdit(cmd *cobra.Command, is string, change func(id string) config.Change) *cobra.Command {
	cmd.Args = cobra.ExactArgs(1)
	cmd.ValidArgsFunction = first(a.completeSource)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cfg, err := a.loadStored()
		if err != nil {
			return err
		}
		if _, err := findSource(cfg, args[0]); err != nil {
			return err
		}
		edited, err := a.edit(change(args[0]), config.WithoutSecrets()) // it writes no name of a secret
		if err != nil {
			return err
		}
		if edited.File == "" {
			_, err = fmt.Fprintf(a.out, "%s is %s already\n", args[0], is)
			return err
		}
		_, err = fmt.Fprintf(a.out, "%s is %s; changed %s\n", args[0], is, edited.File)
		return err
	}
	return cmd
}
