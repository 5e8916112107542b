package websub

import (
	"net/http"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/aggregator/feed"
)

// Offer is a hub that a publisher names, and the topic that it knows the feed
// by.
type Offer struct {
	Hub   string // absolute URL
	Topic string // absolute URL: the feed's rel=self, and nothing else
}

// fit reports whether a feed's offer may be taken up: what is read in private
// is not sent for in the clear, secret and all.
func (o Offer) fit(feed string) bool {
	scheme := func(s string) string { before, _, _ := strings.Cut(s, "://"); return strings.ToLower(before) }
	hub := scheme(o.Hub)
	return hub == "https" || hub == "http" && scheme(feed) == "http"
}

// Find returns what a response offers: the Link header first, then the
// document (W3C WebSub section 4). Without a self there is no topic to ask
// for, and the address that we happened to use is none.
func Find(h http.Header, doc *feed.Document) (Offer, bool) {
	o := Offer{Hub: link(h, "hub"), Topic: link(h, "self")}
	if o.Hub == "" || o.Topic == "" {
		o = Offer{Hub: doc.Hub, Topic: doc.Self}
	}
	if o.Hub == "" || o.Topic == "" {
		return Offer{}, false
	}
	return o, true
}

// link returns the first absolute http or https URL with a relation among the
// Link headers, "" if there is none.
func link(h http.Header, rel string) string {
	for _, l := range feed.HeaderLinks(h) {
		web := strings.HasPrefix(l.Target, "https://") || strings.HasPrefix(l.Target, "http://")
		if web && slices.Contains(l.Rel, rel) {
			return l.Target
		}
	}
	return ""
}
