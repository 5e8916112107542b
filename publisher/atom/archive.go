package atom

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

const (
	mediaType   = "application/atom+xml"
	stonesSpace = "http://purl.org/atompub/tombstones/1.0"
)

// archive links an edition with its archive documents, and says of one of
// those that it is one (F32, RFC 5005 section 4).
func (d *document) archive(ed publisher.Edition) {
	add := func(rel, path string) {
		if path != "" {
			d.Links = append(d.Links, link{Rel: rel, Type: mediaType, Href: clean.Text(ed.Site.URL + path)})
		}
	}
	if ed.Volume != "" {
		d.History, d.Archive = "http://purl.org/syndication/history/1.0", &struct{}{}
		current := d.Links[0]
		d.Links[0].Href, current.Rel = clean.Text(ed.Site.URL+ed.Volume), "current"
		d.Links = append(d.Links, current)
	}
	add("prev-archive", ed.PrevVolume)
	add("next-archive", ed.NextVolume)
}

// stone is a tombstone that brings its namespace along: the document around it
// was written when there was none in it.
type stone struct {
	XMLName xml.Name `xml:"at:deleted-entry"`
	Space   string   `xml:"xmlns:at,attr"`
	deleted
}

// Redact puts a tombstone in the place of each entry of doc that is gone, and
// leaves every other byte as it is (F36, RFC 6721). An entry that is not there
// needs none.
func Redact(doc []byte, gone []publisher.Deleted) ([]byte, error) {
	found, err := findEntries(doc)
	if err != nil {
		return nil, fmt.Errorf("read an archive document: %w", err)
	}
	why := make(map[string]publisher.Deleted, len(gone))
	for _, g := range gone {
		why[g.ID] = g
	}
	var out bytes.Buffer
	at := 0
	for _, e := range found {
		g, ok := why[e.id]
		if !ok {
			continue
		}
		text, err := xmlpart.Encode(stone{Space: stonesSpace, deleted: newDeleted(g)}, "  ")
		if err != nil {
			return nil, err
		}
		out.Write(doc[at:e.from])
		out.WriteString(text[len("\n  "):]) // the white space before it is the entry's
		at = e.to
	}
	out.Write(doc[at:])
	return out.Bytes(), nil
}

func newDeleted(g publisher.Deleted) deleted {
	return deleted{Ref: clean.Text(g.ID), When: seconds(g.When), Comment: clean.Line(g.Why)}
}

// found is where an entry stands in a document.
type found struct {
	id       string
	from, to int
}

// findEntries reads where the entries of a document of ours stand.
func findEntries(doc []byte) ([]found, error) {
	var out []found
	d := xml.NewDecoder(bytes.NewReader(doc))
	depth := 0
	for {
		from := int(d.InputOffset())
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := tok.(xml.StartElement)
		switch {
		case !ok:
			if _, end := tok.(xml.EndElement); end {
				depth--
			}
		case start.Name.Local == "entry" && depth == 1:
			var e struct {
				ID string `xml:"id"`
			}
			if err := d.DecodeElement(&e, &start); err != nil {
				return nil, err
			}
			out = append(out, found{id: e.ID, from: from, to: int(d.InputOffset())})
		default:
			depth++
		}
	}
}
