package aggregator_test

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
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
