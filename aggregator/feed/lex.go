package feed

import "bytes"

// tokenKind says what a piece of markup is.
type tokenKind uint8

const (
	textToken  tokenKind = iota
	startToken           // <name attributes> or <name attributes/>
	endToken             // </name>
	cdataToken           // <![CDATA[text]]>
	otherToken           // comments, instructions, declarations: never looked into
)

// token is one piece of markup. Its slices point into the document.
type token struct {
	kind  tokenKind
	start int    // offset of its first byte
	end   int    // offset behind its last byte
	name  []byte // start and end: the name as written, prefix included
	attrs []byte // start: what stands between name and end
	text  []byte // text and cdata: the characters, references undecoded
	empty bool   // start: ends in "/>"
	open  bool   // cdata: has no end
}

// lexer splits a document into tokens and never fails: what cannot be markup
// is text. It looks at each byte a bounded number of times, whatever the
// input, because the searches for the end of a section are remembered.
type lexer struct {
	src     []byte
	pos     int
	repairs *repairs
	ends    [3]int // next "-->", "]]>", "?>" at or after pos, as far as known; see find
	known   [3]bool
}

var sectionEnds = [3][]byte{[]byte("-->"), []byte("]]>"), []byte("?>")}

const (
	endComment = iota
	endCDATA
	endInstruction
)

// find returns the offset of the section end at or after from, or -1. The
// result is kept: a document with ten thousand unclosed comments must not be
// searched to its end ten thousand times.
func (l *lexer) find(which, from int) int {
	if !l.known[which] || (l.ends[which] >= 0 && l.ends[which] < from) {
		l.known[which] = true
		l.ends[which] = bytes.Index(l.src[from:], sectionEnds[which])
		if l.ends[which] >= 0 {
			l.ends[which] += from
		}
	}
	return l.ends[which]
}

// next returns the next token; ok is false at the end of the document.
func (l *lexer) next() (tok token, ok bool) {
	if l.pos >= len(l.src) {
		return token{}, false
	}
	if l.src[l.pos] == '<' {
		if tok, ok := l.markup(); ok {
			l.pos = tok.end
			return tok, true
		}
		l.repairs.add(repairAngle)
	}
	// Text runs to the next "<"; one that was no markup belongs to the text.
	end := bytes.IndexByte(l.src[l.pos+1:], '<')
	if end < 0 {
		end = len(l.src)
	} else {
		end += l.pos + 1
	}
	tok = token{kind: textToken, start: l.pos, end: end, text: l.src[l.pos:end]}
	l.pos = end
	return tok, true
}

// markup reads the markup that begins at pos, if it is any.
func (l *lexer) markup() (token, bool) {
	rest := l.src[l.pos+1:]
	switch {
	case len(rest) == 0:
		return token{}, false
	case isNameStart(rest[0]):
		return l.startTag()
	case rest[0] == '/' && len(rest) > 1 && isNameStart(rest[1]):
		return l.endTag()
	case bytes.HasPrefix(rest, []byte("![CDATA[")):
		return l.cdata(), true
	case bytes.HasPrefix(rest, []byte("!--")):
		return l.section(endComment, l.pos+4), true
	case rest[0] == '?':
		return l.section(endInstruction, l.pos+2), true
	case rest[0] == '!' && len(rest) > 1 && isNameStart(rest[1]):
		return l.doctype(), true
	}
	return token{}, false
}

func (l *lexer) cdata() token {
	from := l.pos + len("<![CDATA[")
	if i := l.find(endCDATA, from); i >= 0 {
		return token{kind: cdataToken, start: l.pos, end: i + 3, text: l.src[from:i]}
	}
	return token{kind: cdataToken, start: l.pos, end: len(l.src), text: l.src[from:], open: true}
}

// section reads a comment or an instruction. Without its proper end it is
// taken to stop at the next ">", so that it swallows as little as possible.
func (l *lexer) section(which, from int) token {
	tok := token{kind: otherToken, start: l.pos, end: len(l.src)}
	if i := l.find(which, min(from, len(l.src))); i >= 0 {
		tok.end = i + len(sectionEnds[which])
		return tok
	}
	l.repairs.add(repairComment)
	if i := bytes.IndexByte(l.src[l.pos:], '>'); i >= 0 {
		tok.end = l.pos + i + 1
	}
	return tok
}

// doctype skips a declaration with its internal subset. Entities that it
// declares are never read (S16, S17).
func (l *lexer) doctype() token {
	tok := token{kind: otherToken, start: l.pos, end: len(l.src)}
	depth, quote := 0, byte(0)
	for i := l.pos; i < len(l.src) && i < l.pos+maxDoctype; i++ {
		switch c := l.src[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case depth > 0 && (c == '"' || c == '\''):
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			tok.end = i + 1
			return tok
		}
	}
	// It has no end: take the first ">" for one.
	l.repairs.add(repairComment)
	if i := bytes.IndexByte(l.src[l.pos:], '>'); i >= 0 {
		tok.end = l.pos + i + 1
	}
	return tok
}

// maxDoctype bounds the search for the end of a declaration.
const maxDoctype = 1 << 16

func (l *lexer) endTag() (token, bool) {
	i := l.pos + 2
	for i < len(l.src) && isName(l.src[i]) {
		i++
	}
	tok := token{kind: endToken, start: l.pos, name: l.src[l.pos+2 : i]}
	for ; i < len(l.src); i++ {
		switch l.src[i] {
		case '>':
			tok.end = i + 1
			return tok, true
		case '<':
			l.repairs.add(repairTags)
			tok.end = i
			return tok, true
		}
	}
	tok.end = i
	return tok, true
}

// startTag reads a start tag. A quoted value may contain ">" and even "<"; a
// quote that is never closed must not swallow the document: at a "<" after a
// ">" the tag is taken to have ended at that ">".
func (l *lexer) startTag() (token, bool) {
	i := l.pos + 1
	for i < len(l.src) && isName(l.src[i]) {
		i++
	}
	nameEnd, quote, gt := i, byte(0), -1
	afterEq := false
	for ; i < len(l.src); i++ {
		switch c := l.src[i]; {
		case quote != 0:
			switch {
			case c == quote:
				quote, gt = 0, -1
			case c == '>' && gt < 0:
				gt = i
			case c == '<' && gt >= 0:
				l.repairs.add(repairAttributes)
				return l.tag(nameEnd, gt), true
			}
		case c == '>':
			return l.tag(nameEnd, i), true
		case c == '<':
			return token{}, false
		case (c == '"' || c == '\'') && afterEq:
			quote = c
			afterEq = false
		case c == '=':
			afterEq = true
		case c != ' ' && c != '\n' && c != '\r' && c != '\t':
			afterEq = false
		}
	}
	if gt >= 0 {
		l.repairs.add(repairAttributes)
		return l.tag(nameEnd, gt), true
	}
	return token{}, false
}

// tag makes the token of a start tag whose ">" is at gt.
func (l *lexer) tag(nameEnd, gt int) token {
	tok := token{kind: startToken, start: l.pos, end: gt + 1, name: l.src[l.pos+1 : nameEnd], attrs: l.src[nameEnd:gt]}
	if rest, ok := bytes.CutSuffix(tok.attrs, []byte("/")); ok {
		tok.attrs, tok.empty = rest, true
	}
	return tok
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}

func isName(c byte) bool {
	return isNameStart(c) || c >= '0' && c <= '9' || c == '-' || c == '.'
}
