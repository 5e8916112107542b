package feed

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"
)

// parseXML reads RSS and Atom: the tidy pass writes a clean document, gofeed
// reads what does not go past it, and its own structs, not its universal one,
// become the Document.
func (p *parser) parseXML(text []byte) (*Document, error) {
	p.base = p.documentBase()
	td := tidy(text, p.base, p.hints.Limits, p.repairs)
	if td == nil {
		return nil, fmt.Errorf("%w: %s", ErrNotAFeed, p.looksLike(text))
	}
	defer td.release()
	if known, same := p.recognise(td); known != nil {
		if d, err := p.readTidied(td.without(known)); err == nil && !p.doubtful(d, same) {
			d.same = same
			return d, nil
		}
	}
	return p.readTidied(td)
}

// readTidied makes a Document of what the tidy pass wrote.
func (p *parser) readTidied(td *tidied) (*Document, error) {
	return p.fromTidied(td, td.document())
}

// fromTidied is readTidied with the document that gofeed reads.
func (p *parser) fromTidied(td *tidied, written []byte) (*Document, error) {
	original, err := readWithGofeed(written)
	if err != nil {
		return nil, &ParseError{Format: td.family, Err: err}
	}
	d := &Document{Format: td.format, Excess: td.cut, Unfinished: td.unfinished}
	switch f := original.(type) {
	case *rss.Feed:
		p.fromRSS(d, td, f)
	case *atom.Feed:
		p.fromAtom(d, td, f)
	default:
		return nil, &ParseError{Format: td.family, Err: fmt.Errorf("gofeed returned a %T", original)}
	}
	if len(d.Entries) == len(td.marks) {
		for i := range d.Entries {
			d.Entries[i].mark = td.marks[i]
		}
	}
	p.finish(d)
	return d, nil
}

// readWithGofeed returns gofeed's format-specific struct.
func readWithGofeed(doc []byte) (any, error) {
	gp := gofeed.NewParser()
	gp.KeepOriginalFeed = true
	gp.RSSTranslator, gp.AtomTranslator, gp.JSONTranslator = untranslated{}, untranslated{}, untranslated{}
	f, err := gp.Parse(bytes.NewReader(doc))
	if err != nil {
		return nil, err
	}
	return f.OriginalFeed(), nil
}

// untranslated replaces gofeed's translators: they parse the HTML of every
// item in search of a picture, and what they put together we would have to
// take apart again.
type untranslated struct{}

// Translate returns an empty universal feed.
func (untranslated) Translate(any) (*gofeed.Feed, error) { return &gofeed.Feed{}, nil }

// documentBase is where relative addresses start as far as HTTP says: at the
// Content-Location, else at the retrieval URL (RFC 3986 section 5.1).
func (p *parser) documentBase() string {
	if cl := p.hints.Header.Get("Content-Location"); cl != "" {
		if u := webURL(cl, p.hints.URL); u != "" {
			return u
		}
	}
	return webURL(p.hints.URL)
}

// finish does what all formats need: keys, hashes, defaults, limits.
func (p *parser) finish(d *Document) {
	p.keepNewest(d)
	kept := d.Entries[:0]
	type identity struct{ guid, url string }
	at := make(map[identity]int, len(d.Entries))
	for i := range d.Entries {
		e := &d.Entries[i]
		if !p.hints.KeepAll && e.Title == "" && e.URL == "" && e.Content == "" && e.Summary == "" {
			d.Dropped++
			continue
		}
		id := identity{e.GUID, e.URL}
		other, double := at[id]
		if double = double && !p.hints.KeepAll && id.guid != "" && id.url != ""; double {
			d.Doubles++
			if !e.newer(&kept[other]) {
				continue
			}
		}
		if e.Language == "" {
			e.Language = d.Language
		}
		if len(e.Categories) > p.hints.Limits.Values {
			e.Categories = e.Categories[:p.hints.Limits.Values]
		}
		e.limits = p.hints.Limits
		e.RawHash = rawHash(e)
		if double {
			kept[other] = *e
			continue
		}
		at[id] = len(kept)
		kept = append(kept, *e)
	}
	d.Entries = kept
	p.giveKeys(d.Entries)
}

