package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// newSources is the command "sources".
func newSources(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "The source list and how each source is doing",
		Long: `The sources of config.yaml and the files it includes, joined with what their
polls taught us.`,
	}
	cmd.AddCommand(newSourcesList(a), newSourcesShow(a), newSourcesDiscover(a), newSourcesAdd(a),
		newSourcesSet(a), newSourcesPause(a), newSourcesResume(a), newSourcesAccept(a), newSourcesRemove(a), newSourcesProbe(a),
		newSourcesImport(a), newSourcesExport(a))
	return cmd
}

// sourceLine is a line of "sources list --json"; its keys are a contract.
type sourceLine struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	URL      string      `json:"url"` // in use now
	Status   news.Status `json:"status"`
	Error    string      `json:"error"` // "" when fine
	LastOK   string      `json:"last_ok"`
	LastNew  string      `json:"last_new"`
	Next     string      `json:"next"`
	Failures int         `json:"failures"`

	state news.SourceState // for the table
}

// newSourcesList is the command "sources list".
func newSourcesList(a *app) *cobra.Command {
	var asJSON, failed bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every source: when it last had news, when it is asked next, what is wrong",
		Long: `Lists every source in the order of config.yaml: when it last answered, when it
last had news, when it is asked next, and what is wrong with it. Times count
from now; --json has them whole.`,
		Example: `  rightswire sources list
  rightswire sources list --failed
  rightswire sources list --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lines, err := a.sourceLines(cmd.Context())
			if err != nil {
				return err
			}
			if failed {
				lines = keep(lines, func(l sourceLine) bool { return l.Error != "" })
			}
			if asJSON {
				return writeJSONLines(a.out, lines)
			}
			return a.printSources(lines)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&failed, "failed", false, "only sources whose last poll failed")
	return cmd
}

// sourceLines joins the configured sources with what their polls taught us.
func (a *app) sourceLines(ctx context.Context) ([]sourceLine, error) {
	cfg, err := a.loadStored()
	if err != nil {
		return nil, err
	}
	known, err := a.states(ctx, cfg)
	if err != nil {
		return nil, err
	}
	lines := make([]sourceLine, 0, len(cfg.Sources))
	for _, s := range cfg.Sources {
		st := known[s.ID]
		l := sourceLine{
			ID: s.ID, Title: s.Title, URL: fetch.Redact(inUse(s, st)), Status: s.Status, Error: st.Error, Failures: st.Failures,
			LastOK: stamp(st.LastOK), LastNew: stamp(st.LastNew), Next: stamp(st.NextDue), state: st,
		}
		if l.Status == "" {
			l.Status = news.Active
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// inUse returns the address at which a source is asked: where it has moved for
// good (P27), else the configured one.
func inUse(s news.Source, st news.SourceState) string {
	if st.URL == s.URL && st.Learned != "" {
		return st.Learned
	}
	return s.URL
}

// states returns what polls taught us, by source: nothing before the first
// run, when there is no database yet.
func (a *app) states(ctx context.Context, cfg *config.Config) (map[string]news.SourceState, error) {
	store, err := a.openStore(ctx, cfg, true)
	if errors.Is(err, errNoDatabase) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	states, err := store.States(ctx)
	known := make(map[string]news.SourceState, len(states))
	for _, st := range states {
		known[st.Source] = st
	}
	return known, errors.Join(err, store.Close())
}

// printSources is the table for people.
func (a *app) printSources(lines []sourceLine) error {
	now := a.now()
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATUS\tLAST OK\tLAST NEW\tNEXT\tFAILURES\tERROR")
	for _, l := range lines {
		next := until(l.state.NextDue, now)
		switch {
		case l.Status != news.Active, l.state.Gone > 0 && l.state.NextDue.IsZero(): // P32
			next = "-"
		case l.state.LastPoll.IsZero():
			next = "due"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.ID, l.Status, since(l.state.LastOK, now), since(l.state.LastNew, now),
			next, l.Failures, dash(brief(l.Error)))
	}
	return w.Flush()
}

// newSourcesShow is the command "sources show": one source with its ledger.
func newSourcesShow(a *app) *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one source and its ledger: what was asked, what came back, when next and why",
		Long: `Shows a source and its last polls, newest first: what was asked, what came back,
what was repaired or left out, when it is asked next and which rule says so.`,
		Example: `  rightswire sources show un-news-women
  rightswire sources show un-news-women --limit 100 --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.completeSource),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return usagef("--limit: %d is not a number of polls; write 1 or more", limit)
			}
			return a.showSource(cmd.Context(), args[0], limit, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the ledger as one JSON object a line")
	cmd.Flags().IntVar(&limit, "limit", 10, "how many polls to show")
	return cmd
}

// showSource prints a source's polls, newest first.
func (a *app) showSource(ctx context.Context, id string, limit int, asJSON bool) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	src, err := findSource(cfg, id)
	if err != nil {
		return err
	}
	store, err := a.openStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	polls, err := store.Ledger(ctx, id, limit)
	if errors.Is(err, news.ErrNotFound) { // it stands in the list, and no run has seen that yet
		err = nil
	}
	held, waiting := 0, 0
	if err == nil && src.Status == news.Proposed {
		waiting, err = countPreview(ctx, store, id)
	}
	if err == nil && !asJSON {
		err = store.EachItem(ctx, news.Query{Sources: []string{id}}, func(news.Item) error { held++; return nil })
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	if asJSON {
		return writeJSONLines(a.out, polls)
	}
	printSource(a, src, held)
	if src.Status == news.Proposed {
		fmt.Fprintf(a.out, "preview     %s; \"rightswire items list --source %s\" lists them\n", news.Count(waiting, "item"), id)
	}
	if len(polls) == 0 {
		fmt.Fprintln(a.out, "not polled yet")
	}
	for _, p := range polls {
		printPoll(a, p)
	}
	return nil
}

// printSource prints what the desk says of a source, and how many of its items
// there are.
func printSource(a *app, src news.Source, held int) {
	fmt.Fprintf(a.out, "%s\n%s\n", src.Title, fetch.Redact(src.URL))
	fmt.Fprintf(a.out, "status      %s\n", cmp.Or(src.Status, news.Active))
	fmt.Fprintf(a.out, "categories  %s\n", dash(strings.Join(src.Categories, ", ")))
	fmt.Fprintf(a.out, "items       %d held\n", held)
}

// printPoll prints one row of the ledger.
func printPoll(a *app, p news.Poll) {
	fmt.Fprintf(a.out, "\n%s  %s", stamp(p.At), p.Outcome)
	if p.Status != 0 {
		fmt.Fprintf(a.out, ", status %d", p.Status)
	}
	fmt.Fprintf(a.out, ", %s, %d bytes\n", p.Took.Round(time.Millisecond), p.Bytes)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.out, "  %-9s %s\n", name, value)
		}
	}
	row("asked", p.Asked)
	row("from", fetch.Redact(p.URL))
	row("error", p.Error)
	row("items", fmt.Sprintf("%d seen, %d new, %d changed, %d left out", p.Seen, p.New, p.Changed, p.LeftOut))
	row("encoding", p.Encoding)
	for _, r := range p.Repairs {
		row("repaired", r)
	}
	row("note", p.Note)
	if !p.NextDue.IsZero() {
		row("next", stamp(p.NextDue)+" ("+p.NextWhy+")")
	}
}
