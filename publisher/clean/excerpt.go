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
	word, any := 0, 0 // where the last word, and the last segment of any kind, ended
	seg, n, at := segment.NewWordSegmenterDirect([]byte(s)), 0, 0
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
