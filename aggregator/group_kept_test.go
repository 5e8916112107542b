package aggregator_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// deed is what happens after a run: time passes, the desk decides something,
// or a feed corrects an item.
type deed struct {
	what       string
	a, b       int64
	after      time.Duration
	correction news.Item
}

func drawDeed(t *rapid.T) deed {
	return deed{
		what:       rapid.SampledFrom([]string{"", "", "hide", "split", "merge", "correct", "correct"}).Draw(t, "deed"),
		a:          rapid.Int64Range(1, 12).Draw(t, "item"),
		b:          rapid.Int64Range(1, 12).Draw(t, "other"),
		after:      time.Duration(rapid.SampledFrom([]int{0, 1, 20, 30, 90}).Draw(t, "hours")) * time.Hour,
		correction: drawItem(t, 99),
	}
}

// do does it; what is not there to be done something to is left alone.
func (d deed) do(t *rapid.T, store *storage.Store, now time.Time) {
	ctx := context.Background()
	var err error
	switch d.what {
	case "hide":
		err = store.Hide(ctx, d.a, "ann", "")
	case "split":
		_, err = store.Split(ctx, d.a, "ann", func(n int) string { return fmt.Sprintf("split-%d-%d", d.a, n) })
	case "merge":
		err = store.Merge(ctx, d.a, d.b, "ann")
	case "correct":
		it, missing := store.Item(ctx, d.a)
		if missing != nil {
			return
		}
		it.Title, it.Summary, it.Content, it.Hash, it.Updated = d.correction.Title, d.correction.Summary, d.correction.Content, "corrected", now
		err = store.CommitPoll(ctx, news.PollResult{Poll: news.Poll{Source: it.Source, At: now}, Items: []news.Item{it}})
	}
	for _, none := range []error{news.ErrNotFound, storage.ErrAlone, storage.ErrSameStory} {
		if errors.Is(err, none) {
			return
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// played is a history with deeds: grouped by one process that lives on, or
// after each run by a new one, which has what the one before kept, or by one
// that rests after each.
func played(t *rapid.T, path string, runs [][]news.Item, deeds []deed, keepAfter int, rests bool) (lines []string) {
	ctx := context.Background()
	now := start
	clock := func() time.Time { return now }
	store, err := openStore(ctx, path, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	os.Remove(path + ".window")
	if err := store.SyncSources(ctx, []news.Source{{ID: "s0"}, {ID: "s1"}, {ID: "s2"}}); err != nil {
		t.Fatal(err)
	}
	g := aggregator.NewGrouping(store, window, clock, nil)
	for i, run := range runs {
		for _, it := range run {
			it.FirstSeen, it.Published = now, cmp.Or(it.Published, now)
			it.Updated = it.Published
			if err := store.CommitPoll(ctx, news.PollResult{Poll: news.Poll{Source: it.Source, At: now}, Items: []news.Item{it}}); err != nil {
				t.Fatal(err)
			}
		}
		if keepAfter > 0 && (i == 0 || !rests) {
			g = aggregator.NewGrouping(store, window, clock, nil)
			g.KeepIn(store, "test")
			g.KeepAfter(keepAfter)
		}
		if err := g.Alongside(ctx, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		if rests {
			g.Rest()
		}
		deeds[i].do(t, store, now)
		now = now.Add(deeds[i].after + time.Minute)
	}
	err = store.EachItem(ctx, news.Query{}, func(it news.Item) error {
		lines = append(lines, fmt.Sprintf("%d %s/%s in %s copies %d: %s", it.ID, it.Source, it.Key, it.EntryID, it.CopyOf, it.StoryWhy))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// A process that goes on from what another one kept decides as that one would
// have, whatever the desk does, feeds correct, or leaves the window in between.
func TestAProcessGoesOnFromWhatWasKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "group.db")
	rapid.Check(t, func(t *rapid.T) {
		var runs [][]news.Item
		var deeds []deed
		n := 0
		for range rapid.IntRange(2, 5).Draw(t, "runs") {
			run := make([]news.Item, rapid.IntRange(0, 4).Draw(t, "items"))
			for i := range run {
				run[i] = drawItem(t, n)
				n++
			}
			runs, deeds = append(runs, run), append(deeds, drawDeed(t))
		}
		if d := gocmp.Diff(played(t, path, runs, deeds, 0, false), played(t, path, runs, deeds, 1, false)); d != "" {
			t.Fatalf("-lives on +goes on\n%s", d)
		}
		if d := gocmp.Diff(played(t, path, runs, deeds, 0, false), played(t, path, runs, deeds, 1, true)); d != "" {
			t.Fatalf("-lives on +rests\n%s", d)
		}
		// What is not kept yet is read as it stands now.
		for i := range deeds {
			if deeds[i].what == "correct" {
				deeds[i].what = ""
			}
		}
		keepAfter := rapid.IntRange(2, 6).Draw(t, "keep after")
		if d := gocmp.Diff(played(t, path, runs, deeds, 0, false), played(t, path, runs, deeds, keepAfter, false)); d != "" {
			t.Fatalf("-lives on +goes on from what is kept after %d\n%s", keepAfter, d)
		}
	})
}

// What a feed brings days late finds its original, or does not, alike: in one
// process that has seen both, and where each pass was a process of its own, with
// or without what another one kept.
func TestTheWindowIsTheSameForAProcessThatStartsNow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		passes []time.Duration // since the original came in; the copy comes with the last
		copies bool
	}{
		{"the copy comes the day after", []time.Duration{0, 24 * time.Hour}, true},
		{"the window ends between the hours of one day", []time.Duration{0, 90 * time.Hour, 110 * time.Hour}, true},
		{"nothing came in for a while", []time.Duration{0, 110 * time.Hour}, true},
		{"the window has passed", []time.Duration{0, 90 * time.Hour, 112 * time.Hour}, false},
		{"the window has passed long ago", []time.Duration{0, 20 * 24 * time.Hour}, false},
		{"the clock was wrong at first", []time.Duration{0, 20 * 24 * time.Hour, 2 * time.Hour}, true},
	} {
		for _, how := range []struct {
			name      string
			anew      bool // each pass is a process of its own
			keepAfter int  // items; 0: nothing is kept
		}{
			{"one process", false, 0},
			{"each its own process", true, 0},
			{"what is kept too late", true, 50},
			{"what is kept at once", true, 1},
		} {
			t.Run(tt.name+"/"+how.name, func(t *testing.T) {
				if got := copiesLate(t, tt.passes, how.anew, how.keepAfter); got != tt.copies {
					t.Errorf("the late one was found to be a copy: %t, want %t", got, tt.copies)
				}
			})
		}
	}
}

// copiesLate reports whether the item of the last pass, which says what that of
// the first did and has its date, was taken for its copy.
func copiesLate(t *testing.T, passes []time.Duration, anew bool, keepAfter int) bool {
	now := start
	clock := func() time.Time { return now }
	store, err := openStore(t.Context(), filepath.Join(t.TempDir(), "wire.db"), clock)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.SyncSources(t.Context(), []news.Source{{ID: "s0"}, {ID: "s1"}}); err != nil {
		t.Fatal(err)
	}
	var g *aggregator.Grouping
	for i, after := range passes {
		now = start.Add(after)
		it := news.Item{Key: fmt.Sprint("k", i), Source: "s0", Title: events[0][0], Summary: events[0][1], Published: start, FirstSeen: now, Hash: fmt.Sprint(i)}
		switch i {
		case len(passes) - 1:
			it.Source = "s1"
		case 0:
		default:
			it.Title, it.Summary = events[2][0], events[2][1]
		}
		if err := store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: it.Source, At: now}, Items: []news.Item{it}}); err != nil {
			t.Fatal(err)
		}
		if g == nil || anew {
			g = aggregator.NewGrouping(store, window, clock, nil)
		}
		if keepAfter > 0 {
			g.KeepIn(store, "test")
			g.KeepAfter(keepAfter)
		}
		if err := g.Alongside(t.Context(), func() error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	it, err := store.Item(t.Context(), int64(len(passes)))
	if err != nil {
		t.Fatal(err)
	}
	return it.CopyOf == 1
}

// asked counts what a store is asked for.
type asked struct {
	*storage.Store
	windows, after, keeps int
	failing               error
}

func (k *asked) GroupWindow(ctx context.Context, since time.Time, page func([]news.Item) error) error {
	k.windows++
	return k.Store.GroupWindow(ctx, since, page)
}

func (k *asked) GroupedAfter(ctx context.Context, id int64, page func([]news.Item) error) error {
	return k.Store.GroupedAfter(ctx, id, func(items []news.Item) error {
		k.after += len(items)
		return page(items)
	})
}

func (k *asked) Keep(ctx context.Context, write func(io.Writer) error) error {
	k.keeps++
	if k.failing != nil {
		return k.failing
	}
	return k.Store.Keep(ctx, write)
}

// The window is read whole only where there is no other way.
func TestWhenTheWindowIsReadWhole(t *testing.T) {
	now, path := start, filepath.Join(t.TempDir(), "wire.db")
	clock := func() time.Time { return now }
	store, err := openStore(t.Context(), path, clock)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	defer store.Close()
	must(store.SyncSources(t.Context(), []news.Source{{ID: "a"}}))
	k := &asked{Store: store}
	var log strings.Builder
	polled, version := 0, "1"
	run := func() {
		t.Helper()
		it := news.Item{Source: "a", Key: fmt.Sprint("k", polled), Title: fmt.Sprint("Strike number ", polled), FirstSeen: now, Published: now, Hash: fmt.Sprint(polled)}
		polled++
		must(store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "a", At: now}, Items: []news.Item{it}}))
		g := aggregator.NewGrouping(k, window, clock, slog.New(slog.NewTextHandler(&log, nil)))
		g.KeepIn(k, version)
		g.KeepAfter(2)
		must(g.Alongside(t.Context(), func() error { return nil }))
	}
	file := path + ".window"
	for _, tt := range []struct {
		name    string
		before  func()
		windows int // read whole
		after   int // items read because they are not kept
	}{
		{"nothing is kept", func() {}, 1, 0},
		{"one item is too little to keep", func() {}, 1, 0},
		{"two are kept", func() {}, 0, 0},
		{"one that is not kept is read", func() {}, 0, 1},
		{"another version kept it", func() { version = "2" }, 1, 0},
		{"what the version itself kept", func() {}, 0, 0},
		{"the desk has decided something", func() { must(store.Hide(t.Context(), 1, "ann", "")) }, 1, 0},
		{"the file is damaged", func() { must(os.Truncate(file, 999)) }, 1, 0},
		{"the file is gone", func() { must(os.Remove(file)) }, 1, 0},
		{"a quarter of the window has passed", func() { now = now.Add(window / 4) }, 1, 0},
		{"a little time has passed", func() { now = now.Add(time.Hour) }, 0, 0},
	} {
		tt.before()
		k.windows, k.after = 0, 0
		if run(); k.windows != tt.windows || k.after != tt.after {
			t.Errorf("%s: the window was read %d times and %d single items, want %d and %d", tt.name, k.windows, k.after, tt.windows, tt.after)
		}
	}
	if log.Len() > 0 {
		t.Errorf("the log says %s, want nothing", log.String())
	}
	k.failing = errOdd
	run()
	run()
	if !strings.Contains(log.String(), "could not be kept") {
		t.Errorf("the log says %q, want that nothing could be kept", log.String())
	}
}

