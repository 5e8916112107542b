package config

import "strings"

// flow reads what is in brackets, over lines that are further right than the key
// or dash that it belongs to.
type flow struct {
	*quickReader
	at     int // in the first line
	indent int
	braced int // braces that are open
}

// skip goes on to the next byte that is no blank, and returns it; 0: the
// library has to read this.
func (f *flow) skip() byte {
	for {
		l := &f.lines[0]
		for f.at < len(l.line) && l.line[f.at] == ' ' {
			f.at++
		}
		if f.at < len(l.line) {
			return l.line[f.at]
		}
		if len(f.lines) == 1 || f.lines[1].indent <= f.indent || f.lines[1].number != l.number+1 {
			f.bad = true
			return 0
		}
		f.lines = f.lines[1:]
		f.at = f.lines[0].indent
	}
}

// value reads an element of a list, or the value of a key.
func (f *flow) value(depth int, inList bool) *node {
	if depth > quickDepth {
		return f.fail()
	}
	switch c := f.skip(); c {
	case 0:
		return f.fail()
	case '[':
		return f.brackets(depth)
	case '{':
		return f.braces(depth)
	case '"', '\'':
		n, end := f.quoted(&f.lines[0], f.at)
		if n == nil {
			return f.fail()
		}
		f.at = end
		return n
	}
	return f.plain(inList)
}

// plain reads a plain text in brackets.
func (f *flow) plain(inList bool) *node {
	l := &f.lines[0]
	if !plainStart(l.line[f.at]) {
		return f.fail()
	}
	end := f.at
	for ; end < len(l.line); end++ {
		switch c := l.line[end]; c {
		case ',', ']', '}':
		case '[', '{', '"', '#':
			return f.fail()
		case ':':
			if !f.within(l.line, end, inList) {
				return f.fail()
			}
			continue
		default:
			continue
		}
		break
	}
	n := f.plainNode(strings.TrimRight(l.line[f.at:end], " "), f.place(l, f.at))
	f.at = end
	return n
}

// within reports whether the colon at a place is one of the text that it stands in.
func (f *flow) within(line string, at int, inList bool) bool {
	if at+1 == len(line) || strings.IndexByte(" ,]}[{", line[at+1]) >= 0 {
		return false
	}
	// The library takes a key to end here, but for an address.
	return !inList || f.braced == 0 || strings.HasPrefix(line[at:], "://")
}

// brackets reads a list.
func (f *flow) brackets(depth int) *node {
	if n := f.words(depth); n != nil {
		return n
	}
	n, from := f.node(node{kind: kindList, at: f.place(&f.lines[0], f.at)}), len(f.elements)
	f.at++
	for c := f.skip(); c != ']'; {
		f.elements = append(f.elements, f.value(depth+1, true))
		if c = f.separator(']'); f.bad {
			return n
		}
	}
	n.list = f.closeList(from)
	f.at++
	return n
}

// braces reads a mapping.
func (f *flow) braces(depth int) *node {
	n, from := f.node(node{kind: kindMap, at: f.place(&f.lines[0], f.at)}), len(f.pairs)
	f.at++
	f.braced++
	for c := f.skip(); c != '}'; {
		l := f.lines[0]
		if c == 0 || len(f.pairs)-from >= quickKeys {
			return f.fail()
		}
		name, end := quickKey(l.line, f.at)
		if end == 0 || end == len(l.line) {
			return f.fail()
		}
		k := pairOf{name: name, at: f.place(&l, f.at)}
		f.at = end
		k.value = f.value(depth+1, false)
		f.pairs = append(f.pairs, k)
		if c = f.separator('}'); f.bad {
			return n
		}
	}
	n.keys = f.closeMap(from)
	f.at++
	f.braced--
	if len(n.keys) > 0 {
		n.at = n.keys[0].at
	}
	return n
}

// separator reads the comma before the next element, and returns what follows,
// or the bracket that ends the elements.
func (f *flow) separator(end byte) byte {
	if f.bad {
		return end
	}
	c := f.skip()
	if c == end {
		return end
	}
	if c != ',' {
		f.bad = true
		return end
	}
	f.at++
	if c = f.skip(); c == end || c == ',' {
		f.bad = true
	}
	return c
}
