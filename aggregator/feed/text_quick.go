package feed

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// quickPlain is [plain] before tame for HTML as our sanitiser and nearly all
// feeds write it: lower-case tags with quoted values. It needs no tokenizer,
// whose buffer alone costs more than most texts. ok is false where it takes
// one to tell.
func quickPlain(fragment string) (text string, ok bool) {
	// A letter could otherwise grow together where a tag stood in it.
	if !utf8.ValidString(fragment) {
		return "", false
	}
	var out oneLine
	out.b.Grow(len(fragment))
	for {
		i := strings.IndexByte(fragment, '<')
		if i < 0 {
			out.add(html.UnescapeString(fragment))
			return out.String(), true
		}
		out.add(html.UnescapeString(fragment[:i]))
		a, n := quickTag(fragment[i:])
		if n == 0 || hiddenText[a] || a == atom.Title || a == atom.Plaintext {
			return "", false
		}
		if !inlineElements[a] {
			out.space()
		}
		fragment = fragment[i+n:]
	}
}

// quickTag returns what a tag at the start of s is called, 0 for a name that
// HTML does not know, and its length; 0 if it is not as plainly written as can
// be.
func quickTag(s string) (name atom.Atom, n int) {
	i := 1
	end := i < len(s) && s[i] == '/'
	if end {
		i++
	}
	from := i
	for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || i > from && s[i] >= '0' && s[i] <= '9') {
		i++
	}
	if i == from || i == len(s) {
		return 0, 0
	}
	var word [16]byte
	if name = 0; i-from <= len(word) {
		name = atom.Lookup(word[:copy(word[:], s[from:i])])
	}
	for !end && s[i] == ' ' {
		if n := quickAttribute(s[i:]); n == 0 || i+n >= len(s) {
			return 0, 0
		} else {
			i += n
		}
	}
	if s[i] != '>' {
		return 0, 0
	}
	return name, i + 1
}

// quickAttribute returns the length of ` name="value"` at the start of s, 0 if
// that is not there.
func quickAttribute(s string) int {
	i := 1
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] == '-') {
		i++
	}
	if i == 1 || i+2 > len(s) || s[i] != '=' || s[i+1] != '"' {
		return 0
	}
	n := strings.IndexByte(s[i+2:], '"')
	if n < 0 {
		return 0
	}
	return i + n + 3
}

// oneLine collects text, with one space for every run of white space and none
// at the ends.
type oneLine struct {
	b      strings.Builder
	spaced bool // b ends in a space
}

// add appends s.
func (l *oneLine) add(s string) {
	from := 0
	for i := 0; i < len(s); {
		n := 1
		switch spaceBytes[s[i]] {
		case noSpace:
			i++
			continue
		case aSpace:
			// A single one between words is copied with them.
			if s[i] == ' ' && i > from && i+1 < len(s) && spaceBytes[s[i+1]] == noSpace {
				i += 2
				continue
			}
		case maybeSpace:
			var r rune
			if r, n = utf8.DecodeRuneInString(s[i:]); !unicode.IsSpace(r) {
				i += n
				continue
			}
		}
		l.word(s[from:i])
		l.space()
		i += n
		from = i
	}
	l.word(s[from:])
}

// word appends text without white space.
func (l *oneLine) word(s string) {
	if s != "" {
		l.b.WriteString(s)
		l.spaced = false
	}
}

// space ends a word, if there is one to end.
func (l *oneLine) space() {
	if l.b.Len() > 0 && !l.spaced {
		l.b.WriteByte(' ')
		l.spaced = true
	}
}

// String returns what was collected.
func (l *oneLine) String() string {
	s := l.b.String()
	if l.spaced {
		s = s[:len(s)-1]
	}
	return s
}

// isCollapsed reports whether s has no white space to collapse or cut off, for
// sure: it may say no to what has none.
func isCollapsed(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if spaceBytes[c] != noSpace && (c != ' ' || before == ' ') {
			return false
		}
		before = c
	}
	return before != ' ' || s == ""
}

// What the first byte of a character says.
const (
	noSpace = iota
	aSpace
	maybeSpace
)

// spaceBytes knows the first bytes of white space, as unicode.IsSpace has it.
var spaceBytes = func() (t [256]uint8) {
	for _, c := range "\t\n\v\f\r " {
		t[c] = aSpace
	}
	for r := rune(utf8.RuneSelf); r <= 0x3000; r++ { // the last one
		if unicode.IsSpace(r) {
			t[string(r)[0]] = maybeSpace
		}
	}
	return t
}()