// newer reports whether e was published or changed after another version of it;
// a version without dates is older than one that has any.
func (e *Entry) newer(than *Entry) bool {
	return latest(e.Published, e.Updated).After(latest(than.Published, than.Updated))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// keepNewest cuts what came through without the tidy pass.
func (p *parser) keepNewest(d *Document) {
	if n := len(d.Entries) - p.hints.Limits.Items; n > 0 {
		d.Excess += n
		d.Entries = d.Entries[:p.hints.Limits.Items]
	}
}

// looksLike says for people what a document is that is no feed, and where the
// feed is if it is a page that names one.
func (p *parser) looksLike(text []byte) string {
	kind := kindOf(text, p.hints.Header.Get("Content-Type"))
	if !strings.HasPrefix(kind, htmlPage) {
		return kind
	}
	if feeds := Alternates(text, p.base); len(feeds) > 0 {
		kind += "; it names a feed: " + shorten(feeds[0].URL, 300)
	}
	return kind
}

const htmlPage = "an HTML page"

// kindOf says what a document is by its first bytes.
func kindOf(text []byte, contentType string) string {
	head := bytes.ToLower(text[:min(len(text), 4096)])
	trimmed := bytes.TrimSpace(text)
	switch {
	case bytes.HasPrefix(trimmed, []byte("%PDF-")):
		return "a PDF file"
	case bytes.HasPrefix(trimmed, []byte("PK\x03")), bytes.HasPrefix(trimmed, []byte("\x1f\x8b")):
		return "a compressed file"
	case bytes.HasPrefix(trimmed, []byte("\x89PNG")), bytes.HasPrefix(trimmed, []byte("GIF8")), bytes.HasPrefix(trimmed, []byte("\xff\xd8\xff")):
		return "a picture"
	case bytes.Contains(head, []byte("<!doctype html")), bytes.Contains(head, []byte("<html")), bytes.Contains(head, []byte("<body")):
		if title := htmlTitle(text); title != "" {
			return fmt.Sprintf("%s titled %q", htmlPage, title)
		}
		return htmlPage
	case bytes.Contains(head, []byte("<opml")):
		return "an OPML list"
	case bytes.Contains(head, []byte("<urlset")), bytes.Contains(head, []byte("<sitemapindex")):
		return "a sitemap; if it has news, write type: sitemap at the source"
	case len(trimmed) > 0 && trimmed[0] == '<':
		return "XML without the root element of a feed"
	case contentType != "":
		return fmt.Sprintf("text sent as %q", contentType)
	}
	return "plain text or binary data"
}

// htmlTitle returns the title of a page, cut to a line.
func htmlTitle(text []byte) string {
	low := bytes.ToLower(text[:min(len(text), 1<<16)])
	i := bytes.Index(low, []byte("<title"))
	if i < 0 {
		return ""
	}
	j := bytes.IndexByte(low[i:], '>')
	k := bytes.Index(low[i:], []byte("</title"))
	if j < 0 || k < j || len(low) != len(text[:min(len(text), 1<<16)]) {
		return ""
	}
	return shorten(PlainText(string(text[i+j+1:i+k])), 80)
}

// usable returns the first text that is not empty.
func usable(texts ...string) string {
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// fillDates sets the entry's dates from the slots of its note.
func fillDates(e *Entry, n *note) {
	for _, s := range []slot{datePublished, dateIssued, dateDC, dateAtomPublished, dateCreated} {
		d := n.dates[s]
		if e.DateText == "" {
			e.DateText = d.text
		}
		if e.Published.IsZero() && !d.time.IsZero() {
			e.Published, e.DateText = d.time, d.text
		}
	}
	e.Updated = n.updated()
	if e.Published.IsZero() {
		e.Published = e.Updated
	}
	if e.DateText == "" {
		for _, s := range []slot{dateUpdated, dateModified, dateAtomUpdated} {
			e.DateText = usable(e.DateText, n.dates[s].text)
		}
	}
}

// updated returns the date of the last change, zero if it is not said.
func (n *note) updated() time.Time {
	for _, s := range []slot{dateUpdated, dateModified, dateAtomUpdated} {
		if d := n.dates[s]; !d.time.IsZero() {
			return d.time
		}
	}
	return time.Time{}
}
