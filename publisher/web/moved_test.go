package web_test

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/jsonfeed"
)

// F42, RFC 9110 sections 15.4.2 and 15.5.11.
func TestF42_MovedFeedsAre301AndRetiredOnes410(t *testing.T) {
	encode := func(dst []byte, _ publisher.Edition) ([]byte, error) { return append(dst, "<feed/>"...), nil }
	b, err := publisher.New(&cellar{}, publisher.Options{
		Site: publisher.SiteInfo{Title: "Wire", URL: "https://wire.example", Language: "en"}, Pages: titles{},
		Categories: []news.Category{{ID: "strikes", Title: "Strikes", Formerly: []string{"walkouts"}}}, Retired: []string{"old"},
		Encoders: map[string]publisher.Encoder{"rss": encode, "atom": encode, "json": jsonfeed.Append},
	})
	if err != nil {
		t.Fatal(err)
	}
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := handler(site)
	for _, tt := range []struct {
		path, location string
		want           int
	}{
		{"/feeds/walkouts.rss", "/feeds/strikes.rss", 301},
		{"/feeds/walkouts.atom", "/feeds/strikes.atom", 301},
		{"/feeds/walkouts.json", "/feeds/strikes.json", 301},
		{"/category/walkouts/", "/category/strikes/", 301},
		{"/feeds/walkouts/xx.rss", "", 404},
		{"/feeds/old.rss", "", 410},
		{"/feeds/old/es.atom", "", 410},
		{"/category/old/", "", 410},
		{"/feeds/strikes.rss", "", 200},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			res := ask(h, method, tt.path, "If-None-Match: *")
			if tt.want == 200 {
				res = ask(h, method, tt.path)
			}
			if res.StatusCode != tt.want || res.Header.Get("Location") != tt.location {
				t.Errorf("%s %s = %d to %q, want %d to %q", method, tt.path, res.StatusCode, res.Header.Get("Location"), tt.want, tt.location)
			}
			if feed := strings.HasPrefix(tt.path, "/feeds/"); feed && tt.want != 404 && res.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s %s: scripts of other sites are not told", method, tt.path)
			}
		}
	}
	res := ask(h, "GET", "/feeds/old.json")
	if got := body(t, res); res.StatusCode != 410 || !strings.Contains(got, `"expired": true`) || res.Header.Get("Content-Type") != "application/feed+json" || res.Header.Get("ETag") != "" {
		t.Errorf("GET /feeds/old.json = %d %v %s", res.StatusCode, res.Header, got)
	}
	if res := ask(h, "POST", "/feeds/old.rss"); res.StatusCode != 405 {
		t.Errorf("POST to a retired feed = %d, want 405", res.StatusCode)
	}
}

// A story that became part of another one is at the address of that one, for
// good, and nobody looks into the archive for it.
func TestF42_TheStoryThatTookAnotherOneIsLedTo(t *testing.T) {
	const from, into = "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-9999-000000000000"
	c := &cellar{merged: map[string]string{from: into}}
	encode := func(dst []byte, _ publisher.Edition) ([]byte, error) { return append(dst, "<feed/>"...), nil }
	b, err := publisher.New(c, publisher.Options{
		Site: publisher.SiteInfo{Title: "Wire", URL: "https://wire.example", Language: "en"}, Pages: titles{},
		Encoders: map[string]publisher.Encoder{"rss": encode, "atom": encode, "json": jsonfeed.Append},
	})
	if err != nil {
		t.Fatal(err)
	}
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := handler(site)
	for _, path := range []string{"/story/" + from + "/", "/story/" + from, "/story/" + from + "/index.html"} {
		for _, method := range []string{"GET", "HEAD"} {
			if res := ask(h, method, path); res.StatusCode != 301 || res.Header.Get("Location") != "/story/"+into+"/" {
				t.Errorf("%s %s = %d to %q, want 301 to the other story", method, path, res.StatusCode, res.Header.Get("Location"))
			}
		}
	}
	if c.asked != 0 {
		t.Errorf("the archive was asked %d times", c.asked)
	}
}
