package aggregator

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/news"
)

// GroupArchive is what grouping needs of the database.
type GroupArchive interface {
	// Ungrouped returns items that belong to no story yet, oldest first.
	Ungrouped(ctx context.Context, limit int) ([]news.Item, error)
	// GroupWindow returns grouped items first seen since a time, oldest first.
	GroupWindow(ctx context.Context, since time.Time) ([]news.Item, error)
	// ByCanonical returns the grouped items that have one of the addresses.
	ByCanonical(ctx context.Context, canonicals []string) (map[string][]news.Item, error)
	// Place puts items into stories, in one transaction.
	Place(context.Context, []news.Placement) error
}

// groupBatch is how many items are placed in one transaction.
const groupBatch = 500

// maxGroupText bounds the text that is compared, in bytes of plain text: a
// copy is recognised by its first pages.
const maxGroupText = 8 << 10

// Grouping puts items into stories, in the order in which they arrived. It
// runs after the polls, in one goroutine: two polls that bring the same
// article at once could not see each other. What it left undone when the
// process was killed is still ungrouped and done next time.
type Grouping struct {
	archive GroupArchive
	window  time.Duration
	now     func() time.Time
	log     *slog.Logger

	grouper *dedupe.Grouper // nil until the first item needs it
	minted  map[int64]string
	next    int64 // last temporary id given, counting down: ids of the archive are positive
}

// NewGrouping returns a Grouping that compares with the items of the last
// window. now is the clock.
func NewGrouping(archive GroupArchive, window time.Duration, now func() time.Time, log *slog.Logger) *Grouping {
	return &Grouping{archive: archive, window: window, now: now, log: log, minted: map[int64]string{}}
}

// Run places every ungrouped item and returns how many it placed.
func (g *Grouping) Run(ctx context.Context) (int, error) {
	placed := 0
	for {
		items, err := g.archive.Ungrouped(ctx, groupBatch)
		if err != nil {
			return placed, fmt.Errorf("read ungrouped items: %w", err)
		}
		if len(items) == 0 {
			return placed, nil
		}
		if err := g.place(ctx, items); err != nil {
			// What the grouper learned of this batch is not in the archive.
			g.grouper = nil
			return placed, err
		}
		placed += len(items)
		g.log.LogAttrs(ctx, slog.LevelDebug, "items grouped", slog.Int("items", placed))
	}
}

// place decides for one batch and stores the decisions.
func (g *Grouping) place(ctx context.Context, items []news.Item) error {
	if err := g.warm(ctx); err != nil {
		return err
	}
	same, err := g.sameAddress(ctx, items)
	if err != nil {
		return err
	}
	placements := make([]news.Placement, 0, len(items))
	for _, it := range items {
		a := article(it)
		m := g.match(it, a, same)
		p := news.Placement{Item: it.ID, Story: m.Story, CopyOf: m.CopyOf, Why: m.Why}
		switch {
		case m.Story == 0:
			p.NewUID = dedupe.UID(it.Source, it.Key)
			m.Story = g.mint(p.NewUID)
		case m.Story < 0:
			p.Story, p.NewUID = 0, g.minted[m.Story]
		}
		placements = append(placements, p)
		g.grouper.Add(a, m.Story, m.CopyOf)
		if it.Canonical != "" {
			it.Story = m.Story
			same[it.Canonical] = append(same[it.Canonical], it)
		}
	}
	if err := g.archive.Place(ctx, placements); err != nil {
		return fmt.Errorf("place %d items into stories: %w", len(placements), err)
	}
	return nil
}

// match finds the story of an item, which is a to the grouper: the one that has
// its address, whoever published it and however long ago, else what the grouper
// finds in the window.
func (g *Grouping) match(it news.Item, a dedupe.Article, same map[string][]news.Item) dedupe.Match {
	for _, other := range same[it.Canonical] {
		if it.Canonical == "" {
			break
		}
		m := dedupe.Match{Story: other.Story, Why: fmt.Sprintf("same address as item %d (%s)", other.ID, other.Source)}
		if other.Source != it.Source {
			m.CopyOf = other.ID
		}
		return m
	}
	return g.grouper.Match(a)
}

// sameAddress looks up which addresses of a batch the archive has already.
func (g *Grouping) sameAddress(ctx context.Context, items []news.Item) (map[string][]news.Item, error) {
	var canonicals []string
	for _, it := range items {
		if it.Canonical != "" {
			canonicals = append(canonicals, it.Canonical)
		}
	}
	same, err := g.archive.ByCanonical(ctx, canonicals)
	if err != nil {
		return nil, fmt.Errorf("look up addresses: %w", err)
	}
	if same == nil {
		same = map[string][]news.Item{}
	}
	return same, nil
}

// warm fills the grouper with the window's items, or drops what has left the
// window.
func (g *Grouping) warm(ctx context.Context) error {
	since := g.now().Add(-g.window)
	if g.grouper != nil {
		g.grouper.Forget(since)
		return nil
	}
	items, err := g.archive.GroupWindow(ctx, since)
	if err != nil {
		return fmt.Errorf("read the grouping window: %w", err)
	}
	g.grouper = dedupe.NewGrouper(dedupe.Options{Window: g.window})
	for _, it := range items {
		g.grouper.Add(article(it), it.Story, it.CopyOf)
	}
	return nil
}

// mint gives a temporary id to a story that the archive has not seen yet.
func (g *Grouping) mint(uid string) int64 {
	g.next--
	g.minted[g.next] = uid
	return g.next
}

// article is an item as the grouper compares it.
func article(it news.Item) dedupe.Article {
	text := it.Summary
	if len(it.Content) > len(text) {
		text = feed.PlainText(it.Content[:min(len(it.Content), 4*maxGroupText)])
	}
	a := dedupe.Article{
		ID: it.ID, Title: it.Title, Text: text[:min(len(text), maxGroupText)], Canonical: it.Canonical,
		Source: it.Source, Language: it.Language, Published: it.Published,
	}
	for _, p := range it.Places {
		a.Places = append(a.Places, p.Country)
	}
	return a
}
