package feed

import (
	"bytes"
	"encoding/base64"
	"html"
	"strings"
	"unicode/utf8"
)

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
	case isXHTML(kind, mode):
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

// isXHTML reports whether a text construct holds markup that is not escaped.
func isXHTML(kind, mode string) bool {
	return strings.Contains(kind, "xhtml") || strings.HasSuffix(kind, "xml") || mode == "xml" && strings.Contains(kind, "html")
}

// binaryType reports whether content of that media type is no text.
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
