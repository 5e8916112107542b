package feed

import (
	"bytes"

	xhtml "golang.org/x/net/html"
)

// tokens is how [walk] reads HTML: from the tokenizer, or from [plainTokens].
type tokens interface {
	Next() xhtml.TokenType
	Raw() []byte
	Text() []byte
	TagName() (name []byte, hasAttr bool)
	TagAttr() (key, val []byte, more bool)
}

// plainTokens reads HTML as most feeds write it, lower-case tags with values
// between double quotes, as the tokenizer does (FuzzPlainTokens). It needs none
// of its buffers, which take more memory than most texts. Where it takes a
// tokenizer to tell what is meant, it ends and is odd.
type plainTokens struct {
	all   []byte // the fragment
	src   []byte // what is left of it
	raw   []byte // the current text
	name  []byte // of the current tag
	attrs []byte // of the current tag, as far as they have not been read
	odd   bool
}

// reset begins a fragment.
func (p *plainTokens) reset(fragment string) {
	p.all = append(p.all[:0], fragment...)
	p.src = p.all
	p.odd = bytes.IndexByte(p.src, '\r') >= 0 || bytes.IndexByte(p.src, 0) >= 0 // which HTML reads as something else
}

// Next moves to the next token; an error is the end, or something odd.
func (p *plainTokens) Next() xhtml.TokenType {
	if p.odd || len(p.src) == 0 {
		return xhtml.ErrorToken
	}
	if p.src[0] != '<' {
		n := bytes.IndexByte(p.src, '<')
		if n < 0 {
			n = len(p.src)
		}
		p.raw, p.src = p.src[:n], p.src[n:]
		return xhtml.TextToken
	}
	kind, n := p.tag(p.src)
	if n == 0 || kind != xhtml.EndTagToken && rawText[string(p.name)] {
		p.odd = true
		return xhtml.ErrorToken
	}
	p.src = p.src[n:]
	return kind
}

// rawText holds the elements in which tags are none.
var rawText = map[string]bool{
	"iframe": true, "noembed": true, "noframes": true, "noscript": true, "plaintext": true, "script": true,
	"style": true, "title": true, "textarea": true, "xmp": true,
}

// tag reads the tag at the start of s and returns its length; 0 if it is odd.
func (p *plainTokens) tag(s []byte) (kind xhtml.TokenType, n int) {
	kind, i := xhtml.StartTagToken, 1
	if i < len(s) && s[i] == '/' {
		kind, i = xhtml.EndTagToken, 2
	}
	from := i
	for i < len(s) && ('a' <= s[i] && s[i] <= 'z' || i > from && '0' <= s[i] && s[i] <= '9') {
		i++
	}
	p.name, p.attrs = s[from:i], nil
	if i == from {
		return 0, 0
	}
	for start := i; kind == xhtml.StartTagToken; {
		at := skipBlank(s, i)
		if at < len(s) && (s[at] == '/' || s[at] == '>') {
			i = at
			break
		}
		_, _, end := plainAttr(s, at)
		if at == i || end == 0 {
			return 0, 0
		}
		i, p.attrs = end, s[start:end]
	}
	if i < len(s) && s[i] == '/' && kind == xhtml.StartTagToken {
		kind = xhtml.SelfClosingTagToken
		i++
	}
	if i >= len(s) || s[i] != '>' {
		return 0, 0
	}
	return kind, i + 1
}

func skipBlank(s []byte, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t') {
		i++
	}
	return i
}

// plainAttr reads name="value" at i: where its name and its value end, and where
// it does; 0 if it is written in another way.
func plainAttr(s []byte, i int) (key, val, end int) {
	for key = i; key < len(s) && ('a' <= s[key] && s[key] <= 'z' || '0' <= s[key] && s[key] <= '9' || s[key] == '-' || s[key] == '_' || s[key] == ':'); key++ {
	}
	if key == i || key+1 >= len(s) || s[key] != '=' || s[key+1] != '"' {
		return key, 0, 0
	}
	n := bytes.IndexByte(s[key+2:], '"')
	if n < 0 || !plainReferences(s[key+2:key+2+n]) {
		return key, 0, 0
	}
	return key, key + 2 + n, key + 2 + n + 1
}

// plainReferences reports whether references in a value mean there what they
// mean in a text: some, such as &copy=1, do not.
func plainReferences(val []byte) bool {
	for {
		i := bytes.IndexByte(val, '&')
		if i < 0 {
			return true
		}
		val = val[i+1:]
		n := bytes.IndexByte(val[:min(len(val), 8)], ';')
		if n < 0 {
			return false
		}
		switch name := string(val[:n]); name {
		case "amp", "quot", "apos", "lt", "gt", "#38", "#038", "#39", "#039", "#34":
		default:
			return false
		}
	}
}

// Raw returns the current text as it is written.
func (p *plainTokens) Raw() []byte { return p.raw }

// Text returns the current text with its references decoded.
func (p *plainTokens) Text() []byte {
	if bytes.IndexByte(p.raw, '&') < 0 {
		return p.raw
	}
	return []byte(xhtml.UnescapeString(string(p.raw)))
}

// TagName returns the name of the current tag, and whether it has attributes.
func (p *plainTokens) TagName() (name []byte, hasAttr bool) { return p.name, p.attrs != nil }

// TagAttr returns the next attribute of the current tag, and whether there are
// more.
func (p *plainTokens) TagAttr() (key, val []byte, more bool) {
	if p.attrs == nil {
		return nil, nil, false
	}
	i := skipBlank(p.attrs, 0)
	k, v, end := plainAttr(p.attrs, i)
	key, val = p.attrs[i:k], p.attrs[k+2:v]
	if bytes.IndexByte(val, '&') >= 0 {
		val = []byte(xhtml.UnescapeString(string(val)))
	}
	if p.attrs = p.attrs[end:]; len(p.attrs) == 0 {
		p.attrs = nil
	}
	return key, val, p.attrs != nil
}
