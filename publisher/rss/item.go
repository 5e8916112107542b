package rss

import (
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// itemKey is what the encoding of an entry depends on beside the entry.
type itemKey struct{ tagged bool }

// items writes the entries of an edition in a language, each of them once for
// all the editions that it stands in.
func items(entries []publisher.Entry, lang string) []string {
	out := make([]string, len(entries))
	for i := range entries {
		e := &entries[i]
		l := clean.FeedLanguage(e.Language)
		if strings.EqualFold(l, lang) {
			l = ""
		}
		out[i] = publisher.Fragment(e.Memo, publisher.Formats[0], itemKey{l != ""}, func() string {
			return xmlpart.Write(func(p *xmlpart.Part) { writeItem(p, e, l) })
		})
	}
	return out
}

// where the elements of an item stand.
const indent = "      "

// writeItem says an entry in RSS; lang is its language where that is not the
// channel's (F30).
func writeItem(p *xmlpart.Part, e *publisher.Entry, lang string) {
	p.Raw("\n    <item>")
	plainElement(p, "title", text(clean.First(e.Title, e.URL, "Untitled")))
	p.Optional(indent, "link", clean.Text(e.URL))
	p.Raw("\n      <guid isPermaLink=\"false\">") // F06
	p.Text(clean.Text(e.ID))
	p.Raw("</guid>")
	if !e.Published.IsZero() {
		p.Time(indent, "pubDate", e.Published, dateLayout)
	}
	if e.Updated.Truncate(time.Second).After(e.Published) {
		// RSS has no word for a correction (F09); feedparser and others know
		// this one.
		p.Time(indent, "atom:updated", e.Updated, time.RFC3339)
	}
	if a := clean.Line(clean.First(e.Author, e.Source.Title)); a != "" {
		plainElement(p, "dc:creator", text(a)) // F19
	}
	p.Optional(indent, "dc:language", lang)
	writeLabels(p, e.Categories)
	writeLabels(p, e.Countries)
	if e.Source.FeedURL != "" { // F20
		p.Raw("\n      <source url=\"")
		p.Text(clean.Text(e.Source.FeedURL))
		p.Raw(`">`)
		p.Raw(text(clean.First(e.Source.Title, e.Source.ID, e.Source.FeedURL)).XML)
		p.Raw("</source>")
	}
	writeText(p, e)
	if e.Image != "" || len(e.Enclosures) > 0 {
		writeMedia(p, e)
	}
	p.Raw("\n    </item>")
}

func writeText(p *xmlpart.Part, e *publisher.Entry) {
	s := clean.Text(e.Summary)
	if s == "" {
		// Without an excerpt the credit is all there is to say, and the W3C
		// validator wants a description before any content:encoded.
		p.Optional(indent, "description", clean.Text(e.Content))
		return
	}
	p.Element(indent, "description", htmlText(s))
	p.Raw("\n      <content:encoded>")
	p.CDATA(clean.Text(e.Content))
	p.Raw("</content:encoded>")
}

func writeLabels(p *xmlpart.Part, labels []publisher.Label) {
	for _, c := range labels {
		if t := text(clean.First(c.Label, c.Term)); t.XML != "" { // F24
			p.Raw("\n      <category")
			p.Attribute("domain", clean.Text(c.Scheme))
			p.Raw(">")
			p.Raw(t.XML)
			p.Raw("</category>")
		}
	}
}

func plainElement(p *xmlpart.Part, name string, t plain) {
	p.Raw("\n      <")
	p.Raw(name)
	p.Raw(">")
	p.Raw(t.XML)
	p.Raw("</")
	p.Raw(name)
	p.Raw(">")
}

// writeMedia writes the one enclosure that RSS readers expect (F29), preferring
// what can be played over what can be seen, and everything else in the media
// module.
func writeMedia(p *xmlpart.Part, e *publisher.Entry) {
	best := -1
	for i, enc := range e.Enclosures {
		if !hosted.MatchString(enc.URL) {
			continue
		}
		if best < 0 || playable(enc) && !playable(e.Enclosures[best]) {
			best = i
		}
	}
	seen := map[string]bool{"": true}
	if best >= 0 {
		enc := e.Enclosures[best]
		kind := clean.MediaType(enc.Type, enc.URL)
		p.Raw("\n      <enclosure url=\"")
		p.Text(clean.Text(enc.URL))
		p.Raw(`" length="` + strconv.FormatInt(max(0, enc.Length), 10) + `" type="`)
		p.Text(kind)
		p.Raw(`"></enclosure>`)
		seen[enc.URL] = !strings.HasPrefix(kind, "image/")
	}
	thumbnail := !seen[e.Image]
	if thumbnail {
		seen[e.Image] = true
		writeContent(p, e.Image, "", "image", 0)
	}
	for _, enc := range e.Enclosures {
		if seen[enc.URL] {
			continue
		}
		seen[enc.URL] = true
		writeContent(p, enc.URL, clean.MediaType(enc.Type, enc.URL), "", enc.Length)
	}
	if thumbnail {
		p.Raw("\n      <media:thumbnail url=\"")
		p.Text(clean.Text(e.Image))
		p.Raw(`"></media:thumbnail>`)
	}
}

func writeContent(p *xmlpart.Part, url, kind, medium string, length int64) {
	p.Raw("\n      <media:content url=\"")
	p.Text(clean.Text(url))
	p.Raw(`"`)
	p.Attribute("type", kind)
	p.Attribute("medium", medium)
	if length > 0 {
		p.Attribute("fileSize", strconv.FormatInt(length, 10))
	}
	p.Raw("></media:content>")
}
