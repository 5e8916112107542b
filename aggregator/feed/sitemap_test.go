package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const newsHead = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">`

// newsURL is an address with news as sites write it.
func newsURL(loc, title, date string) string {
	return "<url><loc>" + loc + "</loc><news:news><news:publication><news:name>The Dockers’ Daily</news:name><news:language>en</news:language></news:publication>" +
		"<news:publication_date>" + date + "</news:publication_date><news:title>" + title + "</news:title></news:news></url>"
}

func zipped(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParseSitemapReadsWhatANewsSitemapSays(t *testing.T) {
	doc := newsHead + `
<url>
  <loc> https://news.example/strike?a=1&amp;b=2 </loc>
  <lastmod>2026-03-02T10:00:00+01:00</lastmod>
  <news:news>
    <news:publication><news:name>The Dockers’ Daily</news:name><news:language>en</news:language></news:publication>
    <news:publication_date>2026-03-02T08:00:00Z</news:publication_date>
    <news:title><![CDATA[Dockers & crews: “walk out”]]></news:title>
    <news:keywords>strike, ports , strike</news:keywords>
  </news:news>
  <image:image><image:loc>https://news.example/a.jpg</image:loc><image:title>Not the title</image:title></image:image>
</url>` + newsURL("/relative", "Wages &amp; prices", "2026-03-01") + `</urlset>`
	want := &Document{
		Format: FormatNews, Title: "The Dockers’ Daily", Link: "https://news.example/", Language: "en", Encoding: "utf-8",
		Entries: []Entry{
			{Key: "https://news.example/strike?a=1&b=2", URL: "https://news.example/strike?a=1&b=2", Title: "Dockers & crews: “walk out”",
				Published: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
				DateText: "2026-03-02T08:00:00Z", Language: "en", Categories: []string{"strike", "ports"}, Image: "https://news.example/a.jpg", Base: "https://news.example/strike?a=1&b=2"},
			{Key: "https://news.example/relative", URL: "https://news.example/relative", Title: "Wages & prices",
				Published: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), DateText: "2026-03-01", Language: "en", Base: "https://news.example/relative"},
		},
	}
	for name, body := range map[string][]byte{"as XML": []byte(doc), "as a gzip file": zipped(t, doc)} {
		got, err := ParseSitemap(body, Hints{URL: "https://news.example/news.xml", Header: http.Header{"Content-Type": {"application/gzip"}}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range got.Entries {
			got.Entries[i].RawHash = ""
		}
		if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Document{}, Entry{})); d != "" {
			t.Errorf("%s: -want +got\n%s", name, d)
		}
	}
}

func TestParseSitemapReadsAnIndex(t *testing.T) {
	got, err := ParseSitemap([]byte(`<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://a.example/news.xml</loc><lastmod>2026-03-02T08:00:00Z</lastmod></sitemap>
<sitemap><loc>/day.xml.gz</loc><lastmod>2026-03-02</lastmod></sitemap><sitemap><loc>javascript:x</loc></sitemap><sitemap><loc>never.xml</loc></sitemap>
</sitemapindex>`), Hints{URL: "https://a.example/sitemap.xml"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Sitemap{
		{"https://a.example/news.xml", time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)},
		{"https://a.example/day.xml.gz", time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)}, // any time of that day
		{"https://a.example/never.xml", time.Time{}},
	}
	if d := cmp.Diff(want, got.Sitemaps); d != "" || got.Format != FormatIndex || len(got.Entries) > 0 {
		t.Errorf("format %q, sitemaps -want +got\n%s", got.Format, d)
	}
}

