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
	"slices"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/jsonpart"
)

// Append appends an edition as JSON Feed 1.1 (F35) to dst. The same edition gives
// the same bytes (F02). It fails only if the encoder does.
func Append(dst []byte, ed publisher.Edition) ([]byte, error) {
	head, err := encode(newDocument(ed))
	if err != nil {
		return dst, fmt.Errorf("encode %s.json: %w", ed.Cut.Path, err)
	}
	if len(ed.Entries) == 0 {
		return append(append(dst, head...), '\n'), nil
	}
	items, size := make([]string, len(ed.Entries)), len(head)
	for i := range ed.Entries {
		e := &ed.Entries[i]
		// Each is written once for all the editions that it stands in.
		items[i] = publisher.Fragment(e.Memo, publisher.Formats[2], itemKey{}, func() string {
			return jsonpart.Write(func(p *jsonpart.Part) { writeItem(p, e) })
		})
		size += len(items[i]) + len(",\n  ")
	}
	dst = append(slices.Grow(dst, size+len(end)), bytes.TrimSuffix(head, []byte(noItems))...)
	separator := "\n  "
	for _, it := range items {
		dst = append(append(dst, separator...), it...)
		separator = ",\n  "
	}
	return append(dst, end...), nil
}

// itemKey stands for what the encoding of an entry depends on beside the
// entry: nothing.
type itemKey struct{}

// end is how a document with items ends.
const end = "\n ]\n}\n"

// noItems is how a document without items ends.
const noItems = "]\n}"

// encode writes a value as JSON, indented by a space per level, without a
// newline at the end.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
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
		Items:       []struct{}{}, // F34: [] when empty, never absent
	}
	if ed.Site.Hub != "" {
		d.Hubs = []hub{{Type: "WebSub", URL: clean.Text(ed.Site.Hub)}} // F31
	}
	return d
}

// date is RFC 3339; "" for no date. It is not left to encoding/json, which
// refuses the whole document for a year that RFC 3339 cannot write.
func date(t time.Time) string {
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}
