package aggregator_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

func TestP31_S15_ASourcesHeadersAreForItsOwnOrigin(t *testing.T) {
	w := newWire(t)
	w.source("s").Headers = map[string]string{"X-Key": "k3y"}
	w.origin.On("/s", fetchtest.Answer{Body: archivePage("s", "next", w.url("a.test", "/near"))}).
		On("/near", fetchtest.Answer{Body: archivePage("near", "next", w.url("feeds.a.test", "/far"))}).
		On("/far", fetchtest.Answer{Body: archivePage("far", "next", "")})
	moved := w.source("moved", fetchtest.Redirect(301, w.url("feeds.a.test", "/learned")))
	moved.Headers = map[string]string{"X-Key": "k3y"}
	w.origin.On("/learned", fetchtest.Answer{Body: bodyOne})
	w.polls(0, 4*day, 4*day, day)
	if w.state("moved").Learned == "" {
		t.Fatal("nothing was learned")
	}
	want := map[string]string{"/s": "k3y", "/near": "k3y", "/far": "", "/moved": "k3y", "/learned": ""}
	for _, r := range w.origin.Requests() {
		if got := r.Header.Get("X-Key"); got != want[r.Path] {
			t.Errorf("%s was sent the key %q, want %q", r.Path, got, want[r.Path])
		}
	}
	for path := range want {
		if len(w.origin.Requests(path)) == 0 {
			t.Errorf("%s was not asked", path)
		}
	}
}

// fetcherFunc answers requests.
type fetcherFunc func(context.Context, fetch.Request) (*fetch.Response, error)

func (f fetcherFunc) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	return f(ctx, r)
}

func TestP30_AnOlderPageOfAnHTTPSFeedIsNotReadInTheOpen(t *testing.T) {
	w := newWire(t)
	w.source("s").URL = "https://a.test/s"
	var asked []string
	w.get = fetcherFunc(func(_ context.Context, r fetch.Request) (*fetch.Response, error) {
		asked = append(asked, r.URL)
		return &fetch.Response{Status: 200, URL: r.URL, Body: []byte(archivePage("s", "next", "http://a.test/p1"))}, nil
	})
	w.run(aggregator.Selection{})
	if got := strings.Join(asked, " "); got != "https://a.test/s" {
		t.Errorf("asked %s, want the feed alone", got)
	}
}
