package main

import (
	"testing"
	"time"
)

func TestShortRoundsToTheNearest(t *testing.T) {
	for in, want := range map[string]string{
		"-5s": "0s", "400ms": "0s", "20s": "20s", "59.4s": "59s", "59.6s": "1m", "89s": "1m", "14m50s": "15m",
		"59m29s": "59m", "59m40s": "1h", "1h29m": "1h", "1h59m40s": "2h", "47h20m": "47h", "47h40m": "2d", "84h": "4d", "83h": "3d",
	} {
		d, err := time.ParseDuration(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := short(d); got != want {
			t.Errorf("short(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestSpanLeavesTheZerosOut(t *testing.T) {
	for d, want := range map[time.Duration]string{
		15 * time.Minute: "15m", 2 * time.Hour: "2h", 90 * time.Minute: "1h30m", 100 * time.Second: "1m40s", 10 * time.Second: "10s", 0: "0s",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestBriefErrorsFitATable(t *testing.T) {
	for in, want := range map[string]string{
		"": "",
		"get https://a.example/feed.xml: status 404":                                                                                   "404 Not Found",
		"get https://a.example/feed.xml: status 403, blocked by Cloudflare":                                                            "403 Forbidden, blocked by Cloudflare",
		"get https://a.example/feed.xml: status 799":                                                                                   "799",
		"get https://a.example/: dial tcp: lookup a.example on 10.255.0.1:53: no such host":                                            "lookup failed: no such host",
		`get https://a.example/: Get "https://a.example/": dial tcp: lookup a.example: no such host`:                                   "lookup failed: no such host",
		"get https://a.example/: dial tcp 10.0.0.1:443: address is not public: 10.0.0.1; fetch.allow names networks that may be asked": "address is not public: 10.0.0.1; fetch.allow names networks that may be asked",
		"get http://a.example/: read tcp 127.0.0.1:35568->127.0.0.1:44715: read: connection reset by peer":                             "connection reset by peer",
		"get http://a.example/: dial tcp 10.0.0.1:80: connect: connection refused":                                                     "connection refused",
		"not a feed: HTML page": "not a feed: HTML page",
	} {
		if got := brief(in); got != want {
			t.Errorf("brief(%q) = %q, want %q", in, got, want)
		}
	}
}
