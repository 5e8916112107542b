package feed

import (
	"strings"
	"unicode"
)

// maxMarks is how many combining marks one letter may carry; no language
// needs more, stacks of them are an attack on the line above (S29).
const maxMarks = 6

// tame removes control characters, closes direction embeddings and isolates
// that the text leaves open, drops overrides, which exist to make text read as
// what it is not, and bounds the combining marks per letter. Direction marks
// stay: Arabic and Hebrew need them.
func tame(s string) string {
	if isTame(s) {
		return s
	}
	var b strings.Builder
	var open []rune // closers that are still missing, the innermost last
	marks := 0
	for _, r := range s {
		switch {
		case isMark(r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		switch {
		case r == '\t' || r == '\n' || r == 0x2028 || r == 0x2029:
			b.WriteByte(' ')
			continue
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0xfeff || r >= 0xfff9 && r <= 0xfffb || r == 0xfffe || r == 0xffff,
			r == 0x202d, r == 0x202e:
			continue
		case r == 0x202a || r == 0x202b:
			open = append(open, 0x202c)
		case r >= 0x2066 && r <= 0x2068:
			open = append(open, 0x2069)
		case r == 0x202c || r == 0x2069:
			if len(open) == 0 || open[len(open)-1] != r {
				continue
			}
			open = open[:len(open)-1]
		}
		if len(open) > 16 {
			open = open[:16]
			continue
		}
		b.WriteRune(r)
	}
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteRune(open[i])
	}
	return b.String()
}

// isTame reports whether tame has nothing to do, which is nearly always so.
func isTame(s string) bool {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] < 0x7f {
		i++
	}
	return i == len(s) || strings.IndexByte(s[i:], '\t') < 0 && strings.IndexByte(s[i:], '\n') < 0 && isTameBlock(s[i:], false)
}

// isTameBlock reports whether tameBlock does no more than make spaces of tabs.
// What is to be joined to a text must not begin with marks, because they count
// for the letter before.
func isTameBlock(s string, joined bool) bool {
	marks := 0
	if joined {
		marks = maxMarks
	}
	for _, r := range s {
		if r < 0x7f {
			if r < 0x20 && r != '\n' && r != '\t' {
				return false
			}
			marks = 0
			continue
		}
		if r < 0xa0 || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff || r >= 0xfff9 && r <= 0xffff && r != 0xfffd && r != 0xfffc {
			return false
		}
		if isMark(r) {
			if marks++; marks > maxMarks {
				return false
			}
		} else {
			marks = 0
		}
	}
	return true
}

// isMark reports whether r combines with the letter before it. Most scripts
// are known to have no marks without a look into the tables.
func isMark(r rune) bool {
	switch {
	case r < 0x300, r >= 0x370 && r < 0x483, r >= 0x3100 && r < 0xa66f, r >= 0xac00 && r < 0xfb00:
		return false
	}
	return unicode.Is(unicode.M, r)
}

// tameBlock is tame for text in which line breaks matter.
func tameBlock(s string) string {
	if isTameBlock(s, false) {
		return strings.ReplaceAll(s, "\t", " ")
	}
	lines := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
	for i, l := range lines {
		lines[i] = tame(l)
	}
	return strings.Join(lines, "\n")
}
