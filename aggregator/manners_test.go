package aggregator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// at adds a source that the origin answers under another host.
func (w *wire) at(host, id string, answers ...fetchtest.Answer) *news.Source {
	s := w.source(id, answers...)
	s.URL = w.url(host, "/"+id)
	return s
}

// tick lets time go by and polls what is due then.
func (w *wire) tick(d time.Duration) aggregator.Summary {
	w.t.Helper()
	w.later(d)
	return w.run(aggregator.Selection{})
}

// wantAsked checks how often the paths of sources were asked so far.
func (w *wire) wantAsked(when string, want map[string]int) {
	w.t.Helper()
	if d := cmp.Diff(want, w.asked()); d != "" {
		w.t.Errorf("%s: requests -want +got\n%s", when, d)
	}
}

// tooMany is an answer of a server that has had enough.
func tooMany(status int, retryAfter string) fetchtest.Answer {
	a := fetchtest.Answer{Status: status, Header: map[string]string{}}
	if retryAfter != "" {
		a.Header["Retry-After"] = retryAfter
	}
	return a
}

var fineAnswer = fetchtest.Answer{Body: bodyOne, ETag: etagA}

func TestP15_P16_NobodyAsksBeforeRetryAfter(t *testing.T) {
	for name, value := range map[string]string{"P15 seconds": "14400", "P16 a date": start.Add(4 * time.Hour).Format("Mon, 02 Jan 2006 15:04:05 GMT")} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", tooMany(503, value), fineAnswer)
			w.run(aggregator.Selection{})
			w.later(4*time.Hour - time.Second)
			for _, sel := range []aggregator.Selection{{}, {All: true}, {Source: "s"}, {Probe: true}} {
				if n := w.run(sel).Polled; n != 0 {
					t.Errorf("Run(%+v) a second before Retry-After polled %d sources", sel, n)
				}
			}
			if n := w.tick(time.Second).Polled; n != 1 {
				t.Errorf("when the time had come, %d sources were polled", n)
			}
			if st := w.state("s"); !st.NotBefore.IsZero() || st.Failures != 0 {
				t.Errorf("state after a success = %+v", st)
			}
		})
	}
}

// A value that says nothing leaves the house's own backoff.
func TestP16_ARetryAfterThatIsNoneIsNotWaitedFor(t *testing.T) {
	for _, value := range []string{"-5", "soon", "Mon, 02 Mar 2026 08:00:00 GMT"} {
		w := newWire(t)
		w.source("s", tooMany(503, value))
		w.run(aggregator.Selection{})
		st := w.state("s")
		if wait := st.NextDue.Sub(start); !st.NotBefore.IsZero() || wait < 15*time.Minute || wait > 2*time.Hour {
			t.Errorf("Retry-After %q: next in %v, not before %v", value, wait, st.NotBefore)
		}
	}
}

func TestP17_ALongRetryAfterIsHonouredUpToTheCap(t *testing.T) {
	for _, tt := range []struct {
		seconds string
		max     time.Duration
		want    time.Duration
	}{{"172800", 0, 48 * time.Hour}, {"2592000", 0, 7 * 24 * time.Hour}, {"172800", 6 * time.Hour, 6 * time.Hour}} {
		w := newWire(t)
		if tt.max != 0 {
			w.policy.RetryAfterMax = tt.max
		}
		w.source("s", tooMany(429, tt.seconds))
		w.run(aggregator.Selection{})
		p, st := w.last("s"), w.state("s")
		if got := p.NextDue.Sub(start); got < tt.want || got > tt.want+time.Hour || !st.NotBefore.Equal(start.Add(tt.want)) {
			t.Errorf("Retry-After %s of at most %v: next in %v, not before %v; want %v", tt.seconds, tt.max, got, st.NotBefore, tt.want)
		}
		if short := tt.want < 48*time.Hour || tt.want > 48*time.Hour; strings.Contains(p.NextWhy, "honoured for") != short {
			t.Errorf("the ledger says %q, want the shortening told: %t", p.NextWhy, short)
		}
	}
}

