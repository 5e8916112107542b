package aggregator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

func TestP39_SourcesWithOneAddressShareOneRequest(t *testing.T) {
	w := newWire(t)
	w.source("feed", fetchtest.Answer{Body: bodyOne, ETag: etagA})
	twin := w.sources[0]
	twin.ID, twin.Categories = "twin", []string{"wages"}
	w.sources = append(w.sources, twin)
	if sum := w.run(aggregator.Selection{}); sum.Polled != 2 || sum.New != 2 {
		t.Errorf("Run = %+v, want two sources polled, each with its item", sum)
	}
	w.again()
	for _, id := range []string{"feed", "twin"} {
		if p := w.last(id); p.Status != 304 {
			t.Errorf("%s: second poll = %+v, want a 304", id, p)
		}
	}
	w.wantAsked("two runs", map[string]int{"feed": 2})

	// One that comes later has nothing that a 304 could confirm.
	third := twin
	third.ID = "third"
	w.sources = append(w.sources, third)
	w.again()
	if got := w.titles("third"); len(got) != 1 || w.last("third").Status != 200 {
		t.Errorf("the newcomer got %q", got)
	}
	w.wantAsked("three runs", map[string]int{"feed": 3})
	w.again()
	if p := w.last("third"); p.Status != 304 {
		t.Errorf("the newcomer's second poll = %+v, want a 304 like the others", p)
	}
	// Other headers may bring another answer: a request of its own.
	w.sources[2].Headers = map[string]string{"X-Key": "k"}
	w.again()
	if n := len(w.origin.Requests()); n != 5 {
		t.Errorf("%d requests: of one URL no two within the floor, whatever the headers", n)
	}
	if w.tick(15*time.Minute).Polled == 0 || w.last("third").At.Equal(w.last("twin").At) {
		t.Error("the source with other headers never has its turn")
	}
}

func TestP40_AddingASourceTakesOneRequest(t *testing.T) {
	w := newWire(t)
	s := w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA, Sees: whole}, fetchtest.Answer{Status: 304, Sees: map[string]string{"If-None-Match": etagA}})
	list, err := aggregator.Search{Guest: w.fetcher}.Find(t.Context(), s.URL)
	if err != nil || len(list) != 1 || list[0].Document.Title != "News" {
		t.Fatalf("Search = %+v, %v", list, err)
	}
	w.get = list[0].Found.Fetcher(w.fetcher)
	w.run(aggregator.Selection{Source: "s"})
	w.wantAsked("the search and the first poll", map[string]int{"s": 1})
	if st := w.state("s"); len(w.titles()) != 1 || st.ETag != etagA {
		t.Errorf("items %q, ETag %q, want those of the one answer", w.titles(), st.ETag)
	}
	w.again() // the answer counts once
	w.wantAsked("the second poll", map[string]int{"s": 2})
}

// The source gets the address that the permanent redirects lead to, and there
// nothing has moved.
func TestP40_AddingASourceThatHasMovedTakesOneRequest(t *testing.T) {
	w := newWire(t)
	s := w.source("s", fetchtest.Answer{Body: bodyOne})
	w.origin.On("/old", fetchtest.Redirect(301, "/s"))
	list, err := aggregator.Search{Guest: w.fetcher}.Find(t.Context(), w.url("a.test", "/old"))
	if err != nil || len(list) != 1 || list[0].URL != s.URL {
		t.Fatalf("Search = %+v, %v", list, err)
	}
	w.get = list[0].Found.Fetcher(w.fetcher)
	w.run(aggregator.Selection{Source: "s"})
	w.wantAsked("the search and the first poll", map[string]int{"old": 1, "s": 1})
	if st := w.state("s"); len(w.titles()) != 1 || st.Moved != "" {
		t.Errorf("items %q, moved to %q", w.titles(), st.Moved)
	}
}

