package websub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

func TestS14_AHubInsideIsNotAsked(t *testing.T) {
	d := newDesk(t)
	for _, hub := range []string{"http://10.0.0.1/hub", "http://[::1]/hub", "http://169.254.169.254/"} {
		if _, err := d.Keep(t.Context(), plain, Offer{Hub: hub, Topic: topic}, news.Subscription{}); !errors.Is(err, fetch.ErrPrivateAddress) {
			t.Errorf("Keep at %s: %v, want it refused", hub, err)
		}
	}
}

// A secret is sent to a hub: not in the clear for a feed that is not.
func TestS14_AHubIsNoLessPrivateThanItsFeed(t *testing.T) {
	for _, tt := range []struct {
		feed, hub string
		want      bool
	}{
		{"https://a.example/", "https://h.example/", true},
		{"https://a.example/", "HTTPS://h.example/", true},
		{"https://a.example/", "http://h.example/", false},
		{"http://a.example/", "http://h.example/", true},
		{"HTTP://a.example/", "http://h.example/", true},
		{"http://a.example/", "https://h.example/", true},
		{"http://a.example/", "file:///etc/passwd", false},
		{"https://a.example/", "nonsense", false},
		{"https://a.example/", "", false},
	} {
		d, posts := newDesk(t), 0
		d.o.Post = func(context.Context, news.Source, string, url.Values) error { posts++; return nil }
		asked, err := d.Keep(t.Context(), news.Source{ID: "s", URL: tt.feed}, Offer{Hub: tt.hub, Topic: topic}, news.Subscription{})
		if err != nil || asked != tt.want || (posts > 0) != tt.want || (d.mem.sub.Token != "") != tt.want {
			t.Errorf("hub %q of %q: asked %t, %v, %d posts, stored %+v", tt.hub, tt.feed, asked, err, posts, d.mem.sub)
		}
	}
}

// A feed that names another hub each time does not make us ask each of them.
func TestS14_ARotatingHubIsAskedOnceADay(t *testing.T) {
	d := newDesk(t)
	o := d.offer()
	for i := range 48 {
		o.Hub = d.offer().Hub + fmt.Sprintf("?%d", i)
		if n := d.keep(o); n != 1+i/24 {
			t.Fatalf("after %d hours %d hubs were asked", i, n)
		}
		d.now = d.now.Add(time.Hour)
	}
}

// What was not asked is not remembered as asked: after a restart it is.
func TestP46_AnEndInBetweenIsNoRequest(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	d.o.Post = func(context.Context, news.Source, string, url.Values) error { cancel(); return ctx.Err() }
	for range 2 { // in the middle, and before
		if _, err := d.Keep(ctx, plain, d.offer(), d.mem.sub); !errors.Is(err, context.Canceled) || !d.mem.sub.Asked.IsZero() {
			t.Errorf("Keep = %v, stored %+v", err, d.mem.sub)
		}
	}
	// The hub was faster than the end: what it said stays.
	d = newDesk(t)
	ctx, cancel = context.WithCancel(t.Context())
	d.o.Post = func(context.Context, news.Source, string, url.Values) error {
		d.call("GET", d.mem.sub.Token, confirmation("subscribe", topic, "864000"), "", "")
		cancel()
		return ctx.Err()
	}
	if _, err := d.Keep(ctx, plain, d.offer(), d.mem.sub); !errors.Is(err, context.Canceled) || !d.mem.sub.Active(d.now) || d.mem.sub.Asked.IsZero() {
		t.Errorf("Keep = %v, stored %+v", err, d.mem.sub)
	}
}

// Whatever a server writes into Link, reading it ends, with a web address.
func FuzzLink(f *testing.F) {
	f.Add(`<https://h.example/hub>; rel="hub", <x>; rel=self`)
	f.Fuzz(func(t *testing.T, s string) {
		if l := link(http.Header{"Link": {s}}, "hub"); l != "" && !strings.HasPrefix(l, "http") {
			t.Errorf("link(%q) = %q", s, l)
		}
	})
}
