package feed

import (
	"net/http"
	"slices"
	"strings"
)

// HeaderLink is one link of a Link header (RFC 8288 section 3).
type HeaderLink struct {
	Target string   // as written
	Rel    []string // in lower case
	Type   string   // media type, in lower case; "" if none
	Title  string
}

// HeaderLinks returns the links of a response's header, in its order.
func HeaderLinks(h http.Header) []HeaderLink {
	var out []HeaderLink
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
			out = append(out, headerLink(target, params))
		}
	}
	return out
}

// headerLink reads a link's parameters; of each the first counts.
func headerLink(target, params string) HeaderLink {
	l := HeaderLink{Target: target}
	seen := map[string]bool{}
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(value), `"`)
		if seen[name] {
			continue
		}
		seen[name] = true
		switch name {
		case "rel":
			l.Rel = strings.Fields(strings.ToLower(value))
		case "type":
			l.Type = strings.ToLower(value)
		case "title":
			l.Title = PlainText(value)
		}
	}
	return l
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

// HeaderAlternates returns the feeds that a response's header names, as
// [Alternates] does of a page.
func HeaderAlternates(h http.Header, base string) []Alternate {
	var out []Alternate
	for _, l := range HeaderLinks(h) {
		u := webURL(l.Target, base)
		if u == "" || !slices.Contains(l.Rel, "alternate") || !slices.Contains(feedTypes, l.Type) || len(out) >= maxAlternates {
			continue
		}
		out = append(out, Alternate{URL: u, Type: l.Type, Title: l.Title})
	}
	return out
}
