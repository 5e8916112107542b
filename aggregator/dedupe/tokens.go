package dedupe

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/text/unicode/norm"
)

// maxTokens bounds the work on one text. A copy shows in far fewer words, and
// a report's event is in its first paragraphs.
const (
	maxTokens = 1500
	maxBytes  = 64 << 10 // a cut letter at the end does no harm
)

// token is one word, folded, or a few characters of a script that writes
// without spaces.
type token struct {
	hash     uint32
	class    class
	parts    uint8 // of a word, wordParts make one
	named    bool  // written like a name: a capital letter within a sentence
	from, to int32 // where it stands in the normalised text
}

// wordParts is what a word is divided into, for scripts that are cut into
// smaller tokens: most Chinese words have two characters, Thai ones about four.
const wordParts = 4

// class says what a token can be evidence of.
type class uint8

const (
	word   class = iota
	number       // holds a digit
	stop         // too common to tell stories apart
)

// normal returns s in the form that is cut into tokens: compatibility forms of
// full-width digits, ligatures and presentation forms of Arabic letters.
func normal(s string) string {
	s = s[:min(len(s), maxBytes)]
	if isASCII(s) {
		return s
	}
	return norm.NFKD.String(s)
}

// tokenize appends the tokens of a normal s to dst, at most maxTokens in all.
// The same words in other case, with other accents, quotes or Arabic letter
// forms give the same tokens.
func tokenize(dst []token, s string) []token {
	var w [64]byte
	stops := stopwords()
	for i := 0; i < len(s) && len(dst) < maxTokens; {
		if c := s[i]; c < utf8.RuneSelf && asciiFold(c) == 0 {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case gram(r) > 0:
			dst, i = grams(dst, s, i)
		case inWord(r):
			t, end := nextWord(w[:0], s, i)
			if len(t) > 0 {
				tok := classify(t, stops)
				tok.from, tok.to, tok.parts = int32(i), int32(end), wordParts
				tok.named = unicode.IsUpper(r) && midSentence(s[:i])
				dst = append(dst, tok)
			}
			i = max(end, i+n)
		default:
			i += n
		}
	}
	return dst
}

// midSentence reports whether what follows s stands within a sentence: after a word,
// whatever separates them but the signs that end a sentence or open a quote.
func midSentence(s string) bool {
	s = strings.TrimRight(s, " ")
	if s == "" {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return r == ',' || r == ';' || r == '(' || r == '-' || inWord(r)
}

// zeroWidthJoiner asks for a joined form of letters within a word.
const zeroWidthJoiner = '\u200d'

// nextWord reads the word at s[i:] into w and returns where it ends.
func nextWord(w []byte, s string, i int) ([]byte, int) {
	digits := false
	for i < len(s) {
		// Most letters of most texts are plain ones.
		if f := asciiFold(s[i]); f != 0 && len(w) < 48 {
			digits = digits || f <= '9'
			w = append(w, f)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case gram(r) > 0:
			return w, i
		case unicode.IsDigit(r):
			digits = true
			w = append(w, s[i:i+n]...)
		case unicode.IsLetter(r):
			if f := fold(r); f != 0 && len(w) < 48 {
				w = utf8.AppendRune(w, f)
			}
		case unicode.Is(unicode.Mc, r):
			// Without its vowels that take room a word of Hindi or Bengali would
			// be a few single letters, which any two texts share.
			if len(w) < 48 {
				w = utf8.AppendRune(w, r)
			}
		case unicode.Is(unicode.Mn, r) || r == '\u0640' || r == zeroWidthJoiner:
			// Accents, vowel signs and the Arabic stretcher do not make
			// another word.
		case r == '\'' || r == '\u2019' || r == '\u02bc':
			// "don't" is one word, "Obama's" is Obama.
			if after := s[i+n:]; hasPossessive(after) {
				return w, i + n + 1
			}
		case (r == ',' || r == '.') && digits && i+n < len(s) && '0' <= s[i+n] && s[i+n] <= '9':
			if r == '.' {
				w = append(w, '.')
			}
		default:
			return w, i
		}
		i += n
		if len(w) >= 56 {
			return w, skipWord(s, i)
		}
	}
	return w, i
}

// skipWord returns where the over-long word at s[i:] ends.
func skipWord(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !inWord(r) || gram(r) > 0 {
			break
		}
		i += n
	}
	return i
}

// hasPossessive reports an "s" that ends the word.
func hasPossessive(s string) bool {
	if s == "" || s[0]|0x20 != 's' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[1:])
	return len(s) == 1 || !inWord(r)
}

// classify makes a token of a folded word.
func classify(w []byte, stops *wordSet) token {
	h := uint32(xxhash.Sum64(w))
	for _, c := range w {
		if '0' <= c && c <= '9' {
			return token{hash: h, class: number}
		}
	}
	if len(w) == 1 || stops.has(h) {
		return token{hash: h, class: stop}
	}
	return token{hash: h, class: word}
}

// grams appends the overlapping character groups of the run at s[i:], for
// scripts that do not mark words.
func grams(dst []token, s string, i int) ([]token, int) {
	var back [3]int // where the last characters began
	seen := 0
	for i < len(s) && len(dst) < maxTokens {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unicode.Is(unicode.Mn, r) {
			i += n
			continue
		}
		size := gram(r)
		if size == 0 {
			break
		}
		back[0], back[1], back[2] = back[1], back[2], i
		seen++
		i += n
		if seen >= size {
			from := back[3-size]
			dst = append(dst, token{hash: uint32(xxhash.Sum64String(s[from:i])), parts: uint8(wordParts - size), from: int32(from), to: int32(i)})
		}
	}
	return dst, i
}

// gram returns how many characters of r's script make up a token, 0 for
// scripts that put spaces between words. Hangul does, but its words carry
// particles, so two syllables say more than the word.
func gram(r rune) int {
	switch {
	case r < 0x0e00:
		return 0
	case r < 0x0f00, 0x1000 <= r && r < 0x10a0, 0x1780 <= r && r < 0x1800:
		if unicode.IsLetter(r) || unicode.Is(unicode.Mc, r) {
			return 3 // Thai, Lao, Burmese, Khmer
		}
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return 2
	}
	return 0
}

// inWord reports the characters that words start with.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// asciiFold is fold for ASCII letters and digits, 0 for all else.
func asciiFold(c byte) byte { return asciiFolds[c] }

var asciiFolds = func() (t [256]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			t[c] = c
		case 'A' <= c && c <= 'Z':
			t[c] = c + 'a' - 'A'
		}
	}
	return t
}()

// fold returns the form of a letter under which it is compared, 0 for none.
func fold(r rune) rune {
	switch r {
	case 'آ', 'أ', 'إ', 'ٱ':
		return 'ا'
	case 'ى', 'ی', 'ئ':
		return 'ي'
	case 'ک':
		return 'ك'
	case 'ة':
		return 'ه'
	case 'ؤ':
		return 'و'
	case 'ё', 'Ё':
		return 'е'
	case 'ı', 'İ':
		return 'i'
	case 'ß':
		return 's'
	case 'ø', 'Ø':
		return 'o'
	case 'ł', 'Ł':
		return 'l'
	}
	return unicode.ToLower(r)
}

// isASCII reports whether s needs no normalisation.
func isASCII(s string) bool {
	for len(s) >= 8 {
		if s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7] >= utf8.RuneSelf {
			return false
		}
		s = s[8:]
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
