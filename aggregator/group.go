package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/news"
)

// GroupArchive is what grouping needs of the database.
type GroupArchive interface {
	// Ungrouped returns items that belong to no story yet, oldest first; fewer
	// than limit also where they are long.
	Ungrouped(ctx context.Context, limit int) ([]news.Item, error)
	// CountUngrouped counts the items that belong to no story yet, up to most.
	CountUngrouped(ctx context.Context, most int) (int, error)
	// GroupWindow gives page the grouped items first seen since a time, a few at
	// a time, in the order of their ids. Of what [Ungrouped] gives, they must
	// have all that is compared: a story must not depend on whether the process
	// was restarted.
	GroupWindow(ctx context.Context, since time.Time, page func([]news.Item) error) error
	// ByCanonical returns the grouped items that have one of the addresses, at
	// least the newest few of each, in the order in which they were stored.
	ByCanonical(ctx context.Context, canonicals []string) (map[string][]news.Item, error)
	// Place puts items into stories, in one transaction. It knows what the
	// desk has decided, and obeys that first. Each Story becomes the one that
	// the item is in then.
	Place(context.Context, []news.Placement) error
	// Decided returns a number that grows whenever the desk splits or merges
	// stories or hides an item.
	Decided(context.Context) (int64, error)
}

// maxSame bounds how many items at one address an item is compared with, the
// newest: a home page has as many as its feed has brought.
const maxSame = 8

// groupBatch is how many items are placed in one transaction, at most: each
// writes most pages of some indexes anew.
const groupBatch = 2000

// maxGroupText bounds the text that is compared, in bytes of plain text: a
// copy is recognised by its first pages.
const maxGroupText = 8 << 10

// Grouping puts items into stories, in the order in which they arrived. It
// runs in one goroutine, never two at a time: two polls that bring the same
// article at once could not see each other. What it left undone when the
// process was killed is still ungrouped and done next time.
type Grouping struct {
	archive GroupArchive
	window  time.Duration
	now     func() time.Time
	log     *slog.Logger

	grouper *dedupe.Grouper // nil until the first item needs it
	since   time.Time       // start of the window that it was warmed up with, see begin
	decided int64           // what the desk had decided by then

	keeper  Keeper // nil: what is remembered ends with the process
	version uint64
	least   int      // items that are worth keeping, however few there are
	release func()   // of what was kept, on which grouper may rest
	scratch *os.File // the grouper's; nil: it has none. Closed by Rest: who drops a Grouping calls it
	dropped runtime.Cleanup
	covered int   // items in what is kept; 0: nothing is, of the window
	unkept  int   // items remembered that are not in it
	last    int64 // the highest id among the items remembered
	kept    bool  // this process has kept something
}

// firstMinted is the first temporary id of a story, above all ids of the
// archive, which gives the lasting ones when it stores them.
const firstMinted = int64(1) << 62

// NewGrouping returns a Grouping that compares with the items of the last
// window, and of up to a quarter of it before. now is the clock; a nil log is
// silent.
func NewGrouping(archive GroupArchive, window time.Duration, now func() time.Time, log *slog.Logger) *Grouping {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Grouping{archive: archive, window: window, now: now, log: log, release: func() {}}
}

// Run places every ungrouped item and returns how many it placed.
func (g *Grouping) Run(ctx context.Context) (int, error) { return g.run(ctx, 0) }

