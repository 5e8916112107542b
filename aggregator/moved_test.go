package aggregator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

const day = 24 * time.Hour

// polls runs after each of the waits.
func (w *wire) polls(waits ...time.Duration) {
	w.t.Helper()
	for _, d := range waits {
		w.later(d)
		w.run(aggregator.Selection{All: true})
	}
}

func TestP27_AMoveWithinOneDomainIsLearnedAfterThreeSightingsInAWeek(t *testing.T) {
	for _, tt := range []struct {
		name   string
		to     string // host
		status int
		waits  []time.Duration
		want   bool
	}{
		{"three times in eight days", "a.test", 301, []time.Duration{0, 4 * day, 4 * day}, true},
		{"three times in a week", "feeds.a.test", 308, []time.Duration{0, 4 * day, 3 * day}, true},
		{"three times in six days", "a.test", 301, []time.Duration{0, 3 * day, 3 * day}, false},
		{"twice in a month", "a.test", 301, []time.Duration{0, 30 * day}, false},
		{"S26 never to another domain", "b.test", 301, []time.Duration{0, 8 * day, 8 * day, 8 * day}, false},
		{"P28 never a 302", "a.test", 302, []time.Duration{0, 8 * day, 8 * day, 8 * day}, false},
		{"P28 never a 303", "a.test", 303, []time.Duration{0, 8 * day, 8 * day, 8 * day}, false},
		{"P28 never a 307", "a.test", 307, []time.Duration{0, 8 * day, 8 * day, 8 * day}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			to := w.url(tt.to, "/new")
			s := w.source("old", fetchtest.Redirect(tt.status, to))
			w.origin.On("/new", fetchtest.Answer{Body: bodyOne, ETag: etagA})
			w.polls(tt.waits...)
			st, before := w.state("old"), len(w.origin.Requests("/old"))
			if got := st.Learned == to; got != tt.want || !tt.want && st.Learned != "" || st.URL != s.URL {
				t.Fatalf("learned %q for %q, want it learned: %t", st.Learned, st.URL, tt.want)
			}
			w.polls(day)
			if got := len(w.origin.Requests("/old")) == before; got != tt.want {
				t.Errorf("the old address is asked no more: %t, want %t", got, tt.want)
			}
			if p := w.last("old"); p.Status != 304 || w.state("old").Failures != 0 {
				t.Errorf("the poll after = %+v, want the validators to go along", p)
			}
			if d := cmp.Diff([]string{"Report one"}, w.titles()); d != "" {
				t.Errorf("items -want +got\n%s", d)
			}
		})
	}
}

// The old address stays the alias: it is what is asked when the new one ends.
func TestP27_ALearnedAddressThatEndsIsForgotten(t *testing.T) {
	for name, lost := range map[string]struct {
		answer fetchtest.Answer
		polls  int
	}{"404": {fetchtest.Answer{Status: 404}, 1}, "410": {fetchtest.Answer{Status: 410}, 1}, "three failures": {fetchtest.Answer{Body: "<html><body>Parked</body></html>", Status: 200}, 3}} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			moved := fetchtest.Redirect(301, w.url("a.test", "/new"))
			w.source("old", moved, moved, moved, fetchtest.Answer{Body: bodyTwo})
			w.origin.On("/new", fetchtest.Answer{Body: bodyOne}, fetchtest.Answer{Body: bodyOne}, fetchtest.Answer{Body: bodyOne}, lost.answer)
			w.polls(0, 4*day, 4*day)
			for range lost.polls {
				if w.state("old").Learned == "" {
					t.Fatal("forgotten too soon")
				}
				w.polls(day)
			}
			if st := w.state("old"); st.Learned != "" || st.Gone != 0 || !strings.Contains(w.last("old").Note, "configured address") {
				t.Errorf("state = %+v, note %q", st, w.last("old").Note)
			}
			w.polls(day)
			if d := cmp.Diff([]string{"Report one", "Report two"}, w.titles()); d != "" {
				t.Errorf("items -want +got\n%s", d)
			}
		})
	}
}

