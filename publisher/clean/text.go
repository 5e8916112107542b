// Package clean is the last fence before anything is published: the one
// filter that every text and every address passes on its way into a feed, a
// page or a list.
//
// It decides what a published string may consist of, and nothing else: it
// knows no feed, no format and no archive. It is a room of its own so that
// every encoder obeys the same rule, and so that the rule can be read and
// attacked in one place.
package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s without anything that a published document may not hold:
// control characters other than tab and newline, and noncharacters (F03, S22).
// Bytes that are not UTF-8 become question marks, and so does U+FFFD, which
// says that a character was lost before and which the W3C validator refuses.
// Carriage returns become newlines: an XML reader would change them anyway.
// Lines that were encoded twice ("gefÃ¤hrdet") are mended.
func Text(s string) string {
	if plain(s, false) {
		return s
	}
	s = once(s)
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\r':
			if i+1 >= len(s) || s[i+1] != '\n' {
				b.WriteByte('\n')
			}
		case r == 0x85: // NEL, a newline of mainframes
			b.WriteByte('\n')
		case r == utf8.RuneError:
			b.WriteByte('?')
		case allowed(r):
			b.WriteRune(r)
		}
		i += n
	}
	if mended := once(b.String()); len(mended) < b.Len() {
		return Text(mended) // a control stood between the halves
	}
	return b.String()
}

// allowed reports whether a code point may be published. It is narrower than
// the Char production of XML 1.0, which lets C1 controls and most
// noncharacters through; the W3C validator does not (BadCharacters).
func allowed(r rune) bool {
	switch {
	case r == '\t' || r == '\n':
		return true
	case r < ' ', r >= 0x7f && r <= 0x9f: // C0, DEL, C1
		return false
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe: // noncharacters
		return false
	case r == 0xfeff: // a byte order mark in the middle of a text
		return false
	}
	return true
}

// Line is [Text] on one line: runs of white space become one space, and there
// is none at either end.
func Line(s string) string {
	if plain(s, true) {
		return s
	}
	if s = Text(s); plain(s, true) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) || r == 0x2028 || r == 0x2029 {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// Title is [Line], at most max runes long, with direction marks that cannot
// reach beyond it (F28, S29): marks stay, overrides go, and every embedding
// and isolate that is opened is closed. max <= 0 means no limit.
func Title(s string, max int) string {
	if s = Line(s); plain(s, true) && !directed(s) {
		return cut(s, max)
	}
	// A control that goes may leave two spaces side by side, a space that was
	// none of ASCII may have hidden what was encoded twice, and what is cut off
	// may hold a closer.
	return closeBidi(cut(Line(closeBidi(s)), max))
}

// cut shortens s to max runes, the last of them an ellipsis, without leaving
// the base of a combining sequence bare of its marks.
func cut(s string, max int) string {
	if max <= 0 || len(s) <= max || utf8.RuneCountInString(s) <= max {
		return s
	}
	n, end := 0, 0
	for i, r := range s {
		if n++; n > max {
			break
		}
		if !unicode.Is(unicode.M, r) && r != 0x200d {
			end = i
		}
	}
	return strings.TrimRightFunc(s[:end], unicode.IsSpace) + "…"
}

// The bidirectional controls of Unicode UAX 9, section 2.
const (
	lre, rle, pdf, lro, rlo = 0x202a, 0x202b, 0x202c, 0x202d, 0x202e
	lri, rli, fsi, pdi      = 0x2066, 0x2067, 0x2068, 0x2069
)

// closeBidi drops overrides and closers that close nothing, and closes at the
// end what was left open.
func closeBidi(s string) string {
	if !directed(s) {
		return s
	}
	var b strings.Builder
	var open []rune // the closers that are still to come
	for _, r := range s {
		switch r {
		case lro, rlo:
			continue
		case lre, rle:
			open = append(open, pdf)
		case lri, rli, fsi:
			open = append(open, pdi)
		case pdf, pdi:
			if len(open) == 0 || open[len(open)-1] != r {
				continue
			}
			open = open[:len(open)-1]
		}
		b.WriteRune(r)
	}
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteRune(open[i])
	}
	return b.String()
}

// Language returns a language tag in the form of BCP 47, or "" for one that
// is not a tag or says nothing ("und", "mul", "zxx").
func Language(s string) string {
	primary, _, _ := strings.Cut(s, "-")
	if len(primary) < 2 || len(primary) > 8 || len(s) > 35 || strings.HasSuffix(s, "-") || strings.Contains(s, "--") {
		return ""
	}
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if letter := c >= 'a' && c <= 'z'; !letter && (i < len(primary) || s[i] != '-' && (s[i] < '0' || s[i] > '9')) {
			return ""
		}
	}
	switch strings.ToLower(primary) {
	case "und", "mul", "zxx", "mis":
		return ""
	}
	return s
}
