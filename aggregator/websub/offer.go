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
// Link headers (RFC 8288 section 3), "" if there is none.
func link(h http.Header, rel string) string {
	for _, v := range h.Values("Link") {
		for v != "" {
			_, rest, found := strings.Cut(v, "<")
			target, rest, closed := strings.Cut(rest, ">")
			if !found || !closed {
				break
			}
			params := rest
			if i := nextLink(rest); i >= 0 {
				params, v = rest[:i], rest[i+1:]
			} else {
				v = ""
			}
			web := strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://")
			if web && slices.Contains(relations(params), rel) {
				return target
			}
		}
	}
	return ""
}

// nextLink returns where the comma stands that ends a link's parameters, -1 if
// none does. One in quotes is text.
func nextLink(params string) int {
	quoted := false
	for i := range len(params) {
		switch params[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				return i
			}
		}
	}
	return -1
}

// relations returns the words of a link's first rel parameter.
func relations(params string) []string {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "rel") {
			return strings.Fields(strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`)))
		}
	}
	return nil
}
