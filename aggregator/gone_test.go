package aggregator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/aggregator/websub"
	"github.com/rightswire/rightswire/news"
)

// atomFeed writes an Atom feed of the entries with those names, and with marks
// of withdrawn ones.
func atomFeed(updated string, names []string, gone ...string) string {
	var b strings.Builder
	b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><id>tag:a.test,2026:f</id><title>News</title><updated>2026-03-02T08:00:00Z</updated>`)
	for _, g := range gone {
		b.WriteString(g)
	}
	for _, n := range names {
		fmt.Fprintf(&b, `<entry><id>tag:a.test,2026:%s</id><title>Report %[1]s</title><link href="https://news.test/%[1]s"/><updated>%s</updated></entry>`, n, updated)
	}
	return b.String() + "</feed>"
}

func deleted(name, when string) string {
	return fmt.Sprintf(`<at:deleted-entry ref="tag:a.test,2026:%s" when="%s"><at:comment>by <b>court</b> order</at:comment></at:deleted-entry>`, name, when)
}

// RFC 6721: what a feed withdraws goes, and stays away whatever the feed lists.
func TestAFeedWithdrawsEntries(t *testing.T) {
	w := newWire(t)
	w.source("a",
		fetchtest.Answer{Body: atomFeed("2026-03-02T07:00:00Z", []string{"one", "two"})},
		fetchtest.Answer{Body: atomFeed("2026-03-02T07:00:00Z", []string{"one", "two"}, deleted("one", "2026-03-02T07:30:00Z"), deleted("never", "2026-03-02T07:30:00Z"))},
		fetchtest.Answer{Body: atomFeed("2026-03-02T09:00:00Z", []string{"one", "two", "never"})},
		fetchtest.Answer{Body: atomFeed("2026-03-02T09:00:00Z", []string{"one", "two"}, deleted("two", "2026-03-02T08:30:00Z"))},
	)
	w.run(aggregator.Selection{})
	w.group()
	if got := w.titles(); !slices.Equal(got, []string{"Report one", "Report two"}) {
		t.Fatalf("titles = %q, want both", got)
	}
	sum := w.again()
	if sum.Changed != 1 || !strings.Contains(w.last("a").Note, "1 item withdrawn by the source") {
		t.Errorf("changed = %d, note %q, want the one that was shown", sum.Changed, w.last("a").Note)
	}
	if got := w.titles(); !slices.Equal(got, []string{"Report two"}) {
		t.Errorf("titles = %q, want the other", got)
	}
	if wd, err := w.store.Withdrawal(t.Context(), 1); err != nil || wd.By != news.BySource || wd.Why != "by court order" || wd.At.Format("15:04") != "07:30" {
		t.Errorf("withdrawal = %+v, %v, want what the feed says", wd, err)
	}
	w.again()
	w.group()
	if got := w.titles(); !slices.Equal(got, []string{"Report two"}) {
		t.Errorf("titles = %q after the feed listed all three, want the one that was never withdrawn", got)
	}
	// An entry that is newer than its withdrawal is back.
	w.again()
	if got := w.titles(); !slices.Equal(got, []string{"Report two"}) {
		t.Errorf("titles = %q after the withdrawal of an older version, want the newer one to stay", got)
	}
}

// What leaves its feed stays in the archive.
func TestAnItemThatLeavesItsFeedStays(t *testing.T) {
	w := newWire(t)
	w.source("a", fetchtest.Answer{Body: rss(story("one"), story("two"))}, fetchtest.Answer{Body: rss(story("two"))})
	w.run(aggregator.Selection{})
	w.again()
	if got := w.titles(); !slices.Equal(got, []string{"Report one", "Report two"}) {
		t.Errorf("titles = %q, want both", got)
	}
}

// A daemon that goes on running obeys what the desk decided meanwhile: what
// follows a split item joins it where it is now, not where it was.
func TestGroupingSeesTheDesksDecisions(t *testing.T) {
	w := newWire(t)
	// Alpha and beta print one report, each with an addition of its own; gamma
	// copies alpha's addition.
	alphaHas, betaHas := wireCopy("alpha", "Garment workers walk out in Dhaka"), wireCopy("beta", "Forty Dhaka factories stand still")
	own := alphaHas.text
	alphaHas.content, betaHas.content = "<p>"+own+"</p>"+alphaHas.content, betaHas.content+"<p>"+betaHas.text+"</p>"
	gammaHas := entry{guid: "gamma-1", link: "https://gamma.test/1", title: "Retailers fear empty shelves", content: "<p>" + own + "</p>"}
	w.source("a", fetchtest.Answer{Body: rss(alphaHas)})
	w.source("b", fetchtest.Answer{Body: rss(betaHas)})
	g := aggregator.NewGrouping(w.store, window, w.clock, nil)
	place := func() {
		t.Helper()
		if _, err := g.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.run(aggregator.Selection{})
	place()
	items := w.items()
	if len(items) != 2 || items[0].Story != items[1].Story {
		t.Fatalf("two copies are in stories %+v, want one", items)
	}
	alpha := items[slices.IndexFunc(items, func(it news.Item) bool { return it.Source == "a" })]
	if _, err := w.store.Split(t.Context(), alpha.ID, "ann", func(n int) string { return fmt.Sprintf("split-%d", n) }); err != nil {
		t.Fatal(err)
	}
	w.source("c", fetchtest.Answer{Body: rss(gammaHas)})
	w.run(aggregator.Selection{})
	place()
	of := map[string]int64{}
	for _, it := range w.items() {
		of[it.Source] = it.Story
	}
	if of["a"] == of["b"] || of["c"] != of["a"] {
		t.Errorf("stories %v, want c with the split item a, apart from b", of)
	}
}

// A hash that an earlier version made, by other rules, is no correction, and
// what readers read decides (F09).
func TestAnotherVersionsHashIsNoCorrection(t *testing.T) {
	first := story("one")
	cosmetic, corrected := first, first
	cosmetic.text, corrected.text = "<b>"+first.text+"</b>", "What really happened."
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(first)}, fetchtest.Answer{Body: rss(cosmetic)}, fetchtest.Answer{Body: rss(corrected)})
	w.run(aggregator.Selection{})
	old := w.items()[0]
	old.Hash = "of an earlier version"
	if err := w.store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "s", At: start}, State: w.state("s"), Items: []news.Item{old}}); err != nil {
		t.Fatal(err)
	}
	if sum := w.again(); sum.Changed != 0 || w.items()[0].Hash != old.Hash {
		t.Errorf("after a cosmetic edit: %d changed, hash %q, want none and the former one", sum.Changed, w.items()[0].Hash)
	}
	if sum := w.again(); sum.Changed != 1 || w.items()[0].Summary != corrected.text {
		t.Errorf("after a correction: %d changed, summary %q", sum.Changed, w.items()[0].Summary)
	}
}

// A feed that brought an entry back still has its old tombstone in an older
// page (RFC 5005): what a newer page has counts.
func TestATombstoneOfAnOlderPageYieldsToTheEntry(t *testing.T) {
	w := newWire(t)
	first := atomFeed("2026-03-02T07:00:00Z", []string{"one", "two"})
	first = strings.Replace(first, "<title>News", `<link rel="next" href="/p1"/><title>News`, 1)
	w.source("a", fetchtest.Answer{Body: first})
	w.origin.On("/p1", fetchtest.Answer{Body: atomFeed("2026-03-01T07:00:00Z", []string{"three", "four"},
		deleted("one", "2026-03-01T07:30:00Z"), deleted("three", "2026-03-01T07:30:00Z"))})
	w.run(aggregator.Selection{})
	w.group()
	if got := sorted(w.titles()); !slices.Equal(got, []string{"Report four", "Report one", "Report two"}) {
		t.Errorf("titles = %q, want all but the third", got)
	}
}

// What a hub sends can withdraw an entry as well as a poll can, and the next
// poll may be a day away.
func TestAHubsMessageWithdrawsEntries(t *testing.T) {
	w := newWire(t)
	src := w.source("a", fetchtest.Answer{Body: atomFeed("2026-03-02T07:00:00Z", []string{"one", "two"})})
	w.run(aggregator.Selection{})
	w.group()
	p, err := w.aggregator().Push(t.Context(), *src, websub.Message{Source: "a", Topic: src.URL,
		Body: []byte(atomFeed("2026-03-02T07:00:00Z", nil, deleted("one", "2026-03-02T07:30:00Z")))})
	if err != nil || p.Changed != 1 || p.Outcome != news.OutcomeNew {
		t.Errorf("Push = %+v, %v, want one item changed", p, err)
	}
	if got := w.titles(); !slices.Equal(got, []string{"Report two"}) {
		t.Errorf("titles = %q, want the other", got)
	}
}
