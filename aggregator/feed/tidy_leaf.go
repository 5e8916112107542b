package feed

import (
	"bytes"
	"strings"
)

// leaf keeps an element without children of interest. The attributes of tok
// have been read.
func (t *tidier) leaf(tok token, name string, r rule) {
	base, lang := t.baseOf(t.top().base), t.langOf(t.top().lang)
	kind, mode := strings.ToLower(strings.TrimSpace(t.attr("type"))), strings.ToLower(t.attr("mode"))
	var in inside
	if !tok.empty {
		if in = t.span(tok, spanModeOf(name, r, isXHTML(kind, mode))); in.lost {
			return
		}
	}
	limit := t.limitOf(name, r.act)
	switch r.act {
	case asEmpty:
		t.value = t.value[:0]
	case asAtom:
		t.atomText(in, kind, mode, name, limit)
	default:
		t.text(in, r.act == asHTML, limit)
	}
	t.value = bytes.TrimSpace(t.value)
	if len(t.value) > limit || len(in.src) > 8*limit {
		t.repairs.add(repairSize)
	}
	t.value = cut(t.value, limit)

	if r.act == asDate {
		t.date(r.slot)
		return
	}
	attrs := t.keepAttrs(r.attrs, base)
	if r.act == asLink {
		name, attrs = t.rssLink(name, attrs, base)
	}
	if !t.admit(name, r) {
		return
	}
	if r.act == asHTML || r.act == asAtom {
		t.noteHTML(name, base, lang)
	}
	t.element(name, attrs)
}

// limitOf returns how many bytes of an element are kept.
func (t *tidier) limitOf(name string, act action) int {
	switch {
	case strings.HasSuffix(name, "title"):
		return t.limits.Title
	case act == asHTML || act == asAtom:
		return t.limits.Content
	}
	return t.limits.Text
}

// noteHTML remembers base and language of an entry's text: of its content if
// it has one, which the formats put last or name so.
func (t *tidier) noteHTML(name, base, lang string) {
	n := &t.doc.feed
	if t.inEntry() {
		n = &t.doc.notes[len(t.doc.notes)-1]
	}
	content := name == "content" || name == "content:encoded"
	if content || !n.text && (name == "summary" || name == "description") {
		n.base = base
		if lang != "" {
			n.lang = lang
		}
	}
	n.text = n.text || content
}

// admit reports whether an element may be written: the first of its kind, or
// one of a bounded number.
func (t *tidier) admit(name string, r rule) bool {
	seen := t.heads
	if t.inEntry() {
		seen = t.seen
	}
	if len(t.value) == 0 && r.once {
		return false
	}
	if r.once && seen[name] {
		return false
	}
	seen[name] = seen[name] || r.once
	if t.inEntry() {
		t.count++
		if (name == "id" || name == "guid") && t.top().entry {
			t.doc.notes[len(t.doc.notes)-1].id = string(t.value)
		}
		return r.once || t.count <= 4*t.limits.Values
	}
	return len(t.head) < maxHead
}

// maxHead bounds what a feed may say about itself, in bytes.
const maxHead = 1 << 20

// date puts the value into its slot. Of several readable ones the first is the
// publication and the last the last change.
func (t *tidier) date(s slot) {
	if len(t.value) == 0 {
		return
	}
	n := &t.doc.feed
	if t.inEntry() {
		n = &t.doc.notes[len(t.doc.notes)-1]
	}
	d := &n.dates[s]
	if !d.time.IsZero() && s < dateUpdated {
		return
	}
	text := string(cut(t.value, 128))
	if when, ok := parseDate(text); ok {
		*d = dateNote{text, when}
	} else if d.text == "" {
		d.text = text
	}
}

// rssLink tells the two kinds of link in RSS apart: the element's text, and
// Atom's attributes, with or without Atom's prefix.
func (t *tidier) rssLink(name string, attrs []byte, base string) (string, []byte) {
	if len(t.value) > 0 || t.attr("href") == "" {
		if base != "" && len(t.value) > 0 {
			if abs := resolve(base, string(t.value)); abs != "" {
				t.value = append(t.value[:0], abs...)
			}
		}
		return name, nil
	}
	return "atom:link", t.keepAttrs(linkAttrs, base)
}
