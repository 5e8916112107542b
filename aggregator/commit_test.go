package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

var (
	errFull  = errors.New("the disk is full")
	errOdd   = errors.New("a constraint was broken")
	fullOnly = func(err error) bool { return errors.Is(err, errFull) }
)

// failing is an archive of which the n-th call of one kind fails, counted
// from 1.
type failing struct {
	aggregator.Archive
	commits, lookups atomic.Int32
	commit, lookup   int32 // which call fails; 0: none
	err              error
}

func (f *failing) CommitPoll(ctx context.Context, r news.PollResult) error {
	if f.commits.Add(1) == f.commit {
		return fmt.Errorf("store poll: %w", f.err)
	}
	return f.Archive.CommitPoll(ctx, r)
}

func (f *failing) Known(ctx context.Context, source string, probes []news.Probe) ([]news.Known, error) {
	if f.lookups.Add(1) == f.lookup {
		return nil, fmt.Errorf("look up: %w", f.err)
	}
	return f.Archive.Known(ctx, source, probes)
}

// three is a wire with three sources of one key, which are polled one after
// another.
func three(t *testing.T) *wire {
	w := newWire(t)
	for _, id := range []string{"s1", "s2", "s3"} {
		w.source(id, fetchtest.Answer{Body: rss(story(id)), ETag: etagA})
	}
	w.fatal = fullOnly
	return w
}

// S40: what could not be stored is as if it had never been asked.
func TestAPollThatCannotBeStoredIsAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		name    string
		archive *failing
		fatal   func(error) bool
		stored  []string // after the first run
		ends    bool     // the first run ends with the error
	}{
		{"a commit that fails is one poll lost", &failing{commit: 2, err: errOdd}, fullOnly, []string{"Report s1", "Report s3"}, false},
		{"a lookup that fails is one poll lost", &failing{lookup: 2, err: errOdd}, fullOnly, []string{"Report s1", "Report s3"}, false},
		{"a commit that fails for good ends the run", &failing{commit: 2, err: errFull}, fullOnly, []string{"Report s1"}, true},
		{"a lookup that fails for good ends the run", &failing{lookup: 2, err: errFull}, fullOnly, []string{"Report s1"}, true},
		{"without a rule every failure is for good", &failing{commit: 2, err: errOdd}, nil, []string{"Report s1"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := three(t)
			w.fatal = tt.fatal
			f := tt.archive
			f.Archive = w.store
			w.archive = f
			sum, err := w.try(t.Context(), aggregator.Selection{})
			if tt.ends && !errors.Is(err, f.err) || !tt.ends && err != nil {
				t.Errorf("Run = %v, want it to end with the error %t", err, tt.ends)
			}
			if lost := sum.Lost == 1; lost == tt.ends || sum.Polled != len(tt.stored) || sum.New != len(tt.stored) {
				t.Errorf("Run = %+v, want %d polled", sum, len(tt.stored))
			}
			if d := cmp.Diff(tt.stored, w.titles()); d != "" {
				t.Errorf("items after the failure -want +got\n%s", d)
			}
			if d := cmp.Diff(news.SourceState{Source: "s2"}, w.state("s2")); d != "" {
				t.Errorf("state of s2, which was not stored: -want +got\n%s", d)
			}
			if polls, err := w.store.Ledger(t.Context(), "s2", 0); err != nil || len(polls) != 0 {
				t.Errorf("ledger of s2 = %+v, %v, want no row", polls, err)
			}

			w.run(aggregator.Selection{})
			got := w.titles()
			slices.Sort(got)
			if d := cmp.Diff([]string{"Report s1", "Report s2", "Report s3"}, got); d != "" {
				t.Errorf("items after the next run -want +got\n%s", d)
			}
			if h := w.origin.Requests("/s2")[1].Header; h.Get("If-None-Match") != "" {
				t.Errorf("s2 was asked with a validator of items that were not stored")
			}
		})
	}
}

// full is an archive in which nothing can be stored any more.
type full struct{ aggregator.Archive }

func (full) CommitPoll(context.Context, news.PollResult) error { return errOdd }