// What cannot be kept, on a full disk, is not tried again at every pass: all of
// it is written each time.
func TestWhatCannotBeKeptIsNotTriedAtEveryPass(t *testing.T) {
	store, err := openStore(t.Context(), filepath.Join(t.TempDir(), "wire.db"), func() time.Time { return start })
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	k := &asked{Store: store, failing: errOdd}
	g := aggregator.NewGrouping(k, window, func() time.Time { return start }, slog.New(slog.DiscardHandler))
	g.KeepIn(k, "test")
	g.KeepAfter(3)
	for pass, want := range []int{0, 0, 1, 1, 1, 2, 2} { // tries by then
		it := news.Item{Source: "a", Key: fmt.Sprint("k", pass), Title: fmt.Sprint("Strike number ", pass), FirstSeen: start, Published: start, Hash: fmt.Sprint(pass)}
		err := errors.Join(store.SyncSources(t.Context(), []news.Source{{ID: "a"}}),
			store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "a", At: start}, Items: []news.Item{it}}),
			g.Alongside(t.Context(), func() error { return nil }))
		if err != nil {
			t.Fatal(err)
		}
		if k.keeps != want {
			t.Errorf("after pass %d it was tried %d times, want %d", pass+1, k.keeps, want)
		}
	}
}

// held counts what is to be let go of.
type held struct {
	*storage.Store
	now atomic.Int32
}

