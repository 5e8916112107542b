package aggregator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// with changes a field of an entry.
func with(e entry, edit func(*entry)) entry {
	edit(&e)
	return e
}

// stored is what a test wants of an item.
type stored struct {
	Title   string
	Updated time.Time
}

func TestWhatBecomesOfAnItemThatComesAgain(t *testing.T) {
	const poll2 = 8 * 24 * time.Hour
	published := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	first := story("one")
	long := with(first, func(e *entry) { e.title = strings.Repeat("very long words ", 60) })
	odd := with(first, func(e *entry) { e.title = "Use of List<String> &amp; co" })
	untitled := with(first, func(e *entry) { e.title = "" })
	for _, tt := range []struct {
		name    string
		first   []entry
		second  []entry
		new     int
		changed int
		want    []stored
	}{
		{"S27 a new guid with the old link and title is the same item", []entry{first},
			[]entry{with(first, func(e *entry) { e.guid = "other" })}, 0, 0, []stored{{"Report one", published}}},
		{"S27 also when the title is cut", []entry{long},
			[]entry{with(long, func(e *entry) { e.guid = "other" })}, 0, 0, []stored{{"", published}}},
		{"S27 also when the title looks like markup", []entry{odd},
			[]entry{with(odd, func(e *entry) { e.guid = "other" })}, 0, 0, []stored{{"Use of List<String> & co", published}}},
		{"S27 also when the title is borrowed from the text", []entry{untitled},
			[]entry{with(untitled, func(e *entry) { e.guid = "other" })}, 0, 0, []stored{{"What happened at one.", published}}},
		{"a new guid and a new title is another item", []entry{first},
			[]entry{with(first, func(e *entry) { e.guid, e.title = "other", "A second report" })}, 1, 0,
			[]stored{{"Report one", published}, {"A second report", published}}},
		{"a corrected headline changes the item now", []entry{first},
			[]entry{with(first, func(e *entry) { e.title = "Corrected" })}, 0, 1, []stored{{"Corrected", start.Add(poll2)}}},
		{"a corrected text too", []entry{first},
			[]entry{with(first, func(e *entry) { e.text = "What really happened." })}, 0, 1, []stored{{"Report one", start.Add(poll2)}}},
		{"a cosmetic change is none", []entry{first},
			[]entry{with(first, func(e *entry) { e.text = "<p>What  happened at\n one.</p>"; e.title = " Report  one " })}, 0, 0,
			[]stored{{"Report one", published}}},
		{"a pixel, a tracking parameter and https are cosmetic too", []entry{with(first, func(e *entry) { e.link = "http://news.test/one" })},
			[]entry{with(first, func(e *entry) {
				e.link += "?utm_source=rss"
				e.text += `<img src="https://ads.test/42.gif" width="1" height="1"><img src="https://news.test/other.jpg">`
			})}, 0, 0, []stored{{"Report one", published}}},
		{"another address is a change", []entry{first},
			[]entry{with(first, func(e *entry) { e.link = "https://news.test/moved" })}, 0, 1, []stored{{"Report one", start.Add(poll2)}}},
		{"a new date alone is no change", []entry{first},
			[]entry{with(first, func(e *entry) { e.date = "Tue, 03 Mar 2026 08:00:00 GMT" })}, 0, 0, []stored{{"Report one", published}}},
		{"another order and one more item is one new item", []entry{first, story("two")},
			[]entry{story("three"), story("two"), first}, 1, 0,
			[]stored{{"Report one", published}, {"Report two", published}, {"Report three", published}}},
		{"S27 an item that left the feed and comes back is the same", []entry{first}, []entry{first}, 0, 0, []stored{{"Report one", published}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: rss(tt.first...)}, fetchtest.Answer{Body: rss(tt.second...) + " "})
			w.run(aggregator.Selection{})
			ids := w.items()
			w.later(poll2)
			if sum := w.run(aggregator.Selection{}); sum.New != tt.new || sum.Changed != tt.changed {
				t.Errorf("Run = %+v, want %d new, %d changed", sum, tt.new, tt.changed)
			}
			var got []stored
			for i, it := range w.items() {
				s := stored{it.Title, it.Updated}
				if i < len(tt.want) && tt.want[i].Title == "" {
					s.Title = ""
				}
				got = append(got, s)
				if i < len(ids) && (it.ID != ids[i].ID || !it.FirstSeen.Equal(start) || !it.Published.Equal(ids[i].Published)) {
					t.Errorf("item %d was %d, first seen %v, published %v: want these unmoved", it.ID, ids[i].ID, it.FirstSeen, it.Published)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("items -want +got\n%s", d)
			}
		})
	}
}

