package clean

import (
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/segment"
)

// Excerpt returns the beginning of a plain text, at most max runes long and on
// one line. A text that is cut ends at the end of a word, as Unicode finds
// them (UAX 29), so that scripts without spaces are cut well too, and an
// ellipsis says so (F25).
func Excerpt(s string, max int) string {
	s = Line(s)
	if max <= 0 || len(s) <= max || utf8.RuneCountInString(s) <= max {
		return closeBidi(s)
	}
	at, n := start(s, max-1)
	word, any := at, at // where the last word, and the last segment of any kind, ended
	if at > 0 {
		word--
	}
	seg := segment.NewWordSegmenterDirect([]byte(s[at:]))
	for seg.Segment() {
		b := seg.Bytes()
		if n += utf8.RuneCount(b); n > max-1 {
			break
		}
		at += len(b)
		any = at
		if seg.Type() != segment.None {
			word = at
		}
	}
	switch {
	case word > any/2:
		s = s[:word]
	case any > 0:
		s = s[:any]
	default: // one endless word
		return closeBidi(cut(s, max))
	}
	return closeBidi(strings.TrimRight(s, " ") + "…")
}

// start returns a place from which words can be told as if they were told from
// the beginning, near to where max runes end but not behind it, and how many
// runes stand before it: behind a letter of ASCII and a space, before another
// one. It is 0 if there is none.
func start(s string, max int) (at, runes int) {
	const near = 48 // runes: a few words
	for i := range s {
		if runes++; runes > max {
			break
		}
		if i > 1 && s[i-1] == ' ' && letter(s[i]) && letter(s[i-2]) {
			if at, n := i, runes-1; n >= max-near {
				return at, n
			}
		}
	}
	return 0, 0
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
