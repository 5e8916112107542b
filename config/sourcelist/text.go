package sourcelist

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// tidy returns a text in one line, without what is invisible, and not too
// long.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, clip(s, 4*maxTitle))
	return clip(strings.Join(strings.Fields(s), " "), maxTitle)
}

// clip returns at most n characters of a text.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// named returns the form of a folder's name by which two are compared: without
// case, marks and signs.
func named(s string) string {
	s = cases.Fold().String(norm.NFKD.String(strings.ReplaceAll(s, "&", " and ")))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r):
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// maxID leaves room for a number within the length of an id.
const maxID = 48

// NewID makes an id of the first text that has letters or digits of ASCII,
// if need be without their accents; else of other. An id that is taken gets a
// number.
func NewID(taken func(id string) bool, other string, texts ...string) string {
	base := other
	for _, t := range texts {
		if s := slug(t); s != "" {
			base = s
			break
		}
	}
	id := base
	for n := 2; taken(id); n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	return id
}

// slug writes a title as an id.
func slug(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r) && r != '\'' && r != '’':
			gap = true
		}
	}
	s := b.String()
	if len(s) > maxID {
		if i := strings.LastIndexByte(s[:maxID], '-'); i > 0 {
			return s[:i]
		}
		return s[:maxID]
	}
	return s
}