// P22, in a daemon on a full disk: what cannot be stored must not be asked for
// at every tick.
func TestP22TheFloorHoldsWhenNothingCanBeStored(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA})
	if err := w.store.SyncSources(t.Context(), w.sources); err != nil {
		t.Fatal(err)
	}
	daemon := aggregator.New(aggregator.Options{
		Archive: full{w.store}, Fetcher: w.fetcher, Filer: always(w.filer), Policy: w.policy, Fatal: fullOnly, Now: w.clock,
	})
	for _, tick := range []struct {
		wait time.Duration
		sel  aggregator.Selection
		want int // requests so far
	}{
		{0, aggregator.Selection{}, 1},
		{time.Minute, aggregator.Selection{}, 1},
		{10 * time.Minute, aggregator.Selection{All: true}, 1},
		{3*time.Minute + 59*time.Second, aggregator.Selection{Source: "s"}, 1},
		{time.Second, aggregator.Selection{}, 2},
		{time.Minute, aggregator.Selection{}, 2},
	} {
		w.later(tick.wait)
		if _, err := daemon.Run(t.Context(), w.sources, tick.sel); err != nil {
			t.Fatal(err)
		}
		if got := len(w.origin.Requests()); got != tick.want {
			t.Errorf("%v after the start: %d requests, want %d", w.clock().Sub(start), got, tick.want)
		}
	}
	w.sources[0].URL += "?moved"
	if sum, err := daemon.Run(t.Context(), w.sources, aggregator.Selection{}); err != nil || sum.Lost != 1 {
		t.Errorf("Run = %+v, %v after the address changed, want another try", sum, err)
	}
}

func TestAnArchiveThatCannotBeReadEndsTheRunAtOnce(t *testing.T) {
	w := three(t)
	ctx, cancel := context.WithCancel(t.Context())
	if err := w.store.SyncSources(ctx, w.sources); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err := aggregator.New(aggregator.Options{Archive: w.store, Fetcher: w.fetcher, Filer: always(w.filer), Now: w.clock}).
		Run(ctx, w.sources, aggregator.Selection{})
	if !errors.Is(err, context.Canceled) || len(w.origin.Requests()) != 0 {
		t.Errorf("Run = %v after %d requests, want the context's error and none", err, len(w.origin.Requests()))
	}
}

// A run that is told to stop in the middle of a body stops, books no failure
// against the source, and the next one brings everything.
func TestCancellationInMidRunLosesNothing(t *testing.T) {
	for _, tt := range []struct {
		name string
		slow fetchtest.Answer
	}{
		{"while nothing comes", fetchtest.Answer{Fault: fetchtest.Silent}},
		{"while a body trickles in", fetchtest.Answer{Body: bodyOne, ETag: etagB, Fault: fetchtest.Drip}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("before", fetchtest.Answer{Body: rss(story("before")), ETag: etagA})
			w.source("slow", tt.slow, fetchtest.Answer{Body: rss(story("slow")), ETag: etagA})
			w.source("after", fetchtest.Answer{Body: rss(story("after")), ETag: etagA})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				w.origin.Await(2)
				cancel()
			}()
			began := time.Now()
			sum, err := w.try(ctx, aggregator.Selection{})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Run = %v, want the context's error", err)
			}
			// The fetcher's own limit is ten seconds: what returns before it
			// listened to the context.
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("Run returned after %v", took)
			}
			if sum.Polled != 1 || sum.Failed != 0 {
				t.Errorf("Run = %+v, want the one poll that was done", sum)
			}
			if d := cmp.Diff(news.SourceState{Source: "slow"}, w.state("slow")); d != "" {
				t.Errorf("state of the source that was interrupted: -want +got\n%s", d)
			}
			w.run(aggregator.Selection{})
			got := w.titles()
			slices.Sort(got)
			if d := cmp.Diff([]string{"Report after", "Report before", "Report slow"}, got); d != "" {
				t.Errorf("items after the next run -want +got\n%s", d)
			}
			if n := w.asked()["before"]; n != 1 {
				t.Errorf("the source that was done was asked %d times, want once", n)
			}
		})
	}
}

// The observer hears of every poll that was stored, and of no other.
func TestTheObserverHearsOfWhatWasStored(t *testing.T) {
	w := three(t)
	if err := w.store.SyncSources(t.Context(), w.sources); err != nil {
		t.Fatal(err)
	}
	var heard []string
	a := aggregator.New(aggregator.Options{
		Archive: &failing{Archive: w.store, commit: 2, err: errOdd}, Fetcher: w.fetcher, Filer: always(w.filer), Policy: w.policy,
		Fatal: fullOnly, Now: w.clock, Observe: func(p news.Poll) { heard = append(heard, p.Source+" "+string(p.Outcome)) },
	})
	if _, err := a.Run(t.Context(), w.sources, aggregator.Selection{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"s1 new", "s3 new"}, heard); d != "" {
		t.Errorf("heard -want +got\n%s", d)
	}
}
