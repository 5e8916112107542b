package aggregator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// newsSitemap is a sitemap with an article for each title.
func newsSitemap(titles ...string) string {
	var b strings.Builder
	b.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">`)
	for _, t := range titles {
		fmt.Fprintf(&b, `<url><loc>/%s</loc><news:news><news:publication><news:name>Daily</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-03-02T08:00:00Z</news:publication_date><news:title>%s</news:title></news:news></url>`, strings.ReplaceAll(t, " ", "-"), t)
	}
	return b.String() + "</urlset>"
}

// sitemapIndex is an index of sitemaps given as "address lastmod".
func sitemapIndex(sitemaps ...string) string {
	var b strings.Builder
	for _, s := range sitemaps {
		loc, lastmod, _ := strings.Cut(s, " ")
		fmt.Fprintf(&b, "<sitemap><loc>%s</loc><lastmod>%s</lastmod></sitemap>", loc, lastmod)
	}
	return "<sitemapindex>" + b.String() + "</sitemapindex>"
}

// sitemap adds a source that is one.
func (w *wire) sitemap(id string, answers ...fetchtest.Answer) *news.Source {
	s := w.source(id, answers...)
	s.Type = news.TypeSitemap
	return s
}

func TestANewsSitemapIsPolledLikeAFeed(t *testing.T) {
	w := newWire(t)
	w.sitemap("s", fetchtest.Answer{Body: newsSitemap("Dockers strike"), ETag: etagA}, fetchtest.Answer{Status: 304, Sees: map[string]string{"If-None-Match": etagA}})
	w.run(aggregator.Selection{})
	if p := w.last("s"); p.New != 1 || p.Outcome != news.OutcomeNew {
		t.Errorf("ledger = %+v", p)
	}
	if list := w.items(); len(list) != 1 || list[0].URL != w.url("a.test", "/Dockers-strike") || list[0].Language != "en" || len(list[0].Filings) != 1 {
		t.Errorf("items = %+v", list)
	}
	w.again()
	if p := w.last("s"); p.Status != 304 {
		t.Errorf("second poll = %+v", p)
	}
}

func TestWhatASitemapSourceIsNotIsSaid(t *testing.T) {
	for name, tt := range map[string]struct {
		kind       news.Type
		body, want string
	}{
		"a feed":                        {news.TypeSitemap, bodyOne, "leave type: sitemap out"},
		"a sitemap without news":        {news.TypeSitemap, "<urlset><url><loc>/a</loc></url></urlset>", "a sitemap of 1 address without titles"},
		"an index without news":         {news.TypeSitemap, sitemapIndex("/plain.xml 2026-03-01"), "a sitemap of 1 address without titles"},
		"a sitemap where a feed should": {news.TypeFeed, newsSitemap("x"), "write type: sitemap"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: tt.body}).Type = tt.kind
			w.origin.On("/plain.xml", fetchtest.Answer{Body: "<urlset><url><loc>/a</loc></url></urlset>"})
			w.run(aggregator.Selection{})
			if p := w.last("s"); p.Outcome != news.OutcomeFailed || !strings.Contains(p.Error, tt.want) {
				t.Errorf("ledger = %s %q, want %q", p.Outcome, p.Error, tt.want)
			}
		})
	}
}

// Of an index the sitemaps of news are read, those of its own domain, each
// once, the newest, and later only what says that it was modified.
func TestOfAnIndexWhatIsNewIsRead(t *testing.T) {
	w := newWire(t)
	other := w.url("b.test", "/news-elsewhere.xml")
	w.sitemap("s",
		fetchtest.Answer{ETag: etagA, Body: sitemapIndex("/posts.xml 2026-03-02T08:00:00Z", "/news-1.xml 2026-03-02T08:00:00Z", "/news-1.xml 2026-03-02T08:00:00Z",
			"/news-2.xml 2026-03-01", "/news-3.xml 2026-02-27", "/news-4.xml 2026-02-20", other+" 2026-03-02", "/s 2026-03-02")},
		fetchtest.Answer{ETag: etagB, Sees: map[string]string{"If-None-Match": etagA},
			Body: sitemapIndex("/news-1.xml 2026-03-10T08:00:00Z", "/news-2.xml 2026-03-01", "/news-3.xml 2026-02-27", "/news-4.xml 2026-02-20")},
		fetchtest.Answer{Status: 304, Sees: map[string]string{"If-None-Match": etagB}})
	w.origin.On("/news-1.xml", fetchtest.Answer{Body: newsSitemap("One")}, fetchtest.Answer{Body: newsSitemap("One", "Five")}).
		On("/news-2.xml", fetchtest.Answer{Body: newsSitemap("Two")}).On("/news-3.xml", fetchtest.Answer{Body: newsSitemap("Three")})
	w.run(aggregator.Selection{})
	w.wantAsked("the first poll", map[string]int{"s": 1, "news-1.xml": 1, "news-2.xml": 1, "news-3.xml": 1})
	if p := w.last("s"); p.Note != "1 further sitemap with news left unread: more than fetch.sitemaps" {
		t.Errorf("the ledger says %q of a fourth sitemap", p.Note)
	}
	w.again()
	w.wantAsked("the second poll", map[string]int{"s": 2, "news-1.xml": 2, "news-2.xml": 1, "news-3.xml": 1})
	if d := cmp.Diff([]string{"Five", "One", "Three", "Two"}, slices.Sorted(slices.Values(w.titles()))); d != "" {
		t.Errorf("titles -want +got\n%s", d)
	}
	w.again()
	if p := w.last("s"); p.Status != 304 {
		t.Errorf("third poll = %+v", p)
	}
}