func TestP18_A429WithoutRetryAfterDoublesTheIntervalAndMore(t *testing.T) {
	w := newWire(t)
	waits := map[time.Duration]bool{}
	for _, host := range []string{"a.test", "b.test", "c.test"} {
		id := strings.TrimSuffix(host, ".test")
		w.at(host, id, tooMany(429, ""))
		w.sources[len(w.sources)-1].ID = "source-" + id
	}
	w.run(aggregator.Selection{})
	for _, s := range w.sources {
		wait := w.state(s.ID).NextDue.Sub(start)
		if wait < 2*time.Hour || wait > 3*time.Hour {
			t.Errorf("%s comes back in %v, want twice the hour and some", s.ID, wait)
		}
		waits[wait] = true
	}
	if len(waits) != 3 {
		t.Errorf("three sources come back after %v, want jitter between them", waits)
	}
	w.policy.Default, w.policy.Min = 15*time.Minute, 15*time.Minute
	w.at("d.test", "d", tooMany(429, ""))
	w.run(aggregator.Selection{})
	if wait := w.state("d").NextDue.Sub(start); wait < time.Hour {
		t.Errorf("a source with an interval of 15m comes back in %v, want an hour at least", wait)
	}
}

func TestP19_TwoBusyAddressesPauseTheirDomain(t *testing.T) {
	w := newWire(t)
	w.at("a.test", "x", tooMany(429, ""), fineAnswer)
	w.at("feeds.a.test", "y", tooMany(503, ""), fineAnswer)
	w.at("a.test", "z", fineAnswer)
	w.at("b.test", "other", fineAnswer)
	w.run(aggregator.Selection{})
	w.wantAsked("the first run", map[string]int{"x": 1, "y": 1, "other": 1})
	if note := w.last("y").Note; !strings.Contains(note, "all of it is left alone until 2026-03-02T10:00:00Z") {
		t.Errorf("the ledger says %q, want the pause told", note)
	}
	w.later(59 * time.Minute)
	w.run(aggregator.Selection{All: true}) // another process: the pause is in the database
	w.run(aggregator.Selection{Source: "z"})
	w.wantAsked("within the pause", map[string]int{"x": 1, "y": 1, "other": 2})
	w.tick(time.Minute)
	w.wantAsked("after the pause", map[string]int{"x": 1, "y": 1, "z": 1, "other": 2})
}

func TestP19_ThePauseLastsAsLongAsTheLongestRetryAfter(t *testing.T) {
	w := newWire(t)
	w.source("x", tooMany(429, "10800"), fineAnswer)
	w.source("y", tooMany(429, ""), fineAnswer)
	w.source("z", fineAnswer)
	w.run(aggregator.Selection{})
	w.tick(3*time.Hour - time.Second)
	w.wantAsked("within it", map[string]int{"x": 1, "y": 1})
	w.tick(time.Second)
	if got := w.asked()["z"]; got != 1 {
		t.Errorf("after it, z was asked %d times, want once", got)
	}
}

func TestP19_RefusalsFarApartPauseNothing(t *testing.T) {
	w := newWire(t)
	w.source("x", tooMany(429, "86400"))
	w.run(aggregator.Selection{})
	w.later(61 * time.Minute)
	w.source("y", tooMany(429, ""))
	w.source("z", fineAnswer)
	w.run(aggregator.Selection{})
	w.wantAsked("both runs", map[string]int{"x": 1, "y": 1, "z": 1})
}

// An address has no registrable domain.
func TestP19_ABareAddressIsNotPaused(t *testing.T) {
	w := newWire(t)
	w.at("127.0.0.1", "x", tooMany(429, ""))
	w.at("127.0.0.1", "y", tooMany(503, ""))
	w.at("127.0.0.1", "z", fineAnswer)
	w.run(aggregator.Selection{})
	w.wantAsked("the run", map[string]int{"x": 1, "y": 1, "z": 1})
}

func TestP20_OneBusyAddressStopsNoOther(t *testing.T) {
	w := newWire(t)
	w.source("x", tooMany(429, "86400"))
	w.source("y", fineAnswer)
	w.source("z", fineAnswer)
	w.run(aggregator.Selection{})
	w.wantAsked("the first run", map[string]int{"x": 1, "y": 1, "z": 1})
	w.tick(3 * time.Hour)
	w.wantAsked("the second run", map[string]int{"x": 1, "y": 2, "z": 2})
}

