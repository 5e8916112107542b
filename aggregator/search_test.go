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

// small is a feed of one entry.
func small(title, link string) fetchtest.Answer {
	return fetchtest.Answer{Body: fmt.Sprintf(`<rss version="2.0"><channel><title>%s</title><item><title>x</title><link>%s</link>
<pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate></item></channel></rss>`, title, link)}
}

// found searches and returns the titles of what was found, "!" for what cannot
// be read, and the error.
func (w *wire) found(path string) ([]string, error) {
	list, err := aggregator.Search{Guest: w.fetcher}.Find(w.t.Context(), w.url("a.test", path))
	var out []string
	for _, c := range list {
		line := "!"
		if c.Document != nil {
			line = c.Document.Title
		}
		line += " " + strings.TrimPrefix(c.URL, w.url("a.test", ""))
		for _, s := range c.Same {
			line += " = " + strings.TrimPrefix(s, w.url("a.test", ""))
		}
		out = append(out, line)
	}
	return out, err
}

func TestSearchAsksOnceWhereTheAddressIsTheFeed(t *testing.T) {
	w := newWire(t)
	w.origin.On("/s", fetchtest.Redirect(301, "/moved.rss")).On("/moved.rss", small("News", "http://a.test/1"))
	got, err := w.found("/s")
	if d := cmp.Diff([]string{"News /moved.rss"}, got); d != "" || err != nil {
		t.Errorf("Search -want +got\n%s%v", d, err)
	}
	if n := len(w.origin.Requests()); n != 2 {
		t.Errorf("%d requests for a feed behind one redirect", n)
	}
}

// Headers may hold a secret of the site that the desk named: no other site
// that its page names gets them (P31).
func TestSearchSendsHeadersToTheSiteThatWasNamed(t *testing.T) {
	w := newWire(t)
	w.origin.On("/", fetchtest.Answer{Body: `<html><link rel=alternate type="application/rss+xml" href="/own.rss">
<link rel=alternate type="application/rss+xml" href="` + w.url("b.test", "/other.rss") + `">`}).
		On("/own.rss", small("Own", "http://a.test/1")).On("/other.rss", small("Other", "http://b.test/1"))
	_, err := aggregator.Search{Guest: w.fetcher, Header: map[string]string{"X-Key": "secret"}}.Find(t.Context(), w.url("a.test", "/"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/": "secret", "/own.rss": "secret", "/other.rss": ""} {
		if seen := w.origin.Requests(path); len(seen) != 1 || seen[0].Header.Get("X-Key") != want {
			t.Errorf("%s was asked with the key %q, want %q", path, seen, want)
		}
	}
}

func TestSearchReadsWhatThePageNames(t *testing.T) {
	w := newWire(t)
	w.origin.On("/", fetchtest.Answer{
		Header: map[string]string{"Link": `</head.rss>; rel=alternate; type="application/rss+xml"`},
		Body: `<html><link rel=alternate type="application/rss+xml" href="/gone.rss"><link rel=alternate type="application/rss+xml" href="/comments/feed/">
<link rel=alternate type="application/rss+xml" href="/a.rss"><link rel=alternate type="application/atom+xml" href="/a.atom">`}).
		On("/gone.rss", fetchtest.Answer{Status: 404}).On("/comments/feed/", small("Comments", "http://a.test/1#c")).
		On("/a.rss", small("News", "http://a.test/1")).On("/a.atom", small("News as Atom", "http://a.test/1")).On("/head.rss", small("Head", "http://a.test/2"))
	got, err := w.found("/")
	if d := cmp.Diff([]string{"News /a.rss = /a.atom", "Head /head.rss", "Comments /comments/feed/", "! /gone.rss"}, got); d != "" || err != nil {
		t.Errorf("Search -want +got\n%s%v", d, err)
	}
	if n := len(w.origin.Requests()); n != 6 {
		t.Errorf("%d requests, want the page and the five that it names", n)
	}
}

func TestSearchTriesTheUsualPlacesUntilOneHasAFeed(t *testing.T) {
	w := newWire(t)
	w.origin.On("/blog/", fetchtest.Answer{Body: `<html><meta name="generator" content="WordPress 6"><p>Hello`}).
		On("/robots.txt", fetchtest.Answer{Body: "User-agent: *\nDisallow: /blog/feed/"}).
		On("/blog/feed/", small("Forbidden", "http://a.test/1")).On("/feed/", small("News", "http://a.test/1")).On("/rss.xml", small("Not asked", "http://a.test/2"))
	got, err := w.found("/blog/")
	if d := cmp.Diff([]string{"News /feed/"}, got); d != "" || err != nil {
		t.Errorf("Search -want +got\n%s%v", d, err)
	}
	for _, path := range []string{"/blog/feed/", "/rss.xml"} {
		if n := len(w.origin.Requests(path)); n != 0 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
}

func TestSearchEndsAfterAFewQuestions(t *testing.T) {
	var links strings.Builder
	for i := range 50 {
		fmt.Fprintf(&links, `<link rel=alternate type="application/rss+xml" href="/f%d">`, i)
	}
	w := newWire(t)
	w.origin.On("/", fetchtest.Answer{Body: "<html>" + links.String()})
	got, err := w.found("/")
	if err == nil || !strings.Contains(err.Error(), "not a feed") || !strings.Contains(err.Error(), "in vain at 12 usual places") {
		t.Errorf("Search = %q, %v", got, err)
	}
	if n := len(w.origin.Requests()); n > 22 || len(got) != 8 {
		t.Errorf("%d requests, %d candidates", n, len(got))
	}
}

func TestSearchStopsWhereTheSiteIsTooBusy(t *testing.T) {
	w := newWire(t)
	w.origin.On("/", fetchtest.Answer{Body: "<html>"}).On("/feed/", fetchtest.Answer{Status: 429}).On("/rss.xml", small("Not asked", "http://a.test/2"))
	if got, err := w.found("/"); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("Search = %q, %v, want the 429", got, err)
	}
}

// Whoever asks, under whatever name and in whatever hurry (P15).
func TestP15_ASearchAsksNobodyWhoAskedForTime(t *testing.T) {
	w := newWire(t)
	busy := w.source("busy", fetchtest.Answer{Status: 429, Header: map[string]string{"Retry-After": "3600"}})
	w.run(aggregator.Selection{})
	look := func(after time.Duration) error {
		_, err := aggregator.Search{Guest: w.fetcher, States: []news.SourceState{w.state("busy")}, Now: w.clock().Add(after)}.Find(t.Context(), busy.URL)
		return err
	}
	if err := look(59 * time.Minute); err == nil || !strings.Contains(err.Error(), "asked to be left alone") || !strings.Contains(err.Error(), start.Add(time.Hour).Format(time.RFC3339)) {
		t.Errorf("within the hour: %v, want that it says until when", err)
	}
	if n := len(w.origin.Requests("/busy")); n != 1 {
		t.Errorf("%d requests, want that of the poll alone", n)
	}
	_ = look(61 * time.Minute)
	if n := len(w.origin.Requests("/busy")); n != 2 {
		t.Errorf("%d requests after the hour, want one more", n)
	}
}
