package feed

import (
	"bytes"
	"slices"
	"time"
)

// tidied is a document as gofeed gets it, with what gofeed cannot carry.
type tidied struct {
	family     string // "rss" or "atom"
	format     string // as in [Document.Format]
	head       []byte // what the feed says about itself: well-formed, UTF-8, known names only
	body       []byte // the entries, likewise
	items      []extent
	feed       note
	notes      []note     // one per entry
	marks      [][12]byte // one per entry; see marks.go
	cut        int        // entries beyond the limit
	unfinished int        // entries that the document ended in
	past       []past     // what document leaves out, by notes
	base       string     // where relative addresses of the document start, as far as xml:base says
	space      *workspace // that all of this is written into
}

// note is what the tidy pass learnt about a document or an entry beyond its
// elements' text.
type note struct {
	base  string // xml:base in force on the HTML; "" if none
	lang  string // xml:lang in force
	about string // rdf:about
	id    string // id or guid, byte for byte: gofeed rewrites what looks like a URL
	text  bool   // base and lang are those of the content
	past  extent // elements that gofeed need not read, in tidied.past; see past.go
	dates [dateSlots]dateNote
}

// dateNote is a date as written and as understood.
type dateNote struct {
	text string
	time time.Time
}

// tidier reads a document of any quality once, from front to back, and writes
// the part of it that is understood as a clean document. It keeps no tree: a
// short stack of open containers is all it needs, because every element that
// is no container is either kept as text or skipped. That bounds depth by
// construction, and memory by the size of the document.
type tidier struct {
	lex     lexer
	limits  Limits
	repairs *repairs

	frames []frame
	spaces []binding
	attrs  []attr
	key    []byte // scratch for canonical names
	value  []byte // scratch for element text

	doc   tidied
	head  []byte // what the feed says about itself
	body  []byte // the entries
	items []extent
	past  []past
	seen  map[string]bool // once-only elements of the open entry or, outside, of the feed
	heads map[string]bool
	count int // values written in the open entry
}

// frame is an open container.
type frame struct {
	name  []byte // as written
	out   string // as written by us; "" for the root, which gets no tag of its own
	kids  schema
	base  string
	lang  string
	scope int  // len(spaces) before its declarations
	entry bool // it is an item or entry
}

// binding is a namespace declaration in scope.
type binding struct{ prefix, space string }

// extent is where an entry stands in body.
type extent struct{ start, end int }

// tidy reads text and returns nil if it finds no root of a feed.
func tidy(text []byte, base string, limits Limits, rep *repairs) *tidied {
	t := &tidier{
		lex: lexer{src: text, repairs: rep}, limits: limits, repairs: rep,
		heads: map[string]bool{}, seen: map[string]bool{},
	}
	t.doc.base, t.doc.space = base, workspaces.Get().(*workspace)
	t.doc.notes, t.head, t.body, t.items = t.doc.space.take(len(text))
	t.past, t.value = t.doc.space.past[:0], t.doc.space.value[:0]
	if !t.findRoot() {
		return nil
	}
	for {
		tok, ok := t.lex.next()
		if !ok {
			break
		}
		switch tok.kind {
		case startToken:
			t.startTag(tok)
		case endToken:
			t.endTag(tok)
		}
	}
	t.finish()
	return &t.doc
}

// startTag handles a start tag between the elements of the innermost frame.
func (t *tidier) startTag(tok token) {
	if len(t.frames) == 0 {
		if t.openRoot(tok) {
			t.repairs.add(repairSeveral)
		}
		return
	}
	mark := len(t.spaces)
	t.readAttrs(tok)
	t.checkPrefix(tok.name)
	r, ok := t.top().kids[string(t.canonical(tok.name))]
	if !ok {
		if at := t.strongAbove(t.key); at >= 0 && tok.empty && t.inEntry() {
			t.repairs.add(repairTags) // <item/> in an item is nothing
		} else if at >= 0 {
			// An <item> where none can stand: something before it was not closed.
			t.repairs.add(repairTags)
			t.spaces = t.spaces[:mark]
			t.popTo(at + 1)
			t.dropHollow()
			mark = len(t.spaces)
			t.readAttrs(tok)
			r, ok = t.top().kids[string(t.canonical(tok.name))]
		}
	}
	if !ok || r.act == skip {
		t.pass(tok)
		t.spaces = t.spaces[:min(mark, len(t.spaces))]
		return
	}
	t.apply(tok, r, mark)
}

