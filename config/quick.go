package config

import (
	"strings"
	"unicode/utf8"
)

// Most of what a run of cron did when nothing was new was to read YAML that
// was right already. So this reads the part of YAML that newsrooms are written
// in, in a tenth of the time: mappings and lists by indentation or in brackets,
// plain words, quotes, comments. Whatever else it meets, and anything that may
// be a mistake, it leaves to the library, from the beginning; where it does
// read a file, the result is the library's, to the column. A fuzz test holds the
// one against the other.

// quickNode reads a file; nil: the library has to.
func quickNode(text string) *node {
	var q quickReader
	return q.read(text)
}

func (q *quickReader) read(text string) *node {
	text = strings.TrimPrefix(text, byteOrderMark)
	for _, odd := range []string{"\t", "\r", "\u0085", "\u2028", "\u2029", byteOrderMark} {
		if strings.Contains(text, odd) {
			return nil
		}
	}
	q.lines = make([]quickLine, 0, strings.Count(text, "\n")+1)
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		body := strings.TrimLeft(line, " ")
		if body == "" || body[0] == '#' {
			continue
		}
		if line[len(line)-1] == ' ' {
			return nil // the library is unsure of the column then
		}
		q.lines = append(q.lines, quickLine{line: line, number: number, indent: len(line) - len(body)})
	}
	if len(q.lines) == 0 {
		return nil
	}
	n := q.block(q.lines[0].indent, 0)
	if q.bad || len(q.lines) > 0 {
		return nil
	}
	return n
}

// quickReader reads the lines that are left.
type quickReader struct {
	lines []quickLine
	bad   bool // it is the library's

	// There are as many nodes as words, and each is made once, where it stays.
	room     []node   // for the next nodes
	elements []*node  // of the lists that are open
	pairs    []pairOf // of the mappings that are open
	texts    []string // of the list of words that is open
	shelf    []string // for the next lists of words
	nodes    bool     // lists of words are made of nodes too

	// A long line has many places: each is counted on from the one before.
	last   place
	lastAt int // the byte of its line that is at last
	steps  int // bytes counted
}

// quickLine is a line with something on it.
type quickLine struct {
	line   string
	number int
	indent int // bytes of blanks before it
}

// Limits: what is beyond them the library's checks look at.
const (
	quickDepth  = 20
	quickKeys   = 500
	quickKeyLen = 200
)

// node puts a node where it stays.
func (q *quickReader) node(n node) *node {
	if len(q.room) == 0 {
		q.room = make([]node, 64)
	}
	at := &q.room[0]
	q.room = q.room[1:]
	*at = n
	return at
}

// closeList takes the elements off that were added since there were from.
func (q *quickReader) closeList(from int) []*node {
	list := append([]*node(nil), q.elements[from:]...)
	q.elements = q.elements[:from]
	return list
}

// closeMap is closeList for the keys of a mapping.
func (q *quickReader) closeMap(from int) []pairOf {
	keys := append([]pairOf(nil), q.pairs[from:]...)
	q.pairs = q.pairs[:from]
	return keys
}

func (q *quickReader) fail() *node {
	q.bad = true
	return &node{}
}

// place is that of the i-th byte of a line.
func (q *quickReader) place(l *quickLine, i int) place {
	if l.number != q.last.line || i < q.lastAt {
		q.last, q.lastAt = place{l.number, 1}, 0
	}
	q.last.column += utf8.RuneCountInString(l.line[q.lastAt:i])
	q.steps += i - q.lastAt
	q.lastAt = i
	return q.last
}

// block reads the mapping or list whose lines have an indentation.
func (q *quickReader) block(indent, depth int) *node {
	if depth > quickDepth {
		return q.fail()
	}
	if isDash(q.lines[0].line[indent:]) {
		return q.dashes(indent, depth)
	}
	return q.mapping(indent, indent, depth)
}

// isDash reports whether a text begins an element of a list.
func isDash(s string) bool { return s[0] == '-' && (len(s) == 1 || s[1] == ' ') }

// dashes reads a list.
func (q *quickReader) dashes(indent, depth int) *node {
	out, from := q.node(node{kind: kindList, at: q.place(&q.lines[0], indent)}), len(q.elements)
	for !q.bad && len(q.lines) > 0 && q.lines[0].indent == indent && isDash(q.lines[0].line[indent:]) {
		l := &q.lines[0]
		at := indent + 1
		for at < len(l.line) && l.line[at] == ' ' {
			at++
		}
		if at == len(l.line) || l.line[at] == '#' || isDash(l.line[at:]) || depth >= quickDepth {
			return q.fail()
		}
		if _, end := quickKey(l.line, at); end > 0 {
			l.indent = at // as if the dash were a blank
			q.elements = append(q.elements, q.mapping(at, indent, depth+1))
			continue
		}
		q.elements = append(q.elements, q.value(at, indent))
	}
	out.list = q.closeList(from)
	return out
}

