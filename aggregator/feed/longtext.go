package feed

import (
	"bytes"
	"strings"
)

// Most of a feed is the texts of its entries, which gofeed would copy from
// buffer to buffer only to give them back as we wrote them. So it does not get
// to see them, and they are put in their place afterwards.

// The texts of an entry.
const (
	summaryText = iota
	contentText
)

// leastLong is how long an element is that is left out, in bytes.
const leastLong = 100

// leaveOut remembers where an element was written, if gofeed need not read it. Of
// several texts of one kind the last counts, as it does to gofeed.
func (t *tidier) leaveOut(name string, from, to int) {
	kind := contentText
	switch t.doc.family + " " + name {
	case "rss description", "atom summary":
		kind = summaryText
	case "rss content:encoded", "atom content":
	default:
		return
	}
	if len(t.frames) == 0 || !t.top().entry {
		return
	}
	left := &t.doc.notes[len(t.doc.notes)-1].left[kind]
	*left = extent{}
	// One without text may say where its text is.
	if to-from < leastLong || len(t.value) == 0 {
		return
	}
	start := t.items[len(t.items)-1].start
	*left = extent{from - start, to - start}
}

// appendEntry appends an entry without what is left out, and returns that.
func appendEntry(dst, entry []byte, left [2]extent) (out []byte, texts [2]string) {
	first, second := left[summaryText], left[contentText]
	if second.start < first.start {
		first, second = second, first
	}
	for kind, x := range left {
		if x != (extent{}) {
			texts[kind] = readElement(entry[x.start:x.end])
		}
	}
	dst = append(dst, entry[:first.start]...)
	dst = append(dst, entry[first.end:second.start]...)
	return append(dst, entry[second.end:]...), texts
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

// putBack puts a text that was left out in its place.
func putBack(place *string, text string) {
	if text != "" {
		*place = text
	}
}
