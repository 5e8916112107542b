package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// runKey polls the sources of one key by an aggregator that polls others too.
func (w *wire) runKey(a *aggregator.Aggregator, key string, enough func() bool) (aggregator.Summary, time.Time) {
	w.t.Helper()
	var of []news.Source
	for _, s := range w.sources {
		if fetch.Key(s.URL) == key {
			of = append(of, s)
		}
	}
	sum, next, err := a.RunKey(w.t.Context(), aggregator.KeyRun{Sources: of, Archive: w.archive, Policy: w.policy, Enough: enough})
	if err != nil {
		w.t.Fatalf("RunKey(%s) = %v", key, err)
	}
	return sum, next
}

func (w *wire) sync() {
	w.t.Helper()
	if err := w.store.SyncSources(w.t.Context(), w.sources); err != nil {
		w.t.Fatal(err)
	}
}

// When a key is next to be asked is what the next run over it finds out.
func TestRunKeySaysWhenTheNextSourceIsDue(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer fetchtest.Answer
		status news.Status
		want   func(w *wire) time.Time
	}{
		{"when the schedule says", fetchtest.Answer{Body: rss(story("x")), ETag: etagA}, "", func(w *wire) time.Time { return w.state("x").NextDue }},
		{"not before the server will have us", fetchtest.Answer{Status: 503, Header: map[string]string{"Retry-After": "90000"}}, "", func(w *wire) time.Time { return start.Add(25 * time.Hour) }},
		{"never, if the desk has paused it", fetchtest.Answer{Body: rss(story("x"))}, news.Paused, func(*wire) time.Time { return time.Time{} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("x", tt.answer).Status = tt.status
			w.sync()
			_, next := w.runKey(w.aggregator(), "a.test", nil)
			if want := tt.want(w); !next.Equal(want) {
				t.Errorf("next = %v, want %v", next, want)
			}
			if next.IsZero() {
				return
			}
			w.now = next.Add(-time.Second)
			if sum, _ := w.runKey(w.aggregator(), "a.test", nil); sum.Polled != 0 {
				t.Error("it was asked before its time")
			}
			w.now = next
			if sum, _ := w.runKey(w.aggregator(), "a.test", nil); sum.Polled != 1 {
				t.Error("it was not asked when it was due")
			}
		})
	}
}

// A source that is new while another of the key was asked within the floor has
// to wait for it, if it is the same address.
func TestP22_RunKeySaysThatTheFloorIsToBeKept(t *testing.T) {
	w := newWire(t)
	w.source("x", fetchtest.Answer{Body: rss(story("x")), ETag: etagA})
	w.sync()
	a := w.aggregator()
	w.runKey(a, "a.test", nil)
	w.later(time.Minute)
	w.sources[0].ID = "renamed"
	w.sync()
	sum, next := w.runKey(a, "a.test", nil)
	if want := start.Add(w.policy.Floor); sum.Polled != 0 || !next.Equal(want) {
		t.Errorf("polled %d, next %v, want none and %v", sum.Polled, next, want)
	}
}

// turnless is a Fetcher that cannot ask whose turn it is.
type turnless struct{ err error }

func (f turnless) Get(context.Context, fetch.Request) (*fetch.Response, error) { return nil, f.err }

// A source whose turn could not be asked for is no success of its job, and due
// as before, unless its server was asked something.
func TestRunKeyFailsWithoutATurn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		err    error
		polled int // by the next run, a moment later
	}{
		{"nobody was asked", fmt.Errorf("%w (%w)", fetch.ErrTurns, fetch.ErrUnasked), 1},
		{"on the way from a redirect, which the floor counts from", fetch.ErrTurns, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.fatal = func(error) bool { return false }
			w.source("x", fetchtest.Answer{Body: rss(story("x")), ETag: etagA})
			w.sync()
			get := &switching{Fetcher: turnless{tt.err}}
			working := w.get
			w.get = get
			a := w.aggregator()
			_, _, err := a.RunKey(t.Context(), aggregator.KeyRun{Sources: w.sources, Archive: w.archive, Policy: w.policy})
			if !errors.Is(err, fetch.ErrTurns) {
				t.Errorf("RunKey = %v, want ErrTurns", err)
			}
			get.Fetcher = working
			w.later(time.Second)
			if sum, _ := w.runKey(a, "a.test", nil); sum.Polled != tt.polled {
				t.Errorf("polled %d a second later, want %d", sum.Polled, tt.polled)
			}
		})
	}
}

// switching is a Fetcher that is exchanged between two runs.
type switching struct{ aggregator.Fetcher }

// A run that is told that it is enough leaves what it has not begun due.
func TestRunKeyEndsWhenItIsEnough(t *testing.T) {
	w := newWire(t)
	for i := range 4 {
		w.source(fmt.Sprint("s", i), fetchtest.Answer{Body: rss(story(fmt.Sprint(i))), ETag: etagA})
	}
	w.sync()
	enough := func() bool { return len(w.origin.Requests()) >= 2 }
	sum, next := w.runKey(w.aggregator(), "a.test", enough)
	if sum.Polled != 2 || next.After(w.now) {
		t.Errorf("polled %d, next %v, want 2 and now", sum.Polled, next)
	}
	if sum, next = w.runKey(w.aggregator(), "a.test", nil); sum.Polled != 2 || !next.After(w.now) {
		t.Errorf("then polled %d, next %v, want the other 2", sum.Polled, next)
	}
}

// Keys are polled at the same time, and each source once.
func TestRunKeysSideBySide(t *testing.T) {
	w := newWire(t)
	var keys []string
	for i := range 6 {
		keys = append(keys, outageHost(i))
		for k := range 3 {
			w.at(outageHost(i), fmt.Sprint("s", i, "-", k), fetchtest.Answer{Body: rss(story(fmt.Sprint(i, k))), ETag: etagA})
		}
	}
	w.sync()
	a := w.aggregator()
	var all sync.WaitGroup
	for _, key := range keys {
		all.Go(func() { w.runKey(a, key, nil) })
	}
	all.Wait()
	for id, n := range w.asked() {
		if n != 1 {
			t.Errorf("%s was asked %d times", id, n)
		}
	}
	if got := len(w.items()); got != 18 {
		t.Errorf("%d items, want 18", got)
	}
}

// P36: what one run hears of our network counts for the others.
func TestP36_RunsOverKeysShareTheNetwork(t *testing.T) {
	w, out := outageWire(t)
	w.sync()
	a := w.aggregator()
	for i := range 7 {
		w.runKey(a, outageHost(i), nil)
	}
	out[""] = true
	w.later(8 * 24 * time.Hour)
	var failures []int
	for i := range 7 {
		w.runKey(a, outageHost(i), nil)
		failures = append(failures, w.state(fmt.Sprint("s", i)).Failures)
	}
	if want := []int{1, 1, 1, 1, 0, 0, 0}; !slices.Equal(failures, want) {
		t.Errorf("failures counted of seven keys, one after another: %v, want %v", failures, want)
	}
}
