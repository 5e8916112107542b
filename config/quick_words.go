package config

import "strings"

// A taxonomy is some thirty thousand terms in lists, of which nobody asks where
// one stands as long as all is well. A node for each was most of what reading a
// newsroom took, and six times as much memory as the terms themselves. So a list
// in brackets that holds plain texts is kept as those, and read again, into nodes,
// when a place in it is asked for.

// wordList is a list in brackets, of texts without a control character.
type wordList struct {
	texts []string

	// Where it stands.
	lines []quickLine
	flow  flow // without its reader
	depth int
}

// elements returns the nodes of a list.
func (n *node) elements() []*node {
	if n.words != nil {
		again := n.words.flow
		again.quickReader = &quickReader{lines: n.words.lines, nodes: true}
		n.list, n.words = again.brackets(n.words.depth).list, nil
	}
	return n.list
}

// wordEnd tells the bytes that end a plain text in brackets, or that have to be
// looked at: those of control characters among them.
var wordEnd = [256]bool{
	',': true, ']': true, '}': true, '[': true, '{': true, '"': true, '#': true, ':': true,
	0x00: true, 0x01: true, 0x02: true, 0x03: true, 0x04: true, 0x05: true, 0x06: true, 0x07: true,
	0x08: true, 0x09: true, 0x0a: true, 0x0b: true, 0x0c: true, 0x0d: true, 0x0e: true, 0x0f: true,
	0x10: true, 0x11: true, 0x12: true, 0x13: true, 0x14: true, 0x15: true, 0x16: true, 0x17: true,
	0x18: true, 0x19: true, 0x1a: true, 0x1b: true, 0x1c: true, 0x1d: true, 0x1e: true, 0x1f: true,
	0x7f: true,
	0xc2: true, // U+0080 to U+009F begin with it
}

// words reads a list in brackets if it holds plain texts and nothing that needs a
// second look; nil: it is at the bracket still.
func (f *flow) words(depth int) *node {
	if f.nodes || depth >= quickDepth {
		return nil
	}
	lines, at := f.lines, f.at
	if !f.readWords() {
		f.lines, f.at, f.bad = lines, at, false
		return nil
	}
	n := f.node(node{kind: kindList, at: f.place(&lines[0], at)})
	n.words = &wordList{texts: f.shelve(), lines: lines[:len(lines)-len(f.lines)+1], flow: flow{at: at, indent: f.indent, braced: f.braced}, depth: depth}
	return n
}

// readWords takes the texts of a list, and goes on behind it; false: it is none
// of words.
func (f *flow) readWords() bool {
	f.texts = f.texts[:0]
	f.at++
	for c := f.skip(); ; {
		word, ok := f.word(c)
		if !ok {
			return false
		}
		f.texts = append(f.texts, word)
		switch f.skip() {
		case ']':
			f.at++
			return true
		case ',':
			f.at++
			c = f.skip()
		default:
			return false
		}
	}
}

// word takes the text at the place, whose first byte is c.
func (f *flow) word(c byte) (string, bool) {
	line := f.lines[0].line
	if c == 0 || !plainStart(c) {
		return "", false
	}
	end := f.at
	for ; end < len(line); end++ {
		c := line[end]
		if !wordEnd[c] {
			continue
		}
		if c == ',' || c == ']' {
			break
		}
		switch {
		case c == 0xc2 && line[end+1] >= 0xa0: // it is UTF-8, so that there is one more
		case c == ':' && f.within(line, end, true):
		default:
			return "", false
		}
	}
	word := strings.TrimRight(line[f.at:end], " ")
	f.at = end
	return word, !isNull(word) && !isBool(word)
}

// shelve returns a copy of the texts that were taken, for good.
func (f *flow) shelve() []string {
	n := len(f.texts)
	if n > len(f.shelf) {
		f.shelf = make([]string, max(n, 1024))
	}
	list := f.shelf[:n:n]
	f.shelf = f.shelf[n:]
	copy(list, f.texts)
	return list
}