// apply does what a rule says about an element whose attributes are read.
func (t *tidier) apply(tok token, r rule, mark int) {
	name := r.out
	if r.act == into {
		t.push(tok, name, r, mark)
		return
	}
	t.leaf(tok, name, r)
	t.spaces = t.spaces[:min(mark, len(t.spaces))]
}

// top returns the innermost frame.
func (t *tidier) top() *frame { return &t.frames[len(t.frames)-1] }

// strongAbove returns the innermost frame in which key could stand if key
// ends whatever is open, or -1.
func (t *tidier) strongAbove(key []byte) int {
	for i := len(t.frames) - 1; i >= 0; i-- {
		if r, ok := t.frames[i].kids[string(key)]; ok && r.strong {
			return i
		}
	}
	return -1
}

// push opens a container.
func (t *tidier) push(tok token, name string, r rule, mark int) {
	parent := t.top()
	f := frame{name: tok.name, out: name, kids: r.kids, scope: mark, base: t.baseOf(parent.base), lang: t.langOf(parent.lang)}
	switch {
	case name == "channel":
		f.out = ""
		t.doc.feed.base, t.doc.feed.lang = f.base, f.lang
	case r.strong:
		f.entry = true
		if len(t.items) >= 2*t.limits.Items {
			t.keepNewest()
		}
		t.items = append(t.items, extent{start: len(t.body)})
		t.doc.notes = append(t.doc.notes, note{base: f.base, lang: f.lang, about: t.attr("rdf:about"), past: extent{len(t.past), len(t.past)}})
		clear(t.seen)
		t.count = 0
	}
	t.frames = append(t.frames, f)
	if f.out != "" {
		t.open(f.out, r.attrs, f.base)
		t.write(">")
	}
	if tok.empty {
		t.popTo(len(t.frames) - 1)
	}
}

// endTag closes the frames up to the one that the tag names; a tag that names
// none is ignored.
func (t *tidier) endTag(tok token) {
	at := t.frameNamed(tok.name)
	if at < 0 {
		if len(t.frames) > 0 {
			t.repairs.add(repairTags)
		}
		return
	}
	if at == 1 && t.frames[0].name == nil {
		at = 0 // the single entry was the document
	} else if at < len(t.frames)-1 {
		t.repairs.add(repairTags)
	}
	t.popTo(at)
}

// frameNamed returns the innermost frame with that name, or -1.
func (t *tidier) frameNamed(name []byte) int {
	for i := len(t.frames) - 1; i >= 0; i-- {
		if bytes.EqualFold(t.frames[i].name, name) {
			return i
		}
	}
	return -1
}

// popTo closes frames until n are left.
func (t *tidier) popTo(n int) {
	for len(t.frames) > n {
		f := *t.top()
		if f.out != "" {
			t.write("</", f.out, ">")
		}
		t.spaces = t.spaces[:min(f.scope, len(t.spaces))]
		t.frames = t.frames[:len(t.frames)-1]
		if f.entry {
			t.items[len(t.items)-1].end = len(t.body)
		}
	}
}

// dropHollow forgets the last entry if nothing was in it: an <item> around
// items is no item.
func (t *tidier) dropHollow() {
	n := len(t.items) - 1
	if n < 0 || t.inEntry() || t.count > 0 || t.doc.notes[n].dates != [dateSlots]dateNote{} {
		return
	}
	t.body = t.body[:t.items[n].start]
	t.items, t.doc.notes = t.items[:n], t.doc.notes[:n]
}

// inEntry reports whether an item or entry is open.
func (t *tidier) inEntry() bool {
	return slices.ContainsFunc(t.frames, func(f frame) bool { return f.entry })
}

// pass skips an element with everything in it.
func (t *tidier) pass(tok token) {
	if !tok.empty {
		t.span(tok, spanSkip)
	}
}

// published returns the best publication date of an entry, zero if it has none.
func (n *note) published() time.Time {
	for _, d := range n.dates {
		if !d.time.IsZero() {
			return d.time
		}
	}
	return time.Time{}
}