// Of the feeds that a page names each is asked for once, whichever is taken.
func TestP40_AddingAFeedOfAPageTakesOneRequestEach(t *testing.T) {
	w := newWire(t)
	s := w.source("s", fetchtest.Answer{Body: bodyOne})
	w.origin.On("/", fetchtest.Answer{Body: frontPage}).On("/feed/new.atom", fetchtest.Answer{Body: strings.Replace(bodyOne, "<link>", "<link>http://a.test", 1)})
	list, err := aggregator.Search{Guest: w.fetcher}.Find(t.Context(), w.url("a.test", "/"))
	if err != nil || list[0].URL != s.URL {
		t.Fatalf("Search = %+v, %v", list, err)
	}
	w.get = list[0].Found.Fetcher(w.fetcher)
	w.run(aggregator.Selection{Source: "s"})
	w.wantAsked("the search and the first poll", map[string]int{"": 1, "s": 1, "feed/new.atom": 1})
	if len(w.titles()) != 1 {
		t.Errorf("items %q", w.titles())
	}
}

// Byte order mark, then the header, then the prolog, then what the bytes say.
func TestP41_WhoSaysTheEncoding(t *testing.T) {
	const title = "Grève générale à l’usine"
	doc := func(prolog string) string {
		return prolog + `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>` + title + `</title></item></channel></rss>`
	}
	encode := func(s string) string {
		out, err := charmap.Windows1252.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(doc(`<?xml version="1.0" encoding="koi8-r"?>`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, contentType, body, encoding string }{
		{"a mark beats header and prolog", "text/xml; charset=windows-1252", wide, "utf-16le"},
		{"UTF-8 with a mark, too", "text/xml; charset=windows-1252", "\xef\xbb\xbf" + doc(`<?xml version="1.0" encoding="koi8-r"?>`), "utf-8"},
		{"the header beats the prolog", "text/xml; charset=windows-1252", encode(doc(`<?xml version="1.0" encoding="koi8-r"?>`)), "windows-1252"},
		{"the prolog is next", "application/rss+xml", encode(doc(`<?xml version="1.0" encoding="windows-1252"?>`)), "windows-1252"},
		{"the bytes are last", "", encode(doc("")), "windows-1252"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: tt.body, Header: map[string]string{"Content-Type": tt.contentType}})
			w.run(aggregator.Selection{})
			if d := cmp.Diff([]string{title}, w.titles()); d != "" || w.last("s").Encoding != tt.encoding {
				t.Errorf("read as %q, want %q: -want +got\n%s", w.last("s").Encoding, tt.encoding, d)
			}
		})
	}
}

func TestP42_AFeedIsAFeedUnderAnyContentType(t *testing.T) {
	for _, ct := range []string{"text/html; charset=utf-8", "text/plain", "application/octet-stream", "image/png", "nonsense", "", "application/json"} {
		t.Run(ct, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: bodyOne, Header: map[string]string{"Content-Type": ct}})
			if sum := w.run(aggregator.Selection{}); sum.New != 1 {
				t.Errorf("Run = %+v, error %q", sum, w.last("s").Error)
			}
		})
	}
}

func TestP43_WhatIsNoFeedKeepsItemsAndValidators(t *testing.T) {
	for name, body := range map[string]string{
		"a challenge":   "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
		"an error page": "<html><body><h1>Database error</h1></body></html>",
		"nothing":       "", "white space": " \r\n ", "a PDF": "%PDF-1.7",
		"a sitemap": `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.test/</loc></url></urlset>`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA, LastModified: modified},
				fetchtest.Answer{Status: 200, Body: body, ETag: etagB, Header: map[string]string{"Content-Type": "application/rss+xml"}},
				fetchtest.Answer{Status: 304, Sees: conditional})
			w.run(aggregator.Selection{})
			w.again()
			if p := w.last("s"); p.Outcome != news.OutcomeFailed || !strings.Contains(p.Error, "not a feed") && !strings.Contains(p.Error, "empty document") {
				t.Errorf("ledger = %s, %q", p.Outcome, p.Error)
			}
			w.again()
			if p := w.last("s"); p.Status != 304 || len(w.titles()) != 1 {
				t.Errorf("the poll after = %+v, items %q", p, w.titles())
			}
		})
	}
}

