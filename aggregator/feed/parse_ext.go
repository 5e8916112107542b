package feed

import (
	"slices"
	"strings"
	"time"

	ext "github.com/mmcdole/gofeed/extensions"
)

// value returns the text of the first extension element of that name.
func value(x ext.Extensions, prefix, name string) string {
	if l := x[prefix][name]; len(l) > 0 {
		return l[0].Value
	}
	return ""
}

// child returns the text of the first child of that name in the first element
// called parent.
func child(m map[string][]ext.Extension, parent, name string) string {
	if l := m[parent]; len(l) > 0 && len(l[0].Children[name]) > 0 {
		return l[0].Children[name][0].Value
	}
	return ""
}

// linkRel returns the address of the first atom:link with that relation; no
// relation means alternate (RFC 4287 section 4.2.7.2).
func linkRel(links []ext.Extension, rel string) string {
	for _, l := range links {
		if strings.EqualFold(usable(l.Attrs["rel"], "alternate"), rel) && l.Attrs["href"] != "" {
			return l.Attrs["href"]
		}
	}
	return ""
}

// original returns the article's own address where a feed proxy keeps it beside
// its own (feedburner:origLink), or a publisher that posts elsewhere names it
// (RFC 6596); "" if there is none.
func original(x ext.Extensions, canonical string, bases []string) string {
	return usable(webURL(value(x, "feedburner", "origLink")), webURL(canonical, bases...))
}

// atomAuthors joins the names of atom:author elements in RSS.
func atomAuthors(x ext.Extensions) string {
	var names []string
	for _, a := range x["atom"]["author"] {
		for _, field := range []string{"name", "email"} {
			if l := a.Children[field]; len(l) > 0 {
				names = addName(names, l[0].Value)
				break
			}
		}
	}
	return strings.Join(names, ", ")
}

// mediaText is the description that Media RSS gives an entry.
func mediaText(x ext.Extensions) string {
	m := x["media"]
	return usable(value(x, "media", "description"), child(m, "group", "description"), child(m, "content", "description"))
}

// media reads the files and pictures of Media RSS and iTunes.
func (p *parser) media(e *Entry, x ext.Extensions, bases []string) {
	var thumbs, pictures []string
	var walk func(m map[string][]ext.Extension, depth int)
	walk = func(m map[string][]ext.Extension, depth int) {
		for _, t := range m["thumbnail"] {
			thumbs = append(thumbs, t.Attrs["url"])
		}
		for _, c := range m["content"] {
			kind := c.Attrs["type"]
			if c.Attrs["medium"] == "image" || strings.HasPrefix(kind, "image/") {
				pictures = append(pictures, c.Attrs["url"])
			}
			if kind == "" && c.Attrs["medium"] == "" && c.Attrs["url"] == "" {
				continue
			}
			e.Enclosures = p.addEnclosure(e.Enclosures, c.Attrs["url"], kind, usable(c.Attrs["fileSize"], c.Attrs["filelength"]), bases)
		}
		if depth > 0 {
			for _, name := range []string{"group", "content"} {
				for _, g := range m[name] {
					walk(g.Children, depth-1)
				}
			}
		}
	}
	walk(x["media"], 2)
	for _, i := range x["itunes"]["image"] {
		pictures = append(pictures, i.Attrs["href"])
	}
	for _, enc := range e.Enclosures {
		if strings.HasPrefix(enc.Type, "image/") {
			pictures = append(pictures, enc.URL)
		}
	}
	for _, u := range append(pictures, thumbs...) {
		if e.Image == "" {
			e.Image = webURL(u, bases...)
		}
	}
}

// mediaType returns a media type in lower case without parameters, "" if it is
// none.
func mediaType(s string) string {
	s, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(s)), ";")
	if major, minor, ok := strings.Cut(s, "/"); !ok || major == "" || minor == "" || strings.ContainsAny(s, " <>\"'&") || len(s) > 100 {
		return ""
	}
	return strings.TrimSpace(s)
}

// maxTag bounds one category, in characters.
const maxTag = 200

// addCategory adds a tag as plain text, each once.
func addCategory(list []string, tag string) []string {
	tag = shorten(plainLine(tag), maxTag)
	if tag == "" || slices.Contains(list, tag) || len(list) >= 1000 {
		return list
	}
	return append(list, tag)
}

// addName adds an author as plain text, each once.
func addName(list []string, name string) []string {
	name = shorten(plainLine(name), maxTag)
	if name == "" || slices.Contains(list, name) || len(list) >= 50 {
		return list
	}
	return append(list, name)
}

// usableTime returns the first time that is not zero.
func usableTime(ts ...time.Time) time.Time {
	for _, t := range ts {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
