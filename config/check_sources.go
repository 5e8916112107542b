package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// kinds are what a source can be.
var kinds = []string{"news", "ngo", "igo", "union", "gov", "law"}

// source checks one source and puts the secrets of its headers and proxy in.
func (k *checker) source(doc *document, path string, s *news.Source) {
	if strings.TrimSpace(s.Title) == "" {
		doc.problem(path, "has no title; write title: followed by the outlet's name")
	}
	if s.URL == "" && !doc.has(path+".url") {
		doc.problem(path, "has no url; write url: followed by the feed's address")
	} else if u := k.url(doc, path+".url", s.URL); u != nil {
		k.address(doc, path+".url", s, u)
	}
	if s.Homepage != "" {
		k.url(doc, path+".homepage", s.Homepage)
	}
	k.language(doc, path+".language", s.Language)
	k.country(doc, path+".country", s.Country)
	oneOf(doc, path+".type", s.Type, news.TypeFeed, news.TypeSitemap)
	oneOf(doc, path+".kind", s.Kind, kinds...)
	oneOf(doc, path+".scope", s.Scope, news.ScopeAll, news.ScopeFilter)
	oneOf(doc, path+".content", s.Content, news.ContentTitle, news.ContentExcerpt, news.ContentFull)
	oneOf(doc, path+".status", s.Status, news.Active, news.Paused, news.Proposed)
	if s.Rank < 0 || s.Rank > 9 {
		doc.problem(path+".rank", "%d is out of range; write 1 for a primary source to 9 for an aggregator", s.Rank)
	}
	k.cron(doc, path+".schedule", s.Schedule)
	k.references(doc, path+".categories", s.Categories)
	k.headers(doc, path+".headers", s.Headers)
	k.proxy(doc, path+".proxy", &s.Proxy)
}

// keyLike finds parameters that look like a subscriber's key.
var keyLike = lazily(`(?i)^(token|key|api_?key|auth|secret|password|access_token)$`)

// address notes what is allowed in an address but worth a second look.
func (k *checker) address(doc *document, path string, s *news.Source, u *url.URL) {
	if u.Scheme == "http" {
		k.note(doc, path, "is http; anyone on the way can change what it says, so try https")
	}
	for name := range u.Query() {
		if keyLike().MatchString(name) {
			k.note(doc, path, "carries a key in "+quote(name)+", and addresses are published")
		}
	}
	if a, ok := inside(u.Hostname()); ok && !slices.ContainsFunc(k.c.Fetch.Allow, func(p netip.Prefix) bool { return p.Contains(a) }) {
		add := netip.PrefixFrom(a, a.BitLen())
		if a.Is4() && a.IsLoopback() {
			add = netip.MustParsePrefix("127.0.0.0/8") // all of it is this machine
		}
		k.note(doc, path, "is an address inside, which no poll reaches; add "+quote(add.String())+" to fetch.allow")
	}
	if !s.Polled() {
		return
	}
	rest := asked(u)
	if first, twice := k.addresses[rest]; twice {
		k.note(doc, path, "is asked twice, here and at "+first.String())
		return
	}
	k.addresses[rest] = origin{doc, path}
}

// asked is what a server gets to see of a URL, without the scheme: the host in
// small letters, the port if it is not the usual one, path and query.
func asked(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return host + u.RequestURI()
}

// inside returns the address that a host is written as, if it is one of a
// private network or of this machine. The fetcher's guard knows more such
// networks, and it has the last word; names are not looked up here.
func inside(host string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(host)
	a = a.WithZone("").Unmap()
	return a, err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified())
}

// noCategory reports an id that no category has. While an include is lost, that
// is the one mistake: the category is most likely in it.
func (k *checker) noCategory(doc *document, at, id string) {
	if k.loader == nil || !k.lost { // golden headlines include nothing
		doc.problem(at, "there is no category %s%s", quote(id), DidYouMean(id, names(k.categories)))
	}
}

// references reports ids of categories that do not exist, or come twice.
func (k *checker) references(doc *document, path string, ids []string) {
	seen := map[string]bool{}
	for i, id := range ids {
		at := index(path, i)
		if _, known := k.categories[id]; !known {
			k.noCategory(doc, at, id)
		} else if seen[id] {
			doc.problem(at, "%s is listed twice; delete one", quote(id))
		}
		seen[id] = true
	}
}

// headerName is a token of RFC 9110 section 5.6.2.
var headerName = lazily("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// ours are the headers that the fetcher sets itself; another value would
// break a rule of spec/FETCHING.md.
var ours = lazily(`(?i)^(host|user-agent|accept-encoding|if-none-match|if-modified-since|connection|content-length|transfer-encoding|referer)$`)

func (k *checker) headers(doc *document, path string, headers map[string]string) {
	for name, value := range headers {
		at := join(path, name)
		switch {
		case !headerName().MatchString(name):
			doc.problem(at, "%s is not the name of a header", quote(name))
			continue
		case ours().MatchString(name):
			doc.problem(at, "the fetcher sets %s itself; delete the line", name)
			continue
		case secretHeaders().MatchString(name) && value != "" && !strings.Contains(value, "$"):
			doc.problem(at, "holds a secret; write $NAME and set that variable")
			continue
		case strings.ContainsAny(value, "\n\t"):
			doc.problem(at, "has more than one line") // S33
			continue
		}
		if expanded, ok := k.expandEnv(doc, at, value, false); ok {
			headers[name] = expanded
		}
	}
}
