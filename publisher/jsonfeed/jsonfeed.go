// Package jsonfeed writes an edition as JSON Feed 1.1.
//
// It decides how an entry is said in JSON Feed and nothing else. The types
// are ours: gorilla's lack feed_url, language, tags and attachments, and drop
// items when there are none. What the format has no word for (who published
// it, who else reports it) stands under "_rightswire", as the format's rules
// for extensions ask.
package jsonfeed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
)

// Encode writes an edition as JSON Feed 1.1 (F35). The same edition gives the
// same bytes (F02). It fails only if the encoder does.
func Encode(ed publisher.Edition) ([]byte, error) {
	head, err := encode(newDocument(ed), "")
	if err != nil {
		return nil, fmt.Errorf("encode %s.json: %w", ed.Cut.Path, err)
	}
	if len(ed.Entries) == 0 {
		return append(head, '\n'), nil
	}
	items, size := make([][]byte, len(ed.Entries)), len(head)
	for i, e := range ed.Entries {
		// Each is written once for all the editions that it stands in.
		items[i], err = publisher.Once(e.Memo, itemKey{}, func() ([]byte, error) { return encode(newItem(e), "  ") })
		if err != nil {
			return nil, fmt.Errorf("encode %s.json: %w", ed.Cut.Path, err)
		}
		size += len(items[i]) + 8
	}
	buf := append(make([]byte, 0, size), bytes.TrimSuffix(head, []byte(noItems))...)
	separator := "\n  "
	for _, it := range items {
		buf = append(append(buf, separator...), it...)
		separator = ",\n  "
	}
	return append(buf, "\n ]\n}\n"...), nil
}

// itemKey stands for what the encoding of an entry depends on beside the
// entry: nothing.
type itemKey struct{}

// noItems is how a document without items ends.
const noItems = "]\n}"

// encode writes a value as JSON, its further lines indented by indent and a
// space per level, without a newline at the end.
func encode(v any, indent string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent(indent, " ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

func newDocument(ed publisher.Edition) document {
	d := document{
		Expired: ed.Expired, // F42

		Version:     "https://jsonfeed.org/version/1.1",
		Title:       clean.Line(clean.First(ed.Title, ed.Site.Title, ed.Cut.Path, "rightswire")),
		HomePageURL: ed.PageURL(),
		FeedURL:     ed.SelfURL(publisher.Formats[2]),
		Description: clean.Line(clean.First(ed.Cut.Description, ed.Site.Description)),
		Language:    clean.Language(clean.First(ed.Cut.Language, ed.Site.Language)),
		Authors:     []author{{Name: clean.Line(clean.First(ed.Site.Title, "rightswire")), URL: clean.Text(ed.Site.URL)}},
		Items:       []item{}, // F34: [] when empty, never absent
	}
	if ed.Site.Hub != "" {
		d.Hubs = []hub{{Type: "WebSub", URL: clean.Text(ed.Site.Hub)}} // F31
	}
	return d
}

func newItem(e publisher.Entry) item {
	it := item{
		ID:            clean.Text(clean.First(e.ID, e.URL, "unknown")), // F06
		URL:           clean.Text(e.URL),
		ExternalURL:   clean.Text(e.URL),
		Title:         clean.Line(e.Title),
		ContentHTML:   clean.Text(e.Content),
		Summary:       clean.Line(e.Summary),
		Image:         clean.Text(e.Image),
		DatePublished: date(e.Published),
		DateModified:  date(e.Updated),
		Language:      clean.Language(e.Language),
		Authors:       []author{{Name: clean.Line(clean.First(e.Author, e.Source.Title, e.Source.ID, "unknown"))}},
		Wire: wire{
			About:    "https://github.com/rightswire/rightswire",
			StoryURL: clean.Text(e.StoryURL),
			Source:   newOutlet(e.Source),
		},
	}
	for _, labels := range [][]publisher.Label{e.Categories, e.Countries} {
		for _, l := range labels {
			if t := clean.Line(clean.First(l.Label, l.Term)); t != "" {
				it.Tags = append(it.Tags, t)
				it.Wire.Labels = append(it.Wire.Labels, label{Term: clean.Line(l.Term), Scheme: clean.Text(l.Scheme)})
			}
		}
	}
	for _, enc := range e.Enclosures { // F29: all of them
		it.Attachments = append(it.Attachments, attachment{URL: clean.Text(enc.URL), MIMEType: clean.MediaType(enc.Type, enc.URL), Size: max(0, enc.Length)})
	}
	for _, c := range e.Coverage {
		it.Wire.Coverage = append(it.Wire.Coverage, report{
			Source: newOutlet(c.Outlet), Title: clean.Line(c.Title), URL: clean.Text(c.URL),
			Language: clean.Language(c.Language), DatePublished: date(c.Published), Copy: c.Copy,
		})
	}
	return it
}

func newOutlet(o publisher.Outlet) outlet {
	return outlet{Title: clean.Line(clean.First(o.Title, o.ID)), FeedURL: clean.Text(o.FeedURL), HomePageURL: clean.Text(o.Homepage)}
}

// date is RFC 3339; "" for no date. It is not left to encoding/json, which
// refuses the whole document for a year that RFC 3339 cannot write.
func date(t time.Time) string {
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}
