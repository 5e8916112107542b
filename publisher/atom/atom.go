// Package atom writes an edition as Atom 1.0 (RFC 4287).
//
// It decides how an entry is said in Atom and nothing else. It is a room of
// its own because Atom is the strictest of the three formats and the only one
// that carries a republished entry's origin in full.
//
// The document is written by WriteXML of gorilla/feeds, with types of ours that
// hold a namespace, a language or a source; its entries by entry.go.
package atom

import (
	"fmt"
	"html"
	"slices"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// Append appends an edition as Atom 1.0 to dst. The same edition gives the same
// bytes (F02). It fails only if the encoder does.
func Append(dst []byte, ed publisher.Edition) ([]byte, error) {
	d := newDocument(ed)
	body, err := xmlpart.Document(dst, d, entries(ed.Entries, d.Lang), "\n</feed>")
	if err != nil {
		return dst, fmt.Errorf("encode %s.atom: %w", ed.Cut.Path, err)
	}
	return body, nil
}

func newDocument(ed publisher.Edition) *document {
	d := &document{
		Lang:      clean.FeedLanguage(clean.First(ed.Cut.Language, ed.Site.Language)), // F30
		ID:        clean.Text(ed.ID),                                                  // F05
		Title:     text(clean.First(ed.Title, ed.Site.Title, ed.Cut.Path, "rightswire")),
		Updated:   stamp(ed.Updated), // F10
		Author:    &person{Name: clean.NoTags(clean.First(ed.Site.Title, "rightswire")), URI: clean.Text(ed.Site.URL), Email: clean.Mail(ed.Site.Contact)},
		Generator: generator{URI: "https://github.com/rightswire/rightswire", Version: clean.Line(ed.Site.Version), Name: "rightswire"},
		Links: []link{
			{Rel: "self", Type: mediaType, Href: ed.SelfURL(publisher.Formats[1])},
			{Rel: "alternate", Type: "text/html", Href: ed.PageURL()},
		},
	}
	d.archive(ed)
	if s := clean.First(ed.Cut.Description, ed.Site.Description); s != "" {
		t := text(s)
		d.Subtitle = &t
	}
	if ed.Site.Hub != "" && ed.Volume == "" {
		d.Links = append(d.Links, link{Rel: "hub", Href: clean.Text(ed.Site.Hub)}) // F31
	}
	for _, g := range ed.Deleted { // F36
		d.Stones = stonesSpace
		d.Deleted = append(d.Deleted, newDeleted(g))
	}
	if slices.ContainsFunc(ed.Entries, func(e publisher.Entry) bool { return e.Image != "" }) {
		d.Media = "http://search.yahoo.com/mrss/"
	}
	return d
}

// markup reports whether a reader, or the W3C validator, could take something in
// a text for HTML: <[/!?a-zA-Z] or &#?\w.
func markup(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		switch next := s[i+1]; s[i] {
		case '<':
			if letter(next) || next == '/' || next == '!' || next == '?' {
				return true
			}
		case '&':
			if next == '#' && i+2 < len(s) {
				next = s[i+2]
			}
			if letter(next) || next >= '0' && next <= '9' || next == '_' {
				return true
			}
		}
	}
	return false
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// text writes plain text. Where it could be mistaken for markup it is written
// as HTML, escaped once more: a reader that confuses the two types then shows
// an odd title but runs nothing (F28, S01).
func text(s string) construct {
	s = clean.Line(s)
	if markup(s) {
		return construct{Type: "html", Text: html.EscapeString(s)}
	}
	return construct{Text: s}
}

// stamp writes a time to the microsecond: what keeps two entries of one
// second apart (F08) is in there.
func stamp(t time.Time) string { return plausible(t).UTC().Format(stampLayout) }

const stampLayout = "2006-01-02T15:04:05.999999Z07:00"

// plausible is the time that stands for one: an empty edition has no date, but
// updated is required, and the W3C validator calls dates before 1990
// implausible.
func plausible(t time.Time) time.Time {
	if t.Year() < 1990 {
		return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

func seconds(t time.Time) string { return t.UTC().Format(time.RFC3339) }