// Where the feed names the time of a change, and the change came after we
// looked last, its word is better than the time of our poll.
func TestF09TheFeedsOwnTimeOfAChangeIsTaken(t *testing.T) {
	atom := func(title, updated string) fetchtest.Answer {
		return fetchtest.Answer{Body: `<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>t</title><updated>` + updated + `</updated><entry><id>e</id>` +
			`<title>` + title + `</title><published>2026-03-02T06:00:00Z</published><updated>` + updated + `</updated></entry></feed>`}
	}
	w := newWire(t)
	w.source("s", atom("First", "2026-03-02T07:00:00Z"), atom("Second", "2026-03-02T10:30:00Z"),
		atom("Third", "2026-03-02T10:30:00Z"), atom("Fourth", "2036-01-01T00:00:00Z"))
	for i, want := range []string{"2026-03-02T07:00:00Z", "2026-03-02T10:30:00Z", "2026-03-02T15:00:00Z", "2026-03-02T18:00:00Z"} {
		w.run(aggregator.Selection{All: true})
		it := w.items()[0]
		if got := it.Updated.Format(time.RFC3339); got != want {
			t.Errorf("poll %d: %q was updated %s, want %s", i+1, it.Title, got, want)
		}
		w.later(3 * time.Hour)
	}
}

// A source that lists one article under two identifiers at a time has one
// item of it, and reading it again changes nothing.
func TestTwoEntriesThatClaimOneItemDoNotTakeTurns(t *testing.T) {
	old, renamed := story("one"), with(story("one"), func(e *entry) { e.guid = "renamed" })
	edited := with(renamed, func(e *entry) { e.text = "Another wording." })
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(old)}, fetchtest.Answer{Body: rss(renamed)},
		fetchtest.Answer{Body: rss(edited, old)}, fetchtest.Answer{Body: rss(old, edited)}, fetchtest.Answer{Body: rss(edited, old) + "\n"})
	w.run(aggregator.Selection{})
	for i := range 4 {
		if sum := w.again(); sum.New+sum.Changed != 0 {
			t.Errorf("poll %d: %+v, want nothing new and nothing changed", i+2, sum)
		}
	}
	if got := w.items(); len(got) != 1 || got[0].Summary != "What happened at one." {
		t.Errorf("items = %q, want the one under its first identifier", w.titles())
	}
}

func TestS25AnotherSourceCannotChangeAnItem(t *testing.T) {
	forged := with(story("one"), func(e *entry) { e.title, e.text = "Nothing happened", "Move along." })
	for _, tt := range []struct {
		name string
		list []entry
	}{
		{"the same guid and link", []entry{forged}},
		{"the same guid", []entry{with(forged, func(e *entry) { e.link = "https://b.test/x" })}},
		{"the same link and title", []entry{with(story("one"), func(e *entry) { e.guid, e.text = "b", "Move along." })}},
		{"the same guid in another case", []entry{with(forged, func(e *entry) { e.guid = "ID-ONE" })}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("a", fetchtest.Answer{Body: bodyOne})
			w.run(aggregator.Selection{})
			w.group()
			want := w.items("a")[0]
			w.source("b", fetchtest.Answer{Body: rss(tt.list...)})
			for range 2 {
				w.again()
				w.group()
			}
			if d := cmp.Diff(want, w.items("a")[0]); d != "" {
				t.Errorf("the item of a: -want +got\n%s", d)
			}
			if got := w.items("b"); len(got) != 1 || got[0].ID == want.ID {
				t.Errorf("items of b = %+v, want one of its own", got)
			}
		})
	}
}

func TestScopeFilterLeavesOutWhatIsFiledNowhere(t *testing.T) {
	list := rss(with(story("pay"), func(e *entry) { e.title = "Minimum wage rises" }), story("one"), story("two"))
	for _, tt := range []struct {
		scope   news.Scope
		titles  []string
		leftOut int
		note    string
	}{
		{news.ScopeFilter, []string{"Minimum wage rises"}, 2, "2 items left out: outside the taxonomy (scope: filter)"},
		{news.ScopeAll, []string{"Minimum wage rises", "Report one", "Report two"}, 0, ""},
		{"", []string{"Minimum wage rises", "Report one", "Report two"}, 0, ""},
	} {
		t.Run("scope "+string(tt.scope), func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: list}).Scope = tt.scope
			sum := w.run(aggregator.Selection{})
			p := w.last("s")
			if p.Seen != 3 || p.New != len(tt.titles) || p.LeftOut != tt.leftOut || p.Note != tt.note || sum.LeftOut != tt.leftOut {
				t.Errorf("poll = %+v, summary %+v", p, sum)
			}
			if d := cmp.Diff(tt.titles, w.titles()); d != "" {
				t.Errorf("items -want +got\n%s", d)
			}
			if f := w.items()[0].Filings; len(f) == 0 || f[0].Category != "wages" {
				t.Errorf("filings = %+v, want wages", f)
			}
		})
	}
}