func TestP22_TheFloorHoldsByHandAndAfterARestart(t *testing.T) {
	w := newWire(t)
	w.source("s", fineAnswer)
	// Another source with the same address, and a header that makes another
	// request of it: to the server it is the same URL.
	w.source("s")
	w.sources[1].ID, w.sources[1].Headers = "t", map[string]string{"X-Key": "k"}
	w.origin.On("/s", fineAnswer)
	w.run(aggregator.Selection{Source: "s"})
	for _, d := range []time.Duration{0, time.Minute, 13*time.Minute + 59*time.Second} {
		w.later(d)
		for _, sel := range []aggregator.Selection{{}, {All: true}, {Source: "s"}, {Source: "t"}, {Probe: true}} {
			w.run(sel) // each is a new process
		}
	}
	w.wantAsked("within the floor", map[string]int{"s": 1})
	w.later(time.Second)
	w.run(aggregator.Selection{Source: "s"})
	w.wantAsked("after the floor", map[string]int{"s": 2})
}

// A daemon that finds more than a burst of sources due spreads them, always in
// the same order, and asks each within a quarter of an hour.
func TestP26_ADaemonsStartIsNoBurst(t *testing.T) {
	var orders []string
	for range 2 {
		w := newWire(t)
		w.manners.Burst, w.workers = 8, 8
		for i := range 60 {
			w.source(fmt.Sprint("s", i), fineAnswer)
		}
		daemon := w.aggregator()
		if err := w.store.SyncSources(t.Context(), w.sources); err != nil {
			t.Fatal(err)
		}
		var order strings.Builder
		for minute := 0; minute <= 15; minute++ {
			sum, err := daemon.Run(t.Context(), w.sources, aggregator.Selection{Gentle: true})
			if err != nil {
				t.Fatal(err)
			}
			if sum.Polled > 15 {
				t.Errorf("%d of 60 sources were asked at once, in minute %d", sum.Polled, minute)
			}
			fmt.Fprint(&order, sum.Polled, " ")
			w.later(time.Minute)
		}
		if got := len(w.asked()); got != 60 {
			t.Errorf("%d of 60 sources were asked in a quarter of an hour", got)
		}
		orders = append(orders, order.String())
	}
	if orders[0] != orders[1] {
		t.Errorf("two starts asked differently: %s and %s", orders[0], orders[1])
	}
	w := newWire(t)
	w.manners.Burst = 8
	for i := range 8 {
		w.source(fmt.Sprint("s", i), fineAnswer)
	}
	if n := w.run(aggregator.Selection{Gentle: true}).Polled; n != 8 {
		t.Errorf("of 8 sources, no more than a burst, %d were asked at once", n)
	}
}

// To the server, a source under another id is the same guest.
func TestP15_P19_P22_ARenamedSourceIsNoNewGuest(t *testing.T) {
	rename := func(w *wire, i int) { w.sources[i].ID += "-renamed" }
	t.Run("the floor", func(t *testing.T) {
		w := newWire(t)
		w.source("s", fineAnswer)
		w.run(aggregator.Selection{})
		rename(w, 0)
		w.tick(14 * time.Minute)
		w.wantAsked("within the floor", map[string]int{"s": 1})
		w.tick(time.Minute)
		w.wantAsked("after the floor", map[string]int{"s": 2})
	})
	t.Run("Retry-After", func(t *testing.T) {
		w := newWire(t)
		w.source("s", tooMany(503, "14400"), fineAnswer)
		w.run(aggregator.Selection{})
		rename(w, 0)
		w.tick(4*time.Hour - time.Second)
		w.wantAsked("before its end", map[string]int{"s": 1})
		w.tick(time.Second)
		w.wantAsked("after its end", map[string]int{"s": 2})
	})
	t.Run("a busy domain", func(t *testing.T) {
		w := newWire(t)
		w.source("x", tooMany(429, ""), fineAnswer)
		w.source("y", tooMany(429, ""), fineAnswer)
		w.source("z", fineAnswer)
		w.run(aggregator.Selection{})
		rename(w, 0)
		rename(w, 1)
		w.tick(59 * time.Minute)
		w.wantAsked("within the pause", map[string]int{"x": 1, "y": 1})
		w.tick(time.Minute)
		w.wantAsked("after the pause", map[string]int{"x": 2, "y": 2, "z": 1})
	})
}
