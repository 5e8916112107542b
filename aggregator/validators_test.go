package aggregator_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

const (
	etagA, etagB = `W/"a=="`, `"b"`
	modified     = "Mon, 02 Mar 2026 07:00:00 GMT"
)

var (
	bodyOne = rss(story("one"))
	bodyTwo = rss(story("two"), story("one"))
)

// kept are the validators and the hash that a state holds, for comparing.
type kept struct {
	ETag, LastModified string
	Body               bool // a body's hash
}

func keptOf(st news.SourceState) kept { return kept{st.ETag, st.LastModified, st.BodyHash != ""} }

func TestP04_P05_P07_P08_P43_ValidatorsFromOnePollToTheNext(t *testing.T) {
	withBoth := fetchtest.Answer{Body: bodyOne, ETag: etagA, LastModified: modified}
	for _, tt := range []struct {
		name   string
		first  fetchtest.Answer
		second fetchtest.Answer
		kept   kept // after the second
		row    news.Poll
		titles []string
	}{
		{"P05 a 304 is a success without items", withBoth, withBoth,
			kept{etagA, modified, true}, news.Poll{Outcome: news.OutcomeUnchanged, Status: 304}, []string{"Report one"}},
		{"P05 a 304 renews the validators it names", withBoth,
			fetchtest.Answer{Status: 304, ETag: etagB},
			kept{etagB, modified, true}, news.Poll{Outcome: news.OutcomeUnchanged, Status: 304}, []string{"Report one"}},
		{"P04 a validator that vanishes is forgotten", withBoth,
			fetchtest.Answer{Body: bodyTwo, LastModified: modified, Status: 200},
			kept{"", modified, true}, news.Poll{Outcome: news.OutcomeNew, Status: 200, New: 1, Seen: 2}, []string{"Report one", "Report two"}},
		{"P04 also when the body is the same", withBoth, fetchtest.Answer{Body: bodyOne, Status: 200},
			kept{"", "", true}, news.Poll{Outcome: news.OutcomeUnchanged, Status: 200, Note: "same bytes as last time"}, []string{"Report one"}},
		{"P07 the same bytes are not read again but bring their validators", withBoth, fetchtest.Answer{Body: bodyOne, ETag: etagB, Status: 200},
			kept{etagB, "", true}, news.Poll{Outcome: news.OutcomeUnchanged, Status: 200, Note: "same bytes as last time"}, []string{"Report one"}},
		{"P08 another body under the same ETag is believed", withBoth, fetchtest.Answer{Body: bodyTwo, ETag: etagA, Status: 200},
			kept{etagA, "", true}, news.Poll{Outcome: news.OutcomeNew, Status: 200, New: 1, Seen: 2}, []string{"Report one", "Report two"}},
		{"P43 an HTML page leaves them as they are", withBoth, fetchtest.Answer{Body: "<html><body>Wait</body></html>", ETag: etagB, Status: 200},
			kept{etagA, modified, true}, news.Poll{Outcome: news.OutcomeFailed, Status: 200}, []string{"Report one"}},
		{"P43 an error leaves them as they are", withBoth, fetchtest.Answer{Status: 503, ETag: etagB},
			kept{etagA, modified, true}, news.Poll{Outcome: news.OutcomeFailed, Status: 503}, []string{"Report one"}},
		{"a body that ended early brings items but no validators", withBoth,
			fetchtest.Answer{Body: strings.Replace(bodyTwo, "</rss>", "</rss>"+strings.Repeat(" ", len(bodyTwo)), 1), ETag: etagB, Status: 200, Fault: fetchtest.Truncate},
			kept{etagA, modified, false}, news.Poll{Outcome: news.OutcomeNew, Status: 200, New: 1, Seen: 2,
				Note: "the body ended early: what arrived was read, validators were not kept"}, []string{"Report one", "Report two"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", tt.first, tt.second)
			w.run(aggregator.Selection{})
			if p := w.last("s"); p.Asked != "" || p.New != 1 {
				t.Errorf("the first poll = %+v, want one new item and no conditions", p)
			}
			w.again()
			p := w.last("s")
			if want := "If-None-Match: " + etagA + ", If-Modified-Since: " + modified; p.Asked != want {
				t.Errorf("asked %q, want %q", p.Asked, want)
			}
			h := w.origin.Requests("/s")[1].Header
			if h.Get("If-None-Match") != etagA || h.Get("If-Modified-Since") != modified {
				t.Errorf("the origin saw %v", h)
			}
			got := news.Poll{Outcome: p.Outcome, Status: p.Status, New: p.New, Changed: p.Changed, Seen: p.Seen, Note: p.Note}
			if d := cmp.Diff(tt.row, got); d != "" {
				t.Errorf("ledger -want +got\n%s", d)
			}
			if d := cmp.Diff(tt.kept, keptOf(w.state("s"))); d != "" {
				t.Errorf("state -want +got\n%s", d)
			}
			if d := cmp.Diff(tt.titles, w.titles()); d != "" {
				t.Errorf("items -want +got\n%s", d)
			}
		})
	}
}