func TestP22_P27_ALearnedAddressKeepsTheFloor(t *testing.T) {
	w := newWire(t)
	w.source("old", fetchtest.Redirect(301, w.url("a.test", "/new")))
	w.source("new", fineAnswer)
	w.sources[1].Status = news.Paused
	w.polls(0, 4*day, 4*day)
	if w.state("old").Learned == "" {
		t.Fatal("nothing was learned")
	}
	w.sources[1].Status = news.Active
	before := len(w.origin.Requests("/new"))
	w.polls(day)
	if n := len(w.origin.Requests("/new")) - before; n != 1 || !w.last("new").At.Equal(w.last("old").At) {
		t.Errorf("two sources at one address asked it %d times, want once for both (P39)", n)
	}
	w.later(time.Minute)
	w.run(aggregator.Selection{Source: "new"})
	third := w.sources[1]
	third.ID = "third"
	w.sources = append(w.sources, third)
	w.run(aggregator.Selection{})
	if n := len(w.origin.Requests("/new")) - before; n != 1 {
		t.Errorf("asked %d times within the floor, want once", n)
	}
}

func TestP27_AnotherAddressInTheConfigurationEndsWhatWasLearned(t *testing.T) {
	w := newWire(t)
	s := w.source("old", fetchtest.Redirect(301, w.url("a.test", "/new")))
	w.origin.On("/new", fineAnswer).On("/mine", fineAnswer)
	w.polls(0, 4*day, 4*day)
	s.URL = w.url("a.test", "/mine")
	w.polls(day)
	if n := len(w.origin.Requests("/mine")); n != 1 || w.state("old").Learned != "" {
		t.Errorf("the desk's new address was asked %d times, learned is %q", n, w.state("old").Learned)
	}
}

func TestP28_ATemporaryRedirectIsFollowedAndNeverSaved(t *testing.T) {
	for _, status := range []int{302, 303, 307} {
		w := newWire(t)
		w.source("s", fetchtest.Redirect(status, "/there"))
		w.origin.On("/there", fetchtest.Answer{Body: bodyOne})
		w.polls(0, 8*day, 8*day, 8*day)
		if st := w.state("s"); st.Moved != "" || st.Learned != "" || st.MovedSeen != 0 || len(w.titles()) != 1 {
			t.Errorf("%d: state = %+v, items %q", status, st, w.titles())
		}
		if n := len(w.origin.Requests("/s")); n != 4 {
			t.Errorf("%d: the address was asked %d times, want 4", status, n)
		}
	}
}

func TestP29_APermanentRedirectToNoFeedIsFlaggedAndNotSaved(t *testing.T) {
	for _, tt := range []struct {
		name, to string
		answer   fetchtest.Answer
		note     string
	}{
		{"a log-in page", "/login?next=/s", fetchtest.Answer{Body: "<html><body><form>Log in</form></body></html>"}, "which is no feed"},
		{"a parked domain", "/parked", fetchtest.Answer{Body: "<html><body>This domain is for sale</body></html>"}, "which is no feed"},
		{"the front page", "/", fetchtest.Answer{Body: "<html><body>Welcome</body></html>"}, "which is no feed"},
		{"a front page that is a feed", "/", fetchtest.Answer{Body: bodyOne}, "only the site's front page"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Redirect(301, tt.to))
			path, _, _ := strings.Cut(tt.to, "?")
			w.origin.On(path, tt.answer)
			w.polls(0, 4*day, 4*day, 4*day)
			if st := w.state("s"); st.Moved != "" || st.Learned != "" {
				t.Errorf("state = %+v, want no move", st)
			}
			if note := w.last("s").Note; !strings.Contains(note, tt.note) {
				t.Errorf("note = %q, want %q in it", note, tt.note)
			}
			if n := len(w.origin.Requests("/s")); n != 4 {
				t.Errorf("the address was asked %d times, want 4", n)
			}
		})
	}
}

func TestP32_ASourceThatIsGoneIsNotAskedAgain(t *testing.T) {
	w := newWire(t)
	s := w.source("s", fineAnswer, fetchtest.Answer{Status: 410}, fetchtest.Answer{Status: 410}, fineAnswer)
	w.polls(0, day)
	if n := w.tick(25 * time.Hour).Polled; n != 1 {
		t.Fatalf("after one 410, %d sources were polled, want a second look", n)
	}
	p, st := w.last("s"), w.state("s")
	if !strings.Contains(p.Note, "gone for good") || st.Error == "" || !st.NextDue.IsZero() {
		t.Errorf("the desk is told %q, %q, next %v", p.Note, st.Error, st.NextDue)
	}
	for range 20 {
		w.later(30 * day)
		w.run(aggregator.Selection{})
		w.run(aggregator.Selection{All: true})
	}
	w.wantAsked("after a year and a half", map[string]int{"s": 3})
	if got := w.titles(); len(got) != 1 {
		t.Errorf("items = %q, want what it brought to stay", got)
	}
	w.run(aggregator.Selection{Source: "s"}) // by name
	if st := w.state("s"); st.Gone != 0 || st.Failures != 0 || !st.NextDue.After(w.clock()) {
		t.Errorf("a source that is back = %+v", st)
	}
	w.origin.On("/s", fetchtest.Answer{Status: 410})
	w.polls(day, day)
	w.origin.On("/new", fineAnswer)
	s.URL = w.url("a.test", "/new")
	if n := w.tick(time.Minute).Polled; n != 1 {
		t.Errorf("another address was polled %d times, want at once", n)
	}
}

