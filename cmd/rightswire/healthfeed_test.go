package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
)

const feedToken = "correct-horse-battery-staple"

// feedDaemon is a daemon whose one source, which worked for a while, fails. Its
// clock is the test's.
func feedDaemon(t *testing.T, now *time.Time) (d *daemon, site http.Handler) {
	t.Helper()
	t.Setenv("RW_FEED", feedToken)
	origin := fetchtest.New(t).On("/rss", fetchtest.Answer{Body: "<rss><channel><title>A</title><item><guid>1</guid><title>Bakers strike</title></item></channel></rss>"},
		fetchtest.Answer{Status: 404})
	d, _ = testDaemon(t, "site: {url: 'https://wire.example', contact: desk@example.org}\nfetch: {allow: [127.0.0.0/8], per_domain: {gap: 0s}}\n"+
		"health: {feed_token: $RW_FEED}\nsources: [{id: a, title: A, url: '"+origin.URL("/rss")+"'}]\n")
	d.wire.app.now = func() time.Time { return *now }
	return d, d.care.feed.mount(d.handler, d.wire)
}

func ask(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// atomEntries reads a feed as a reader does.
func atomEntries(t *testing.T, body string) (ids, titles []string) {
	t.Helper()
	var feed struct {
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(body), &feed); err != nil || feed.ID == "" {
		t.Fatalf("feed: %v\n%s", err, body)
	}
	for _, e := range feed.Entries {
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil {
			t.Errorf("updated: %v", err)
		}
		ids, titles = append(ids, e.ID), append(titles, e.Title)
	}
	return ids, titles
}

// What begins and ends is told in the feed, once each, with ids that stay.
func TestTheHealthFeedTellsOfBeginningsAndEnds(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d, site := feedDaemon(t, &now)
	read := func() (string, []string, []string) {
		res := ask(site, "GET", healthPrefix+feedToken+healthSuffix)
		body := text(t, res)
		if res.StatusCode != 200 {
			t.Fatalf("status %d", res.StatusCode)
		}
		ids, titles := atomEntries(t, body)
		return body, ids, titles
	}
	empty, _, titles := read()
	if len(titles) != 0 {
		t.Errorf("entries %q of a wire that has not looked yet", titles)
	}
	pass := func(hours int) {
		for range hours {
			now = now.Add(time.Hour)
			if err := d.wire.configure(t.Context(), d.wire.cfg); err != nil {
				t.Fatal(err)
			}
			if err := d.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := d.wire.care(t.Context(), <-d.care.chores); err != nil {
				t.Fatal(err)
			}
		}
	}
	pass(1)
	if body, _, _ := read(); body != empty {
		t.Error("the feed of a healthy wire changes")
	}
	pass(4 * 24)
	before, ids, titles := read()
	if len(titles) != 1 || titles[0] != "PROBLEM: a: gone" {
		t.Fatalf("entries %q, want that a is gone", titles)
	}
	pass(12)
	if body, _, _ := read(); body != before {
		t.Error("the feed changes while nothing begins or ends")
	}
	// The address changes: what was found is over, a day later.
	d.wire.cfg.Sources[0].Status = news.Paused
	pass(30)
	_, after, titles := read()
	slices.Sort(titles)
	if len(titles) != 2 || titles[1] != "over: a: gone" || !slices.Contains(after, ids[0]) || after[0] == after[1] {
		t.Errorf("entries %q with ids %q, had %q", titles, after, ids)
	}
}

// Nobody finds the feed who was not told where it is.
func TestTheHealthFeedIsPrivate(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d, site := feedDaemon(t, &now)
	missing := ask(d.handler, "GET", "/nothing/here.atom")
	want := text(t, missing)
	for _, path := range []string{"/health/", "/health/.atom", "/health", healthPrefix + "correct-horse-battery-stapl" + healthSuffix, healthPrefix + feedToken,
		healthPrefix + feedToken + ".rss", healthPrefix + strings.ToUpper(feedToken) + healthSuffix, healthPrefix + feedToken + healthSuffix + "/", "/health/x/../" + feedToken + healthSuffix} {
		res := ask(site, "GET", path)
		if body := text(t, res); res.StatusCode != http.StatusNotFound && res.StatusCode/100 != 3 || strings.Contains(body, "urn:uuid") {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
	if got := text(t, ask(site, "GET", healthPrefix+"wrong-wrong-wrong-wrong"+healthSuffix)); got != want {
		t.Error("a wrong token is told from an address that does not exist")
	}
	if res := ask(site, "POST", healthPrefix+feedToken+healthSuffix); res.StatusCode == 200 {
		t.Error("POST is answered")
	}
	path := healthPrefix + feedToken + healthSuffix
	res := ask(site, "GET", path)
	for name, want := range map[string]string{"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "Content-Type": "application/atom+xml; charset=utf-8"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if again := ask(site, "GET", path, "If-None-Match", res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("with its ETag: status %d, want 304", again.StatusCode)
	}
	for name, f := range d.site.Files {
		if strings.Contains(string(f.Body), feedToken) || strings.Contains(string(f.Body), "/health/") {
			t.Errorf("%v of the site tells of the feed", name)
		}
	}
	other := config.Default()
	other.Health.FeedToken = "another-token-another-token"
	d.care.feed.set(&other)
	if res := ask(site, "GET", path); res.StatusCode != http.StatusNotFound {
		t.Errorf("a token that was dropped: status %d", res.StatusCode)
	}
	other.Health.FeedToken = ""
	d.care.feed.set(&other)
	if res := ask(site, "GET", "/health/.atom"); res.StatusCode != http.StatusNotFound {
		t.Errorf("without a feed: status %d", res.StatusCode)
	}
}

// A failure is not forgotten because another step succeeds, and is in the end.
func TestAFailedStepCountsForAWhile(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var c deskCare
	c.notePass(errors.New("disk full"), now)
	c.notePass(context.Canceled, now.Add(time.Minute))
	if c.notePass(nil, now.Add(time.Hour)); c.pass != "disk full" {
		t.Errorf("after an hour of which another step succeeded: %q", c.pass)
	}
	if c.notePass(nil, now.Add(time.Hour+time.Minute)); c.pass != "" {
		t.Errorf("later: %q", c.pass)
	}
	if c.noteKept(nil, false); !strings.Contains(c.keep, "publish.to") {
		t.Errorf("not delivered: %q", c.keep)
	}
	if c.noteKept(nil, true); c.keep != "" {
		t.Errorf("delivered: %q", c.keep)
	}
}

// A wire that cannot publish says so of itself, and another process knows.
func TestTheWireTellsOfItsOwnTroubles(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d, _ := feedDaemon(t, &now)
	for range 4 {
		if err := d.wire.look(t.Context(), d.wire.cfg, "disk full"); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	found, _, err := d.wire.app.examine(t.Context(), d.wire.cfg, d.wire.store, d.wire.cfg.Sources)
	if err != nil || len(found) == 0 || !slices.ContainsFunc(found, func(f health.Finding) bool { return f.Kind == health.Publish && strings.Contains(f.Says, "disk full") }) {
		t.Errorf("found %v, %v", found, err)
	}
	now = now.Add(25 * time.Hour)
	if err := d.wire.look(t.Context(), d.wire.cfg, ""); err != nil {
		t.Fatal(err)
	}
	spells, err := d.wire.store.Spells(t.Context(), now.Add(-time.Minute), 9)
	if err != nil || !slices.ContainsFunc(spells, func(s health.Spell) bool { return s.Kind == health.Publish && !s.Ended.IsZero() }) {
		t.Errorf("spells %+v, %v; want its end", spells, err)
	}
}

// text returns the body of an answer.
func text(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
