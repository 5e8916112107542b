package web_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

// hasty makes one file.
type hasty struct{}

func (hasty) Early(_ context.Context, path string) (*publisher.File, error) {
	if path != "/feeds/all.rss" {
		return nil, errors.New("not known")
	}
	return publisher.NewFile(path, "application/rss+xml; charset=utf-8", []byte("<rss/>"), time.Time{}), nil
}

func TestBeforeThereIsASiteItsFilesAreMadeOneByOne(t *testing.T) {
	h := web.New(web.Options{})
	if res := ask(h, "GET", "/feeds/all.rss"); res.StatusCode != 503 {
		t.Errorf("status %d before anybody could make it, want 503", res.StatusCode)
	}
	h.Begin(hasty{})
	res := ask(h, "GET", "/feeds/all.rss")
	tag := res.Header.Get("ETag")
	if b := body(t, res); res.StatusCode != 200 || b != "<rss/>" || tag == "" || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("status %d, %q, %v, want the feed with the headers of any", res.StatusCode, b, res.Header)
	}
	if res := ask(h, "GET", "/feeds/all.rss", "If-None-Match: "+tag); res.StatusCode != 304 {
		t.Errorf("status %d for who has it, want 304", res.StatusCode)
	}
	// It may be there when the site is: nobody may be told that it is not.
	if res := ask(h, "GET", "/feeds/other.rss"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("status %d for what is not known yet, want 503", res.StatusCode)
	}
	if res := ask(h, "GET", "/readyz"); res.StatusCode == 200 {
		t.Error("it says that it is ready")
	}
	h.Swap(&publisher.Site{Files: map[string]*publisher.File{}})
	if res := ask(h, "GET", "/feeds/all.rss"); res.StatusCode != 404 {
		t.Errorf("status %d, want that of the site", res.StatusCode)
	}
}
