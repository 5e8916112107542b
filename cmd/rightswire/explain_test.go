package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// A run that was killed between its polls and the grouping leaves items
// without a story: they are there, and explain says so.
func TestExplainFindsAnUngroupedItemByAddress(t *testing.T) {
	const feed = `<rss version="2.0"><channel><item><title>Bakers win</title><link>https://a.example/1</link></item></channel></rss>`
	origin := fetchtest.New(t).On("/rss", fetchtest.Answer{Body: feed})
	d, _ := testDaemon(t, "fetch: {allow: [127.0.0.0/8]}\nsources: [{id: a, title: A, url: "+origin.URL("/rss")+"}]\n")
	if _, err := d.wire.agg.Run(t.Context(), d.wire.cfg.Sources, aggregator.Selection{}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := explainAll(t.Context(), &out, d.wire.store, "https://a.example/1"); err != nil {
		t.Fatal(err)
	}
	if want := "  story      none yet: the next run groups it\n"; !strings.Contains(out.String(), want) {
		t.Errorf("explain prints\n%swant %q in it", &out, want)
	}
}
