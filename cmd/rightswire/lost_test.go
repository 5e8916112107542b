package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// Whatever comes in, however grouping puts it together and whatever the desk
// then does, every item that is to be shown is reached from the feed of
// everything: its story has an entry, under one id for ever, that credits its
// outlet. What is hidden is nowhere, and no two entries have one id.
func TestGroupingLosesNothing(t *testing.T) {
	if err := flag.Set("rapid.checks", "25"); err != nil { // each is a database
		t.Fatal(err)
	}
	sources := []string{"a", "b", "c", "d", "e", "f"}
	rapid.Check(t, func(rt *rapid.T) {
		p := newPress(t, sources...)
		w := world{T: rt, p: p, ids: map[int64]string{}}
		for range rapid.IntRange(1, 5).Draw(rt, "rounds") {
			p.now = p.now.Add(time.Hour)
			for range rapid.IntRange(1, 6).Draw(rt, "items") {
				w.arrive(sources)
			}
			p.group()
			for range rapid.IntRange(0, 3).Draw(rt, "decisions") {
				w.decide()
			}
			if rapid.Bool().Draw(rt, "published") {
				w.check()
			}
		}
		w.check()
	})
}

// world is a wire to which anything may happen.
type world struct {
	*rapid.T
	p   *press
	n   int              // items that came
	ids map[int64]string // entry id of each story, once it was published
}

// Reports are made of few words, so that many are of one event, or copies.
var (
	events = []string{
		"Boiler explosion kills 27 at Rupali Apparel in Gazipur", "Tea pickers of Kericho walk out over pay cut",
		"Court frees editor Maria Santos in Manila", "Miners of Marikana bury 34 colleagues",
	}
	tails = []string{"", ", union says", " after weeks of complaints", ": families demand answers"}
	texts = []string{
		"", "The union has called a meeting for Tuesday at the gates and asked the ministry of labour to send a mediator before the weekend is over.",
		"Witnesses said that police had closed the road at dawn, and that nobody was let through until the afternoon, when the families were told.",
	}
)

func (w *world) arrive(sources []string) {
	w.n++
	event := rapid.SampledFrom(events).Draw(w.T, "event")
	title := event + rapid.SampledFrom(tails).Draw(w.T, "tail")
	it := report(rapid.SampledFrom(sources).Draw(w.T, "source"), fmt.Sprint("k", w.n), title,
		event+". "+rapid.SampledFrom(texts).Draw(w.T, "text"), rapid.IntRange(0, 300).Draw(w.T, "minutes"))
	if rapid.IntRange(0, 3).Draw(w.T, "cross-posted") == 0 {
		it.Canonical = "https://agency.example/" + fmt.Sprint(slices.Index(events, event))
	}
	w.p.poll(it)
}

// decide does what a desk can do, to something.
func (w *world) decide() {
	ctx := w.p.t.Context()
	item := rapid.Int64Range(1, int64(w.n)).Draw(w.T, "item")
	it, err := w.p.w.store.Item(ctx, item)
	if err != nil {
		w.Fatal(err)
	}
	other, err := w.p.w.store.Item(ctx, rapid.Int64Range(1, int64(w.n)).Draw(w.T, "other"))
	if err != nil {
		w.Fatal(err)
	}
	st := w.p.w.store
	switch rapid.SampledFrom([]string{"split", "merge", "pin", "hide", "unhide", "withdraw"}).Draw(w.T, "what") {
	case "split":
		_, err = st.Split(ctx, item, "ann", func(n int) string { return splitUID(it, n) })
	case "merge":
		err = st.Merge(ctx, it.Story, other.Story, "ann")
	case "pin":
		err = st.Pin(ctx, it.Story, item, "ann")
	case "hide":
		err = st.Hide(ctx, item, "ann", "")
	case "unhide":
		err = st.Unhide(ctx, item, "ann")
	case "withdraw":
		err = st.CommitPoll(ctx, news.PollResult{
			Poll: news.Poll{Source: it.Source, At: w.p.now}, State: news.SourceState{Source: it.Source}, Gone: []news.Gone{{Key: it.Key, At: w.p.now}},
		})
	}
	for _, no := range []error{storage.ErrAlone, storage.ErrSameStory, storage.ErrNotInStory, storage.ErrBySource} {
		if errors.Is(err, no) {
			return
		}
	}
	if err != nil {
		w.Fatal(err)
	}
}

// check publishes and looks at the feed of everything.
func (w *world) check() {
	site := w.p.publish()
	byID := map[string][]string{}
	for _, e := range entries(w.p.t, site) {
		if byID[e.ID] != nil {
			w.Fatalf("two entries have the id %s", e.ID)
		}
		byID[e.ID] = e.outlets()
	}
	shown := map[string][]string{} // what there is to show, by entry id
	err := w.p.w.store.EachItem(w.p.t.Context(), news.Query{}, func(it news.Item) error {
		if !slices.Contains(byID[it.EntryID], "Outlet "+it.Source) {
			w.Fatalf("item %d of %s is shown in no entry: its story %d is %s, which credits %q", it.ID, it.Source, it.Story, it.EntryID, byID[it.EntryID])
		}
		if id := w.ids[it.Story]; id != "" && id != it.EntryID {
			w.Fatalf("story %d was published as %s and is %s now", it.Story, id, it.EntryID)
		}
		w.ids[it.Story] = it.EntryID
		if o := "Outlet " + it.Source; !slices.Contains(shown[it.EntryID], o) {
			shown[it.EntryID] = append(shown[it.EntryID], o)
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	for id, outlets := range byID {
		slices.Sort(shown[id])
		if !slices.Equal(outlets, shown[id]) {
			w.Fatalf("entry %s credits %q, and there is %q to show", id, outlets, shown[id])
		}
	}
	if atom := string(site.Files["/feeds/all.atom"].Body); strings.Count(atom, "<entry") != len(byID) {
		w.Fatalf("Atom has %d entries, JSON %d", strings.Count(atom, "<entry"), len(byID))
	}
}
