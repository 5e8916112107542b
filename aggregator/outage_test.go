package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// unplugged is a fetcher whose network can be pulled.
type unplugged struct {
	next aggregator.Fetcher
	out  map[string]bool // politeness keys that do not answer; "": nobody does
}

func (u unplugged) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if u.out[""] || u.out[fetch.Key(r.URL)] {
		return nil, fmt.Errorf("get %s: %w", r.URL, &net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true})
	}
	return u.next.Get(ctx, r)
}

func outageHost(i int) string { return string(rune('a'+i)) + ".test" }

// outageWire is a wire with sources of seven keys.
func outageWire(t *testing.T) (*wire, map[string]bool) {
	w := newWire(t)
	out := map[string]bool{}
	w.get = unplugged{w.fetcher, out}
	for i := range 7 {
		w.at(outageHost(i), fmt.Sprint("s", i), fetchtest.Answer{Body: rss(story(fmt.Sprint("n", i))), ETag: etagA})
	}
	return w, out
}

func (w *wire) failures() (n int) {
	w.t.Helper()
	for _, s := range w.sources {
		n += w.state(s.ID).Failures
	}
	return n
}

func TestP36_OurOwnOutageIsCountedAgainstNobody(t *testing.T) {
	w, out := outageWire(t)
	w.run(aggregator.Selection{})
	out[""] = true
	daemon := w.aggregator()
	ask := func() aggregator.Summary {
		t.Helper()
		sum, err := daemon.Run(t.Context(), w.sources, aggregator.Selection{All: true})
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	for range 3 { // hours on end
		w.later(time.Hour)
		if sum := ask(); sum.Failed != 7 {
			t.Fatalf("Run without a network = %+v", sum)
		}
		if n := w.failures(); n != 0 {
			t.Fatalf("%d failures are counted against sources", n)
		}
		w.later(time.Minute)
		for range 2 {
			if ask(); w.failures() != 0 {
				t.Fatal("the floor's next tick counted failures")
			}
		}
	}
	p, st := w.last("s0"), w.state("s0")
	if !strings.Contains(st.Error, "server misbehaving") || !strings.Contains(p.NextWhy, "our own network") || !strings.Contains(p.Note, "not counted") {
		t.Errorf("the desk is told %q, %q, %q", st.Error, p.NextWhy, p.Note)
	}
	if wait := st.NextDue.Sub(st.LastPoll); wait != 15*time.Minute || st.ETag != etagA {
		t.Errorf("next after %v with ETag %q, want the floor and what was known", wait, st.ETag)
	}
	delete(out, "")
	w.later(time.Hour)
	if sum := ask(); sum.Polled != 7 || sum.Failed != 0 {
		t.Errorf("Run with the network back = %+v", sum)
	}
	if st := w.state("s0"); st.Error != "" {
		t.Errorf("the error stays: %q", st.Error)
	}
}

// A process that starts without a network has nobody to compare with.
func TestP36_AStartWithoutANetworkIsOurOwnOutage(t *testing.T) {
	w, out := outageWire(t)
	out[""] = true
	for range 3 {
		w.tick(time.Hour)
	}
	if n := w.failures(); n != 0 {
		t.Errorf("%d failures are counted against sources", n)
	}
}

func TestP36_WhoseFaultItIs(t *testing.T) {
	for _, tt := range []struct {
		name  string
		limit int
		out   []int // which keys do not answer
		first bool  // from the start, so that they were never fine
		want  int   // failures counted
	}{
		{"a few are their own", 5, []int{0, 1, 2, 3}, false, 4},
		{"those that never answered are no sign", 5, []int{0, 1, 2, 3, 4}, true, 10},
		{"a rule that is off", 0, []int{0, 1, 2, 3, 4, 5, 6}, false, 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, out := outageWire(t)
			w.manners.Outage = tt.limit
			pull := func() {
				for _, i := range tt.out {
					out[outageHost(i)] = true
				}
			}
			if tt.first {
				pull()
			}
			w.run(aggregator.Selection{})
			pull()
			w.later(25 * time.Hour)
			w.run(aggregator.Selection{All: true})
			if got := w.failures(); got != tt.want {
				t.Errorf("%d failures are counted, want %d", got, tt.want)
			}
		})
	}
}

// ending is a fetcher during whose n-th request the run is told to end.
type ending struct {
	next   aggregator.Fetcher
	left   *int
	cancel context.CancelFunc
}

func (e ending) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if *e.left--; *e.left == 0 {
		e.cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return e.next.Get(ctx, r)
}

func TestP22_P36_AnEarlyEndKeepsThatSilentSourcesWereAsked(t *testing.T) {
	w := newWire(t)
	out := map[string]bool{}
	for i := range 3 { // of one key, one after another
		w.source(fmt.Sprint("s", i), fetchtest.Answer{Body: rss(story(fmt.Sprint("n", i))), ETag: etagA})
	}
	w.run(aggregator.Selection{})
	before := w.state("s0")
	out["a.test"] = true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	left := 3
	w.get = ending{unplugged{w.fetcher, out}, &left, cancel}
	w.later(day)
	sum, err := w.try(ctx, aggregator.Selection{})
	if !errors.Is(err, context.Canceled) || sum.Polled != 2 || sum.Failed != 2 {
		t.Errorf("Run = %+v, %v, want the two that did not answer and the context's error", sum, err)
	}
	p, st := w.last("s0"), w.state("s0")
	if !strings.Contains(p.Error, "server misbehaving") || !strings.Contains(p.Note, "not counted") {
		t.Errorf("the ledger says %q, %q", p.Error, p.Note)
	}
	before.LastPoll = start.Add(day)
	if d := cmp.Diff(before, st); d != "" {
		t.Errorf("state -want +got\n%s", d)
	}
	if st := w.state("s2"); !st.LastPoll.Equal(start) {
		t.Errorf("the poll that was interrupted is kept: %+v", st)
	}
}
