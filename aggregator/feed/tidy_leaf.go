package feed

import (
	"bytes"
	"encoding/base64"
	"html"
	"strings"
	"unicode/utf8"
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
	in, depth := inside{}, 0
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
			if !next.empty && bytes.Equal(next.name, tok.name) {
				depth++
			}
		case endToken:
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
	t.doc.cut++
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

// leaf keeps an element without children of interest.
func (t *tidier) leaf(tok token, name string, r rule) {
	base, lang := t.baseOf(t.top().base), t.langOf(t.top().lang)
	kind := strings.ToLower(strings.TrimSpace(t.attr("type")))
	mode := strings.ToLower(t.attr("mode"))
	attrs := t.keepAttrs(r.attrs, base)
	markup := r.act == asAtom && (strings.Contains(kind, "xhtml") || strings.HasSuffix(kind, "xml") || mode == "xml" && strings.Contains(kind, "html"))

	var in inside
	if !tok.empty {
		if in = t.span(tok, spanModeOf(name, r, markup)); in.lost {
			return
		}
	}
	limit := t.limits.Text
	switch {
	case strings.HasSuffix(name, "title"):
		limit = t.limits.Title
	case r.act == asHTML || r.act == asAtom:
		limit = t.limits.Content
	}
	switch r.act {
	case asEmpty:
		t.value = t.value[:0]
	case asAtom:
		t.atomText(in, kind, mode, name, limit)
	default:
		t.text(in, r.act == asHTML, limit)
	}
	t.value = cut(bytes.TrimSpace(t.value), limit)

	if r.act == asDate {
		t.date(r.slot)
		return
	}
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

func spanModeOf(name string, r rule, markup bool) spanMode {
	switch {
	case strings.HasSuffix(name, "title"):
		return spanText // no title holds <link> or <source>
	case markup:
		return spanMarkup
	case r.act == asHTML || r.act == asAtom:
		return spanHTML
	case r.act == asEmpty:
		return spanSkip
	}
	return spanText
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

// date puts the value into its slot; the first readable date wins.
func (t *tidier) date(s slot) {
	if len(t.value) == 0 {
		return
	}
	n := &t.doc.feed
	if t.inEntry() {
		n = &t.doc.notes[len(t.doc.notes)-1]
	}
	d := &n.dates[s]
	if !d.time.IsZero() {
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

// text sets t.value to the characters of an element. Where it holds tags and
// no CDATA it is XHTML by intention or accident, and its references must stay
// as they are: the value is HTML then.
func (t *tidier) text(in inside, isHTML bool, limit int) {
	t.value = t.value[:0]
	src := cut(in.src, 8*limit)
	switch {
	case !in.cdata && !in.markup && !in.other:
		t.value = appendDecoded(t.value, src, t.repairs)
	case isHTML && in.markup && !in.cdata:
		t.xhtml(src)
	default:
		t.mixed(src, isHTML, limit)
	}
}

// mixed appends an element's characters decoded and, if they are wanted, its
// tags as they are.
func (t *tidier) mixed(src []byte, tags bool, limit int) {
	lex := lexer{src: src, repairs: &repairs{}}
	for len(t.value) <= limit {
		tok, ok := lex.next()
		if !ok {
			return
		}
		switch tok.kind {
		case textToken:
			t.value = appendDecoded(t.value, tok.text, t.repairs)
		case cdataToken:
			t.value = append(t.value, tok.text...)
		case startToken, endToken:
			if tags {
				t.value = append(t.value, src[tok.start:tok.end]...)
			}
		}
	}
}

// xhtml appends markup as HTML: prefixes and instructions go, and elements
// that HTML cannot close with "/>" get an end tag.
func (t *tidier) xhtml(src []byte) {
	lex := lexer{src: src, repairs: &repairs{}}
	for {
		tok, ok := lex.next()
		if !ok {
			return
		}
		switch tok.kind {
		case textToken:
			t.value = append(t.value, tok.text...)
		case cdataToken:
			t.value = append(t.value, html.EscapeString(string(tok.text))...)
		case startToken:
			_, local := splitName(tok.name)
			t.value = append(append(append(t.value, '<'), local...), tok.attrs...)
			t.value = append(t.value, '>')
			if tok.empty && !voidElements[strings.ToLower(string(local))] {
				t.value = append(append(append(t.value, "</"...), local...), '>')
			}
		case endToken:
			_, local := splitName(tok.name)
			t.value = append(append(append(t.value, "</"...), local...), '>')
		}
	}
}

// voidElements have no end tag in HTML.
var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

// atomText sets t.value to the HTML that an Atom text construct stands for
// (RFC 4287 section 3.1, and the older type and mode of Atom 0.3).
func (t *tidier) atomText(in inside, kind, mode, name string, limit int) {
	switch {
	case strings.Contains(kind, "xhtml"), mode == "xml" && strings.Contains(kind, "html"):
		t.value = t.value[:0]
		t.xhtml(cut(in.src, limit))
		t.value = stripDiv(bytes.TrimSpace(t.value))
	case mode == "base64", binaryType(kind):
		t.text(in, false, limit)
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(t.value)), ""))
		t.value = t.value[:0]
		if err == nil && utf8.Valid(raw) { // anything else is no text
			t.value = append(t.value, scrub(raw, t.repairs)...)
		}
	case strings.Contains(kind, "html"):
		if in.markup && !in.cdata { // tags that should have been escaped, and perhaps some that are
			t.value = t.value[:0]
			t.mixed(cut(in.src, limit), true, limit)
			t.value = stripDiv(bytes.TrimSpace(t.value))
			return
		}
		t.text(in, true, limit)
	case strings.HasSuffix(kind, "xml"):
		t.value = t.value[:0]
		t.xhtml(cut(in.src, limit))
	default:
		t.text(in, true, limit)
		if in.markup && !in.cdata {
			return // it has become HTML
		}
		if kind == "" && !strings.HasSuffix(name, "title") && looksLikeHTML(t.value) {
			return
		}
		t.value = []byte(html.EscapeString(string(t.value)))
	}
}

func binaryType(kind string) bool {
	for _, p := range []string{"image/", "audio/", "video/", "application/octet", "application/pdf", "application/zip"} {
		if strings.HasPrefix(kind, p) {
			return true
		}
	}
	return false
}

// stripDiv removes the div that an XHTML construct must have (RFC 4287
// section 3.1.1.3) if it wraps everything.
func stripDiv(v []byte) []byte {
	if !bytes.HasPrefix(bytes.ToLower(v[:min(4, len(v))]), []byte("<div")) || !bytes.HasSuffix(v, []byte("</div>")) {
		return v
	}
	lex := lexer{src: v, repairs: &repairs{}}
	depth, from := 0, 0
	for {
		tok, ok := lex.next()
		if !ok {
			return v
		}
		switch {
		case tok.kind == startToken && equalFold(tok.name, "div") && !tok.empty:
			if depth == 0 {
				from = tok.end
			}
			depth++
		case tok.kind == endToken && equalFold(tok.name, "div"):
			depth--
			if depth == 0 {
				if tok.end < len(v) {
					return v
				}
				return v[from:tok.start]
			}
		}
	}
}

// looksLikeHTML reports whether text was meant as HTML: it holds an end tag,
// or a tag that stands alone.
func looksLikeHTML(s []byte) bool {
	for i := bytes.IndexByte(s, '<'); i >= 0 && i+2 < len(s); {
		rest := s[i+1:]
		if rest[0] == '/' && isNameStart(rest[1]) {
			return true
		}
		low := bytes.ToLower(rest[:min(4, len(rest))])
		if bytes.HasPrefix(low, []byte("br")) || bytes.HasPrefix(low, []byte("p>")) || bytes.HasPrefix(low, []byte("img ")) {
			return true
		}
		n := bytes.IndexByte(rest, '<')
		if n < 0 {
			break
		}
		i += n + 1
	}
	return false
}
