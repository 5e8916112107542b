package feed

import (
	"bytes"
	"slices"
	"time"
)

// write appends to the part of the output that is being written.
func (t *tidier) write(parts ...string) {
	w := &t.head
	if t.inEntry() {
		w = &t.body
	}
	for _, p := range parts {
		*w = append(*w, p...)
	}
}

// open writes a start tag up to its ">", with the attributes of the current
// element that are listed.
func (t *tidier) open(name string, attrs []string, base string) {
	t.write("<", name, string(t.keepAttrs(attrs, base)))
}

// element writes a whole element with t.value as its text.
func (t *tidier) element(name string, attrs []byte) {
	w := &t.head
	if t.inEntry() {
		w = &t.body
	}
	from := len(*w)
	b := append(*w, '<')
	b = append(append(b, name...), attrs...)
	b = append(b, '>')
	b = appendText(b, t.value)
	b = append(b, "</"...)
	b = append(append(b, name...), '>')
	*w = b
	t.leaveOut(name, from, len(b))
}

// attrNames restores the spelling that gofeed looks for.
var attrNames = map[string]string{"ispermalink": "isPermaLink", "filesize": "fileSize", "isdefault": "isDefault"}

// keepAttrs renders the listed attributes of the current element. Addresses
// are resolved where an xml:base is in force.
func (t *tidier) keepAttrs(names []string, base string) []byte {
	var out []byte
	for _, n := range names {
		v := bytes.TrimSpace([]byte(t.attr(n)))
		if len(v) == 0 {
			continue
		}
		if base != "" && (n == "href" || n == "url" || n == "src") {
			if abs := resolve(base, string(v)); abs != "" {
				v = []byte(abs)
			}
		}
		if s, ok := attrNames[n]; ok {
			n = s
		}
		out = append(append(append(out, ' '), n...), `="`...)
		out = append(appendEscaped(out, v), '"')
	}
	return out
}

// finish closes what is open, keeps the newest entries and puts the document
// together.
func (t *tidier) finish() {
	if len(t.frames) > 0 {
		t.repairs.add(repairTruncated)
		t.popTo(0)
	}
	t.keepNewest()
	t.doc.space.value = t.value
	t.doc.head, t.doc.body, t.doc.items, t.doc.past = t.head, t.body, t.items, t.past
}

// keepNewest drops the oldest entries beyond the limit. It is called while the
// document is read, too, so that a huge one never stands in memory twice.
func (t *tidier) keepNewest() {
	n := len(t.items) - t.limits.Items
	if n <= 0 {
		return
	}
	t.doc.cut += n
	dates := make([]time.Time, len(t.items))
	for i := range t.items {
		dates[i] = t.doc.notes[i].published()
	}
	keep := newest(dates, t.limits.Items)
	items, notes, body, past := t.items[:0], t.doc.notes[:0], t.body[:0], t.past[:0]
	for i, k := range keep {
		if !k {
			continue
		}
		e := t.items[i]
		from := len(body)
		body = append(body, t.body[e.start:e.end]...) // moves towards the front
		n := t.doc.notes[i]
		left := t.past[n.past.start:n.past.end]
		n.past = extent{len(past), len(past) + len(left)}
		past = append(past, left...) // likewise
		items, notes = append(items, extent{from, len(body)}), append(notes, n)
	}
	t.items, t.doc.notes, t.body, t.past = items, notes, body, past
}

// document writes what gofeed reads, until it is called again: the entries
// without what it need not see. Prefixes are not declared: gofeed takes one that is
// not for what it stands for, and would copy all declarations for each element.
func (d *tidied) document() []byte {
	size := len(d.head) + 1024
	for i, e := range d.items {
		size += e.end - e.start
		for _, x := range d.past[d.notes[i].past.start:d.notes[i].past.end] {
			size -= x.end - x.start
		}
	}
	out := slices.Grow(d.space.out[:0], size)
	defer func() { d.space.out = out }()
	root, end := "<rss><channel>", "</channel></rss>"
	if d.family == "atom" {
		root, end = "<feed>", "</feed>"
	}
	out = append(out, root...)
	out = append(out, d.head...)
	for i, e := range d.items {
		out = appendEntry(out, d.body[e.start:e.end], d.past[d.notes[i].past.start:d.notes[i].past.end])
	}
	out = append(out, end...)
	return out
}

// without is the document without the entries that are known.
func (d *tidied) without(known []bool) *tidied {
	rest := *d
	rest.items, rest.notes, rest.marks = nil, nil, nil
	for i, k := range known {
		if !k {
			rest.items, rest.notes, rest.marks = append(rest.items, d.items[i]), append(rest.notes, d.notes[i]), append(rest.marks, d.marks[i])
		}
	}
	return &rest
}
