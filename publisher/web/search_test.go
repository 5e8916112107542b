package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

// Search finds the one story of the cellar.
func (c *cellar) Search(ctx context.Context, q search.Query, offset, limit int) (search.Found, error) {
	c.asked++
	if c.broken != nil {
		return search.Found{}, c.broken
	}
	if c.slow {
		<-ctx.Done()
		return search.Found{}, ctx.Err()
	}
	st, err := c.Story(ctx, strings.Trim(known[len("/story/"):], "/"))
	st.Items[0].Title = "Old report: " + q.String()
	return search.Found{Stories: []news.Story{st}, Total: 1}, err
}

// searchHandler serves a site that can be searched, at a clock.
func searchHandler(t *testing.T, c *cellar, now func() time.Time) http.Handler {
	t.Helper()
	s := searchable(t, c)
	h := web.New(web.Options{MaxAge: 10 * time.Minute, Box: []byte(`<form class="find"></form>`), Spot: "<!-- search -->", Now: now})
	h.Swap(s)
	return h
}

// searchable is a site of an archive that can be searched.
func searchable(t *testing.T, c *cellar) *publisher.Site {
	t.Helper()
	encode := func(dst []byte, ed publisher.Edition) ([]byte, error) {
		if len(ed.Entries) == 0 {
			return append(dst, "{}"...), nil
		}
		return fmt.Appendf(dst, `{"self":%q,"title":%q}`, ed.SelfURL(publisher.Formats[2]), ed.Entries[0].Title), nil
	}
	xml := func(dst []byte, _ publisher.Edition) ([]byte, error) { return append(dst, "<feed/>"...), nil }
	b, err := publisher.New(c, publisher.Options{
		Site: publisher.SiteInfo{Title: "Wire", URL: "https://wire.example", Language: "en"}, Pages: titles{}, Searcher: c,
		Encoders: map[string]publisher.Encoder{"rss": xml, "atom": xml, "json": encode},
	})
	if err != nil {
		t.Fatal(err)
	}
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func TestASearchIsAPageAndAFeed(t *testing.T) {
	h := searchHandler(t, &cellar{}, time.Now)
	for _, tt := range []struct{ target, media, want string }{
		{"/search", "text/html; charset=utf-8", "search: Search "},
		{"/search?q=old+report&page=2", "text/html; charset=utf-8", "search: Search: old report"},
		{"/search?q=%ff%22&country=%00&page=x&a;b", "text/html; charset=utf-8", "search: Search"},
		{"/feeds/search.json?q=old&country=bd&x=y", "application/feed+json", `{"self":"https://wire.example/feeds/search.json?country=bd\u0026q=old","title":"Old report: \"old\" country:\"BD\""}`},
		{"/feeds/search.rss?source=a", "application/rss+xml; charset=utf-8", "<feed/>"},
	} {
		res := ask(h, "GET", tt.target)
		if b := strings.ReplaceAll(body(t, res), `\u0026`, "&"); res.StatusCode != 200 || res.Header.Get("Content-Type") != tt.media || !strings.HasPrefix(b, strings.ReplaceAll(tt.want, `\u0026`, "&")) {
			t.Errorf("GET %s = %d %s %.90q, want %s %q", tt.target, res.StatusCode, res.Header.Get("Content-Type"), b, tt.media, tt.want)
		}
		if res.Header.Get("X-Robots-Tag") == "" || res.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("GET %s: headers %v, want those of every page, and not to be indexed", tt.target, res.Header)
		}
		tag := res.Header.Get("ETag")
		if res := ask(h, "GET", tt.target, "If-None-Match: "+tag); tag == "" || res.StatusCode != 304 {
			t.Errorf("GET %s with its ETag %s = %d, want 304", tt.target, tag, res.StatusCode)
		}
	}
	for _, tt := range []struct {
		method, target string
		want           int
	}{
		{"GET", "/feeds/search.atom", 404}, {"GET", "/feeds/search.xml?q=a", 404}, {"GET", "/search/x?q=a", 404},
		{"HEAD", "/search?q=a", 200}, {"POST", "/search?q=a", 405}, {"OPTIONS", "/feeds/search.json?q=a", 204},
		{"GET", "/search?q=" + strings.Repeat("a", 9000), 414},
	} {
		if res := ask(h, tt.method, tt.target); res.StatusCode != tt.want {
			t.Errorf("%s %.60s = %d, want %d", tt.method, tt.target, res.StatusCode, tt.want)
		}
	}
	if res := ask(h, "GET", "/feeds/search.json?q=a"); res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("the feed of a search is not for programs of other sites")
	}
	if res := ask(archiveHandler(t, &cellar{}), "GET", "/search?q=a"); res.StatusCode != 404 {
		t.Errorf("GET /search of a site that nobody can search = %d, want 404", res.StatusCode)
	}
}

