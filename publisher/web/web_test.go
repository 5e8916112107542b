package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

var changed = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// site is one file of every sort.
func site(text string) *publisher.Site {
	s := &publisher.Site{Files: map[string]*publisher.File{}}
	long := text + strings.Repeat(" and so on", 100)
	add := func(path, media, body string, modified time.Time) {
		s.Files[path] = publisher.NewFile(path, media, []byte(body), modified)
	}
	add("/index.html", "text/html; charset=utf-8", "<p>"+long, changed)
	add("/category/labor/index.html", "text/html; charset=utf-8", "<p>labor "+long, changed)
	add("/feeds/all.rss", "application/rss+xml; charset=utf-8", "<rss>"+long, changed)
	add("/feeds/all.json", "application/feed+json", "{"+long, changed)
	add("/feeds/empty.atom", "application/atom+xml; charset=utf-8", "<feed/>", time.Time{})
	add("/sources.opml", "text/x-opml; charset=utf-8", "<opml>"+long, time.Time{})
	add("/404.html", "text/html; charset=utf-8", "<p>There is no such page.", time.Time{})
	return s
}

func handler(s *publisher.Site) *web.Handler {
	h := web.New(web.Options{MaxAge: 10 * time.Minute})
	if s != nil {
		h.Swap(s)
	}
	return h
}

