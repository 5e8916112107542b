package main

import (
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

func TestP40_WhatWasReadWaitsForItsSourceAndNotForEver(t *testing.T) {
	const feed = `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>x</title></item></channel></rss>`
	origin := fetchtest.New(t).On("/a", fetchtest.Answer{Body: feed, ETag: `"1"`}).On("/b", fetchtest.Answer{Body: feed})
	d, _ := testDaemon(t, "site: {contact: desk@example.org}\nfetch: {allow: [127.0.0.0/8], per_domain: {gap: 0s}}\nsources: []\n")
	w, ctx := d.wire, t.Context()
	for _, path := range []string{"/a", "/b"} {
		list, err := aggregator.Search{Guest: w.fetcher}.Find(ctx, origin.URL(path))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.leave(ctx, list[0].Found); err != nil {
			t.Fatal(err)
		}
	}
	var given []leftover // of the last pass
	take := func(urls ...string) int {
		t.Helper()
		if err := w.dropLeft(ctx, given); err != nil {
			t.Fatal(err)
		}
		var sources []news.Source
		for _, u := range urls {
			sources = append(sources, news.Source{ID: "x", URL: u})
		}
		found, err := w.findLeft(ctx, sources)
		if err != nil {
			t.Fatal(err)
		}
		given = found
		w.mail.put(found)
		return len(found)
	}
	if n := take(origin.URL("/other")); n != 0 {
		t.Errorf("a pass without the sources took %d answers", n)
	}
	for range 2 { // a pass may leave the source for the next one
		if n := take(origin.URL("/a")); n != 1 {
			t.Errorf("a pass with one source was given %d answers", n)
		}
	}
	for want := 1; want <= 2; want++ { // the answer counts once, and is whole
		res, err := w.mail.Get(ctx, fetch.Request{URL: origin.URL("/a")})
		if err != nil || string(res.Body) != feed || res.ETag != `"1"` || len(origin.Requests("/a")) != want {
			t.Errorf("request %d: %+v, %v, %d requests at the origin", want, res, err, len(origin.Requests("/a")))
		}
		res.Release()
	}
	if n := take(origin.URL("/a")); n != 0 {
		t.Errorf("an answer was taken twice")
	}
	later := time.Now().Add(w.cfg.Fetch.Floor.Std())
	w.app.now = func() time.Time { return later }
	if n := take(origin.URL("/b")); n != 0 {
		t.Errorf("what is as old as the floor was taken")
	}
	if n := take(); n != 0 {
		t.Errorf("a pass without sources was given %d answers", n)
	}
	if list, err := w.left(ctx); err != nil || len(list) != 0 {
		t.Errorf("%d answers are left, %v", len(list), err)
	}
}