// S37: a client may ask so much and no more, whoever else asks.
func TestS37_SearchesAreLimitedByClient(t *testing.T) {
	now := changed
	c := &cellar{}
	h := searchHandler(t, c, func() time.Time { return now })
	from := func(remote, forwarded string) *http.Response {
		r := httptest.NewRequest("GET", "/search?q=a", nil)
		if r.RemoteAddr = remote; forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	exhaust := func(remote, forwarded string) {
		t.Helper()
		for i := range 30 {
			if res := from(remote, forwarded); res.StatusCode != 200 {
				t.Fatalf("search %d of %s for %q = %d, want 200", i+1, remote, forwarded, res.StatusCode)
			}
		}
		res := from(remote, forwarded)
		if res.StatusCode != 429 || res.Header.Get("Retry-After") != "1" || res.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("the search after 30 of %s for %q = %d, Retry-After %q, want 429 and 1", remote, forwarded, res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	exhaust("192.0.2.1:1000", "")
	asked := c.asked
	if res := from("192.0.2.1:2000", "198.51.100.9"); res.StatusCode != 429 || c.asked != asked {
		t.Errorf("a client that claims to ask for another = %d, want 429, and the archive left alone", res.StatusCode)
	}
	exhaust("127.0.0.1:1", "203.0.113.5, 198.51.100.1")
	exhaust("127.0.0.1:1", "198.51.100.2")
	exhaust("@", "198.51.100.3") // a proxy at a socket in the file system
	exhaust("@", "198.51.100.4")
	exhaust("[2001:db8:1:1::1]:1", "")
	if res := from("[2001:db8:1:1:ffff::2]:1", ""); res.StatusCode != 429 {
		t.Errorf("another address of the same network = %d, want 429", res.StatusCode)
	}
	if now = now.Add(2 * time.Second); from("192.0.2.1:1000", "").StatusCode != 200 {
		t.Error("a client that waited may not ask again")
	}
	if res := ask(h, "GET", "/"); res.StatusCode != 200 {
		t.Errorf("GET / = %d: pages are limited too", res.StatusCode)
	}
}

func TestASearchThatFailsIsTriedAgain(t *testing.T) {
	c := &cellar{broken: errors.New("locked")}
	h := searchHandler(t, c, time.Now)
	res := ask(h, "GET", "/search?q=a")
	if b := body(t, res); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || strings.Contains(b, "locked") {
		t.Errorf("with a broken archive: %d %q, headers %v; want 503, to be tried again", res.StatusCode, b, res.Header)
	}
	c.broken, c.slow = nil, true
	r := httptest.NewRequest("GET", "/search?q=a", nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(ctx))
	if res := w.Result(); res.StatusCode != 503 || !strings.Contains(body(t, res), "too long") {
		t.Errorf("a search without time = %d, want 503 and what to do", res.StatusCode)
	}
}

func TestServedPagesHaveTheSearchBox(t *testing.T) {
	s := site("<!-- search -->news <!-- search -->")
	plain, boxed := handler(s), web.New(web.Options{Box: []byte("<form></form>"), Spot: "<!-- search -->"})
	boxed.Swap(s)
	a, b := ask(plain, "GET", "/"), ask(boxed, "GET", "/")
	if got := body(t, b); !strings.HasPrefix(got, "<p><form></form>news <!-- search -->") {
		t.Errorf("GET / = %.60q, want the box in the first place for one", got)
	}
	if a.Header.Get("ETag") == b.Header.Get("ETag") {
		t.Error("the page with the box has the ETag of the page without")
	}
	if res := ask(boxed, "GET", "/", "If-None-Match: "+b.Header.Get("ETag")); res.StatusCode != 304 {
		t.Errorf("with its ETag: %d, want 304", res.StatusCode)
	}
	if got := body(t, ask(boxed, "GET", "/feeds/all.rss")); !strings.HasPrefix(got, "<rss><!-- search -->") {
		t.Errorf("a feed = %.40q, want it as it is", got)
	}
}