// ask sends one request straight to the handler; header lines are "Name: v".
func ask(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "http://wire.example/", nil)
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
	for _, l := range header {
		k, v, _ := strings.Cut(l, ": ")
		r.Header.Add(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestF12_ConditionalRequests(t *testing.T) {
	s := site("news")
	h := handler(s)
	tag := s.Files["/feeds/all.rss"].ETag
	tests := []struct {
		name   string
		header []string
		want   int
	}{
		{"no condition", nil, 200},
		{"the tag", []string{"If-None-Match: " + tag}, 304},
		{"the tag, weak", []string{"If-None-Match: W/" + tag}, 304},
		{"in a list", []string{`If-None-Match: "a,b", W/"c" , ` + tag}, 304},
		{"in a second header line", []string{`If-None-Match: "a"`, "If-None-Match: " + tag}, 304},
		{"anything", []string{"If-None-Match: *"}, 304},
		{"another tag", []string{`If-None-Match: "other"`}, 200},
		{"a tag that contains ours", []string{`If-None-Match: "x` + strings.Trim(tag, `"`) + `"`}, 200},
		{"no quotes", []string{"If-None-Match: " + strings.Trim(tag, `"`)}, 200},
		{"half a tag", []string{`If-None-Match: "`}, 200},
		{"the gzip form's tag without gzip", []string{`If-None-Match: ` + strings.TrimSuffix(tag, `"`) + `-gz"`}, 200},
		{"the gzip form's tag with gzip", []string{"Accept-Encoding: gzip", `If-None-Match: ` + strings.TrimSuffix(tag, `"`) + `-gz"`}, 304},
		{"the identity's tag with gzip", []string{"Accept-Encoding: gzip", `If-None-Match: ` + tag}, 200},
		{"since then", []string{"If-Modified-Since: Wed, 04 Mar 2026 12:00:00 GMT"}, 304},
		{"since later", []string{"If-Modified-Since: Thu, 05 Mar 2026 12:00:00 GMT"}, 304},
		{"since before", []string{"If-Modified-Since: Wed, 04 Mar 2026 11:59:59 GMT"}, 200},
		{"since in RFC 850", []string{"If-Modified-Since: Wednesday, 04-Mar-26 12:00:00 GMT"}, 304},
		{"no date", []string{"If-Modified-Since: yesterday"}, 200},
		{"a wrong tag outweighs a right date", []string{`If-None-Match: "other"`, "If-Modified-Since: Wed, 04 Mar 2026 12:00:00 GMT"}, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(h, "GET", "/feeds/all.rss", tt.header...)
			if res.StatusCode != tt.want {
				t.Fatalf("GET %q = %d, want %d", tt.header, res.StatusCode, tt.want)
			}
			if res.StatusCode != 304 {
				return
			}
			if b := body(t, res); b != "" {
				t.Errorf("a 304 with a body: %q", b)
			}
			for _, k := range []string{"ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"} {
				if res.Header.Get(k) == "" {
					t.Errorf("a 304 without %s", k)
				}
			}
		})
	}
	t.Run("a file without a date has no answer to a date", func(t *testing.T) {
		res := ask(h, "GET", "/feeds/empty.atom", "If-Modified-Since: Wed, 04 Mar 2026 12:00:00 GMT")
		if res.StatusCode != 200 || res.Header.Get("Last-Modified") != "" {
			t.Errorf("%d, Last-Modified %q; want 200 and none", res.StatusCode, res.Header.Get("Last-Modified"))
		}
	})
}

func TestF13_HeadAndOtherMethods(t *testing.T) {
	h := handler(site("news"))
	for _, path := range []string{"/", "/feeds/all.rss", "/feeds/all.json", "/nowhere", "/healthz"} {
		get, head := ask(h, "GET", path, "Accept-Encoding: gzip"), ask(h, "HEAD", path, "Accept-Encoding: gzip")
		if b := body(t, head); b != "" {
			t.Errorf("HEAD %s has a body: %q", path, b)
		}
		if g, w := fmt.Sprint(head.StatusCode, head.Header), fmt.Sprint(get.StatusCode, get.Header); g != w {
			t.Errorf("HEAD %s = %s, want as GET: %s", path, g, w)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO"} {
		for _, path := range []string{"/feeds/all.rss", "/nowhere"} {
			if res := ask(h, method, path); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
				t.Errorf("%s %s = %d, Allow %q; want 405 and the list", method, path, res.StatusCode, res.Header.Get("Allow"))
			}
		}
	}
	if res := ask(h, "GET", "/feeds/all.rss", "Range: bytes=0-1,0-1,0-1"); res.StatusCode != 200 {
		t.Errorf("a range = %d, want the whole", res.StatusCode)
	}
}

func TestF14_CompressionIsNegotiated(t *testing.T) {
	s := site("news")
	h := handler(s)
	want := string(s.Files["/feeds/all.rss"].Body)
	open := map[string]func(io.Reader) (io.Reader, error){
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	}
	tests := []struct{ accept, want string }{
		{"", ""}, {"gzip", "gzip"}, {"x-gzip", "gzip"}, {"GZIP", "gzip"}, {"br", "br"}, {"gzip, deflate, br, zstd", "br"}, {"gzip;q=1.0, br;q=0.1", "br"},
		{"identity", ""}, {"deflate", ""}, {"gzip;q=0", ""}, {"gzip; q=0.000", ""}, {"br;q=0, gzip", "gzip"}, {"*", "br"}, {"*, br;q=0", "gzip"}, {"br;q=0, gzip;q=0, *", ""},
		{"*;q=0", ""}, {"gzip;q=nonsense", ""}, {"gzip;q=NaN", ""}, {"gzip;q=2", ""}, {"gzipped", ""}, {";;;,,,", ""},
	}
	tags := map[string]string{}
	for _, tt := range tests {
		res := ask(h, "GET", "/feeds/all.rss", "Accept-Encoding: "+tt.accept)
		got := res.Header.Get("Content-Encoding")
		raw := body(t, res)
		if got != tt.want || res.Header.Get("Vary") != "Accept-Encoding" || res.Header.Get("Content-Length") != fmt.Sprint(len(raw)) {
			t.Errorf("Accept-Encoding %q: encoding %q, Vary %q, length %s of %d; want %q", tt.accept, got, res.Header.Get("Vary"), res.Header.Get("Content-Length"), len(raw), tt.want)
			continue
		}
		r, err := open[got](strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(r); err != nil || string(plain) != want {
			t.Errorf("Accept-Encoding %q: does not unpack to the file: %v", tt.accept, err)
		}
		tags[got] = res.Header.Get("ETag")
	}
	// F11: a strong tag for each form.
	if tags[""] == tags["gzip"] || tags["gzip"] == tags["br"] || tags[""] == tags["br"] {
		t.Errorf("ETags %v, want three different ones", tags)
	}
	if res := ask(h, "GET", "/feeds/empty.atom", "Accept-Encoding: gzip"); res.Header.Get("Content-Encoding") != "" {
		t.Error("seven bytes were compressed")
	}
}

func TestF15_F16_F17_HeadersOfFeedsAndPages(t *testing.T) {
	h := handler(site("news"))
	tests := []struct {
		path string
		want map[string]string
	}{
		{"/feeds/all.rss", map[string]string{"Content-Type": "application/rss+xml; charset=utf-8", "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag", "Cross-Origin-Resource-Policy": ""}},
		{"/feeds/all.json", map[string]string{"Content-Type": "application/feed+json", "Access-Control-Allow-Origin": "*"}},
		{"/sources.opml", map[string]string{"Access-Control-Allow-Origin": "*"}},
		{"/", map[string]string{"Content-Type": "text/html; charset=utf-8", "Access-Control-Allow-Origin": "", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(), geolocation=(), microphone=()"}},
	}
	for _, tt := range tests {
		res := ask(h, "GET", tt.path)
		tt.want["Cache-Control"] = "public, max-age=600, stale-while-revalidate=600, stale-if-error=86400"
		tt.want["X-Content-Type-Options"] = "nosniff"
		tt.want["Referrer-Policy"] = "no-referrer"
		for k, want := range tt.want {
			if got := res.Header.Get(k); got != want {
				t.Errorf("%s: %s = %q, want %q", tt.path, k, got, want)
			}
		}
	}
	res := ask(h, "OPTIONS", "/feeds/all.json", "Origin: https://reader.example", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: if-none-match")
	if res.StatusCode != 204 || !strings.Contains(res.Header.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("preflight = %d %v, want 204 that allows If-None-Match", res.StatusCode, res.Header)
	}
}

// Any site may frame and read what is made for that, and nothing else.
func TestS02_OnlyEmbedsMayBeFramed(t *testing.T) {
	files := map[string]*publisher.File{}
	for _, path := range []string{"/embed/labor.html", "/fragment/labor.html", "/embed.css", "/index.html"} {
		files[path] = publisher.NewFile(path, "text/html; charset=utf-8", []byte("<p>a</p>"), time.Time{})
	}
	h := handler(&publisher.Site{Files: files})
	for path, open := range map[string]bool{"/embed/labor.html": true, "/fragment/labor.html": true, "/embed.css": true, "/": false} {
		head := ask(h, "GET", path).Header
		csp := head.Get("Content-Security-Policy")
		if framed := strings.Contains(csp, "frame-ancestors *"); framed != open || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("GET %s: policy %q", path, csp)
		}
		if cors := head.Get("Access-Control-Allow-Origin") == "*"; cors != open || head.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("GET %s: other sites may read it: %v, want %v and never with credentials", path, cors, open)
		}
		if shared := head.Get("Cross-Origin-Resource-Policy") == "cross-origin"; shared != open {
			t.Errorf("GET %s: Cross-Origin-Resource-Policy is %q", path, head.Get("Cross-Origin-Resource-Policy"))
		}
	}
}

func TestS02_EveryAnswerIsFencedIn(t *testing.T) {
	h := handler(site("news"))
	for _, target := range []string{"/", "/feeds/all.rss", "/nowhere", "/category/labor", "/healthz"} {
		csp := ask(h, "GET", target).Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "img-src 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy %q lacks %s", target, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "script-src") {
			t.Errorf("%s: policy %q lets scripts in", target, csp)
		}
	}
}

func TestS34_RedirectsLeadOnlyToFilesOfOurs(t *testing.T) {
	h := handler(site("news"))
	tests := []struct {
		path, location string
		status         int
	}{
		{"/category/labor", "/category/labor/", 301},
		{"/category/labor/index.html", "/category/labor/", 301},
		{"/index.html", "/", 301},
		{"//category//labor/", "/category/labor/", 301},
		{"/x/../feeds/all.rss", "/feeds/all.rss", 301},
		{"/feeds/all.rss/", "/feeds/all.rss", 301},
		{"//evil.example/%2f..", "", 404},
		{"/\\evil.example", "", 404},
		{"//evil.example", "", 404},
		{"/../../etc/passwd", "", 404},
		{"/404.html", "", 404},
		{"/nowhere\r\nSet-Cookie: x=1", "", 404},
		{"", "/", 301},
	}
	for _, tt := range tests {
		res := ask(h, "GET", tt.path)
		if res.StatusCode != tt.status || res.Header.Get("Location") != tt.location {
			t.Errorf("GET %q = %d to %q, want %d to %q", tt.path, res.StatusCode, res.Header.Get("Location"), tt.status, tt.location)
		}
	}
}

func TestS37_QueryAndHostChangeNothing(t *testing.T) {
	h := handler(site("news"))
	want := ask(h, "GET", "/")
	got := ask(h, "GET", "/?utm_source=x&q=<script>", "X-Forwarded-Host: evil.example", "X-Original-URL: /evil", "Host: evil.example")
	if got.Header.Get("ETag") != want.Header.Get("ETag") || body(t, got) != body(t, want) {
		t.Error("a query string or a header changed the answer")
	}
}

func TestS06_MissingPagesDoNotRepeatThePath(t *testing.T) {
	h := handler(site("news"))
	for _, path := range []string{"/<script>alert(1)</script>", "/feeds/<script>alert(1)</script>.rss"} {
		res := ask(h, "GET", path)
		if b := body(t, res); res.StatusCode != 404 || strings.Contains(b, "script") || res.Header.Get("ETag") != "" {
			t.Errorf("GET %s = %d %q", path, res.StatusCode, b)
		}
	}
}

func TestReadiness(t *testing.T) { synctest.Test(t, readiness) }

func readiness(t *testing.T) {
	h := handler(nil)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/": 503, "/feeds/all.rss": 503} {
		if res := ask(h, "GET", path); res.StatusCode != want || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("before the first site: GET %s = %d (%s), want %d, not to be kept", path, res.StatusCode, res.Header.Get("Cache-Control"), want)
		}
	}
	h.Swap(site("news"))
	for _, path := range []string{"/healthz", "/readyz", "/"} {
		if res := ask(h, "GET", path); res.StatusCode != 200 {
			t.Errorf("with a site: GET %s = %d, want 200", path, res.StatusCode)
		}
	}
}

// Whoever asks for a feed hears of the hub, with a 304 too, and after a change
// of the hub of the new one, although no byte of the feed has changed.
func TestF31_TheHubIsNamedInTheHeader(t *testing.T) {
	s := site("news")
	s.URL, s.Hub = "https://wire.example", "https://wire.example/hub"
	h := handler(s)
	want := `<https://wire.example/hub>; rel="hub", <https://wire.example/feeds/all.rss>; rel="self"`
	for _, header := range [][]string{nil, {"If-None-Match: " + s.Files["/feeds/all.rss"].ETag}} {
		if got := ask(h, "GET", "/feeds/all.rss", header...).Header["Link"]; len(got) != 1 || got[0] != want {
			t.Errorf("with %v: Link %q, want %q", header, got, want)
		}
	}
	if got := ask(h, "GET", "/").Header["Link"]; got != nil {
		t.Errorf("a page has Link %q", got)
	}
	other := site("news")
	h.Swap(other)
	if got := ask(h, "GET", "/feeds/all.rss").Header["Link"]; got != nil {
		t.Errorf("without a hub: Link %q", got)
	}
}
