package feed

import (
	"bytes"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
)

// Alternate is a feed that a page names as its own.
type Alternate struct {
	URL   string // absolute
	Type  string // media type as given, in lower case
	Title string // plain text; "" if none
}

const (
	maxPage       = 1 << 20 // bytes of a page that are looked at: the head comes first
	maxAlternates = 20
)

// feedTypes are the media types under which pages name feeds.
var feedTypes = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}

// Alternates returns the feeds that an HTML page names by link elements
// (autodiscovery), in its order, each once. base is where the page came from.
func Alternates(page []byte, base string) []Alternate {
	var out []Alternate
	z := xhtml.NewTokenizer(bytes.NewReader(page[:min(len(page), maxPage)]))
	z.SetMaxBuf(64 << 10)
	for len(out) < maxAlternates {
		switch z.Next() {
		case xhtml.ErrorToken:
			return out
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
		default:
			continue
		}
		tok := z.Token()
		attr := map[string]string{}
		for _, a := range tok.Attr {
			if _, twice := attr[a.Key]; !twice {
				attr[a.Key] = strings.TrimSpace(a.Val)
			}
		}
		switch tok.Data {
		case "base":
			if abs := webURL(attr["href"], base); abs != "" {
				base = abs
			}
		case "link":
			kind, _, _ := strings.Cut(strings.ToLower(attr["type"]), ";")
			if !slices.Contains(strings.Fields(strings.ToLower(attr["rel"])), "alternate") || !slices.Contains(feedTypes, strings.TrimSpace(kind)) {
				continue
			}
			alt := Alternate{URL: webURL(attr["href"], base), Type: strings.TrimSpace(kind), Title: PlainText(attr["title"])}
			if alt.URL != "" && !slices.ContainsFunc(out, func(o Alternate) bool { return o.URL == alt.URL }) {
				out = append(out, alt)
			}
		}
	}
	return out
}
