package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Text that was UTF-8, and that somebody read as if it were Latin-1 or
// Windows-1252 before it came to us, looks like "gefÃ¤hrdet" or "workersâ€™".
// The W3C validator warns of it (BadCharacters), and readers stumble.

// once returns s with what was encoded twice mended, line by line.
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

// onceLine mends one line; false if there is nothing to mend. What stands
// between two characters of ASCII is mended if it is UTF-8 in bytes, and holds
// a usual sign of this: an accented letter that became two of which the first
// is Ã or Â, or a quotation mark or a dash behind "â€". Without such a sign all
// of the line has to be so.
func onceLine(l string) (string, bool) {
	var signed, all strings.Builder // with what has a sign mended, and with all
	runes := []rune(l)
	signs, made, odd := 0, 0, false
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && runes[j] >= 0x80 {
			j++
		}
		if j == i {
			signed.WriteRune(runes[i])
			all.WriteRune(runes[i])
			i++
			continue
		}
		was := string(runes[i:j])
		mended, s, n := onceRun(runes, i, j)
		if n == 0 {
			mended, odd = was, true
		}
		all.WriteString(mended)
		if s > 0 {
			was = mended
		}
		signed.WriteString(was)
		signs, made, i = signs+s, made+n, j
	}
	switch {
	case !odd && made >= enough:
		return widowed.Replace(all.String()), true
	case signs > 0:
		return widowed.Replace(signed.String()), true
	}
	return "", false
}

// widowed mends the two characters whose second half is a space that somebody
// made a plain one of: "Ã la mode".
var widowed = strings.NewReplacer(" Ã ", " à ", "Â ", " ")

// onceRun mends the characters from i to j. It returns how many came of them,
// 0 if they were not encoded twice, and how many of these are signs of it.
func onceRun(l []rune, i, j int) (mended string, signs, n int) {
	raw := make([]byte, 0, j-i)
	for ; i < j; i++ {
		b, ok := byteOf(l[i])
		if !ok || capitals(l, i) {
			return "", 0, 0
		}
		raw = append(raw, b)
	}
	if !utf8.Valid(raw) {
		return "", 0, 0
	}
	for _, r := range string(raw) {
		n++
		if r >= 0xA0 && r <= 0xFF || r >= 0x2010 && r <= 0x203A || r == 0x20AC || r == 0x2122 {
			signs++
		}
	}
	return string(raw), signs, n
}

// capitals reports whether the i-th character is the last of a word in capitals
// with a sign behind it, which happens in Portuguese: "«GREVE AMANHû".
func capitals(l []rune, i int) bool {
	if l[i] != 'Ã' && l[i] != 'Â' || i == 0 || i+1 == len(l) || !unicode.IsUpper(l[i-1]) {
		return false
	}
	word := i+2 < len(l) && unicode.IsLetter(l[i+2])
	return !word && (unicode.IsPunct(l[i+1]) || unicode.IsSpace(l[i+1]))
}