// run places ungrouped items as long as there are as many as least, and returns
// how many it placed. Long ones come few at a time, so they are counted first.
func (g *Grouping) run(ctx context.Context, least int) (int, error) {
	for placed, counted := 0, 0; ; {
		if least > 0 && placed >= counted {
			n, err := g.archive.CountUngrouped(ctx, least)
			if err != nil {
				return placed, fmt.Errorf("count ungrouped items: %w", err)
			}
			if n < least {
				return placed, nil
			}
			counted = placed + n
		}
		items, err := g.archive.Ungrouped(ctx, groupBatch)
		if err != nil {
			return placed, fmt.Errorf("read ungrouped items: %w", err)
		}
		if len(items) == 0 {
			return placed, nil
		}
		err = g.place(ctx, items)
		if errors.Is(err, errUnread) {
			// It is told here, and costs the time in which the window is read again.
			g.log.LogAttrs(ctx, slog.LevelWarn, "what was remembered could not be read", slog.Any("err", err))
			g.forget()
			err = g.place(ctx, items)
		}
		if err != nil {
			// What the grouper learned of this batch is not in the archive.
			g.forget()
			return placed, err
		}
		placed += len(items)
		g.log.LogAttrs(ctx, slog.LevelDebug, "items grouped", slog.Int("items", placed))
	}
}

// While polls go on items are placed so often, less often where few come, and
// not before there are so many: what they are compared with takes memory, and the
// polls need theirs.
const (
	alongside      = 2 * time.Second
	alongsideMost  = 32 * time.Second
	leastAlongside = groupBatch / 4
)

// Alongside places what comes in while polls run, and what is left when they
// have ended: polls mostly wait for their hosts, and the processor is free.
// Items are placed in the order in which they were stored, as they are in one
// go after the polls. The error is that of the polls, else of the last look.
func (g *Grouping) Alongside(ctx context.Context, polls func() error) error {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for wait := alongside; ; {
			select {
			case <-ended:
				return
			case <-time.After(wait):
			}
			switch placed, err := g.run(ctx, leastAlongside); {
			case err != nil:
				return // the last look meets it again, and returns it
			case placed == 0:
				wait = min(2*wait, alongsideMost)
			default:
				wait = alongside
			}
		}
	}()
	err := polls()
	close(ended)
	<-done
	if err != nil {
		return err
	}
	if _, err = g.Run(ctx); err == nil {
		g.keep(ctx)
	}
	return err
}

// place decides for one batch and stores the decisions.
func (g *Grouping) place(ctx context.Context, items []news.Item) error {
	if err := g.warm(ctx); err != nil {
		return err
	}
	same, shared, err := g.sameAddress(ctx, items)
	if err != nil {
		return err
	}
	placements := make([]news.Placement, 0, len(items))
	stories := make([]int64, 0, len(items)) // as the grouper knows them
	var uids []string                       // of the new ones; the temporary id of the first is firstMinted, and so on
	for i := range items {
		it := &items[i]
		a := article(*it)
		m := g.match(it, a, same[it.Canonical])
		p := news.Placement{Item: it.ID, Story: m.Story, CopyOf: m.CopyOf, Why: m.Why}
		if m.Story == 0 {
			m.Story = firstMinted + int64(len(uids))
			uids = append(uids, dedupe.UID(it.Source, it.Key).String())
		}
		if m.Story >= firstMinted {
			p.Story, p.NewUID = 0, uids[m.Story-firstMinted]
		}
		placements, stories = append(placements, p), append(stories, m.Story)
		g.grouper.Add(a, m.Story, m.CopyOf)
		g.note(it.ID)
		if shared[it.Canonical] {
			other := *it
			other.Story, other.CopyOf = m.Story, m.CopyOf
			same[it.Canonical] = append(same[it.Canonical], other)
		}
	}
	if err := g.grouper.Err(); err != nil {
		return fmt.Errorf("%w: %w", errUnread, err) // what was decided may be wrong
	}
	if err := g.archive.Place(ctx, placements); err != nil {
		return fmt.Errorf("place %d items into stories: %w", len(placements), err)
	}
	g.settle(stories, placements)
	return nil
}

// settle gives the stories that were made their lasting ids. Where an item is
// in another story than the grouper put it into, as when the desk has been at
// work or the item is gone, the window is read again.
func (g *Grouping) settle(stories []int64, placed []news.Placement) {
	lasting := map[int64]int64{}
	for i, p := range placed {
		want := stories[i]
		if want >= firstMinted {
			if lasting[want] == 0 && p.Story != 0 && g.grouper.Rename(want, p.Story) {
				lasting[want] = p.Story
			}
			want = lasting[want]
		}
		if want == 0 || p.Story != want {
			g.forget()
			return
		}
	}
}

