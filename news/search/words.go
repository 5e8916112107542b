package search

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unspaced are the scripts of languages that put no space between words, and
// Hangul, where what is looked for stands with its endings in one word. Each
// character of them is a word of its own: what is looked for is found wherever
// its characters stand in a row, and no dictionary has to be right.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// Words returns where the words of a text begin and end, in bytes. A mark
// belongs to the character before it. Bytes that are no UTF-8 are in none.
func Words(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		start, alone := -1, false
		for i, r := range text {
			if r < utf8.RuneSelf { // most of most texts
				inside := inWord[r]
				if start >= 0 && (!inside || alone) {
					if !yield(start, i) {
						return
					}
					start = -1
				}
				if inside && start < 0 {
					start, alone = i, false
				}
				continue
			}
			bad := r == utf8.RuneError && strings.IndexByte(text[i:i+1], 0xEF) < 0
			inside := !bad && (unicode.In(r, unicode.L, unicode.N, unicode.M) || unicode.Is(unicode.Co, r))
			if inside && start >= 0 && unicode.Is(unicode.M, r) {
				continue
			}
			single := inside && r >= 0x0E00 && unicode.In(r, unspaced...)
			if start >= 0 && (!inside || single || alone) {
				if !yield(start, i) {
					return
				}
				start = -1
			}
			if inside && start < 0 {
				start, alone = i, single
			}
		}
		if start >= 0 {
			yield(start, len(text))
		}
	}
}

// inWord says which characters of ASCII are in words.
var inWord = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
	}
	return t
}()

// Fold makes words of one sound one word, as far as a search has to: it lowers
// case, leaves the points out that Arabic and Hebrew mostly leave out, and
// writes the alefs and the yeh of Arabic in one way. Accents stay.
func Fold(word string) string {
	if ascii(word) {
		return strings.ToLower(word)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x0590:
		case r >= 0x0591 && r <= 0x05C7 && unicode.Is(unicode.Mn, r), // niqqud
			r >= 0x0610 && r <= 0x06ED && unicode.Is(unicode.Mn, r), // harakat
			r == 0x0640: // tatweel
			return -1
		case r == 'آ' || r == 'أ' || r == 'إ' || r == 'ٱ':
			return 'ا'
		case r == 'ى' || r == 'ی':
			return 'ي'
		case r == 'ک':
			return 'ك'
		}
		return unicode.ToLower(r)
	}, word)
}

// ascii reports whether a word is written in ASCII alone.
func ascii(word string) bool {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
