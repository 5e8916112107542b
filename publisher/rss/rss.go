// Package rss writes an edition as RSS 2.0.
//
// It decides how an entry is said in RSS and nothing else: what the edition
// holds, in which order and since when, was decided by whoever made it. It is
// a room of its own because RSS has habits that no other format shares: a
// guid that claims to be a link, an author that must be a mail address, and
// titles that half of all readers take for HTML.
//
// The document is written by WriteXML of gorilla/feeds, its items by item.go.
package rss

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// Append appends an edition as RSS 2.0 with the atom, content, dc and media
// modules to dst. The same edition gives the same bytes (F02). It fails only if
// the encoder does; odd text and odd dates are written as well as can be.
func Append(dst []byte, ed publisher.Edition) ([]byte, error) {
	d := newDocument(ed)
	body, err := xmlpart.Document(dst, d, items(ed.Entries, d.Channel.Language), "\n  </channel>\n</rss>")
	if err != nil {
		return dst, fmt.Errorf("encode %s.rss: %w", ed.Cut.Path, err)
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
	return t.UTC().Format(dateLayout)
}

const dateLayout = time.RFC1123Z

// ttl is in minutes; an hour if the site does not say.
func ttl(d time.Duration) int {
	if d <= 0 {
		return 60
	}
	return max(1, int(d/time.Minute))
}
