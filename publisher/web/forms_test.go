package web_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/publisher"
)

// onDemand is a site with one page whose bytes are made when asked for.
func onDemand(key string, make func() ([]byte, error)) *publisher.Site {
	s := site("news")
	s.Files["/story/1/index.html"] = publisher.NewLazyFile("/story/1/index.html", "text/html; charset=utf-8", strings.Repeat(key, 32)[:32], make, changed)
	return s
}

func TestAPageMadeOnDemandIsServedLikeAnyOther(t *testing.T) {
	made := 0
	long := "<p>" + strings.Repeat("a story ", 100)
	h := handler(onDemand("a", func() ([]byte, error) { made++; return []byte(long), nil }))
	res := ask(h, "GET", "/story/1/")
	if got := body(t, res); res.StatusCode != 200 || got != long {
		t.Fatalf("GET = %d %q", res.StatusCode, got)
	}
	tag := res.Header.Get("ETag")
	for _, enc := range []string{"gzip", "br", "gzip"} {
		res := ask(h, "GET", "/story/1/", "Accept-Encoding: "+enc)
		if res.Header.Get("Content-Encoding") != enc || res.Header.Get("ETag") == tag {
			t.Errorf("%s: Content-Encoding %q, ETag %s", enc, res.Header.Get("Content-Encoding"), res.Header.Get("ETag"))
		}
	}
	if res := ask(h, "GET", "/story/1/", "If-None-Match: "+tag); res.StatusCode != 304 {
		t.Errorf("with its ETag: %d, want 304", res.StatusCode)
	}
	if res := ask(h, "HEAD", "/story/1/"); res.Header.Get("Content-Length") != fmt.Sprint(len(long)) {
		t.Errorf("HEAD: Content-Length %q, want %d", res.Header.Get("Content-Length"), len(long))
	}
	if made != 1 {
		t.Errorf("made %d times, want once", made)
	}
	h.Swap(onDemand("b", func() ([]byte, error) { return []byte("changed"), nil }))
	if got := body(t, ask(h, "GET", "/story/1/")); got != "changed" {
		t.Errorf("after a swap: %q", got)
	}
}

func TestF12_APageThatTheReaderHasIsNotMade(t *testing.T) {
	made := 0
	long := "<p>" + strings.Repeat("a story ", 100)
	fresh := func() *publisher.Site {
		return onDemand("a", func() ([]byte, error) { made++; return []byte(long), nil })
	}
	for _, enc := range []string{"identity", "gzip", "gzip, br"} {
		first := ask(handler(fresh()), "GET", "/story/1/", "Accept-Encoding: "+enc)
		made = 0
		h := handler(fresh()) // another process, or one that forgot the page
		again := ask(h, "GET", "/story/1/", "Accept-Encoding: "+enc, `If-None-Match: "x", W/`+first.Header.Get("ETag"))
		if again.StatusCode != 304 || made != 0 {
			t.Errorf("%s: %d, made %d times; want 304 and none", enc, again.StatusCode, made)
		}
		for _, k := range []string{"ETag", "Cache-Control", "Vary"} {
			if again.Header.Get(k) != first.Header.Get(k) {
				t.Errorf("%s: %s of the 304 is %q, of the 200 %q", enc, k, again.Header.Get(k), first.Header.Get(k))
			}
		}
		if other := ask(h, "GET", "/story/1/", "Accept-Encoding: "+enc, `If-None-Match: "x"`); other.StatusCode != 200 {
			t.Errorf("%s: with another tag %d, want 200", enc, other.StatusCode)
		}
		if any := ask(handler(fresh()), "GET", "/story/1/", "Accept-Encoding: "+enc, "If-None-Match: *"); any.StatusCode != 304 {
			t.Errorf("%s: with * %d, want 304", enc, any.StatusCode)
		}
	}
}

func TestAPageThatCannotBeMadeIsAnError(t *testing.T) {
	h := handler(onDemand("a", func() ([]byte, error) { return nil, errors.New("secret") }))
	res := ask(h, "GET", "/story/1/")
	if got := body(t, res); res.StatusCode != 500 || strings.Contains(got, "secret") || res.Header.Get("ETag") != "" {
		t.Errorf("GET = %d %q, ETag %q", res.StatusCode, got, res.Header.Get("ETag"))
	}
}
