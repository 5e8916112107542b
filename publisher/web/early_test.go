package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

// hasty makes a feed, and what became part of another story.
type hasty struct{ took time.Duration }

func (m hasty) Early(_ context.Context, path string) (*publisher.File, error) {
	time.Sleep(m.took)
	switch path {
	case "/feeds/all.rss":
		return publisher.NewFile(path, "application/rss+xml; charset=utf-8", []byte("<rss/>"+strings.Repeat(" ", 5000)), time.Time{}), nil
	case known:
		f := publisher.NewFile(path+"index.html", "text/html; charset=utf-8", []byte("It is there now."), time.Time{})
		f.MovedTo = unknown + "index.html"
		return f, nil
	}
	return nil, errors.New("not known")
}

func (hasty) Announced() (hub, url string) { return "https://hub.example/", "https://wire.example" }

func TestBeforeThereIsASiteItsFilesAreMadeOneByOne(t *testing.T) {
	h := web.New(web.Options{})
	h.Begin(t.Context(), hasty{})
	res := ask(h, "GET", "/feeds/all.rss")
	tag := res.Header.Get("ETag")
	if b := body(t, res); res.StatusCode != 200 || !strings.HasPrefix(b, "<rss/>") || tag == "" || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("status %d, %q, %v, want the feed with the headers of any", res.StatusCode, b, res.Header)
	}
	if link := res.Header.Get("Link"); !strings.Contains(link, `<https://hub.example/>; rel="hub"`) || !strings.Contains(link, `<https://wire.example/feeds/all.rss>; rel="self"`) {
		t.Errorf("Link: %q, want the hub and the feed's own address", link)
	}
	if res := ask(h, "GET", "/feeds/all.rss", "If-None-Match: "+tag); res.StatusCode != 304 {
		t.Errorf("status %d for who has it, want 304", res.StatusCode)
	}
	// It may be there when the site is: nobody may be told that it is not.
	if res := ask(h, "GET", "/feeds/other.rss"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("status %d for what is not known yet, want 503", res.StatusCode)
	}
	if res := ask(h, "GET", known); res.StatusCode != 301 || res.Header.Get("Location") != unknown {
		t.Errorf("status %d to %q for what became part of another story, want 301 to that", res.StatusCode, res.Header.Get("Location"))
	}
	if res := ask(h, "GET", "/readyz"); res.StatusCode == 200 {
		t.Error("it says that it is ready")
	}
	h.Swap(&publisher.Site{Files: map[string]*publisher.File{}})
	if res := ask(h, "GET", "/feeds/all.rss"); res.StatusCode != 404 {
		t.Errorf("status %d, want that of the site", res.StatusCode)
	}
}

// A restart must not cost every reader the whole feed.
func TestWhoHasTheCompressedFormOfBeforeHasItStill(t *testing.T) {
	f, err := hasty{}.Early(t.Context(), "/feeds/all.rss")
	if err != nil {
		t.Fatal(err)
	}
	for _, coding := range []string{"gzip", "br"} {
		before := handler(&publisher.Site{Files: map[string]*publisher.File{f.Path: f}})
		tag := ask(before, "GET", f.Path, "Accept-Encoding: "+coding).Header.Get("ETag")
		if tag == "" || tag == f.ETag {
			t.Fatalf("the %s form has the tag %q", coding, tag)
		}
		h := web.New(web.Options{})
		h.Begin(t.Context(), hasty{})
		if res := ask(h, "GET", f.Path, "Accept-Encoding: "+coding, "If-None-Match: "+tag); res.StatusCode != 304 || res.Header.Get("ETag") != tag {
			t.Errorf("status %d, tag %s, want 304 and %s", res.StatusCode, res.Header.Get("ETag"), tag)
		}
		if res := ask(h, "GET", f.Path, "If-None-Match: "+tag); res.StatusCode != 200 {
			t.Errorf("status %d for who does not want that form any more, want 200", res.StatusCode)
		}
	}
}

func TestWhoAsksTooEarlyWaitsAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := web.New(web.Options{})
		began := time.Now()
		if res := ask(h, "GET", "/feeds/all.rss"); res.StatusCode != 503 || time.Since(began) > 5*time.Second {
			t.Errorf("status %d after %v, want 503 soon", res.StatusCode, time.Since(began))
		}
		var codes [8]int // more than are made at a time
		var answered atomic.Int64
		for i := range codes {
			go func() {
				codes[i] = ask(h, "GET", "/feeds/all.rss").StatusCode
				answered.Add(1)
			}()
		}
		time.Sleep(time.Second)
		h.Begin(t.Context(), hasty{10 * time.Millisecond})
		if n := answered.Load(); n != int64(len(codes)) {
			t.Errorf("%d of %d were answered before the site is built", n, len(codes))
		}
		for _, code := range codes {
			if code != 200 {
				t.Errorf("status %d for who asked a second before anybody could tell, want 200", code)
			}
		}
	})
}

// Whoever asks for readiness gives up after a second as a rule.
func TestNobodyWaitsToHearThatThereIsNoSiteYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := web.New(web.Options{})
		began := time.Now()
		if res := ask(h, "GET", "/readyz"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || time.Since(began) > 0 {
			t.Errorf("status %d after %v, want 503 at once", res.StatusCode, time.Since(began))
		}
	})
}

func TestASlowAnswerDoesNotKeepTheSiteFromBeingBuilt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := web.New(web.Options{})
		go ask(h, "GET", "/feeds/all.rss")
		synctest.Wait()
		began := time.Now()
		h.Begin(t.Context(), hasty{time.Hour})
		if took := time.Since(began); took > time.Second {
			t.Errorf("the build had to wait %v", took)
		}
		time.Sleep(2 * time.Hour)
	})
}

func TestWhoWaitsGetsTheSiteIfItComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := web.New(web.Options{})
		var res *http.Response
		go func() { res = ask(h, "GET", "/feeds/all.rss") }()
		synctest.Wait()
		h.Swap(site("news"))
		synctest.Wait()
		if res == nil || res.StatusCode != 200 {
			t.Errorf("%v, want the feed of the site", res)
		}
	})
}
