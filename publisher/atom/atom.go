// Package atom writes an edition as Atom 1.0 (RFC 4287).
//
// It decides how an entry is said in Atom and nothing else. It is a room of
// its own because Atom is the strictest of the three formats and the only one
// that carries a republished entry's origin in full.
//
// The document is written by WriteXML of gorilla/feeds; the types are
// ours where its own cannot hold a namespace, a language or a source.
package atom

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// Encode writes an edition as Atom 1.0. The same edition gives the same bytes
// (F02). It fails only if the encoder does.
func Encode(ed publisher.Edition) ([]byte, error) {
	d := newDocument(ed)
	entries, err := encodeEntries(ed.Entries, d.Lang)
	if err != nil {
		return nil, fmt.Errorf("encode %s.atom: %w", ed.Cut.Path, err)
	}
	body, err := xmlpart.Document(d, entries, "\n</feed>")
	if err != nil {
		return nil, fmt.Errorf("encode %s.atom: %w", ed.Cut.Path, err)
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

// entryKey is what the encoding of an entry depends on beside the entry.
type entryKey struct{ tagged bool }

// encodeEntries writes the entries of an edition in a language, each of them
// once for all the editions that it stands in.
func encodeEntries(entries []publisher.Entry, lang string) ([]string, error) {
	out := make([]string, len(entries))
	for i, e := range entries {
		l := clean.FeedLanguage(e.Language)
		if strings.EqualFold(l, lang) {
			l = ""
		}
		var err error
		out[i], err = publisher.Once(e.Memo, entryKey{l != ""}, func() (string, error) {
			return xmlpart.Encode(newEntry(e, l), "  ")
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newEntry says an entry in Atom; lang is its language where that is not the
// edition's (F30).
func newEntry(e publisher.Entry, lang string) entry {
	out := entry{
		Lang:    lang,
		ID:      clean.Text(e.ID), // F06
		Title:   text(clean.First(e.Title, e.URL, "Untitled")),
		Updated: stamp(e.Updated),
		Author:  &person{Name: clean.NoTags(clean.First(e.Author, e.Source.Title, e.Source.ID, "unknown"))}, // F23
		Content: &content{Type: "html", HTML: clean.Text(e.Content)},
	}
	if !e.Published.IsZero() {
		out.Published = seconds(e.Published)
	}
	if s := clean.Text(e.Summary); s != "" {
		t := text(s)
		out.Summary = &t
	}
	if e.URL != "" {
		out.Links = append(out.Links, link{Rel: "alternate", Type: "text/html", Href: clean.Text(e.URL), Lang: clean.FeedLanguage(e.Language)})
	}
	if e.StoryURL != "" && e.StoryURL != e.URL {
		out.Links = append(out.Links, link{Rel: "related", Type: "text/html", Href: clean.Text(e.StoryURL)})
	}
	for _, enc := range e.Enclosures { // F29: all of them
		out.Links = append(out.Links, link{Rel: "enclosure", Type: clean.MediaType(enc.Type, enc.URL), Href: clean.Text(enc.URL), Length: length(enc.Length)})
	}
	for _, labels := range [][]publisher.Label{e.Categories, e.Countries} {
		for _, l := range labels {
			if term := clean.Line(l.Term); term != "" {
				out.Categories = append(out.Categories, category{Term: term, Scheme: clean.Text(l.Scheme), Label: clean.Line(l.Label)}) // F24
			}
		}
	}
	out.Source = newSource(e)
	out.media(e)
	return out
}

// newSource says where the entry comes from (F21). The feed's own id is not
// known to us, so its address stands for it, which is what most feeds use.
func newSource(e publisher.Entry) *source {
	if e.Source.FeedURL == "" {
		return nil
	}
	s := &source{
		ID:      clean.Text(e.Source.FeedURL),
		Title:   text(clean.First(e.Source.Title, e.Source.ID, e.Source.FeedURL)),
		Updated: stamp(e.Updated),
		Links:   []link{{Rel: "self", Href: clean.Text(e.Source.FeedURL)}},
		Author:  &person{Name: clean.NoTags(clean.First(e.Source.Title, e.Source.ID, "unknown"))},
		Lang:    clean.FeedLanguage(e.Source.Language),
	}
	if e.Source.Homepage != "" {
		s.Links = append(s.Links, link{Rel: "alternate", Type: "text/html", Href: clean.Text(e.Source.Homepage)})
		s.Author.URI = clean.Text(e.Source.Homepage)
	}
	return s
}

// markup finds text that a reader, or the W3C validator, could take for HTML.
var markup = regexp.MustCompile(`<[/!?a-zA-Z]|&#?\w+`)

// text writes plain text. Where it could be mistaken for markup it is written
// as HTML, escaped once more: a reader that confuses the two types then shows
// an odd title but runs nothing (F28, S01).
func text(s string) construct {
	s = clean.Line(s)
	if strings.ContainsAny(s, "<&") && markup.MatchString(s) {
		return construct{Type: "html", Text: html.EscapeString(s)}
	}
	return construct{Text: s}
}

// stamp writes a time to the microsecond: what keeps two entries of one
// second apart (F08) is in there.
func stamp(t time.Time) string {
	if t.Year() < 1990 {
		// An empty edition has no date, but updated is required, and the W3C
		// validator calls dates before 1990 implausible.
		t = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

func seconds(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// length is left out when it is not known: RFC 4287 makes it a hint.
func length(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
