package classify

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fieldSep stands between title and text. It is no white space, so that
// neither a term nor a regular expression matches across the two.
const fieldSep = 0

// folded is a title and a text in the form that terms are compared in: NFKC,
// lower case, one space for any white space, no Latin or Arabic diacritics.
// Terms are folded the same way, so what folding loses it loses on both sides.
type folded struct {
	b     []byte   // title, fieldSep, text
	upper []uint64 // bit i: b[i] starts what was an upper-case letter
	title int      // length of the title in b
}

// reset empties f and keeps its memory.
func (f *folded) reset() {
	f.b, f.title = f.b[:0], 0
	clear(f.upper)
	f.upper = f.upper[:0]
}

// set folds a title and a text into f.
func (f *folded) set(title, text string) {
	f.reset()
	f.add(title)
	f.title = len(f.b)
	f.b = append(f.b, fieldSep)
	f.add(text)
	for len(f.upper)*64 < len(f.b) {
		f.upper = append(f.upper, 0)
	}
}

// isUpper reports whether the letter at b[i] was upper case.
func (f *folded) isUpper(i int) bool {
	return i>>6 < len(f.upper) && f.upper[i>>6]&(1<<(i&63)) != 0
}

// add appends the folded form of s.
func (f *folded) add(s string) {
	s = plain(s)
	if n := norm.NFKC.QuickSpanString(s); n < len(s) {
		s = norm.NFKC.String(s)
	}
	start := len(f.b)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			f.b = append(f.b, c)
			i++
		case 'A' <= c && c <= 'Z':
			f.mark()
			f.b = append(f.b, c+'a'-'A')
			i++
		case c <= ' ' || c == 0x7f:
			if n := len(f.b); n > start && f.b[n-1] != ' ' {
				f.b = append(f.b, ' ')
			}
			i++
		case c < utf8.RuneSelf:
			f.b = append(f.b, c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			f.rune(r, start)
			i += n
		}
	}
}

// mark notes that the letter about to be appended was upper case.
func (f *folded) mark() {
	i := len(f.b)
	for len(f.upper) <= i>>6 {
		f.upper = append(f.upper, 0)
	}
	f.upper[i>>6] |= 1 << (i & 63)
}

// rune appends the folded form of one rune beyond ASCII.
func (f *folded) rune(r rune, start int) {
	if s, ok := foldedRunes(r); ok {
		if unicode.IsUpper(r) && s != "" {
			f.mark()
		}
		f.b = append(f.b, s...)
		return
	}
	switch {
	case unicode.IsSpace(r):
		if n := len(f.b); n > start && f.b[n-1] != ' ' {
			f.b = append(f.b, ' ')
		}
		return
	case unicode.IsUpper(r) || unicode.IsTitle(r):
		f.mark()
		r = unicode.ToLower(r)
	case r == utf8.RuneError:
		r = '?'
	}
	f.b = utf8.AppendRune(f.b, base(r))
}

// base returns the letter under a Latin or Greek accent, and r itself in every
// other script: a Devanagari or Bengali vowel sign is a mark too, but a
// different word without it.
func base(r rune) rune {
	if r < 0xC0 || r >= 0x400 && r < 0x1D00 || !unicode.In(r, unicode.Latin, unicode.Greek) {
		return r
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	if d := norm.NFD.Properties(buf[:n]).Decomposition(); len(d) > 0 {
		r, _ = utf8.DecodeRune(d)
	}
	return r
}

// foldedRunes says what single runes fold to where neither Unicode's lower
// case nor its decomposition does what the matching contract wants.
func foldedRunes(r rune) (string, bool) {
	switch r {
	case 'ß', 'ẞ':
		return "ss", true
	case 'ø', 'Ø':
		return "o", true
	case 'ł', 'Ł':
		return "l", true
	case 'đ', 'Đ', 'ð', 'Ð':
		return "d", true
	case 'æ', 'Æ':
		return "ae", true
	case 'œ', 'Œ':
		return "oe", true
	case 'þ', 'Þ':
		return "th", true
	case 'ı', 'İ':
		return "i", true
	case 'ё', 'Ё':
		return "е", true
	case 'ς':
		return "σ", true
	case '\u2018', '\u2019', '\u02BC', '\u02BB', '\u201B', '\u00B4':
		return "'", true
	case '\u201C', '\u201D', '\u201E', '«', '»':
		return `"`, true
	case 'آ', 'أ', 'إ', 'ٱ':
		return "ا", true
	case 'ى', 'ی':
		return "ي", true
	case 'ک':
		return "ك", true
	case 'ـ', '\u00AD', '\u2060', '\uFEFF':
		return "", true // tatweel and what has no width
	}
	switch {
	case r >= 0x2010 && r <= 0x2015, r == 0x2212:
		return "-", true
	case r >= 0x064B && r <= 0x065F, r == 0x0670, r >= 0x0610 && r <= 0x061A, r >= 0x06D6 && r <= 0x06ED && unicode.Is(unicode.Mn, r):
		return "", true // tashkeel
	case r >= 0x0300 && r <= 0x036F:
		return "", true // accents that NFKC could not compose
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E:
		return "", true // joiners and marks of direction
	}
	return "", false
}

// plain strips what is left of HTML: titles in feeds carry tags and entities
// more often than their formats allow.
func plain(s string) string {
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if strings.IndexByte(s, '<') < 0 {
		return s
	}
	var out strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			break
		}
		// "<" before a letter, "/" or "!" opens a tag; elsewhere, and where no
		// ">" follows, it is a character of the text.
		end := -1
		if c := s[i+1]; c == '/' || c == '!' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			end = strings.IndexByte(s[i:], '>')
		}
		if end < 0 {
			out.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		out.WriteString(s[:i])
		out.WriteByte(' ')
		s = s[i+end+1:]
	}
	out.WriteString(s)
	return out.String()
}

// fold returns the folded form of a term or a tag.
func fold(s string) string {
	var f folded
	f.add(s)
	return strings.TrimRight(string(f.b), " ")
}

// isWord reports whether r belongs to a word: letters, digits, and the marks
// that are part of letters in many scripts.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// wordBefore reports whether a rune of a word ends at b[:i].
func wordBefore(b []byte, i int) bool {
	if i <= 0 {
		return false
	}
	if c := b[i-1]; c < utf8.RuneSelf {
		return isWord(rune(c))
	}
	r, _ := utf8.DecodeLastRune(b[:i])
	return isWord(r)
}

// wordAfter reports whether a rune of a word starts at b[i:].
func wordAfter(b []byte, i int) bool {
	if i >= len(b) {
		return false
	}
	if c := b[i]; c < utf8.RuneSelf {
		return isWord(rune(c))
	}
	r, _ := utf8.DecodeRune(b[i:])
	return isWord(r)
}
