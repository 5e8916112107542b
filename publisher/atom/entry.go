package atom

import (
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// entryKey is what the encoding of an entry depends on beside the entry.
type entryKey struct{ tagged bool }

// entries writes the entries of an edition in a language, each of them once for
// all the editions that it stands in.
func entries(es []publisher.Entry, lang string) []string {
	out := make([]string, len(es))
	for i := range es {
		e := &es[i]
		l := clean.FeedLanguage(e.Language)
		if strings.EqualFold(l, lang) {
			l = ""
		}
		out[i] = publisher.Fragment(e.Memo, publisher.Formats[1], entryKey{l != ""}, func() string {
			return xmlpart.Write(func(p *xmlpart.Part) { writeEntry(p, e, l) })
		})
	}
	return out
}

// where the elements of an entry, and of its source, stand.
const (
	indent   = "    "
	inSource = "      "
)

// writeEntry says an entry in Atom; lang is its language where that is not the
// edition's (F30).
func writeEntry(p *xmlpart.Part, e *publisher.Entry, lang string) {
	p.Raw("\n  <entry")
	p.Attribute("xml:lang", lang)
	p.Raw(">")
	p.Element(indent, "id", clean.Text(e.ID)) // F06
	writeConstruct(p, indent, "title", text(clean.First(e.Title, e.URL, "Untitled")))
	if e.URL != "" {
		writeLink(p, indent, link{Rel: "alternate", Type: "text/html", Href: clean.Text(e.URL), Lang: clean.FeedLanguage(e.Language)})
	}
	if e.StoryURL != "" && e.StoryURL != e.URL {
		writeLink(p, indent, link{Rel: "related", Type: "text/html", Href: clean.Text(e.StoryURL)})
	}
	for _, enc := range e.Enclosures { // F29: all of them
		writeLink(p, indent, link{Rel: "enclosure", Type: clean.MediaType(enc.Type, enc.URL), Href: clean.Text(enc.URL), Length: length(enc.Length)})
	}
	if !e.Published.IsZero() {
		p.Time(indent, "published", e.Published, time.RFC3339)
	}
	p.Time(indent, "updated", plausible(e.Updated), stampLayout)
	writeAuthor(p, indent, clean.NoTags(clean.First(e.Author, e.Source.Title, e.Source.ID, "unknown")), "") // F23
	writeLabels(p, e.Categories)
	writeLabels(p, e.Countries)
	if e.Source.FeedURL != "" {
		writeSource(p, e)
	}
	if s := clean.Text(e.Summary); s != "" {
		writeConstruct(p, indent, "summary", text(s))
	}
	p.Raw("\n    <content type=\"html\">")
	p.CDATA(clean.Text(e.Content))
	p.Raw("</content>")
	if e.Image != "" { // which Atom has no word for (F29)
		u := clean.Text(e.Image)
		p.Raw("\n    <media:content url=\"")
		p.Text(u)
		p.Raw("\" medium=\"image\"></media:content>\n    <media:thumbnail url=\"")
		p.Text(u)
		p.Raw("\"></media:thumbnail>")
	}
	p.Raw("\n  </entry>")
}

// writeSource says where the entry comes from (F21). The feed's own id is not
// known to us, so its address stands for it, which is what most feeds use.
func writeSource(p *xmlpart.Part, e *publisher.Entry) {
	feed, home := clean.Text(e.Source.FeedURL), clean.Text(e.Source.Homepage)
	p.Raw("\n    <source")
	p.Attribute("xml:lang", clean.FeedLanguage(e.Source.Language))
	p.Raw(">")
	p.Element(inSource, "id", feed)
	writeConstruct(p, inSource, "title", text(clean.First(e.Source.Title, e.Source.ID, e.Source.FeedURL)))
	p.Time(inSource, "updated", plausible(e.Updated), stampLayout)
	writeAuthor(p, inSource, clean.NoTags(clean.First(e.Source.Title, e.Source.ID, "unknown")), home)
	writeLink(p, inSource, link{Rel: "self", Href: feed})
	if e.Source.Homepage != "" {
		writeLink(p, inSource, link{Rel: "alternate", Type: "text/html", Href: home})
	}
	p.Raw("\n    </source>")
}

func writeAuthor(p *xmlpart.Part, at, name, uri string) {
	p.Raw("\n")
	p.Raw(at)
	p.Raw("<author>")
	inside := at + "  "
	p.Element(inside, "name", name)
	p.Optional(inside, "uri", uri)
	p.Raw("\n")
	p.Raw(at)
	p.Raw("</author>")
}

func writeConstruct(p *xmlpart.Part, at, name string, c construct) {
	p.Raw("\n")
	p.Raw(at)
	p.Raw("<")
	p.Raw(name)
	p.Attribute("type", c.Type)
	p.Raw(">")
	p.Text(c.Text)
	p.Raw("</")
	p.Raw(name)
	p.Raw(">")
}

func writeLink(p *xmlpart.Part, at string, l link) {
	p.Raw("\n")
	p.Raw(at)
	p.Raw(`<link rel="`)
	p.Text(l.Rel)
	p.Raw(`"`)
	p.Attribute("type", l.Type)
	p.Raw(` href="`)
	p.Text(l.Href)
	p.Raw(`"`)
	p.Attribute("hreflang", l.Lang)
	p.Attribute("length", l.Length)
	p.Raw("></link>")
}

func writeLabels(p *xmlpart.Part, labels []publisher.Label) {
	for _, l := range labels {
		if term := clean.Line(l.Term); term != "" { // F24
			p.Raw("\n    <category term=\"")
			p.Text(term)
			p.Raw(`"`)
			p.Attribute("scheme", clean.Text(l.Scheme))
			p.Attribute("label", clean.Line(l.Label))
			p.Raw("></category>")
		}
	}
}

// length is left out when it is not known: RFC 4287 makes it a hint.
func length(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
