package search

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Parse reads what somebody typed:
//
//	strike wages           both words, anywhere in title or text
//	"minimum wage"         the words in a row
//	strik*                 every word that begins so
//	strike OR lockout      either; OR binds closer than the space
//	-football, NOT football   not that
//	source:un-news category:wages country:BD language:es after:2024-01-31 before:2024-03
//
// A field takes a value in quotes too. Everything else is looked for as it
// stands: there is no text that is not a query.
func Parse(text string) Query {
	var q Query
	text = clean(text)
	if runes := []rune(text); len(runes) > MaxLength {
		text = string(runes[:MaxLength])
		q.ignore("The query is longer than %d characters; the rest was left out.", MaxLength)
	}
	var clause Clause
	or, not := false, false
	for text = skip(text); text != ""; text = skip(text) {
		var p part
		p, text = next(text)
		switch {
		case p.is("OR") || p.is("|"):
			or, not = len(clause) > 0, false
			continue
		case p.is("AND"):
			or, not = false, false
			continue
		case p.is("NOT"):
			not = !not
			continue
		}
		t, ok := q.read(p)
		if !ok {
			continue
		}
		if t.Not = t.Not != not; !or {
			q.add(clause)
			clause = nil
		}
		clause = append(clause, t)
		or, not = false, false
	}
	q.add(clause)
	return q
}

// clean makes white space of control characters, and drops bytes that are no
// text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || r == 0xFEFF {
			return ' '
		}
		return r
	}, text)
}

func skip(text string) string { return strings.TrimLeftFunc(text, unicode.IsSpace) }

// quotes are what people open and close a phrase with.
const quotes = `"“”„«»「」『』`

// part is a piece of a query between spaces.
type part struct {
	minus  bool
	field  string
	text   string
	quoted bool
	star   bool
}

// is reports whether the part is an operator.
func (p part) is(word string) bool {
	return !p.quoted && !p.minus && p.field == "" && !p.star && p.text == word
}

// next cuts the first part off a text that begins with none of the spaces.
func next(text string) (p part, rest string) {
	if r, n := utf8.DecodeRuneInString(text); (r == '-' || r == '−') && len(text) > n {
		p.minus, text = true, text[n:]
	}
	if name, value, ok := strings.Cut(text, ":"); ok && known(name) {
		p.field, text = strings.ToLower(name), value
	}
	if r, n := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune(quotes, r) {
		inside := text[n:]
		end := strings.IndexAny(inside, quotes)
		if end < 0 {
			end = len(inside) // an open quote goes to the end
		}
		p.text, p.quoted = inside[:end], true
		_, n = utf8.DecodeRuneInString(inside[end:])
		rest = inside[min(len(inside), end+n):]
		if p.field == "" {
			rest, p.star = strings.CutPrefix(rest, "*")
		}
		return p, rest
	}
	end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(quotes, r) })
	if end < 0 {
		end = len(text)
	}
	p.text, rest = text[:end], text[end:]
	if p.field == "" {
		p.text, p.star = strings.CutSuffix(p.text, "*")
	}
	return p, rest
}

// known reports whether there is a field of that name.
func known(name string) bool {
	return slices.Contains([]Field{Source, Category, Country, Language, After, Before}, Field(strings.ToLower(name)))
}

// read makes a term of a part; false if nothing can be looked for by it.
func (q *Query) read(p part) (Term, bool) {
	t, ok := q.term(Field(p.field), p.text)
	t.Not, t.Prefix = p.minus, p.star
	if last := t.Text[strings.LastIndexByte(t.Text, ' ')+1:]; ok && t.Prefix && utf8.RuneCountInString(last) < minPrefix {
		q.ignore("%s*: before a star stand %d letters or more.", last, minPrefix)
		t.Prefix = false
	}
	return t, ok
}

// minPrefix keeps a question from asking for a good part of all words there
// are.
const minPrefix = 2

// term makes a term of a field and a text.
func (q *Query) term(f Field, text string) (Term, bool) {
	t := Term{Field: f}
	switch f {
	case Text:
		t.Text = plain(text)
	case After, Before:
		day, ok := date(strings.TrimSpace(text))
		if !ok {
			q.ignore("%s: %q is no date; 2024-01-31, 2024-01 and 2024 are.", f, strings.TrimSpace(text))
			return t, false
		}
		t.Day, t.Text = day, day.Format(time.DateOnly)
	default:
		// No name has quotes or spaces, and these keep String readable.
		t.Text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(quotes, r) }), "")
		if f == Country {
			t.Text = strings.ToUpper(t.Text)
		}
	}
	return t, t.Text != ""
}

// plain joins the words of a text with spaces; those that no space parts stay
// together.
func plain(text string) string {
	var b strings.Builder
	last := -1
	for start, end := range Words(text) {
		if last >= 0 && start > last {
			b.WriteByte(' ')
		}
		b.WriteString(text[start:end])
		last = end
	}
	return b.String()
}

// date reads a day, a month or a year.
func date(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			t = t.UTC().Truncate(24 * time.Hour)
			return t, t.Year() >= 1 && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}

// maxIgnored bounds what is said about one query.
const maxIgnored = 5

func (q *Query) ignore(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); len(q.Ignored) < maxIgnored && !slices.Contains(q.Ignored, s) {
		q.Ignored = append(q.Ignored, s)
	}
}
