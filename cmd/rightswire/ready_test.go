package main

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// A daemon that lives and does nothing is not ready.
func TestStale(t *testing.T) {
	friday := time.Date(2026, 3, 6, 17, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, poll string
		after      time.Duration
		want       bool
	}{
		{"a slow pass", "@every 1m", 59 * time.Minute, false},
		{"an hour without a pass", "@every 1m", 61 * time.Minute, true},
		{"fewer passes were due", "@every 1h", 3 * time.Hour, false},
		{"so many were due", "@every 1h", 4*time.Hour + time.Minute, true},
		{"a weekend", "0 17 * * MON-FRI", 71 * time.Hour, false},
		{"nobody is to look", "", 1000 * time.Hour, false},
	} {
		cfg := config.Default()
		cfg.Schedule.Poll = tt.poll
		if got := stale(&cfg, friday, friday.Add(tt.after)); got != tt.want {
			t.Errorf("%s: stale = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWhoMayReadMetrics(t *testing.T) {
	m := config.Metrics{From: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("::1/128")}, Token: "0123456789abcdefghij"}
	for _, tt := range []struct {
		name, from, header, value string
		want                      bool
	}{
		{"from the network", "10.1.2.3:9", "", "", true},
		{"written as IPv6", "[::ffff:10.1.2.3]:9", "", "", true},
		{"from this machine", "[::1]:9", "", "", true},
		{"from elsewhere", "10.2.2.3:9", "", "", false},
		{"by way of a proxy in the network", "10.1.2.3:9", "X-Forwarded-For", "10.1.2.4", false},
		{"by way of another kind of proxy", "10.1.2.3:9", "Forwarded", "for=10.1.2.4", false},
		{"with the token, from anywhere", "192.0.2.1:9", "Authorization", "Bearer 0123456789abcdefghij", true},
		{"with half a token", "10.1.2.3:9", "Authorization", "Bearer 0123456789", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = tt.from
		if tt.header != "" {
			r.Header.Set(tt.header, tt.value)
		}
		if got := mayScrape(m, r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Authorization", "Bearer ")
	if mayScrape(config.Metrics{}, r) {
		t.Error("an empty token opens what has none")
	}
}

// However many sources fail, what is told of single ones is bounded.
func TestSourceSeriesAreBounded(t *testing.T) {
	now := time.Date(2026, 3, 6, 17, 0, 0, 0, time.UTC)
	var sources []news.Source
	var states []news.SourceState
	for n := range 500 {
		id := string(rune('a'+n%26)) + time.Duration(n).String()
		src, st := news.Source{ID: id, Status: news.Active}, news.SourceState{Source: id, LastPoll: now, Failures: n, NextDue: now.Add(-time.Duration(n) * time.Minute)}
		if n >= 490 {
			src.Status = news.Paused
		}
		sources, states = append(sources, src), append(states, st)
	}
	states = append(states, news.SourceState{Source: "gone", LastPoll: now, Failures: 9999})
	got := worst(sources, states)
	if len(got) != failingSeries || got[0].Failures != 489 {
		t.Errorf("%d series, the worst with %d failures; want %d and 489", len(got), got[0].Failures, failingSeries)
	}
	counts, overdue := countStates(append(sources, news.Source{ID: "fresh", Status: news.Active}), states, now)
	if counts["failing"] != 489 || counts["ok"] != 1 || counts["paused"] != 10 || counts["new"] != 1 || overdue != 429 {
		t.Errorf("counted %v and %d overdue", counts, overdue)
	}
}
