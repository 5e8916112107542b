package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newStories is the command "stories".
func newStories(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stories",
		Short: "Stories and their coverage: list, show, split, merge, pin",
		Long: `A story is what readers see as one entry: the reports, of one outlet or many, of
one event. Grouping makes stories by itself; where it is wrong, the desk decides,
and what the desk decides stays.`,
	}
	cmd.AddCommand(newStoriesList(a), newStoriesShow(a), newStoriesSplit(a), newStoriesMerge(a), newStoriesPin(a), newStoriesUnpin(a))
	return cmd
}

// newStoriesShow is the command "stories show".
func newStoriesShow(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ID-OR-URL",
		Short: "Show a story with all its reports",
		Long: `Shows a story: which report leads it, who else carries it, which of them are
copies, why each was grouped with the others, how they were corrected, what is
hidden, and what the desk decided.

A story is named by its number, its entry id, or the address of its page or of
one of its reports.

With --json it prints one object, with the keys id, entry_id, url, published,
updated, lead, pin, single_source, coverage (id, source, title, url, language,
published, role, copy_of, why, revisions), hidden (id, source, title, at, by,
why), merged (entry ids that lead here) and decisions (at, who, what, item,
story, note).`,
		Example: `  rightswire stories show 120
  rightswire stories show https://news.example/2026/strike
  rightswire stories show urn:uuid:6ba7b810-9dad-51d1-80b4-00c04fd430c8 --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.completeStory),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withStore(cmd.Context(), true, func(store *storage.Store) error {
				return a.showStory(cmd.Context(), store, args[0], asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as a JSON object")
	return cmd
}

// storyLine is the object of "stories show --json"; its keys stay.
type storyLine struct {
	ID           int64           `json:"id"`
	EntryID      string          `json:"entry_id"`
	URL          string          `json:"url"` // of its page
	Published    string          `json:"published"`
	Updated      string          `json:"updated"`
	Lead         int64           `json:"lead"` // 0: nothing is visible
	Pin          int64           `json:"pin"`  // 0: none
	SingleSource bool            `json:"single_source"`
	Coverage     []reportLine    `json:"coverage"` // the lead first, then by time
	Hidden       []hiddenLine    `json:"hidden"`
	Merged       []string        `json:"merged"`
	Decisions    []news.Decision `json:"decisions"`

	items     []news.Item // of Coverage
	revisions [][]news.Revision
}

// reportLine is one report of a story.
type reportLine struct {
	ID        int64          `json:"id"`
	Source    string         `json:"source"`
	Title     string         `json:"title"`
	URL       string         `json:"url"`
	Language  string         `json:"language"`
	Published string         `json:"published"`
	Role      string         `json:"role"`    // leads, copy or also
	CopyOf    int64          `json:"copy_of"` // 0: an original
	Why       string         `json:"why"`     // why it is in the story; "" for its founder
	Revisions []revisionLine `json:"revisions"`
}

// hiddenLine is a report of a story that is not shown.
type hiddenLine struct {
	ID     int64  `json:"id"`
	Source string `json:"source"`
	Title  string `json:"title"`
	withdrawnLine
}

// showStory prints one story.
func (a *app) showStory(ctx context.Context, store *storage.Store, what string, asJSON bool) error {
	st, err := findStory(ctx, store, what)
	if err != nil {
		return err
	}
	l, err := storyLineOf(ctx, store, st)
	if err != nil {
		return err
	}
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	l.URL = cfg.Site.URL + "/story/" + st.UID + "/"
	if asJSON {
		return writeJSONLines(a.out, []storyLine{l})
	}
	printStory(a.out, st, l)
	return nil
}

// storyLineOf gathers what there is to say about a story.
func storyLineOf(ctx context.Context, store *storage.Store, st news.Story) (storyLine, error) {
	l := storyLine{
		ID: st.ID, EntryID: st.EntryID(), Published: stamp(st.Published), Updated: stamp(st.Updated), Lead: st.Lead, Pin: st.Pin,
		SingleSource: len(st.Items) > 0 && st.SingleSource(), Coverage: []reportLine{}, Hidden: []hiddenLine{}, Merged: []string{}, items: st.Items,
	}
	for _, it := range st.Items {
		revs, err := store.Revisions(ctx, it.ID)
		if err != nil {
			return l, err
		}
		l.revisions = append(l.revisions, revs)
		l.Coverage = append(l.Coverage, reportLine{
			ID: it.ID, Source: it.Source, Title: it.Title, URL: it.URL, Language: it.Language, Published: stamp(it.Published),
			Role: role(st, it), CopyOf: it.CopyOf, Why: it.StoryWhy, Revisions: revisionLines(revs),
		})
	}
	hidden, err := store.HiddenOf(ctx, st.ID)
	if err != nil {
		return l, err
	}
	for _, it := range hidden {
		w, err := store.Withdrawal(ctx, it.ID)
		if err != nil {
			return l, err
		}
		l.Hidden = append(l.Hidden, hiddenLine{it.ID, it.Source, it.Title, withdrawnLine{stamp(w.At), string(w.By), w.Why}})
	}
	merged, err := store.Merged(ctx)
	if err != nil {
		return l, err
	}
	for from, into := range merged {
		if into == st.UID {
			l.Merged = append(l.Merged, news.Story{UID: from}.EntryID())
		}
	}
	slices.Sort(l.Merged)
	l.Decisions, err = store.Decisions(ctx, st.ID)
	if l.Decisions == nil {
		l.Decisions = []news.Decision{}
	}
	return l, err
}

// printStory prints a story for people.
func printStory(w io.Writer, st news.Story, l storyLine) {
	title := "nothing of it is shown"
	if len(st.Items) > 0 {
		title = st.LeadItem().Title
	}
	fmt.Fprintf(w, "story %d: %s\n", l.ID, title)
	fmt.Fprintf(w, "  entry id   %s\n", l.EntryID)
	fmt.Fprintf(w, "  page       %s\n", l.URL)
	if len(st.Items) > 0 {
		fmt.Fprintf(w, "  published  %s\n  updated    %s\n", l.Published, l.Updated)
		single := ""
		if l.SingleSource {
			single = ", single-source"
		}
		fmt.Fprintf(w, "  coverage   %s by %s%s\n", news.Count(len(st.Items), "report"), news.Count(outlets(st), "outlet"), single)
	}
	for i, r := range l.Coverage {
		pinned := ""
		if r.ID == l.Pin {
			pinned = ", pinned by the desk"
		}
		fmt.Fprintf(w, "  %-10s item %d of %s, %s, %s%s: %s\n", r.Role, r.ID, r.Source, inWords(r.Language), r.Published, pinned, r.Title)
		if r.CopyOf != 0 {
			fmt.Fprintf(w, "             - copies item %d\n", r.CopyOf)
		}
		if r.Why != "" {
			fmt.Fprintf(w, "             - %s\n", r.Why)
		}
		printRevisions(w, "  ", l.items[i], l.revisions[i])
	}
	for _, h := range l.Hidden {
		fmt.Fprintf(w, "  hidden     item %d of %s since %s, %s: %s\n", h.ID, h.Source, h.At,
			whoHid(news.Withdrawal{By: news.By(h.By), Why: h.Why}), h.Title)
	}
	for _, id := range l.Merged {
		fmt.Fprintf(w, "  merged     %s leads here\n", id)
	}
	for _, d := range l.Decisions {
		fmt.Fprintf(w, "  desk       %s\n", sentenceOf(d))
	}
}