const frontPage = `<!doctype html><html><head><title>News</title>
<link rel="stylesheet" href="/a.css"><link rel="alternate" hreflang="fr" href="/fr/">
<link rel="alternate" type="application/rss+xml" href="/s">
<link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" title="All &amp; everything" href="feed/new.atom">
</head><body></body></html>`

func TestP33_NotFoundSearchesTheSiteOnceAndOnlyProposes(t *testing.T) {
	for name, homepage := range map[string]string{"the page that the desk names": "/about", "the front page": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			s := w.source("s", fineAnswer, fetchtest.Answer{Status: 404})
			page := "/"
			if homepage != "" {
				page, s.Homepage = homepage, w.url("a.test", homepage)
			}
			w.origin.On(page, fetchtest.Answer{Body: frontPage}).On("/feed/new.atom", fineAnswer)
			w.polls(0, day)
			proposal := w.url("a.test", "/feed/new.atom")
			if p, st := w.last("s"), w.state("s"); st.Proposal != proposal || !strings.Contains(p.Note, proposal) || st.Learned != "" {
				t.Errorf("proposed %q, ledger %q, want %s", st.Proposal, p.Note, proposal)
			}
			w.polls(2*day, 3*day, 8*day, 8*day, 8*day, 8*day, 8*day, 8*day)
			if n := len(w.origin.Requests(page)); n != 1 {
				t.Errorf("the site was searched %d times, want once", n)
			}
			if n := len(w.origin.Requests("/feed/new.atom")); n != 0 {
				t.Errorf("the proposal was asked %d times: it is the desk's to judge", n)
			}
			st := w.state("s")
			w.polls(8*day, 8*day, 8*day, 8*day, 8*day, 8*day, 8*day, 8*day)
			if st = w.state("s"); st.NextDue.Sub(st.LastPoll) < 6*day || st.NextDue.Sub(st.LastPoll) > 7*day {
				t.Errorf("after %d failures next in %v, want a week", st.Failures, st.NextDue.Sub(st.LastPoll))
			}
			w.origin.On("/s", fineAnswer) // feeds do come back
			w.polls(8 * day)
			if st := w.state("s"); st.Sought || st.Proposal != "" || st.Failures != 0 {
				t.Errorf("a source that is back = %+v", st)
			}
		})
	}
}

func TestP33_P48_TheSearchObeysRobots(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Status: 404})
	w.origin.On("/", fetchtest.Answer{Body: frontPage}).On("/robots.txt", fetchtest.Answer{Body: "User-agent: *\nDisallow: /"})
	w.polls(0)
	if n := len(w.origin.Requests("/")); n != 0 || !strings.Contains(w.last("s").Note, "robots.txt") {
		t.Errorf("a closed page was asked %d times, note %q", n, w.last("s").Note)
	}
	var zero news.SourceState
	if st := w.state("s"); st.Proposal != zero.Proposal || !st.Sought {
		t.Errorf("state = %+v, want the one search used up", st)
	}
}

func TestP33_FeedsThatWereLostTogetherAskTheirSiteOnce(t *testing.T) {
	w := newWire(t)
	w.workers = 3
	w.origin.On("/", fetchtest.Answer{Body: frontPage})
	for _, id := range []string{"x", "y", "z"} {
		w.source(id, fetchtest.Answer{Status: 404})
	}
	w.polls(0)
	w.wantAsked("the search", map[string]int{"x": 1, "y": 1, "z": 1, "robots.txt": 1, "": 1})
	for _, id := range []string{"x", "y", "z"} {
		if st := w.state(id); !st.Sought || st.Proposal != w.url("a.test", "/s") {
			t.Errorf("%s: sought %t, proposed %q", id, st.Sought, st.Proposal)
		}
	}
}