// An index that does not say when its sitemaps change cannot vouch for them.
func TestAnIndexWithoutDatesIsAskedForWhole(t *testing.T) {
	w := newWire(t)
	w.sitemap("s", fetchtest.Answer{Body: sitemapIndex("/news.xml"), ETag: etagA, Sees: whole})
	w.origin.On("/news.xml", fetchtest.Answer{Body: newsSitemap("One")}, fetchtest.Answer{Body: newsSitemap("One", "Two")})
	w.run(aggregator.Selection{})
	w.again()
	w.wantAsked("two polls", map[string]int{"s": 2, "news.xml": 2})
	if d := cmp.Diff([]string{"One", "Two"}, slices.Sorted(slices.Values(w.titles()))); d != "" {
		t.Errorf("titles -want +got\n%s", d)
	}
}

// What an index says to be modified is asked for once, so a sitemap that cannot
// be had must not be taken for read.
func TestASitemapThatCannotBeHadIsAskedForAgain(t *testing.T) {
	w := newWire(t)
	w.sitemap("s", fetchtest.Answer{Body: sitemapIndex("/news-1.xml 2026-03-02", "/news-2.xml 2026-03-02", "/news-gone.xml 2026-03-02"), ETag: etagA, Sees: whole})
	w.origin.On("/news-1.xml", fetchtest.Answer{Body: newsSitemap("One")}).On("/news-gone.xml", fetchtest.Answer{Status: 404}).
		On("/news-2.xml", tooMany(503, "7200"), fetchtest.Answer{Body: newsSitemap("Two")})
	w.run(aggregator.Selection{})
	if p, st := w.last("s"), w.state("s"); p.Outcome != news.OutcomeFailed || p.Status != 503 || !st.NotBefore.Equal(start.Add(2*time.Hour)) || st.ETag != "" {
		t.Errorf("ledger = %+v, state %+v", p, st)
	}
	w.again()
	if d := cmp.Diff([]string{"One", "Two"}, slices.Sorted(slices.Values(w.titles()))); d != "" {
		t.Errorf("titles -want +got\n%s", d)
	}
}

