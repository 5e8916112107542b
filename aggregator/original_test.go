package aggregator_test

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// A feed through a proxy and the outlet's own feed bring one article: they
// share its address, and readers get the address that each feed has.
func TestAFeedProxyDoesNotHideTheArticlesAddress(t *testing.T) {
	own := rss(story("one"))
	proxied := strings.Replace(own, "<link>https://news.test/one</link>",
		"<link>https://proxy.test/~r/1</link><feedburner:origLink>http://www.news.test/one?utm_source=feedburner</feedburner:origLink>", 1)
	proxied = strings.Replace(proxied, "<rss ", `<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" `, 1)
	w := newWire(t)
	w.source("own", fetchtest.Answer{Body: own})
	w.source("proxied", fetchtest.Answer{Body: proxied})
	w.run(aggregator.Selection{})
	urls := map[string]string{}
	for _, it := range w.items() {
		urls[it.Source] = it.URL
		if it.Canonical != "https://news.test/one" {
			t.Errorf("item of %s is compared as %q, want the article's own address", it.Source, it.Canonical)
		}
	}
	if urls["proxied"] != "https://proxy.test/~r/1" || urls["own"] != "https://news.test/one" {
		t.Errorf("addresses are %v, want those of the feeds", urls)
	}
}

// The address that is compared may be another than the one that readers get. A
// hash that an earlier version made without it is no correction.
func TestAnotherVersionsHashOfAProxiedArticleIsNoCorrection(t *testing.T) {
	proxied := func(text string) string {
		one := story("one")
		one.text = text
		s := strings.Replace(rss(one), "<link>https://news.test/one</link>",
			"<link>https://proxy.test/~r/1</link><feedburner:origLink>https://news.test/one</feedburner:origLink>", 1)
		return strings.Replace(s, "<rss ", `<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" `, 1)
	}
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: proxied("Dockers walked out.")}, fetchtest.Answer{Body: proxied("<b>Dockers</b> walked out.")})
	w.run(aggregator.Selection{})
	old := w.items()[0]
	old.Hash, old.Canonical = "of an earlier version", "https://proxy.test/~r/1"
	if err := w.store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "s", At: start}, State: w.state("s"), Items: []news.Item{old}}); err != nil {
		t.Fatal(err)
	}
	if sum := w.again(); sum.Changed != 0 || w.items()[0].Hash != old.Hash {
		t.Errorf("after a cosmetic edit: %d changed, hash %q, want none and the former one", sum.Changed, w.items()[0].Hash)
	}
}
