package aggregator_test

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// events are what the property's items report.
var events = [][2]string{
	{"Dockers walk out in Rotterdam", "Crane drivers left the terminal after talks on night shifts broke down, the union FNV said on Monday."},
	{"Dockers walk out in Antwerp", "Pilots and lashers refused to work the weekend, the harbour authority said, and ships wait off Flushing."},
	{"Court orders back pay for cleaners", "Judges in Santiago found that four hundred cleaners had been paid below the legal minimum since 2019."},
	{"Journalist freed after two years", "Ayşe Demir left Silivri prison in the morning and was met by colleagues and her lawyer."},
	{"Weekly bulletin", ""},
}

// drawItem draws an item of which the address, the title and the text may be
// those of others.
func drawItem(t *rapid.T, n int) news.Item {
	event := events[rapid.IntRange(0, len(events)-1).Draw(t, "event")]
	it := news.Item{
		Source: fmt.Sprint("s", rapid.IntRange(0, 2).Draw(t, "source")), Key: fmt.Sprint("k", n),
		Title: event[0], Summary: event[1], Language: rapid.SampledFrom([]string{"en", "und", "nl"}).Draw(t, "language"),
		RawHash: fmt.Sprint(n), Hash: fmt.Sprint(n),
	}
	switch rapid.IntRange(0, 3).Draw(t, "wording") {
	case 0:
		it.Title += ", union says"
	case 1:
		it.Summary += " More follows."
	case 2:
		it.Content = "<p>" + event[1] + "</p><p>" + events[n%len(events)][1] + " It was the third time since spring, residents recalled.</p>"
	}
	switch rapid.IntRange(0, 3).Draw(t, "address") {
	case 0:
		it.URL = fmt.Sprintf("https://%s.test/%d", it.Source, n)
	case 1:
		it.URL = fmt.Sprintf("https://agency.test/%d", len(event[1]))
	case 2:
		it.URL = "https://home.test/"
	}
	it.Canonical = dedupe.Canonical(it.URL)
	if rapid.Bool().Draw(t, "placed") {
		it.Places = []news.Place{{Country: rapid.SampledFrom([]string{"NL", "BE", "CL"}).Draw(t, "country")}}
	}
	if rapid.Bool().Draw(t, "dated") {
		it.Published = start.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "age")) * time.Hour)
	}
	return it
}

// history is how items arrived: in which order, and in which runs.
type history struct {
	runs [][]news.Item
	each bool // grouped after each run by a new process, else once at the end
	same bool // grouped after each run by one process
}

// grouped plays a history on a fresh archive and returns its items.
func grouped(t *rapid.T, path string, h history) []news.Item {
	ctx := context.Background()
	now := start
	clock := func() time.Time { return now }
	store, err := openStore(ctx, path, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.SyncSources(ctx, []news.Source{{ID: "s0"}, {ID: "s1"}, {ID: "s2"}}); err != nil {
		t.Fatal(err)
	}
	g := aggregator.NewGrouping(store, window, clock, nil)
	group := func() {
		if !h.same {
			g = aggregator.NewGrouping(store, window, clock, nil)
		}
		if _, err := g.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, run := range h.runs {
		for len(run) > 0 { // what stands together of one source is one poll
			poll := news.PollResult{Poll: news.Poll{Source: run[0].Source, At: now}}
			for len(run) > 0 && run[0].Source == poll.Poll.Source {
				it := run[0]
				it.FirstSeen = now
				if it.Published.IsZero() {
					it.Published = now
				}
				it.Updated = it.Published
				poll.Items, run = append(poll.Items, it), run[1:]
			}
			if err := store.CommitPoll(ctx, poll); err != nil {
				t.Fatal(err)
			}
		}
		if h.each || h.same {
			group()
		}
		now = now.Add(time.Minute)
	}
	group()
	return readBack(t, store)
}

// readBack returns all items, and sees that each is in one story that knows it.
func readBack(t *rapid.T, store *storage.Store) []news.Item {
	ctx := context.Background()
	var items []news.Item
	if err := store.EachItem(ctx, news.Query{}, func(it news.Item) error { items = append(items, it); return nil }); err != nil {
		t.Fatal(err)
	}
	stories, err := store.Stories(ctx, news.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	in := map[int64]string{}
	for _, s := range stories {
		for _, it := range s.Items {
			if other, twice := in[it.ID]; twice {
				t.Fatalf("item %d is in the stories %s and %s", it.ID, other, s.UID)
			}
			in[it.ID] = s.EntryID()
		}
	}
	for _, it := range items {
		if it.Story == 0 || it.EntryID == "" || in[it.ID] != it.EntryID {
			t.Fatalf("item %d: story %d, entry %q, listed under %q", it.ID, it.Story, it.EntryID, in[it.ID])
		}
	}
	return items
}

// Whatever arrives in whatever order, no item is lost and each has one story;
// and how often the process was restarted in between does not show.
func TestGroupingLosesNothingWhateverTheOrderAndTheRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "group.db")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 16).Draw(t, "items")
		items := make([]news.Item, n)
		for i := range items {
			items[i] = drawItem(t, i)
		}
		var runs [][]news.Item
		for rest := items; len(rest) > 0; {
			k := rapid.IntRange(1, len(rest)).Draw(t, "run")
			slices.SortStableFunc(rest[:k], func(a, b news.Item) int { return cmp.Compare(a.Source, b.Source) })
			runs, rest = append(runs, rest[:k]), rest[k:]
		}
		once := grouped(t, path, history{runs: runs})
		if len(once) != n {
			t.Fatalf("%d items of %d are left", len(once), n)
		}
		ids := func(items []news.Item) (ids []string) {
			for _, it := range items {
				ids = append(ids, fmt.Sprintf("%s/%s %s copies %d", it.Source, it.Key, it.EntryID, it.CopyOf))
			}
			return ids
		}
		for _, h := range []history{{runs: runs, each: true}, {runs: runs, same: true}} {
			if d := gocmp.Diff(ids(once), ids(grouped(t, path, h))); d != "" {
				t.Fatalf("the same order, new process %t, one process %t: -once +then\n%s", h.each, h.same, d)
			}
		}
		slices.Reverse(items)
		if got := grouped(t, path, history{runs: [][]news.Item{items}}); len(got) != n {
			t.Fatalf("%d items of %d are left when they arrive in another order", len(got), n)
		}
	})
}
