package main

import (
	"context"
	"io"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// explained is a line of "explain --json"; its keys stay.
type explained struct {
	ID        int64           `json:"id"`
	Source    string          `json:"source"`
	Title     string          `json:"title"`
	URL       string          `json:"url"`
	Canonical string          `json:"canonical"` // as it is compared
	Key       string          `json:"key"`       // identity within the source
	GUID      string          `json:"guid"`
	FirstSeen string          `json:"first_seen"`
	Published string          `json:"published"`
	Claimed   string          `json:"claimed"` // the feed's own date, where we did not take it
	Language  string          `json:"language"`
	Repairs   []string        `json:"repairs"`
	Tags      []string        `json:"tags"`
	Filings   []news.Filing   `json:"filings"`
	Places    []news.Place    `json:"places"`
	Story     *explainedStory `json:"story"` // null until it is grouped

	Withdrawn *withdrawnLine  `json:"withdrawn"` // null unless it is hidden
	Revisions []revisionLine  `json:"revisions"` // the oldest first
	Decisions []news.Decision `json:"decisions"` // of the desk, about it or its story
	Rulings   []news.Ruling   `json:"rulings"`   // of the desk, about its filing; the first one first
}

// explainedStory is what an item was grouped with.
type explainedStory struct {
	ID        int64             `json:"id"`
	EntryID   string            `json:"entry_id"`
	Published string            `json:"published"`
	Why       string            `json:"why"` // why the item is in it; "" for its founder
	Reports   int               `json:"reports"`
	Outlets   int               `json:"outlets"`
	Coverage  []explainedReport `json:"coverage"`
}

// explainedReport is one item of a story.
type explainedReport struct {
	ID     int64  `json:"id"`
	Source string `json:"source"`
	Title  string `json:"title"`
	Role   string `json:"role"` // leads, copy or also
}

// explainJSON is explainAll for machines.
func explainJSON(ctx context.Context, w io.Writer, store *storage.Store, what string) error {
	items, err := findItems(ctx, store, what)
	if err != nil {
		return err
	}
	lines := make([]explained, 0, len(items))
	for _, it := range items {
		l := explained{
			ID: it.ID, Source: it.Source, Title: it.Title, URL: it.URL, Canonical: it.Canonical, Key: it.Key, GUID: it.GUID,
			FirstSeen: stamp(it.FirstSeen), Published: stamp(it.Published), Claimed: it.Claimed, Language: it.Language,
			Repairs: append([]string{}, it.Repairs...), Tags: append([]string{}, it.Tags...),
			Filings: append([]news.Filing{}, it.Filings...), Places: append([]news.Place{}, it.Places...),
		}
		if it.Story != 0 {
			story, err := store.FindStory(ctx, it.Story)
			if err != nil {
				return err
			}
			l.Story = lineOfStory(story, it.StoryWhy)
		}
		if l.Withdrawn, l.Revisions, err = historyOf(ctx, store, it); err != nil {
			return err
		}
		if l.Decisions, err = decisionsOf(ctx, store, it); err != nil {
			return err
		}
		rulings, err := store.Rulings(ctx, it.ID)
		if err != nil {
			return err
		}
		l.Rulings = append([]news.Ruling{}, rulings...)
		lines = append(lines, l)
	}
	return writeJSONLines(w, lines)
}

// lineOfStory turns a story into what is printed of it.
func lineOfStory(story news.Story, why string) *explainedStory {
	l := &explainedStory{
		ID: story.ID, EntryID: story.EntryID(), Published: stamp(story.Published), Why: why,
		Reports: len(story.Items), Outlets: outlets(story),
	}
	for _, it := range story.Items {
		l.Coverage = append(l.Coverage, explainedReport{ID: it.ID, Source: it.Source, Title: it.Title, Role: role(story, it)})
	}
	return l
}
