package main

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
)

// The ledger keeps the text of an error, and the desk is told its cause: each
// is made here, by the fetcher and the poll, and asked for.
func TestCausesAreToldFromTheLedger(t *testing.T) {
	origin := fetchtest.New(t).
		On("/refused", fetchtest.Answer{Status: 403}).On("/law", fetchtest.Answer{Status: 451}).
		On("/gone", fetchtest.Answer{Status: 410}).On("/busy", fetchtest.Answer{Status: 429}).On("/broken", fetchtest.Answer{Status: 502}).
		On("/page", fetchtest.Answer{Body: "<!doctype html><title>For sale</title><p>Buy me"}).
		On("/empty", fetchtest.Answer{Body: " "}).
		On("/inside", fetchtest.Answer{Status: 302, Header: map[string]string{"Location": "http://10.0.0.7/rss"}}).On("/large", fetchtest.Answer{Body: strings.Repeat("x", 2<<20)}).
		On("/silent", fetchtest.Answer{Fault: fetchtest.Silent}).On("/drip", fetchtest.Answer{Fault: fetchtest.Drip, Body: "<rss><channel>" + strings.Repeat(" ", 500)}).
		On("/reset", fetchtest.Answer{Fault: fetchtest.Reset})
	for _, tt := range []struct {
		name, url string
		want      health.Cause
	}{
		{"no such name", "http://nowhere.invalid/rss", health.CauseName},
		{"a port that nobody listens on", "http://127.0.0.1:9/rss", health.CauseSilence},
		{"no answer in time", origin.URL("/silent"), health.CauseSilence},
		{"an answer that takes too long", origin.URL("/drip"), health.CauseSlow},
		{"a connection that is cut", origin.URL("/reset"), health.CauseCut},
		{"no TLS where there should be", "https" + origin.URL("/page")[len("http"):], health.CauseTLS},
		{"an address inside", "http://10.0.0.7/rss", health.CauseInside},
		{"a redirect to one", origin.URL("/inside"), health.CauseInside},
		{"too much", origin.URL("/large"), health.CauseTooLarge},
		{"403", origin.URL("/refused"), health.CauseRefused},
		{"451", origin.URL("/law"), health.CauseRefused},
		{"410", origin.URL("/gone"), health.CauseGone},
		{"429", origin.URL("/busy"), health.CauseBusy},
		{"502", origin.URL("/broken"), health.CauseServer},
		{"a page", origin.URL("/page"), health.CauseNotAFeed},
		{"nothing", origin.URL("/empty"), health.CauseNotAFeed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := testDaemon(t, aWire)
			w := d.wire
			c, err := fetch.New(fetch.Options{Timeout: 2 * time.Second, MaxBody: 1 << 20, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Concurrency: 1, Connections: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			src := []news.Source{{ID: "a", URL: tt.url}}
			if err := w.store.SyncSources(t.Context(), src); err != nil {
				t.Fatal(err)
			}
			agg := aggregator.New(aggregator.Options{Archive: w.store, Fetcher: c, Policy: policy(w.cfg), Now: time.Now,
				Filer: func() (aggregator.Filer, error) { return nil, context.Canceled }})
			if _, err := agg.Run(t.Context(), src, aggregator.Selection{}); err != nil {
				t.Fatal(err)
			}
			polls, err := w.store.Ledger(t.Context(), "a", 1)
			if err != nil || len(polls) != 1 {
				t.Fatalf("%d polls, %v", len(polls), err)
			}
			if got := health.CauseOf(polls[0].Status, polls[0].Error); got != tt.want {
				t.Errorf("status %d, %q: cause %q, want %q", polls[0].Status, polls[0].Error, got, tt.want)
			}
		})
	}
}
