package feed

import (
	"bytes"
	"strings"
)

// spanMode says what an element's inside is taken for while its end is sought.
type spanMode uint8

const (
	spanSkip   spanMode = iota // of no interest
	spanText                   // text: any element of the feed ends it
	spanHTML                   // may hold unescaped HTML
	spanMarkup                 // XHTML: only an entry ends it
)

// inside is what stands between a start tag and its end.
type inside struct {
	src    []byte
	markup bool // it holds tags
	cdata  bool // it holds CDATA sections
	other  bool // it holds comments or instructions
	lost   bool // the document ended in it and its entry was given up
}

// span finds the end of the element that tok began and moves behind it. Where
// the end tag is missing, the element ends before the next tag that cannot
// stand in it.
func (t *tidier) span(tok token, mode spanMode) inside {
	from := t.lex.pos
	in, depth, open := inside{}, 0, 0
	for {
		pos := t.lex.pos
		next, ok := t.lex.next()
		if !ok {
			t.repairs.add(repairTruncated)
			in.src = t.lex.src[from:]
			in.lost = t.truncate()
			return in
		}
		switch next.kind {
		case cdataToken:
			in.cdata = true
			if end := t.brokenCDATA(tok, next); end >= 0 {
				t.repairs.add(repairCDATA)
				t.lex.pos = end
			}
		case otherToken:
			in.other = true
		case startToken:
			if t.breaksOut(tok, next, mode) && !(mode == spanSkip && t.closesFirst(tok)) {
				t.repairs.add(repairTags)
				t.lex.pos = pos
				in.src = t.lex.src[from:pos]
				return in
			}
			in.markup = true
			if next.empty {
				continue
			}
			// What stands too deep is left out when it is cleaned or passed
			// over here; the ledger should say that it was there.
			if open++; open == t.limits.Depth {
				t.repairs.add(repairDepth)
			}
			if bytes.Equal(next.name, tok.name) {
				depth++
			}
		case endToken:
			open--
			if bytes.EqualFold(next.name, tok.name) {
				if depth == 0 {
					in.src = t.lex.src[from:pos]
					return in
				}
				depth--
				continue
			}
			if at := t.frameNamed(next.name); at >= 0 && (mode == spanText || at == 0 || t.frames[at].entry || t.frames[at].out == "") {
				t.repairs.add(repairTags)
				t.lex.pos = pos
				in.src = t.lex.src[from:pos]
				return in
			}
			in.markup = true
		}
	}
}

// closesFirst reports whether the end tag of a foreign element comes before
// another start of it: what it holds is its own then, even an <entry>.
func (t *tidier) closesFirst(tok token) bool {
	if bytes.IndexByte(tok.name, ':') < 0 {
		return false
	}
	ahead := cut(t.lex.src[t.lex.pos:], maxAhead)
	end := bytes.Index(ahead, append([]byte("</"), tok.name...))
	start := bytes.Index(ahead, append([]byte("<"), tok.name...))
	return end >= 0 && (start < 0 || end < start)
}

// maxAhead bounds a look ahead, in bytes.
const maxAhead = 1 << 14

// truncate marks that the document ends inside an element: the entry that is
// open is incomplete and left out, unless it is the only one. The next fetch
// brings it whole.
func (t *tidier) truncate() bool {
	if !t.inEntry() || len(t.items) < 2 {
		return false
	}
	for len(t.frames) > 0 && !t.top().entry {
		t.frames = t.frames[:len(t.frames)-1]
	}
	t.top().entry, t.top().out = false, ""
	t.body = t.body[:t.items[len(t.items)-1].start]
	t.items = t.items[:len(t.items)-1]
	t.doc.notes = t.doc.notes[:len(t.doc.notes)-1]
	t.doc.unfinished++
	return true
}

// brokenCDATA returns where a CDATA section ends if it is not where its own
// end mark says, and -1 if it is sound. A section without end, or with another
// one beginning inside it, ends where the element's end tag stands.
func (t *tidier) brokenCDATA(tok, cdata token) int {
	text := cdata.text
	if !cdata.open {
		i := bytes.Index(text, []byte("<![CDATA["))
		if i < 0 {
			return -1
		}
		text = text[:i]
	}
	i := bytes.Index(text, append([]byte("</"), tok.name...))
	if i < 0 {
		return -1
	}
	return cdata.end - len(cdata.text) + i - cdataTail(cdata)
}

func cdataTail(cdata token) int {
	if cdata.open {
		return 0
	}
	return len("]]>")
}

// htmlToo are the names that mean something in HTML as well as in feeds.
var htmlToo = map[string]bool{
	"title": true, "link": true, "summary": true, "source": true, "body": true, "image": true, "xhtml:div": true, "xhtml:body": true,
}

// breaksOut reports whether next cannot stand inside tok's element, so that
// the element's end tag must be missing.
func (t *tidier) breaksOut(tok, next token, mode spanMode) bool {
	key := t.canonical(next.name)
	if t.strongAbove(key) >= 0 {
		return true
	}
	if mode == spanMarkup || mode == spanSkip {
		return false
	}
	r, ok := t.top().kids[string(key)]
	if !ok || (mode == spanHTML && htmlToo[string(key)]) {
		return false
	}
	return r.act != skip
}

func spanModeOf(name string, r rule, markup bool) spanMode {
	switch {
	case r.act == asEmpty:
		return spanSkip
	case strings.HasSuffix(name, "title") && !markup:
		return spanText // no title holds <link> or <source>
	case markup:
		return spanMarkup
	case r.act == asHTML || r.act == asAtom:
		return spanHTML
	}
	return spanText
}