func TestP44_WhatIsTooMuchIsOneFailedPoll(t *testing.T) {
	big := strings.Repeat("x", 300<<10)
	for name, a := range map[string]fetchtest.Answer{
		"a long body":  {Body: rss(entry{title: big})},
		"a gzip bomb":  {Body: strings.Repeat(" ", 4<<20), Gzip: true},
		"an endless":   {Body: many(20), Fault: fetchtest.Endless},
		"long headers": {Body: bodyOne, Header: map[string]string{"X-Long": big}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fineAnswer, a)
			w.run(aggregator.Selection{})
			w.again()
			if p, st := w.last("s"), w.state("s"); p.Outcome != news.OutcomeFailed || st.ETag != etagA || len(w.titles()) != 1 {
				t.Errorf("ledger = %+v, ETag %q, items %q", p, st.ETag, w.titles())
			}
		})
	}
}

func TestP45_ADeltaIsMergedAndNothingIsInferredFromWhatItLacks(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: bodyTwo, ETag: etagA, Sees: whole},
		fetchtest.Answer{Status: 226, Body: rss(story("three")), ETag: etagB, Header: map[string]string{"IM": "feed"},
			Sees: map[string]string{"If-None-Match": etagA, "A-Im": "feed, gzip"}},
		fetchtest.Answer{Status: 304, Sees: map[string]string{"If-None-Match": etagB}})
	w.run(aggregator.Selection{})
	w.again()
	if d := cmp.Diff([]string{"Report one", "Report three", "Report two"}, sorted(w.titles())); d != "" {
		t.Errorf("items -want +got\n%s", d)
	}
	if p := w.last("s"); p.Status != 226 || p.New != 1 || p.Changed+p.LeftOut != 0 {
		t.Errorf("ledger = %+v", p)
	}
	w.again()
}

// page is a page of an archive with an older one behind it.
func archivePage(name, rel, older string) string {
	link := ""
	if older != "" {
		link = fmt.Sprintf(`<link rel=%q href=%q/>`, rel, older)
	}
	return `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:t</id>` + link +
		`<entry><id>urn:shared</id><title>Shared by all, from ` + name + `</title></entry>` +
		`<entry><id>urn:` + name + `</id><title>From ` + name + `</title></entry></feed>`
}

func TestP47_TheFirstImportReadsAtMostSomeOlderPages(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pages int
		links map[string]string // page to the one behind it
		want  []string
	}{
		{"next", 5, map[string]string{"s": "/p1", "p1": "/p2", "p2": ""}, []string{"From p1", "From p2", "From s"}},
		{"at most two", 2, map[string]string{"s": "/p1", "p1": "/p2", "p2": "/p3", "p3": ""}, []string{"From p1", "From p2", "From s"}},
		{"none", 0, map[string]string{"s": "/p1", "p1": ""}, []string{"From s"}},
		{"a circle", 5, map[string]string{"s": "/p1", "p1": "/s"}, []string{"From p1", "From s"}},
		{"a page that is not there", 5, map[string]string{"s": "/p1", "p1": "/missing"}, []string{"From p1", "From s"}},
		{"S13 another domain", 5, map[string]string{"s": "http://b.test:PORT/p1", "p1": ""}, []string{"From s"}},
		{"S13 inside", 5, map[string]string{"s": "http://inside.test/p1"}, []string{"From s"}},
	} {
		for _, rel := range []string{"next", "prev-archive"} {
			t.Run(tt.name+" "+rel, func(t *testing.T) {
				w := newWire(t)
				w.manners.ArchivePages = tt.pages
				w.source("s")
				for id, older := range tt.links {
					w.origin.On("/"+id, fetchtest.Answer{Body: archivePage(id, rel, strings.Replace(older, "PORT", w.origin.Port(), 1)), ETag: etagA})
				}
				w.run(aggregator.Selection{})
				want := append(tt.want, "Shared by all, from s") // the newest copy of an entry is kept
				if d := cmp.Diff(want, sorted(w.titles())); d != "" {
					t.Errorf("items -want +got\n%s", d)
				}
				if p := w.last("s"); p.New != len(want) || p.Outcome != news.OutcomeNew {
					t.Errorf("ledger = %+v, want %d new", p, len(want))
				}
				before := len(w.origin.Requests())
				w.again()
				if n := len(w.origin.Requests()) - before; n != 1 {
					t.Errorf("the second poll took %d requests, want one", n)
				}
			})
		}
	}
}
