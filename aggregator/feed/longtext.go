package feed

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// Most of a feed is the texts of its items, which gofeed would copy from buffer
// to buffer only to give them back as we wrote them. So it gets a mark in the
// place of each, and the text takes that place again afterwards.

const (
	// longMark begins what stands for a text, before its number. Unicode keeps
	// the character for uses like this one; a text of a feed that begins with it
	// all the same is left out however short it is.
	longMark = "\uFDD0"
	// leastLong is how long a text is that is left out, in bytes.
	leastLong = 64
)

// longTexts are the elements of an entry that hold its text, by the family of
// the document.
var longTexts = map[string][]string{"rss": {"description", "content:encoded"}, "atom": {"summary", "content"}}

// noteLong remembers where the text of an element was written, if gofeed need
// not read it.
func (t *tidier) noteLong(name string, from, to int) {
	if !t.top().entry || !slices.Contains(longTexts[t.doc.family], name) {
		return
	}
	if to-from < leastLong && !bytes.HasPrefix(t.value, []byte(longMark)) {
		return
	}
	start, n := t.items[len(t.items)-1].start, &t.doc.notes[len(t.doc.notes)-1]
	n.long = append(n.long, extent{from - start, to - start})
}

// appendEntry appends an entry with marks for its long texts, and keeps these.
func (d *tidied) appendEntry(dst, entry []byte, long []extent) []byte {
	done := 0
	for _, x := range long {
		dst = append(append(dst, entry[done:x.start]...), longMark...)
		dst = strconv.AppendInt(dst, int64(len(d.long)), 10)
		d.long = append(d.long, readText(entry[x.start:x.end]))
		done = x.end
	}
	return append(dst, entry[done:]...)
}

// readText reads what appendText wrote, as gofeed does.
func readText(b []byte) string {
	if text, ok := bytes.CutPrefix(b, []byte("<![CDATA[")); ok {
		return string(text[:len(text)-len("]]>")])
	}
	return unescape.Replace(string(bytes.TrimSpace(b)))
}

// unescape takes appendEscaped back.
var unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`)

// whole returns the text that a mark stands for, and any other text as it is.
func (d *tidied) whole(text string) string {
	if number, ok := strings.CutPrefix(text, longMark); ok {
		if n, err := strconv.Atoi(number); err == nil && 0 <= n && n < len(d.long) {
			return d.long[n]
		}
	}
	return text
}