func (h *held) Kept(ctx context.Context) (*io.SectionReader, func(), error) {
	data, release, err := h.Store.Kept(ctx)
	h.now.Add(1)
	return data, func() { h.now.Add(-1); release() }, err
}

// A daemon that reads its configuration again makes another Grouping: what the
// old one held of the file is let go of.
func TestADroppedGroupingLetsGoOfWhatWasKept(t *testing.T) {
	store, err := openStore(t.Context(), filepath.Join(t.TempDir(), "wire.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	h := &held{Store: store}
	for i := range 3 {
		it := news.Item{Source: "a", Key: fmt.Sprint("k", i), Title: "Strike", FirstSeen: time.Now(), Published: time.Now(), Hash: fmt.Sprint(i)}
		err := errors.Join(store.SyncSources(t.Context(), []news.Source{{ID: "a"}}),
			store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "a", At: time.Now()}, Items: []news.Item{it}}))
		if err != nil {
			t.Fatal(err)
		}
		g := aggregator.NewGrouping(store, window, time.Now, nil)
		g.KeepIn(h, "test")
		g.KeepAfter(1)
		if err := g.Alongside(t.Context(), func() error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for range 500 {
		if runtime.GC(); h.now.Load() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond) // cleanups run in a goroutine of the runtime's
	}
	t.Errorf("%d of the files that were read are still held", h.now.Load())
}