// WordPress makes its validators from the newest article: a program that dies
// halfway sends part of the document with those of the whole.
func TestADocumentThatStopsInTheMiddleIsAskedForWhole(t *testing.T) {
	half := strings.TrimSuffix(bodyOne, "</channel></rss>") + "<item><guid>two</guid><title>Report t"
	if len(half) < len(bodyOne) {
		t.Fatalf("the fixture ends otherwise: %q", bodyOne)
	}
	for name, before := range map[string][]fetchtest.Answer{
		"the first that ever came": nil,
		"one like others before":   {{Body: bodyOne, ETag: etagA, LastModified: modified, Status: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			cut := fetchtest.Answer{Body: half, ETag: etagA, LastModified: modified, Status: 200}
			w.source("s", append(before, cut, fetchtest.Answer{Body: bodyTwo, ETag: etagA, LastModified: modified, Sees: whole})...)
			for range len(before) + 1 {
				w.again()
			}
			if p := w.last("s"); !strings.Contains(p.Note, "the document stops in the middle: validators were not kept") {
				t.Errorf("ledger = %+v", p)
			}
			w.again()
			if got, want := w.titles(), []string{"Report one", "Report two"}; !slices.Equal(got, want) {
				t.Errorf("items = %q, want %q", got, want)
			}
		})
	}
}

// A document that never has its last end tags is no reason to send it for ever.
func TestADocumentThatAlwaysStopsInTheMiddleIsAskedForConditionally(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: strings.TrimSuffix(bodyTwo, "</channel></rss>"), ETag: etagA, Status: 200})
	for range 2 {
		w.again()
	}
	if st := w.state("s"); st.ETag != etagA {
		t.Errorf("after the same bytes twice, the validator is %q", st.ETag)
	}
}

// Validators belong to an address, and so do failures, moves and the floor.
func TestAnotherAddressStartsAfresh(t *testing.T) {
	w := newWire(t)
	w.origin.On("/new", fetchtest.Answer{Body: bodyTwo, ETag: etagB})
	s := w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA}, fetchtest.Answer{Status: 500})
	w.run(aggregator.Selection{})
	w.again()
	if st := w.state("s"); st.Failures != 1 || st.ETag != etagA {
		t.Fatalf("before: %+v", st)
	}
	s.URL = w.url("a.test", "/new")
	w.later(time.Second)
	if sum := w.run(aggregator.Selection{}); sum.Polled != 1 || sum.New != 1 {
		t.Fatalf("Run = %+v, want the new address asked at once and one new item", sum)
	}
	if h := w.origin.Requests("/new")[0].Header; h.Get("If-None-Match") != "" {
		t.Errorf("the new address was asked with the old one's validator: %v", h)
	}
	st := w.state("s")
	if st.URL != s.URL || st.ETag != etagB || st.Failures != 0 || st.Error != "" {
		t.Errorf("state = %+v, want it to be about %s", st, s.URL)
	}
	if got := w.titles(); len(got) != 2 {
		t.Errorf("items = %q, want both: they belong to the source", got)
	}
}

// A permanent redirect is followed and counted, and the configured URL goes
// on being asked until the desk decides.
func TestS26_P27APermanentRedirectIsASighting(t *testing.T) {
	w := newWire(t)
	to, other := w.url("b.test", "/there"), w.url("b.test", "/elsewhere")
	w.origin.On("/there", fetchtest.Answer{Body: bodyOne})
	w.origin.On("/elsewhere", fetchtest.Answer{Body: bodyOne})
	w.origin.On("/login", fetchtest.Answer{Body: "<html><body>Log in</body></html>"})
	s := w.source("s", fetchtest.Redirect(301, to), fetchtest.Redirect(308, to), fetchtest.Answer{Status: 500},
		fetchtest.Redirect(301, w.url("b.test", "/login")), fetchtest.Redirect(301, to),
		fetchtest.Redirect(301, other), fetchtest.Redirect(302, to))
	for _, step := range []struct {
		name  string
		moved string
		since int // step at which it was first seen
		seen  int
		note  string
	}{
		{"first sighting", to, 0, 1, "moved permanently to " + to + " (seen 1 time)"},
		{"second sighting", to, 0, 2, "(seen 2 times)"},
		{"a failure says nothing", to, 0, 2, ""},
		{"P29 a log-in page is no new home", to, 0, 2, "redirected permanently to " + w.url("b.test", "/login") + ", which is no feed"},
		{"third sighting", to, 0, 3, "(seen 3 times)"},
		{"another place starts again", other, 5, 1, "(seen 1 time)"},
		{"P28 a temporary redirect ends the row", "", -1, 0, ""},
	} {
		w.later(8 * 24 * time.Hour)
		w.run(aggregator.Selection{})
		st := w.state("s")
		if st.URL != s.URL || st.Moved != step.moved || st.MovedSeen != step.seen {
			t.Errorf("%s: URL %s, moved to %q, seen %d times, want %q, %d", step.name, st.URL, st.Moved, st.MovedSeen, step.moved, step.seen)
		}
		var since time.Time
		if step.since >= 0 {
			since = start.Add(time.Duration(step.since+1) * 8 * 24 * time.Hour)
		}
		if !st.MovedSince.Equal(since) {
			t.Errorf("%s: moved since %v, want %v", step.name, st.MovedSince, since)
		}
		if p := w.last("s"); !strings.Contains(p.Note, step.note) {
			t.Errorf("%s: note %q, want %q", step.name, p.Note, step.note)
		}
	}
	if n := len(w.origin.Requests("/s")); n != 7 {
		t.Errorf("the configured URL was asked %d times, want 7", n)
	}
}

// What could not be read whole is worth asking for again soon, although the
// missing validators look like a server that has none (P23).
func TestABodyThatEndedEarlyIsNotPutOffForADay(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: many(20), ETag: etagA, Fault: fetchtest.Truncate})
	w.run(aggregator.Selection{})
	if st := w.state("s"); st.NextDue.Sub(start) > 2*time.Hour {
		t.Errorf("next in %v because %q, want the default interval", st.NextDue.Sub(start), st.NextWhy)
	}
}
