package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// candidate is an encoding that undeclared text may be in, and how its texts
// are recognised.
type candidate struct {
	name    string
	script  *unicode.RangeTable
	usual   string // letters that no text of this script does without; "" if there are none such
	percent int    // what part of the letters they are at least
	letters string // the only ones beyond ASCII that count, in small, where the language is known; "" for all of the script
}

const (
	cyrillicVowels = "аеиоуыэюяіїє"
	greekAccents   = "άέήίόύώ" // every word has one
)

// singleByte are tried in this order; the first of equal scores wins.
var singleByte = []candidate{
	{"windows-1252", unicode.Latin, "", 0, ""},
	{"windows-1251", unicode.Cyrillic, cyrillicVowels, 30, ""},
	{"koi8-u", unicode.Cyrillic, cyrillicVowels, 30, ""},
	{"windows-1253", unicode.Greek, greekAccents, 6, ""},
	{"windows-1255", unicode.Hebrew, "", 0, ""},
	{"windows-1256", unicode.Arabic, "", 0, ""},
	{"windows-874", unicode.Thai, "", 0, ""},
	{"windows-1250", unicode.Latin, "", 0, ""},
	{"windows-1254", unicode.Latin, "", 0, ""},
	{"ibm866", unicode.Cyrillic, cyrillicVowels, 30, ""},
	{"iso-8859-5", unicode.Cyrillic, cyrillicVowels, 30, ""},
}

// detectSample is how many bytes are looked at.
const detectSample = 1 << 16

// detect guesses the encoding of bytes that nobody labelled and that are not
// UTF-8. When nothing fits it answers windows-1252, as browsers do.
func detect(body []byte) string {
	sample := body[:min(len(body), detectSample)]
	if name := doubleByte(sample); name != "" {
		return name
	}
	return bestSingleByte(sample)
}

// doubleByte recognises the East Asian encodings by how their lead bytes are
// spread; "" if the bytes do not come in pairs.
func doubleByte(b []byte) string {
	var pairs, kana, hangul, sjis, sjisKana, low, bad int
	for i := 0; i < len(b); {
		c := b[i]
		if c < 0x80 {
			i++
			continue
		}
		if i+1 >= len(b) {
			break
		}
		d := b[i+1]
		pairs++
		switch {
		case c == 0x82 && d >= 0x9f && d <= 0xf1, c == 0x83 && d >= 0x40 && d <= 0x96:
			sjisKana++
			sjis++
		case c >= 0x81 && c <= 0x9f && d >= 0x40:
			sjis++
		case c >= 0xa1 && c <= 0xfe && d >= 0xa1:
			if c == 0xa4 || c == 0xa5 {
				kana++
			}
			if c >= 0xb0 && c <= 0xc8 {
				hangul++
			}
		case c >= 0xa1 && c <= 0xf9 && d >= 0x40 && d <= 0x7e:
			low++
		default:
			bad++
			i--
		}
		i += 2
	}
	switch {
	case pairs == 0:
		return ""
	case sjisKana*8 > pairs && sjis*3 > pairs:
		return decodes(b, "shift_jis")
	case bad*50 > pairs:
		return ""
	case kana*5 > pairs:
		return decodes(b, "euc-jp")
	case low*8 > pairs:
		return decodes(b, "big5")
	case hangul*10 > pairs*8:
		return decodes(b, "euc-kr")
	}
	return decodes(b, "gb18030")
}

// decodes returns name if nearly all of b means something in that encoding and
// reads as East Asian text, and "" otherwise.
func decodes(b []byte, name string) string {
	enc, _ := charset.Lookup(name)
	text, bad := decodeWith(enc, b)
	if !eastAsian(text, bad) {
		return ""
	}
	return name
}

// eastAsian reports whether text, of which bad characters mean nothing, reads
// as East Asian: what is beyond ASCII is nearly all of such scripts, and stands
// by itself, not within words of Latin letters as an accent does that was taken
// for the first half of a character.
func eastAsian(text []byte, bad int) bool {
	wide, all, within := 0, 0, 0
	prev := ' '
	for _, r := range string(text) {
		if r >= 0x80 {
			all++
			if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r < 0x3040 || r >= 0xff00 {
				wide++
				if isASCIILetter(prev) {
					within++
				}
			}
		}
		prev = r
	}
	return bad*20 <= all && wide*10 >= all*8 && within*2 <= wide
}

// bestSingleByte picks the encoding in which the bytes make the most plausible
// words: letters of one script, small after capital, no symbols between.
func bestSingleByte(b []byte) string {
	best, bestScore := "windows-1252", 0
	for _, c := range singleByte {
		enc, _ := charset.Lookup(c.name)
		text, _ := decodeWith(enc, b)
		if s, _ := plausible(text, c); s > bestScore {
			best, bestScore = c.name, s
		}
	}
	return best
}

// plausible scores the characters beyond ASCII: of those that count, letters and
// such as should not be there, each is worth 2 at most.
func plausible(text []byte, c candidate) (score, of int) {
	letters, usual, capitals := 0, 0, 0
	prev := ' '
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		// Whatever is not Latin does not share words with Latin letters, and in
		// a Latin word a letter beyond ASCII has plain neighbours.
		mixed := isASCIILetter(prev) && foreignLetter(r) || isASCIILetter(r) && foreignLetter(prev)
		switch {
		case mixed && c.script != unicode.Latin:
			score -= 4
		case r >= 0x80 && c.script == unicode.Latin && prev >= 0x80 && unicode.IsLetter(prev) && unicode.IsLetter(r) && !(c.has(r) && c.has(prev)):
			score -= 3
		}
		if r >= 0x80 {
			w := c.weight(r, prev)
			score += w
			if w != 0 {
				of++
			}
			if c.letters == "" && strings.ContainsRune("ýþðÝÞÐ", r) {
				score-- // Icelandic is rarer than Turkish read as Icelandic
			}
			if unicode.Is(c.script, r) {
				letters++
				if unicode.IsUpper(r) {
					capitals++
				}
				if strings.ContainsRune(c.usual, unicode.ToLower(r)) {
					usual++
				}
			}
		}
		prev = r
	}
	// Where whole alphabets lie on the same bytes, one is given away by the
	// lack of its usual letters, or by shouting.
	if c.usual != "" && score > 0 && (usual*100 < letters*c.percent || capitals*10 > letters*6) {
		return score / 4, of
	}
	return score, of
}

// has reports whether a letter is of the language that is known.
func (c candidate) has(r rune) bool {
	return strings.ContainsRune(c.letters, r) || strings.ContainsRune(c.letters, unicode.ToLower(r)) && r >= 0x80
}

// weight scores one character beyond ASCII.
func (c candidate) weight(r, prev rune) int {
	switch {
	case r == utf8.RuneError || unicode.IsControl(r):
		return -8
	case c.letters != "" && unicode.IsLetter(r) && !c.has(r):
		return -2
	case unicode.Is(c.script, r) || unicode.Is(unicode.Mn, r):
		if unicode.IsUpper(r) && unicode.IsLower(prev) {
			return -3
		}
		return 2
	case unicode.IsLetter(r):
		return -2
	case unicode.IsPunct(r) || unicode.IsSpace(r):
		return 0
	}
	return -1
}

func foreignLetter(r rune) bool { return r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r)) }

func isASCIILetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