func TestSearchFindsANewsSitemapWhereThereIsNoFeed(t *testing.T) {
	page := fetchtest.Answer{Body: "<html><title>Daily</title></html>"}
	for name, on := range map[string]func(*wire) string{
		"named by robots.txt": func(w *wire) string {
			w.origin.On("/", page).On("/robots.txt", fetchtest.Answer{Body: "User-agent: *\nAllow: /\nSitemap: " + w.url("a.test", "/all.xml") + "\nSITEMAP: " + w.url("a.test", "/google/news.xml")}).
				On("/google/news.xml", fetchtest.Answer{Body: newsSitemap("One")})
			return "/google/news.xml"
		},
		"at a usual place": func(w *wire) string {
			w.origin.On("/", page).On("/news-sitemap.xml", fetchtest.Answer{Body: newsSitemap("One")})
			return "/news-sitemap.xml"
		},
		"in an index": func(w *wire) string {
			w.origin.On("/", page).On("/sitemap.xml", fetchtest.Answer{Body: sitemapIndex("/posts.xml", "/newsmap.xml")}).On("/newsmap.xml", fetchtest.Answer{Body: newsSitemap("One")})
			return "/sitemap.xml"
		},
		"at the address itself": func(w *wire) string {
			w.origin.On("/", fetchtest.Answer{Body: newsSitemap("One")})
			return "/"
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			want := w.url("a.test", on(w))
			for _, kind := range []news.Type{"", news.TypeSitemap} {
				list, err := aggregator.Search{Guest: w.fetcher, Type: kind}.Find(t.Context(), w.url("a.test", "/"))
				if err != nil || len(list) != 1 || list[0].URL != want || list[0].Type != news.TypeSitemap || len(list[0].Document.Entries) != 1 {
					t.Fatalf("Find %q = %+v, %v", kind, list, err)
				}
			}
		})
	}
	w := newWire(t) // unless only feeds are wanted
	w.origin.On("/", page).On("/news-sitemap.xml", fetchtest.Answer{Body: newsSitemap("One")})
	if list, err := (aggregator.Search{Guest: w.fetcher, Type: news.TypeFeed}).Find(t.Context(), w.url("a.test", "/")); err == nil || len(w.origin.Requests("/news-sitemap.xml")) != 0 {
		t.Errorf("Find = %+v, %v", list, err)
	}
	w = newWire(t) // only what robots.txt lets us
	w.origin.On("/", page).On("/robots.txt", fetchtest.Answer{Body: "User-agent: *\nDisallow: /"})
	if list, err := (aggregator.Search{Guest: w.fetcher}).Find(t.Context(), w.url("a.test", "/")); err == nil || len(list) != 0 {
		t.Errorf("Find = %+v, %v", list, err)
	}
	w.wantAsked("a site that is closed", map[string]int{"": 1, "robots.txt": 1})
}

// Indexes that lead to nothing must not make a search endless.
func TestASearchAmongSitemapsEnds(t *testing.T) {
	w := newWire(t)
	w.origin.On("/", fetchtest.Answer{Body: "<html>"}).On("/robots.txt", fetchtest.Answer{
		Body: fmt.Sprintf("Sitemap: %s\nSitemap: %s\nSitemap: %s\n", w.url("a.test", "/1.xml"), w.url("a.test", "/2.xml"), w.url("a.test", "/3.xml"))})
	for _, path := range []string{"/1.xml", "/2.xml", "/3.xml", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml"} {
		w.origin.On(path, fetchtest.Answer{Body: sitemapIndex("/a.xml", "/b.xml", "/c.xml", "/d.xml")})
	}
	for _, path := range []string{"/a.xml", "/b.xml", "/c.xml"} {
		w.origin.On(path, fetchtest.Answer{Body: "<urlset/>"})
	}
	if list, err := (aggregator.Search{Guest: w.fetcher}).Find(t.Context(), w.url("a.test", "/")); err == nil || len(list) != 0 {
		t.Errorf("Find = %+v, %v", list, err)
	}
	if n := len(w.origin.Requests()) - len(w.origin.Requests("/robots.txt")); n != 30 {
		t.Errorf("the search asked for %d documents, want it to end at thirty", n)
	}
}

func TestP40_AddingAnIndexOfSitemapsTakesOneRequestEach(t *testing.T) {
	w := newWire(t)
	s := w.sitemap("s", fetchtest.Answer{Body: sitemapIndex("/news.xml 2026-03-02"), ETag: etagA})
	w.origin.On("/news.xml", fetchtest.Answer{Body: newsSitemap("One")})
	list, err := aggregator.Search{Guest: w.fetcher, Type: news.TypeSitemap}.Find(t.Context(), s.URL)
	if err != nil || len(list) != 1 {
		t.Fatalf("Find = %+v, %v", list, err)
	}
	w.get = list[0].Found.Fetcher(w.fetcher)
	w.run(aggregator.Selection{})
	w.wantAsked("the search and the first poll", map[string]int{"s": 1, "news.xml": 1})
	if st := w.state("s"); len(w.titles()) != 1 || st.ETag != etagA {
		t.Errorf("items %q, ETag %q", w.titles(), st.ETag)
	}
}

// Who calls a sitemap a feed must not have its answer taken for what it is not.
func TestASitemapAndAFeedOfOneAddressAreAskedForApart(t *testing.T) {
	w := newWire(t)
	w.source("wrong", fetchtest.Answer{Body: sitemapIndex("/news.xml 2026-03-02")})
	w.origin.On("/news.xml", fetchtest.Answer{Body: newsSitemap("One")})
	w.sitemap("right").URL = w.sources[0].URL
	w.run(aggregator.Selection{})
	w.tick(time.Hour)
	if got := w.titles(); len(got) != 1 || w.last("wrong").Outcome != news.OutcomeFailed {
		t.Errorf("titles %q, the wrong one %+v", got, w.last("wrong"))
	}
}
