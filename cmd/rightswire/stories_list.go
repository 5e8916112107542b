package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// storiesPage is how many stories are read at once; a story may have hundreds
// of reports.
const storiesPage = 200

// storyFlags are the flags that select stories.
type storyFlags struct {
	itemFlags
	outlets int
}

// newStoriesList is the command "stories list".
func newStoriesList(a *app) *cobra.Command {
	var f storyFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List stories, newest first",
		Long: `Lists stories as readers see them, newest first: when each was published first,
how many reports it has, the title of the report that leads, and the outlets. Conditions of different kinds must all hold, for one of its reports; of
several values of one kind any will do.

--outlets 2 leaves out what only one outlet reported. That is what grouping did,
to look through for what does not belong together.

With --json each story is one line, with the keys id, entry_id, url, published,
updated, title, lead, reports, outlets and sources (the leading one first).`,
		Example: `  rightswire stories list
  rightswire stories list --outlets 2 --category unions-strikes
  rightswire stories list --outlets 3 --limit 20 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listStories(cmd.Context(), f) },
	}
	f.bindQuery(a, cmd)
	cmd.Flags().IntVar(&f.outlets, "outlets", 1, "only stories that at least `N` outlets report")
	return cmd
}

// storyEntry is a line of "stories list --json"; its keys stay.
type storyEntry struct {
	ID        int64    `json:"id"`
	EntryID   string   `json:"entry_id"`
	URL       string   `json:"url"` // of its page
	Published string   `json:"published"`
	Updated   string   `json:"updated"`
	Title     string   `json:"title"` // of the report that leads
	Lead      int64    `json:"lead"`
	Reports   int      `json:"reports"`
	Outlets   int      `json:"outlets"`
	Sources   []string `json:"sources"` // that of the lead first
}

// listStories prints the stories that the flags select.
func (a *app) listStories(ctx context.Context, f storyFlags) error {
	switch {
	case f.outlets < 1:
		return usagef("--outlets: %d is not a number of outlets; write 1 or more", f.outlets)
	case f.query.Limit < 1:
		return usagef("--limit: %d is not a number of stories; write 1 or more", f.query.Limit)
	}
	return a.withStore(ctx, true, func(store *storage.Store) error {
		cfg, err := a.loadStored()
		if err != nil {
			return err
		}
		if err := f.checkQuery(ctx, cfg, store); err != nil {
			return err
		}
		n := 0
		err = f.each(ctx, store.Stories, func(st news.Story) error {
			if n++; n == 1 && !f.asJSON {
				fmt.Fprintln(a.out, "ID  PUBLISHED (UTC)   REPORTS  TITLE\n    SOURCES")
			}
			return a.printEntry(cfg, st, f.asJSON)
		})
		if err == nil && n == 0 && !f.asJSON {
			fmt.Fprintln(a.err, "no story matches")
		}
		return err
	})
}

// each calls fn for the stories that the flags select, newest first, until
// there are as many as the limit says. read is [storage.Store.Stories].
func (f storyFlags) each(ctx context.Context, read func(context.Context, news.Query) ([]news.Story, error), fn func(news.Story) error) error {
	q := f.query
	q.Limit = storiesPage
	for left := f.query.Limit; ; {
		stories, err := read(ctx, q)
		if err != nil {
			return err
		}
		for _, st := range stories {
			if outlets(st) < f.outlets {
				continue
			}
			if err := fn(st); err != nil {
				return err
			}
			if left--; left == 0 {
				return nil
			}
		}
		if len(stories) < q.Limit {
			return nil
		}
		last := stories[len(stories)-1]
		q.After = news.Cursor{Published: last.Published, ID: last.ID}
	}
}

// printEntry prints a story as a line, for machines or for people.
func (a *app) printEntry(cfg *config.Config, st news.Story, asJSON bool) error {
	e := storyEntry{
		ID: st.ID, EntryID: st.EntryID(), URL: cfg.Site.URL + "/story/" + st.UID + "/", Published: stamp(st.Published), Updated: stamp(st.Updated),
		Title: st.LeadItem().Title, Lead: st.Lead, Reports: len(st.Items),
		Outlets: outlets(st), Sources: sourcesOf(st),
	}
	if asJSON {
		return writeJSONLines(a.out, []storyEntry{e})
	}
	_, err := fmt.Fprintf(a.out, "%d  %s  %d  %s\n    %s\n", st.ID, st.Published.Format("2006-01-02 15:04"), e.Reports, cmp.Or(e.Title, "(no title)"),
		strings.Join(e.Sources, " "))
	return err
}