// A headline that is corrected out of the taxonomy stays: it was published.
func TestScopeFilterKeepsWhatItKeptOnce(t *testing.T) {
	e := with(story("pay"), func(e *entry) { e.title = "Minimum wage rises" })
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(e)}, fetchtest.Answer{Body: rss(with(e, func(e *entry) { e.title = "Correction" }))}).Scope = news.ScopeFilter
	w.run(aggregator.Selection{})
	w.again()
	if d := cmp.Diff([]string{"Correction"}, w.titles()); d != "" {
		t.Errorf("items -want +got\n%s", d)
	}
}

// The desk knows its sources better than the software that they installed.
func TestWhoSaysTheLanguage(t *testing.T) {
	feed := func(channel, item string) string {
		return `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title>` + channel +
			`<item><guid>1</guid><title>OK 1886</title>` + item + `</item></channel></rss>`
	}
	const en = "<language>en-US</language>"
	for _, tt := range []struct{ name, desk, body, want string }{
		{"the feed, where the desk is silent", "", feed("<language>pt</language>", ""), "pt"},
		{"the desk before the feed as a whole", "pt", feed(en, ""), "pt"},
		{"the item before the desk", "pt", feed(en, "<dc:language>de</dc:language>"), "de"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: tt.body}).Language = tt.desk
			heard := &listener{Filer: w.filer}
			w.filer = heard
			w.run(aggregator.Selection{})
			if heard.language != tt.want {
				t.Errorf("the classifier was told %q, want %q", heard.language, tt.want)
			}
		})
	}
}

// listener is a filer that remembers which language it was told.
type listener struct {
	aggregator.Filer
	language string
}

func (l *listener) Classify(a classify.Article) classify.Result {
	l.language = a.Language
	return l.Filer.Classify(a)
}

// breaker is a filer that breaks on one title.
type breaker struct{ aggregator.Filer }

func (b breaker) Classify(a classify.Article) classify.Result {
	if a.Title == "Report two" {
		panic("index out of range")
	}
	return b.Filer.Classify(a)
}

func TestADocumentThatBreaksTheReaderIsOneFailedPoll(t *testing.T) {
	w := newWire(t)
	w.source("bad", fetchtest.Answer{Body: rss(story("one"), story("two")), ETag: etagA})
	w.source("good", fetchtest.Answer{Body: bodyOne})
	real := w.filer
	w.filer = breaker{real}
	w.run(aggregator.Selection{})
	if p := w.last("bad"); p.Outcome != news.OutcomeFailed || !strings.Contains(p.Error, "our reader broke") || p.New != 0 {
		t.Errorf("ledger = %+v, want a failed poll that says why", p)
	}
	if got := w.titles("good"); len(got) != 1 {
		t.Errorf("the good source beside it brought %q", got)
	}
	w.filer = real
	w.again()
	if got := w.titles("bad"); len(got) != 2 {
		t.Errorf("items once the reader is mended = %q, want both", got)
	}
}

// S27: a removed item that its feed still lists is neither news nor stored.
func TestS27ARemovedItemIsNotNews(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(story("one"))}, fetchtest.Answer{Body: rss(story("two"), story("one"))})
	w.run(aggregator.Selection{})
	if err := w.store.Remove(t.Context(), w.items()[0].ID, "withdrawn"); err != nil {
		t.Fatal(err)
	}
	if sum := w.again(); sum.New != 1 || sum.LeftOut != 1 {
		t.Errorf("Run = %+v, want one new and one left out", sum)
	}
	if p := w.last("s"); !strings.Contains(p.Note, "removed from the archive") {
		t.Errorf("ledger note = %q, want a word on why", p.Note)
	}
	if got := w.titles(); len(got) != 1 || got[0] != "Report two" {
		t.Errorf("items = %q, want the new one only", got)
	}
}
