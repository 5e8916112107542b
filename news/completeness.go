package news

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Completeness says how much of an article an item holds.
type Completeness int

// The steps of completeness, the least first.
const (
	TitleOnly Completeness = iota // no text, or the title once more
	Excerpt                       // some sentences
	FullText                      // as much as an article has
)

// How many letters make a step. A letter of a script that writes a word in one
// or two characters counts three times.
const (
	excerptLetters = 40
	fullLetters    = 900
)

// maxMeasured bounds how much of a text is looked at, in bytes: markup can be
// many times as long as what it marks up.
const maxMeasured = 64 << 10

// Completeness says how much of its article the item holds: full text, an
// excerpt, or no more than a title. A text that breaks off with an ellipsis is
// an excerpt however long it is. The answer depends on the item alone.
func (it Item) Completeness() Completeness {
	n, broken := measure(it.Content)
	if m, b := measure(it.Summary); m > n {
		n, broken = m, b
	}
	title, _ := measure(it.Title)
	switch {
	case n < excerptLetters || n <= title:
		return TitleOnly
	case n < fullLetters || broken:
		return Excerpt
	}
	return FullText
}

// measure counts the letters outside of tags, as far as that matters, and says
// whether the text ends in an ellipsis.
func measure(text string) (letters int, broken bool) {
	end := strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ']' || r == ')' })
	for strings.HasSuffix(end, ">") {
		i := strings.LastIndexByte(end, '<')
		if i < 0 {
			break
		}
		end = strings.TrimRightFunc(end[:i], func(r rune) bool { return unicode.IsSpace(r) || r == ']' || r == ')' })
	}
	broken = strings.HasSuffix(end, "…") || strings.HasSuffix(end, "...") || strings.HasSuffix(end, "&hellip;") || strings.HasSuffix(end, "&#8230;")
	if len(text) > maxMeasured {
		text = text[:maxMeasured]
	}
	inTag := false
	for i := 0; i < len(text) && letters < fullLetters; {
		if c := text[i]; c < utf8.RuneSelf { // most of most texts
			i++
			switch {
			case c == '<':
				inTag = true
			case c == '>':
				inTag = false
			case !inTag && 'a' <= c|0x20 && c|0x20 <= 'z':
				letters++
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case inTag || !unicode.IsLetter(r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			letters += 3
		default:
			letters++
		}
	}
	return letters, broken
}
