// Package rss writes an edition as RSS 2.0.
//
// It decides how an entry is said in RSS and nothing else: what the edition
// holds, in which order and since when, was decided by whoever made it. It is
// a room of its own because RSS has habits that no other format shares: a
// guid that claims to be a link, an author that must be a mail address, and
// titles that half of all readers take for HTML.
//
// The document is written by WriteXML of gorilla/feeds, with its types
// where they say enough and our own where they do not.
package rss

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// Encode writes an edition as RSS 2.0 with the atom, content, dc and media
// modules. The same edition gives the same bytes (F02). It fails only if the
// encoder does; odd text and odd dates are written as well as can be.
func Encode(ed publisher.Edition) ([]byte, error) {
	d := newDocument(ed)
	items, err := encodeItems(ed.Entries, d.Channel.Language)
	if err != nil {
		return nil, fmt.Errorf("encode %s.rss: %w", ed.Cut.Path, err)
	}
	body, err := xmlpart.Document(d, items, "\n  </channel>\n</rss>")
	if err != nil {
		return nil, fmt.Errorf("encode %s.rss: %w", ed.Cut.Path, err)
	}
	return body, nil
}

func newDocument(ed publisher.Edition) *document {
	c := channel{
		Title:       text(ed.Title),
		Link:        ed.PageURL(),
		Description: text(clean.First(ed.Cut.Description, ed.Site.Description, ed.Title)),
		Language:    clean.FeedLanguage(clean.First(ed.Cut.Language, ed.Site.Language)), // F18
		Generator:   strings.TrimSpace("rightswire " + clean.Line(ed.Site.Version)),
		Docs:        "https://www.rssboard.org/rss-specification",
		TTL:         ttl(ed.Site.TTL),
		Links:       []atomLink{{Href: ed.SelfURL(publisher.Formats[0]), Rel: "self", Type: "application/rss+xml"}}, // F04
	}
	if c.Title.XML == "" {
		c.Title = text(clean.First(ed.Site.Title, ed.Cut.Path, "rightswire"))
	}
	if c.Description.XML == "" {
		c.Description = c.Title
	}
	if ed.Site.Hub != "" {
		c.Links = append(c.Links, atomLink{Href: clean.Text(ed.Site.Hub), Rel: "hub"}) // F31
	}
	// F10: from the data, not from the clock. An edition that never held
	// anything has no date to tell, and the W3C validator calls the epoch
	// implausible.
	if ed.Updated.Year() >= 1990 {
		c.LastBuildDate = date(ed.Updated)
	}
	return &document{
		Version: "2.0", Channel: c,
		Atom: "http://www.w3.org/2005/Atom", Content: "http://purl.org/rss/1.0/modules/content/",
		DC: "http://purl.org/dc/elements/1.1/", Media: "http://search.yahoo.com/mrss/",
	}
}

// itemKey is what the encoding of an entry depends on beside the entry.
type itemKey struct{ tagged bool }

// encodeItems writes the entries of an edition in a language, each of them
// once for all the editions that it stands in.
func encodeItems(entries []publisher.Entry, lang string) ([]string, error) {
	out := make([]string, len(entries))
	for i, e := range entries {
		l := clean.FeedLanguage(e.Language)
		if strings.EqualFold(l, lang) {
			l = ""
		}
		var err error
		out[i], err = publisher.Once(e.Memo, itemKey{l != ""}, func() (string, error) {
			return xmlpart.Encode(newItem(e, l), "    ")
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newItem says an entry in RSS; lang is its language where that is not the
// channel's (F30).
func newItem(e publisher.Entry, lang string) item {
	it := item{
		Language: lang,
		Title:    text(clean.First(e.Title, e.URL, "Untitled")),
		Link:     clean.Text(e.URL),
		Guid:     &feeds.RssGuid{Id: clean.Text(e.ID), IsPermaLink: "false"}, // F06
		PubDate:  date(e.Published),
	}
	if e.Updated.Truncate(time.Second).After(e.Published) {
		// RSS has no word for a correction (F09); feedparser and others know
		// this one.
		it.Updated = e.Updated.UTC().Format(time.RFC3339)
	}
	if s := clean.Text(e.Summary); s != "" {
		it.Description = htmlText(s)
		it.Content = &feeds.RssContent{Content: clean.Text(e.Content)}
	} else {
		// Without an excerpt the credit is all there is to say, and the W3C
		// validator wants a description before any content:encoded.
		it.Description = clean.Text(e.Content)
	}
	if a := clean.Line(clean.First(e.Author, e.Source.Title)); a != "" {
		c := text(a)
		it.Creator = &c // F19
	}
	for _, l := range [][]publisher.Label{e.Categories, e.Countries} {
		for _, c := range l {
			if t := text(clean.First(c.Label, c.Term)); t.XML != "" {
				it.Categories = append(it.Categories, category{Domain: clean.Text(c.Scheme), plain: t}) // F24
			}
		}
	}
	if e.Source.FeedURL != "" {
		it.Source = &source{URL: clean.Text(e.Source.FeedURL), plain: text(clean.First(e.Source.Title, e.Source.ID, e.Source.FeedURL))} // F20
	}
	it.media(e)
	return it
}

// media adds the one enclosure that RSS readers expect (F29), preferring what
// can be played over what can be seen, and everything else in the media
// module.
func (it *item) media(e publisher.Entry) {
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
	for i, enc := range e.Enclosures {
		if i == best {
			it.Enclosure = &feeds.RssEnclosure{Url: clean.Text(enc.URL), Length: strconv.FormatInt(max(0, enc.Length), 10), Type: clean.MediaType(enc.Type, enc.URL)}
			seen[enc.URL] = !strings.HasPrefix(it.Enclosure.Type, "image/")
		}
	}
	if !seen[e.Image] {
		seen[e.Image] = true
		it.Media = append(it.Media, media{URL: clean.Text(e.Image), Medium: "image"})
		it.Thumbnail = &thumbnail{URL: clean.Text(e.Image)}
	}
	for _, enc := range e.Enclosures {
		if seen[enc.URL] {
			continue
		}
		seen[enc.URL] = true
		m := media{URL: clean.Text(enc.URL), Type: clean.MediaType(enc.Type, enc.URL)}
		if enc.Length > 0 {
			m.Size = strconv.FormatInt(enc.Length, 10)
		}
		it.Media = append(it.Media, m)
	}
}

// hosted finds addresses that an enclosure can have: RSS wants a name with a
// dot in it, or so the W3C validator reads it (InvalidURLAttribute).
var hosted = regexp.MustCompile(`^https?://([A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*(:[0-9]+)?(/|$)`)

func playable(e news.Enclosure) bool {
	t := clean.MediaType(e.Type, e.URL)
	return strings.HasPrefix(t, "audio/") || strings.HasPrefix(t, "video/")
}

// date is RFC 822 as RSS wants it, with a four-digit year; "" for no date.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC1123Z)
}

// ttl is in minutes; an hour if the site does not say.
func ttl(d time.Duration) int {
	if d <= 0 {
		return 60
	}
	return max(1, int(d/time.Minute))
}
