package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Text that was UTF-8, and that somebody read as if it were Latin-1 or
// Windows-1252 before it came to us, looks like "gefÃ¤hrdet" or "workersâ€™".
// The W3C validator warns of it (BadCharacters).

// once returns s with the lines mended that were encoded twice: those that,
// written in that charset again, are UTF-8 from end to end.
func once(s string) string {
	if !maybeTwice(s) {
		return s
	}
	lines := strings.SplitAfter(s, "\n")
	for i, l := range lines {
		for { // some were encoded three times
			mended, ok := onceLine(l)
			if !ok {
				break
			}
			l = mended
		}
		lines[i] = l
	}
	return strings.Join(lines, "")
}

// maybeTwice reports whether any line can have been encoded twice.
func maybeTwice(s string) bool {
	last := rune(0)
	for _, r := range s {
		if half(last, r) {
			return true
		}
		last = r
	}
	return false
}

// half reports whether two characters can be the first two bytes of one.
func half(a, b rune) bool {
	if a < 0xC2 || a > 0xF4 || b < 0x80 {
		return false
	}
	c, ok := byteOf(b)
	return ok && c >= 0x80 && c < 0xC0
}

// byteOf returns the byte that a character was read from.
func byteOf(r rune) (byte, bool) {
	if r < 0xA0 {
		return byte(r), true // Latin-1, where these are controls
	}
	return charmap.Windows1252.EncodeRune(r)
}

// enough is how many characters of any script prove that a line was encoded
// twice. What one or two pairs of letters and signs make can be meant so:
// "Spaß…" would be a letter of N'Ko.
const enough = 4

// onceLine mends one line; false if it is not proven that it needs to be. One
// character is proof if it is the usual sign: an accented letter behind "Ã" or
// "Â", unless that ends a word in capitals ("AMANHû), or a quotation mark or
// a dash behind "â€".
func onceLine(l string) (string, bool) {
	raw := make([]byte, 0, len(l))
	last := rune(0)
	for _, r := range l {
		b, ok := byteOf(r)
		if !ok {
			return "", false
		}
		if (last == 'Ã' || last == 'Â') && b >= 0x80 && b < 0xC0 && shouted(raw) {
			return "", false
		}
		raw = append(raw, b)
		last = r
	}
	if !utf8.Valid(raw) {
		return "", false
	}
	made, proven := 0, false
	for _, r := range string(raw) {
		if r >= 0x80 {
			made++
			proven = proven || r >= 0xA0 && r <= 0xFF || r >= 0x2010 && r <= 0x203A || r == 0x20AC || r == 0x2122
		}
	}
	return string(raw), proven || made >= enough
}

// shouted reports whether the letter before the last is a capital.
func shouted(raw []byte) bool {
	if len(raw) < 2 {
		return false
	}
	r := charmap.Windows1252.DecodeByte(raw[len(raw)-2])
	return unicode.IsUpper(r)
}