// mapping reads a mapping whose keys have an indentation; what belongs to it is
// further right than outer, or the keys are.
func (q *quickReader) mapping(indent, outer, depth int) *node {
	out, from := q.node(node{kind: kindMap, at: q.place(&q.lines[0], indent)}), len(q.pairs)
	for !q.bad && len(q.lines) > 0 && q.lines[0].indent == indent {
		l := q.lines[0]
		name, end := quickKey(l.line, indent)
		if end == 0 || len(q.pairs)-from >= quickKeys || depth > quickDepth {
			return q.fail()
		}
		k := pairOf{name: name, at: q.place(&l, indent)}
		for end < len(l.line) && l.line[end] == ' ' {
			end++
		}
		if end < len(l.line) && l.line[end] != '#' {
			k.value = q.value(end, indent)
		} else {
			q.lines = q.lines[1:]
			k.value = q.below(indent, depth)
		}
		q.pairs = append(q.pairs, k)
	}
	out.keys = q.closeMap(from)
	if len(q.lines) > 0 && q.lines[0].indent > outer {
		return q.fail() // it is neither of this mapping nor of one around it
	}
	return out
}

// below reads what belongs to a key without a value on its line.
func (q *quickReader) below(indent, depth int) *node {
	switch {
	case len(q.lines) == 0 || q.lines[0].indent < indent:
	case q.lines[0].indent > indent:
		if _, end := quickKey(q.lines[0].line, q.lines[0].indent); end > 0 || isDash(q.lines[0].line[q.lines[0].indent:]) {
			return q.block(q.lines[0].indent, depth+1)
		}
		return q.fail() // a text over several lines, or in the next one
	case isDash(q.lines[0].line[indent:]):
		return q.dashes(indent, depth+1)
	}
	return q.node(node{})
}

// quickKey reads the plain key at line[from:] and returns it and where the colon
// after it ends; 0: there is none.
func quickKey(line string, from int) (name string, end int) {
	if c := line[from]; !isWordByte(c) {
		return "", 0
	}
	for i := from; i < min(len(line), from+quickKeyLen); i++ {
		switch c := line[i]; {
		case c == ':' && (i+1 == len(line) || line[i+1] == ' '):
			if line[i-1] == ' ' {
				return "", 0
			}
			return line[from:i], i + 1
		case !isWordByte(c) && strings.IndexByte(" -.'/", c) < 0:
			return "", 0
		}
	}
	return "", 0
}

// isWordByte reports the bytes that a plain word may begin with, whatever
// follows.
func isWordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// value reads the value at a place of the first line, which belongs to a key or
// dash with an indentation, and the lines that it takes.
func (q *quickReader) value(at, indent int) *node {
	l := q.lines[0]
	var n *node
	switch c := l.line[at]; {
	case c == '[' || c == '{':
		f := flow{quickReader: q, at: at, indent: indent}
		n = f.value(0, false)
		if q.bad {
			return n
		}
		l, at = q.lines[0], f.at
	case c == '"' || c == '\'':
		if n, at = q.quoted(&l, at); n == nil {
			return q.fail()
		}
	default:
		end := len(l.line)
		if i := strings.Index(l.line[at:], " #"); i >= 0 {
			end = at + i
		}
		text := strings.TrimRight(l.line[at:end], " ")
		if !plainStart(c) || strings.Contains(text, ": ") || text[len(text)-1] == ':' {
			return q.fail()
		}
		n, at = q.plainNode(text, q.place(&l, at)), end
	}
	rest := strings.TrimLeft(l.line[at:], " ")
	if rest != "" && (rest[0] != '#' || l.line[at] != ' ') {
		return q.fail()
	}
	q.lines = q.lines[1:]
	if len(q.lines) > 0 && q.lines[0].indent > indent {
		return q.fail() // it goes on
	}
	return n
}

// plainStart reports the bytes that a plain text may begin with.
func plainStart(c byte) bool { return isWordByte(c) || strings.IndexByte("/$(+.~", c) >= 0 }

// plainNode is a plain text as a value.
func (q *quickReader) plainNode(text string, at place) *node {
	switch {
	case isNull(text):
		return q.node(node{at: at})
	case isBool(text):
		return q.node(node{kind: kindText, text: text, at: at, flag: true})
	}
	return q.node(node{kind: kindText, text: text, at: at})
}

// isNull reports the plain texts that stand for nothing.
func isNull(text string) bool {
	switch text {
	case "null", "Null", "NULL", "~":
		return true
	}
	return false
}

// isBool reports those that are true or false.
func isBool(text string) bool {
	switch text {
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return true
	}
	return false
}

// quoted reads a text in quotes that ends in its line, and returns where.
func (q *quickReader) quoted(l *quickLine, at int) (*node, int) {
	quote, from := l.line[at], at+1
	plain := true // nothing in it stands for something else
	for i := from; i < len(l.line); i++ {
		switch c := l.line[i]; {
		case c == quote && quote == '\'' && i+1 < len(l.line) && l.line[i+1] == '\'':
			plain = false
			i++
		case c == quote:
			text := l.line[from:i]
			if !plain && quote == '\'' {
				text = strings.ReplaceAll(text, "''", "'")
			} else if !plain {
				text = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text)
			}
			return q.node(node{kind: kindText, text: text, at: q.place(l, at)}), i + 1
		case c == '\\' && quote == '"':
			if i++; i == len(l.line) || l.line[i] != '\\' && l.line[i] != '"' {
				return nil, 0
			}
			plain = false
		}
	}
	return nil, 0
}
