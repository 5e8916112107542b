package feed

import (
	"unicode/utf8"
)

// scrub removes the characters that XML forbids (XML 1.0 section 2.2) and
// that must never be published again (S22). Clean text is returned as it is.
func scrub(text []byte, rep *repairs) []byte {
	i := firstForbidden(text)
	if i < 0 {
		return text
	}
	rep.add(repairControls)
	out := make([]byte, 0, len(text))
	for i >= 0 {
		out = append(out, text[:i]...)
		n := 1
		if text[i] >= utf8.RuneSelf {
			n = 3
		}
		text = text[i+n:]
		i = firstForbidden(text)
	}
	return append(out, text...)
}

// firstForbidden returns the index of the first forbidden character in valid
// UTF-8, -1 if there is none.
func firstForbidden(text []byte) int {
	for i, c := range text {
		switch {
		case c < 0x20:
			if c != '\t' && c != '\n' && c != '\r' {
				return i
			}
		case c == 0xef && i+2 < len(text) && text[i+1] == 0xbf && text[i+2] >= 0xbe:
			return i // U+FFFE, U+FFFF
		case c == 0xef && i+2 < len(text) && text[i+1] == 0xbb && text[i+2] == 0xbf:
			return i // a byte order mark in the middle of the text
		}
	}
	return -1
}
