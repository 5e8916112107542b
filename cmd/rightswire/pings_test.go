package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// pinged returns the feeds that a hub was told of, sorted.
func pinged(t *testing.T, hub *fetchtest.Origin) (feeds []string) {
	t.Helper()
	for _, r := range hub.Requests("/hub") {
		form, err := url.ParseQuery(r.Body)
		if err != nil || r.Method != http.MethodPost || form.Get("hub.mode") != "publish" || form.Get("hub.url") != form.Get("hub.topic") {
			t.Errorf("the hub was asked %s %q", r.Method, r.Body)
		}
		feeds = append(feeds, form.Get("hub.url"))
	}
	slices.Sort(feeds)
	return feeds
}

// pingWire is a newsroom that published once and tells a hub, at a time of its
// own.
func pingWire(t *testing.T, hub, origin *fetchtest.Origin) (d *daemon, poll func()) {
	t.Helper()
	d, _ = testDaemon(t, "site: {url: 'https://wire.example'}\nfetch: {allow: [127.0.0.0/8], per_domain: {gap: 0s}}\npublish: {hub: '"+hub.URL("/hub")+"'}\n"+
		"sources: [{id: a, title: A, url: '"+origin.URL("/rss")+"'}]\n")
	now := time.Now()
	d.wire.app.now = func() time.Time { return now }
	return d, func() {
		t.Helper()
		now = now.Add(48 * time.Hour)
		if err := d.wire.configure(t.Context(), d.wire.cfg); err != nil {
			t.Fatal(err)
		}
		if err := d.poll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A hub hears of exactly the feeds whose bytes changed, once each.
func TestF31_AHubIsToldOfChangedFeedsOnly(t *testing.T) {
	hub := fetchtest.New(t).On("/hub", fetchtest.Answer{Status: http.StatusNoContent})
	origin := fetchtest.New(t).On("/rss", strikes("Bakers"))
	d, poll := pingWire(t, hub, origin)
	send := func() {
		t.Helper()
		if err := d.wire.pings.sendAll(t.Context(), "test/1"); err != nil {
			t.Fatal(err)
		}
	}
	if send(); len(pinged(t, hub)) != 0 {
		t.Errorf("of feeds that hold nothing was told: %v", pinged(t, hub))
	}
	poll()
	send()
	first := pinged(t, hub)
	for _, want := range []string{"all.rss", "all.atom", "all.json", "source/a.rss"} {
		if !slices.Contains(first, "https://wire.example/feeds/"+want) {
			t.Errorf("%s was not told, but %v", want, first)
		}
	}
	if !slices.Equal(first, slices.Compact(slices.Clone(first))) {
		t.Errorf("a feed was told twice: %v", first)
	}
	if agent := hub.Requests("/hub")[0].Header.Get("User-Agent"); agent != "test/1" {
		t.Errorf("User-Agent %q", agent)
	}
	before := d.wire.published["/feeds/all.rss"]
	poll() // nothing is new
	if d.wire.published["/feeds/all.rss"] != before {
		t.Fatal("the feed changed; the test is void")
	}
	if send(); len(pinged(t, hub)) != len(first) {
		t.Errorf("without a change %v was told", pinged(t, hub)[len(first):])
	}
}

// What a hub did not take is told again, what it refuses is not, and a kill
// between the two forgets nothing.
func TestF31_APingIsOwedUntilTheHubHasTakenIt(t *testing.T) {
	for _, tt := range []struct {
		status int
		again  bool
	}{{202, false}, {404, false}, {429, true}, {500, true}, {503, true}, {302, false}} {
		hub := fetchtest.New(t).On("/hub", fetchtest.Answer{Status: tt.status})
		origin := fetchtest.New(t).On("/rss", strikes("Bakers"))
		d, poll := pingWire(t, hub, origin)
		poll()
		owed, err := d.wire.pings.list(t.Context())
		if err != nil || len(owed) == 0 {
			t.Fatalf("owed %v, %v", owed, err)
		}
		err = d.wire.pings.sendAll(t.Context(), "test/1")
		told := len(pinged(t, hub))
		if (err != nil) != tt.again || tt.again && told != 1 || !tt.again && told != len(owed) {
			t.Errorf("%d: %d of %d feeds told, %v", tt.status, told, len(owed), err)
		}
		hub.On("/hub", fetchtest.Answer{Status: http.StatusNoContent})
		p := newPings(d.wire) // of another process
		if err := p.sendAll(t.Context(), "test/1"); err != nil {
			t.Fatal(err)
		}
		want := len(owed)
		if tt.again {
			want++
		}
		if n := len(pinged(t, hub)); n != want {
			t.Errorf("%d: told %d times in all, want %d", tt.status, n, want)
		}
	}
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A feed that changes again while its hub is told of it is owed once more.
func TestF31_AChangeDuringAPingIsOwed(t *testing.T) {
	d, _ := testDaemon(t, aWire)
	p := d.wire.pings
	change := func(hash string) {
		t.Helper()
		st := news.EditionState{Path: "/feeds/all.rss", Hash: hash}
		if err := p.owe(t.Context(), "https://hub.example/", "https://wire.example", []news.EditionState{st}, nil); err != nil {
			t.Fatal(err)
		}
	}
	told := 0
	p.transport = roundTrip(func(*http.Request) (*http.Response, error) {
		if told++; told == 1 {
			change("two")
		}
		return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
	})
	change("one")
	for _, want := range []int{1, 2, 2} {
		if err := p.sendAll(t.Context(), "test/1"); err != nil || told != want {
			t.Errorf("told %d times, want %d, %v", told, want, err)
		}
	}
}

// A hub that was down is told later, without another change.
func TestF31_AHubThatWasDownIsToldLater(t *testing.T) {
	const list = `[{"Hub":"https://hub.example/","Feed":"https://wire.example/feeds/all.rss","Hash":"h"}]`
	synctest.Test(t, func(t *testing.T) {
		store := &memory{pingsKey: list}
		ctx, cancel := context.WithCancel(t.Context())
		var at []time.Duration
		begin := time.Now()
		p := &pings{store: store, log: slog.New(slog.DiscardHandler), kick: make(chan struct{}, 1)}
		p.transport = roundTrip(func(*http.Request) (*http.Response, error) {
			at = append(at, time.Since(begin))
			status := http.StatusServiceUnavailable
			if len(at) == 4 {
				status = http.StatusNoContent
			}
			return &http.Response{StatusCode: status, Body: http.NoBody}, nil
		})
		ended := make(chan error)
		go func() { ended <- p.run(ctx, "test/1") }()
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(at) != 0 {
			t.Errorf("told %v before the site is up", at)
		}
		begin = time.Now()
		want(p.kick)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if want := []time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute}; !slices.Equal(at, want) || (*store)[pingsKey] != "[]" {
			t.Errorf("told at %v, want %v; owed %s", at, want, (*store)[pingsKey])
		}
		cancel()
		<-ended
	})
}

// memory keeps settings.
type memory map[string]string

func (m memory) Setting(_ context.Context, key string) (string, error) { return m[key], nil }

func (m memory) SetSetting(_ context.Context, key, value string) error {
	m[key] = value
	return nil
}
