package feed

import (
	"bytes"
	"strings"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"
)

// Most of a feed is the texts of its entries, which gofeed would copy from
// buffer to buffer only to give them back as we wrote them. So it does not get
// to see the elements that nearly all entries have, and they are put in their
// place afterwards. What else an entry may have gofeed reads.

// pastKind is an element of an entry that gofeed does not get to see.
type pastKind uint8

const (
	pastTitle pastKind = iota
	pastSummary
	pastContent
	pastID // whose text the entry's note has
	pastLink
	pastAuthor
	pastCreator
	pastCategory
	pastComments
)

// pastRSS and pastAtom are those elements by their names. Of an item they have no
// attributes that we read but for the guid's.
var (
	pastRSS = map[string]pastKind{
		"title": pastTitle, "description": pastSummary, "content:encoded": pastContent, "guid": pastID, "link": pastLink,
		"author": pastAuthor, "dc:creator": pastCreator, "category": pastCategory, "comments": pastComments,
	}
	pastAtom = map[string]pastKind{"title": pastTitle, "summary": pastSummary, "content": pastContent, "id": pastID}
)

// past is an element that was left out, and where it stands in its entry.
type past struct {
	kind pastKind
	extent
}

// leaveOut remembers where an element was written, if gofeed need not read it.
// Of several of one kind the last counts, or all do in their order, as they do
// to gofeed; one without text, which may say where its text is, is left to it
// with those before.
func (t *tidier) leaveOut(name string, from, to int) {
	kinds := pastRSS
	if t.doc.family == "atom" {
		kinds = pastAtom
	}
	kind, ok := kinds[name]
	if !ok || len(t.frames) == 0 || !t.top().entry {
		return
	}
	n := &t.doc.notes[len(t.doc.notes)-1]
	if len(t.value) > 0 {
		start := t.items[len(t.items)-1].start
		t.past = append(t.past, past{kind, extent{from - start, to - start}})
	} else {
		kept := t.past[:n.past.start]
		for _, x := range t.past[n.past.start:] {
			if x.kind != kind {
				kept = append(kept, x)
			}
		}
		t.past = kept
	}
	n.past.end = len(t.past)
}

// appendEntry appends an entry without what is left out.
func appendEntry(dst, entry []byte, left []past) []byte {
	from := 0
	for _, x := range left {
		dst = append(dst, entry[from:x.start]...)
		from = x.end
	}
	return append(dst, entry[from:]...)
}

// putBackRSS puts what was left out of the i-th entry in its place, and returns
// the names in its dc:creator elements.
func (d *tidied) putBackRSS(it *rss.Item, i int) (creators []string) {
	entry, n := d.body[d.items[i].start:d.items[i].end], &d.notes[i]
	for _, x := range d.past[n.past.start:n.past.end] {
		element := entry[x.start:x.end]
		switch x.kind {
		case pastTitle:
			it.Title = readElement(element)
		case pastSummary:
			it.Description = readElement(element)
		case pastContent:
			it.Content = readElement(element)
		case pastID:
			it.GUID = &rss.GUID{Value: n.id, IsPermalink: firstAttribute(element)}
		case pastLink:
			it.Links = append(it.Links, readElement(element))
		case pastAuthor:
			it.Author = readElement(element)
		case pastCreator:
			creators = append(creators, readElement(element))
		case pastCategory:
			it.Categories = append(it.Categories, &rss.Category{Value: readElement(element)})
		case pastComments:
			it.Comments = readElement(element)
		}
	}
	return creators
}

// putBackAtom puts what was left out of the i-th entry in its place.
func (d *tidied) putBackAtom(en *atom.Entry, i int) {
	entry, n := d.body[d.items[i].start:d.items[i].end], &d.notes[i]
	for _, x := range d.past[n.past.start:n.past.end] {
		element := entry[x.start:x.end]
		switch x.kind {
		case pastTitle:
			en.Title = readElement(element)
		case pastSummary:
			en.Summary = readElement(element)
		case pastContent:
			en.Content = &atom.Content{Value: readElement(element)}
		}
	}
}

// firstAttribute returns the value of the first attribute of an element as we
// write it, "" if it has none.
func firstAttribute(b []byte) string {
	b = b[:bytes.IndexByte(b, '>')]
	from := bytes.IndexByte(b, '"') + 1
	if from == 0 {
		return ""
	}
	return unescape(b[from : from+bytes.IndexByte(b[from:], '"')])
}

// readElement reads the text of an element as we write it, as gofeed does. No
// attribute holds a ">".
func readElement(b []byte) string {
	b = b[bytes.IndexByte(b, '>')+1 : bytes.LastIndexByte(b, '<')]
	if text, ok := bytes.CutPrefix(b, []byte("<![CDATA[")); ok {
		return string(text[:len(text)-len("]]>")])
	}
	return unescape(bytes.TrimSpace(b))
}

// escaped is what appendEscaped writes, and what for.
var escaped = [...]struct {
	entity string
	c      byte
}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&#34;", '"'}}

// unescape takes appendEscaped back.
func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var out strings.Builder
	out.Grow(len(b))
next:
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			out.Write(b)
			return out.String()
		}
		out.Write(b[:i])
		b = b[i:]
		for _, e := range escaped {
			if len(b) >= len(e.entity) && string(b[:len(e.entity)]) == e.entity {
				out.WriteByte(e.c)
				b = b[len(e.entity):]
				continue next
			}
		}
		out.WriteByte('&')
		b = b[1:]
	}
}
