package web_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

// Readers during a swap get the old or the new file, whole and with its own
// tag. Run with -race.
func TestSwapUnderLoad(t *testing.T) {
	a, b := site("old"), site("new")
	h := handler(a)
	tags := map[string]string{}
	for _, s := range []*publisher.Site{a, b} {
		tags[s.Files["/feeds/all.rss"].ETag] = string(s.Files["/feeds/all.rss"].Body)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 200 {
				accept := "Accept-Encoding: gzip"
				if i%2 == 0 {
					accept = "Accept-Encoding: identity"
				}
				res := ask(h, "GET", "/feeds/all.rss", accept)
				tag := strings.Replace(res.Header.Get("ETag"), "-gz", "", 1)
				var r io.Reader = res.Body
				if res.Header.Get("Content-Encoding") == "gzip" {
					r, _ = gzip.NewReader(res.Body)
				}
				if got, err := io.ReadAll(r); err != nil || string(got) != tags[tag] {
					t.Errorf("tag %s does not fit the body: %v", tag, err)
					return
				}
			}
		})
	}
	for i := range 100 {
		h.Swap([]*publisher.Site{a, b}[i%2])
	}
	wg.Wait()
}

func TestServerDropsWhoeverDawdles(t *testing.T) {
	s := web.NewServer(handler(site("news")), "")
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 {
		t.Fatalf("a server without bounds: %+v", s)
	}
	s.ReadHeaderTimeout, s.ReadTimeout = 50*time.Millisecond, 50*time.Millisecond
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	slow, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	fmt.Fprint(slow, "GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
	if _, err := io.ReadAll(slow); err != nil {
		t.Errorf("half a request: %v, want the connection closed", err)
	}
	res, err := http.Get("http://" + l.Addr().String() + "/?" + strings.Repeat("a", 64<<10))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 KB of address = %d, want 431", res.StatusCode)
	}
}

func FuzzConditional(f *testing.F) {
	f.Add(`"a", W/"b", *`, "gzip;q=0.5, br", "Wed, 04 Mar 2026 12:00:00 GMT")
	f.Add(`"`, ";q=,;", "")
	h := handler(site("news"))
	f.Fuzz(func(t *testing.T, match, accept, since string) {
		r := httptest.NewRequest("GET", "/feeds/all.rss", nil)
		r.Header["If-None-Match"], r.Header["Accept-Encoding"], r.Header["If-Modified-Since"] = []string{match}, []string{accept}, []string{since}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if c := w.Code; c != 200 && c != 304 || c == 304 && w.Body.Len() > 0 {
			t.Errorf("%q %q %q = %d with %d bytes", match, accept, since, c, w.Body.Len())
		}
	})
}

// nowhere is a ResponseWriter that costs nothing, so that the benchmark
// measures the handler.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header         { return n.h }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

func BenchmarkServe(b *testing.B) {
	s := site("news")
	s.Files["/feeds/all.rss"] = publisher.NewFile("/feeds/all.rss", "application/rss+xml; charset=utf-8", bytes.Repeat([]byte("<item>of news</item>\n"), 5000), changed)
	h := handler(s)
	tag := strings.TrimSuffix(s.Files["/feeds/all.rss"].ETag, `"`) + `-gz"`
	for name, header := range map[string]http.Header{
		"200 identity": {}, "200 gzip": {"Accept-Encoding": {"gzip, deflate"}}, "304": {"Accept-Encoding": {"gzip, deflate"}, "If-None-Match": {tag}},
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/feeds/all.rss", nil)
			r.Header = header
			w := nowhere{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
