package search

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Faults says, a sentence each, what in a text is no query or hardly what its
// writer meant: for a query that is written down once and for good, where
// [Parse] would make the best of it and say nothing.
func Faults(text string) []string {
	faults := slices.Clone(Parse(text).Ignored)
	say := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); !slices.Contains(faults, s) {
			faults = append(faults, s)
		}
	}
	if strings.Count(text, `"`)%2 == 1 {
		say("a quotation mark is not closed")
	}
	last, open := "", true // an operator that waits for its right side; nothing stands to its left
	for rest := skip(clean(text)); rest != ""; rest = skip(rest) {
		var p part
		p, rest = next(rest)
		switch {
		case p.is("OR"), p.is("|"), p.is("AND"):
			if open {
				say("%s needs something on its left", p.text)
			}
			last, open = p.text, true
			continue
		case p.is("NOT"):
			last = p.text
			continue
		}
		last, open = "", false
		switch name, value, colon := strings.Cut(p.text, ":"); {
		case p.quoted:
		case p.field != "" && strings.TrimSpace(p.text) == "":
			say("nothing stands behind %s: (a space ends it)", p.field)
		case p.field == "" && colon && fieldName.MatchString(name) && !strings.HasPrefix(value, "//"):
			say("there is no field %q; there are source, category, country, language, after and before", name)
		case strings.ContainsAny(p.text, "()"):
			say("parentheses mean nothing here: OR binds closer than the space, so that a OR b c asks for one of a and b, and for c")
		}
	}
	if last != "" {
		say("%s needs something on its right", last)
	}
	return faults
}

var fieldName = regexp.MustCompile(`^[a-z]+$`)
