package main

import (
	"context"

	"github.com/spf13/cobra"
)

// aboutVerdicts explains a probe's report, for the help of two commands.
const aboutVerdicts = `The report has a verdict for each source:

  works        it answers with a feed
  moved        it works, but says that it is elsewhere now, and where
  duplicate    it works, and brings what another source of the list brings
  dead         its server says that there is nothing (404, 410)
  not-a-feed   something else is there, and which feeds that names
  unreachable  from here: no name, no connection, no answer in time, no good
               certificate, or refused (401, 403, 451). Others may reach it
  busy         its server has had enough (429, 503)
  broken       its feed cannot be read, or its server has an error
  not-asked    nothing is known of it yet

No address is asked more often than fetch.floor allows, nor before its server
wants it (Retry-After). Of a source that cannot be asked now the report says
what it said last, and when it may be asked again.`

// newSourcesProbe is the command "sources probe".
func newSourcesProbe(a *app) *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "probe [ID]...",
		Short: "Ask sources once and say which work, moved, are dead or cannot be reached",
		Long: `Asks some sources once, or all, paused ones too, as politely as every poll does:
one domain at a time, with a pause between two requests. What active sources
send is stored as if a run had asked, so that nothing is asked for twice.

` + aboutVerdicts + `

With --json it prints one object a source, with the keys source, verdict,
status, items, error, note, moved_to, duplicate_of, feeds, asked and again. The
exit status is 1 if a source is dead, not-a-feed, unreachable, busy or broken.`,
		Example: `  rightswire sources probe my-union un-news-women
  rightswire sources probe --all
  rightswire sources probe --all --json | jq -r 'select(.verdict == "dead").source'`,
		ValidArgsFunction: a.completeSource,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case all && len(args) > 0:
				return usagef("--all is every source; leave the ids out, or --all")
			case !all && len(args) == 0:
				return usagef("name the sources to probe, or say --all")
			}
			return a.probeSources(cmd.Context(), args, asJSON)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "every source of the list")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// probeSources probes the sources with some ids; without any, all.
func (a *app) probeSources(ctx context.Context, ids []string, asJSON bool) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	var only map[string]bool
	for _, id := range ids {
		if _, err := findSource(cfg, id); err != nil {
			return err
		}
		if only == nil {
			only = map[string]bool{}
		}
		only[id] = true
	}
	return a.probe(ctx, cfg, only, asJSON)
}
