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

// asked returns the paths that the origin was asked for, sorted by source.
func (w *wire) asked() map[string]int {
	n := map[string]int{}
	for _, r := range w.origin.Requests() {
		n[strings.TrimPrefix(r.Path, "/")]++
	}
	return n
}

func TestWhoIsAsked(t *testing.T) {
	for _, tt := range []struct {
		name string
		wait time.Duration // after the first run
		sel  aggregator.Selection
		want map[string]int // requests of the second run
	}{
		{"nobody before it is due", 20 * time.Minute, aggregator.Selection{}, map[string]int{}},
		{"who is due", 3 * time.Hour, aggregator.Selection{}, map[string]int{"on": 1, "blank": 1, "proposed": 1}},
		{"all of the wire", 20 * time.Minute, aggregator.Selection{All: true}, map[string]int{"on": 1, "blank": 1, "proposed": 1}},
		{"P22 all of the wire, but nobody below the floor", 14 * time.Minute, aggregator.Selection{All: true}, map[string]int{}},
		{"one by name, due or not", 20 * time.Minute, aggregator.Selection{Source: "on"}, map[string]int{"on": 1}},
		{"P22 one by name, but not below the floor", 14*time.Minute + 59*time.Second, aggregator.Selection{Source: "on"}, map[string]int{}},
		{"a name that is not in the list", 20 * time.Minute, aggregator.Selection{Source: "off"}, map[string]int{}},
		{"a probe looks at every one", 20 * time.Minute, aggregator.Selection{Probe: true}, map[string]int{"on": 1, "blank": 1, "paused": 1, "proposed": 1}},
		{"a probe of some looks at these", 20 * time.Minute, aggregator.Selection{Probe: true, Among: map[string]bool{"on": true, "paused": true}}, map[string]int{"on": 1, "paused": 1}},
		{"P22 a probe keeps the floor of those that were asked", time.Minute, aggregator.Selection{Probe: true}, map[string]int{"paused": 1}},
		{"a clock that was set back silences nobody", -time.Hour, aggregator.Selection{All: true}, map[string]int{"on": 1, "blank": 1, "proposed": 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			for id, status := range map[string]news.Status{"on": news.Active, "blank": "", "paused": news.Paused, "proposed": news.Proposed} {
				w.source(id, fetchtest.Answer{Body: rss(story(id)), ETag: etagA}).Status = status
			}
			w.run(aggregator.Selection{})
			before := map[string]int{"on": 1, "blank": 1, "proposed": 1}
			if d := cmp.Diff(before, w.asked()); d != "" {
				t.Fatalf("the first run asked -want +got\n%s", d)
			}
			w.later(tt.wait)
			sum := w.run(tt.sel)
			got, total := w.asked(), 0
			for id, n := range before {
				if got[id] -= n; got[id] == 0 {
					delete(got, id)
				}
			}
			for _, n := range got {
				total += n
			}
			if d := cmp.Diff(tt.want, got); d != "" || sum.Polled != total {
				t.Errorf("the second run polled %d and asked -want +got\n%s", sum.Polled, d)
			}
		})
	}
}

// A source that takes no part in the wire can be looked at. Nothing of that
// shows when the desk takes it in, except that the floor holds.
func TestAProbeOfASourceThatIsOutKeepsNothing(t *testing.T) {
	for _, status := range []news.Status{news.Paused} {
		t.Run(string(status), func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: rss(story("one"), story("two")), ETag: etagA}).Status = status
			if sum := w.run(aggregator.Selection{Probe: true}); sum.Polled != 1 || sum.New != 0 {
				t.Errorf("Run = %+v, want one poll and nothing new", sum)
			}
			if got := w.titles(); len(got) != 0 {
				t.Errorf("items = %q, want none", got)
			}
			p := w.last("s")
			if p.Seen != 2 || p.New != 0 || p.Outcome != news.OutcomeUnchanged || !strings.Contains(p.Note, "nothing kept") {
				t.Errorf("ledger = %+v, want two items seen, none new, and a word on why", p)
			}
			want := news.SourceState{Source: "s", URL: w.sources[0].URL, LastPoll: start}
			if d := cmp.Diff(want, w.state("s")); d != "" {
				t.Errorf("state -want +got\n%s", d)
			}

			w.sources[0].Status = news.Active
			if w.later(time.Minute); w.run(aggregator.Selection{}).Polled != 0 {
				t.Errorf("asked again after a minute, below the floor (P22)")
			}
			if w.later(15 * time.Minute); w.run(aggregator.Selection{}).New != 2 {
				t.Errorf("items = %q, want both as soon as the floor allows", w.titles())
			}
		})
	}
}

// A probe of a source that was polled before it was paused leaves what is
// known of it alone.
func TestAProbeOfAPausedSourceKeepsItsState(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA}, fetchtest.Answer{Body: bodyTwo, ETag: etagB})
	w.run(aggregator.Selection{})
	want := w.state("s")
	w.sources[0].Status = news.Paused
	w.later(time.Hour)
	w.run(aggregator.Selection{Source: "s"})
	want.LastPoll = start.Add(time.Hour)
	if d := cmp.Diff(want, w.state("s")); d != "" {
		t.Errorf("state -want +got\n%s", d)
	}
	w.sources[0].Status = news.Active
	w.again()
	if got := w.titles(); len(got) != 2 {
		t.Errorf("items = %q, want the one that came while it was paused", got)
	}
}

func TestP21OneKeyIsPolledByAtMostWorkersAtATime(t *testing.T) {
	for _, tt := range []struct{ workers, want int }{{0, 1}, {1, 1}, {3, 3}} {
		t.Run(fmt.Sprint(tt.workers, " workers"), func(t *testing.T) {
			w := newWire(t)
			w.workers = tt.workers
			hosts := []string{"a.test", "b.test"}
			for _, host := range hosts {
				for i := range 6 {
					path := fmt.Sprintf("/%s-%d", host, i)
					// Long enough that polls which may overlap do.
					w.origin.On(path, fetchtest.Answer{Body: rss(story(path[1:])), Delay: 40 * time.Millisecond})
					w.sources = append(w.sources, news.Source{ID: path[1:], URL: w.url(host, path)})
				}
			}
			if sum := w.run(aggregator.Selection{}); sum.New != 12 {
				t.Errorf("Run = %+v, want 12 new", sum)
			}
			for _, host := range hosts {
				if got := w.origin.Most(host + ":" + w.origin.Port()); got != tt.want {
					t.Errorf("%s was asked by %d at a time, want %d", host, got, tt.want)
				}
			}
			if got := w.origin.Most(""); got <= tt.want {
				t.Errorf("%d requests at a time to all, want both keys side by side", got)
			}
		})
	}
}

// Within a key the order of the list is kept, so that a desk can put first
// what matters most.
func TestSourcesOfOneKeyAreAskedInOrder(t *testing.T) {
	w := newWire(t)
	var want, got []string
	for i := range 8 {
		id := fmt.Sprint("s", (i*5)%8)
		w.source(id, fetchtest.Answer{Body: rss(story(id))})
		want = append(want, "/"+id)
	}
	w.run(aggregator.Selection{})
	for _, r := range w.origin.Requests() {
		got = append(got, r.Path)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("asked -want +got\n%s", d)
	}
}
