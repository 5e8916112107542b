package feed_test

import (
	"testing"

	"github.com/rightswire/rightswire/aggregator/feed"
)

// The article's own address is known where a proxy's address stands in its
// place, in either vocabulary.
func TestOriginalAddress(t *testing.T) {
	rss := func(item string) string {
		return `<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title><item><title>a</title><link>https://proxy.example/~r/1</link>` + item + `</item></channel></rss>`
	}
	atom := func(entry string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><title>t</title><entry><id>urn:1</id><title>a</title><link rel="alternate" href="https://proxy.example/~r/1"/>` + entry + `</entry></feed>`
	}
	const own = "https://paper.example/strike"
	tests := []struct{ name, body, want string }{
		{"a proxy's own element in RSS", rss("<feedburner:origLink>" + own + "</feedburner:origLink>"), own},
		{"a proxy's own element in Atom", atom("<feedburner:origLink>" + own + "</feedburner:origLink>"), own},
		{"a canonical link in RSS", rss(`<atom:link rel="canonical" href="` + own + `"/>`), own},
		{"a canonical link in Atom", atom(`<link rel="canonical" href="` + own + `"/>`), own},
		{"the proxy's element says nothing", rss("<feedburner:origLink> </feedburner:origLink>"), ""},
		{"what it says is no address of a page", rss("<feedburner:origLink>urn:1</feedburner:origLink>"), ""},
		{"another relation", atom(`<link rel="related" href="` + own + `"/>`), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := feed.Parse([]byte(tt.body), feed.Hints{URL: "https://proxy.example/feed"})
			if err != nil || len(doc.Entries) != 1 {
				t.Fatalf("Parse: %v, %+v", err, doc)
			}
			e := doc.Entries[0]
			if e.Original != tt.want || e.URL != "https://proxy.example/~r/1" {
				t.Errorf("Original %q, URL %q; want %q and the proxy's", e.Original, e.URL, tt.want)
			}
		})
	}
}