// match finds the story of an item, which is a to the grouper: that of an item
// that has its address and its subject, whoever published it and however long
// ago, else what the grouper finds in the window.
func (g *Grouping) match(it *news.Item, a dedupe.Article, same []news.Item) dedupe.Match {
	for i := max(0, len(same)-maxSame); i < len(same); i++ {
		other := &same[i]
		if !dedupe.SameSubject(a, article(*other)) {
			continue
		}
		m := dedupe.Match{
			Story: other.Story,
			Why:   fmt.Sprintf("same address as item %d (%s)", other.ID, other.Source),
		}
		if other.Source != it.Source {
			m.CopyOf = cmp.Or(other.CopyOf, other.ID)
		}
		return m
	}
	return g.grouper.Match(a)
}

// sameAddress looks up which addresses of a batch the archive has already, and
// which several items of the batch share.
func (g *Grouping) sameAddress(ctx context.Context, items []news.Item) (same map[string][]news.Item, shared map[string]bool, err error) {
	canonicals := make([]string, 0, len(items))
	for i := range items {
		if items[i].Canonical != "" {
			canonicals = append(canonicals, items[i].Canonical)
		}
	}
	if same, err = g.archive.ByCanonical(ctx, canonicals); err != nil {
		return nil, nil, fmt.Errorf("look up addresses: %w", err)
	}
	if same == nil {
		same = map[string][]news.Item{}
	}
	shared = map[string]bool{}
	slices.Sort(canonicals)
	for i := 1; i < len(canonicals); i++ {
		if canonicals[i] == canonicals[i-1] {
			shared[canonicals[i]] = true
		}
	}
	return same, shared, nil
}

// warm fills the grouper with the window's items. What has left the window is
// dropped by reading it again now and then: the grouper can only forget by
// the time of publication, and an old article that a feed brought yesterday
// would be forgotten by the daemon and known to a process that starts now.
func (g *Grouping) warm(ctx context.Context) error {
	since := g.begin()
	decided, err := g.archive.Decided(ctx)
	if err != nil {
		return fmt.Errorf("read the desk's decisions: %w", err)
	}
	if g.grouper != nil && decided == g.decided && g.since.Equal(since) {
		return nil
	}
	g.forget() // before the new one grows
	if ok, err := g.recall(ctx, since, decided); ok || err != nil {
		return err
	}
	g.forget()
	grouper := dedupe.NewGrouper(g.options(ctx))
	// In the order in which they were placed, so that a restart changes nothing.
	if err := g.archive.GroupWindow(ctx, since, g.learn(grouper)); err != nil {
		return fmt.Errorf("read the grouping window: %w", err)
	}
	g.grouper, g.since, g.decided = grouper, since, decided
	return nil
}

// begin is when the window begins now: at a whole quarter of its length, so that
// it stays where it is for that long, and is a matter of the clock alone. Were
// it one of when a process has read it last, a process that starts now would not
// know what one that has run for hours still compares with.
func (g *Grouping) begin() time.Time {
	return g.now().Add(-g.window).Truncate(g.window / 4)
}

// article is an item as the grouper compares it.
func article(it news.Item) dedupe.Article {
	text := it.Summary
	if len(it.Content) > len(text) {
		text = feed.PlainText(cut(it.Content, 4*maxGroupText))
	}
	a := dedupe.Article{
		ID: it.ID, Title: it.Title, Text: cut(text, maxGroupText), Canonical: it.Canonical,
		Source: it.Source, Language: it.Language, Published: it.Published,
	}
	for _, p := range it.Places {
		a.Places = append(a.Places, p.Country)
	}
	return a
}

// cut returns the first limit bytes of s, without half a character at the end.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