// The titles and repairs, or the error, of what sites and strangers send.
func TestParseSitemapMendsAndRefuses(t *testing.T) {
	one, two := newsURL("https://a.example/1", "One", "2026-03-02"), newsURL("https://a.example/2", "Two", "2026-03-02")
	for _, tt := range []struct{ name, body, titles, repairs, err string }{
		{"nothing published lately", newsHead + `</urlset>`, "", "", ""},
		{"the body ends early", newsHead + one + two[:len(two)-30], "One", "raw-angle-bracket,truncated", ""},
		{"an end tag is missing", newsHead + strings.TrimSuffix(one, "</url>") + two + "</urlset>", "One|Two", "mismatched-tags", ""},
		{"several documents", newsHead + one + "</urlset>" + newsHead + two + "</urlset>", "One|Two", "", ""},
		{"a raw ampersand", newsHead + newsURL("https://a.example/?a&b=1", "Bread & butter", "") + "</urlset>", "Bread & butter", "raw-ampersand", ""},
		{"another prefix", strings.ReplaceAll(newsHead+one, "news:", "n:") + "</urlset>", "One", "", ""},
		{"no title", newsHead + newsURL("https://a.example/1", "", "") + one + "</urlset>", "One", "", ""},
		{"no address", newsHead + newsURL("", "Nowhere", "") + one + "</urlset>", "One", "", ""},
		{"some addresses without news", newsHead + "<url><loc>https://a.example/about</loc></url>" + one + "</urlset>", "One", "", ""},
		{"an entity that it declares", `<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + newsHead + newsURL("https://a.example/1", "&x;", "") + "</urlset>", "&x;", "undefined-entities", ""},
		{"no news at all", newsHead + "<url><loc>https://a.example/about</loc><lastmod>2026-03-02</lastmod></url></urlset>", "", "", "not a feed: a sitemap of 1 address without titles"},
		{"a feed", `<rss version="2.0"><channel><title>t</title><item><title>x</title></item></channel></rss>`, "", "", "not a feed: no sitemap; it is a feed, so leave type: sitemap out"},
		{"a page", "<!doctype html><title>Hello</title>", "", "", `not a feed: no sitemap but an HTML page titled "Hello"`},
		{"white space", " \n", "", "", "empty document"},
		{"half a gzip header", "\x1f\x8b\x08", "", "", "read sitemap document: gzip: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseSitemap([]byte(tt.body), Hints{URL: "https://a.example/news.xml"})
			if tt.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tt.err) || errors.Is(err, ErrNoNews) != strings.Contains(tt.err, "without titles") {
					t.Errorf("ParseSitemap = %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, e := range d.Entries {
				titles = append(titles, e.Title)
			}
			if got := strings.Join(titles, "|"); got != tt.titles || strings.Join(d.Repairs, ",") != tt.repairs {
				t.Errorf("titles %q, repairs %q; want %q, %q", got, d.Repairs, tt.titles, tt.repairs)
			}
		})
	}
}

func TestParseSitemapKeepsTheNewest(t *testing.T) {
	var b strings.Builder
	b.WriteString(newsHead)
	for i := range 100 {
		b.WriteString(newsURL(fmt.Sprintf("https://a.example/%d", i), "t", time.Date(2026, 3, 1, i, 0, 0, 0, time.UTC).Format(time.RFC3339)))
	}
	d, err := ParseSitemap([]byte(b.String()), Hints{Limits: Limits{Items: 3}})
	if err != nil || len(d.Entries) != 3 || d.Excess != 97 || d.Entries[0].URL != "https://a.example/99" {
		t.Errorf("ParseSitemap = %+v, %v", d, err)
	}
}

// A gzip file that unfolds into more than may be is refused, and nothing of it
// is kept.
func TestP44_AGzippedSitemapIsBounded(t *testing.T) {
	bomb := zipped(t, newsHead+strings.Repeat(" ", 1<<20))
	if _, err := ParseSitemap(bomb, Hints{Limits: Limits{Inflated: 1 << 16}}); err == nil || !strings.Contains(err.Error(), "more than 65536 bytes inside") {
		t.Errorf("ParseSitemap of a bomb: %v", err)
	}
	if _, err := ParseSitemap(bomb, Hints{}); err != nil {
		t.Errorf("within the limit: %v", err)
	}
}

// FuzzParseSitemap: no input panics, hangs or gets anything past the promises
// that Document and Entry make.
func FuzzParseSitemap(f *testing.F) {
	f.Add([]byte(newsHead + newsURL("https://a.example/1", "One", "2026-03-02") + "</urlset>"))
	f.Add([]byte("<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-03-02</lastmod></sitemap></sitemapindex>"))
	f.Add([]byte(newsHead + "<url><news:news><news:title><![CDATA[x]]><url></news:title>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := ParseSitemap(body, Hints{URL: "https://base.example/news.xml", Limits: Limits{Items: 20, Inflated: 1 << 20}})
		if err != nil {
			if pe := (*ParseError)(nil); !errors.Is(err, ErrNotAFeed) && !errors.Is(err, ErrEmpty) && !errors.As(err, &pe) {
				t.Errorf("an error without a name: %v", err)
			}
			return
		}
		checkDocument(t, d)
		for _, s := range d.Sitemaps {
			if webURL(s.URL) != s.URL {
				t.Errorf("sitemap %q is not an absolute web address", s.URL)
			}
		}
	})
}
