package classify

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// variantLimit bounds how many spellings one term may stand for.
const variantLimit = 16

// spelling is what a term looks for in a folded text.
type spelling struct {
	variants []string       // byte strings for the automaton; any of them
	prefix   bool           // the word may go on
	inside   bool           // scripts without word spaces: no boundaries at all
	arabic   bool           // clitics may stand before it
	re       compiledRegexp // instead of variants, which then only trigger it
	always   bool           // a regular expression that nothing triggers
}

// spell compiles one term of the taxonomy (rule 6 of the matching contract).
func spell(term string) (spelling, error) {
	if pattern, ok := strings.CutPrefix(term, "re:"); ok {
		return spellRegexp(pattern)
	}
	s := spelling{}
	t := fold(strings.TrimSpace(term))
	if cut, ok := strings.CutSuffix(t, "*"); ok {
		t, s.prefix = cut, true
	}
	// A star inside a term ends a word early: "crime* de guerre". The
	// automaton knows no gaps, so such a term becomes a regular expression.
	if strings.Contains(t, "*") {
		return spellStars(t, s.prefix), nil
	}
	if strings.Trim(t, " -") == "" {
		return s, fmt.Errorf("empty term %q", term)
	}
	for _, r := range t {
		s.inside = s.inside || unspaced(r)
		s.arabic = s.arabic || unicode.Is(unicode.Arabic, r)
	}
	s.variants = hyphenVariants(t)
	if s.arabic {
		s.variants = articleVariants(s.variants)
	}
	return s, nil
}

// unspaced reports whether r is of a script that puts no spaces between words.
func unspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Khmer, unicode.Myanmar, unicode.Lao)
}

// hyphenVariants spells a hyphen as itself, which also matches a space, and as
// nothing.
func hyphenVariants(t string) []string {
	parts := strings.Split(t, "-")
	out := []string{parts[0]}
	for _, p := range parts[1:] {
		n := len(out)
		for i := range n {
			if len(out) < variantLimit {
				out = append(out, out[i]+p)
			}
			out[i] += "-" + p
		}
	}
	return out
}

// articleVariants lets the later words of an Arabic phrase carry the article,
// as they do where the phrase is definite.
func articleVariants(terms []string) []string {
	var out []string
	for _, t := range terms {
		words := strings.Fields(t)
		vs := []string{words[0]}
		for _, w := range words[1:] {
			n := len(vs)
			for i := range n {
				if !strings.HasPrefix(w, "ال") && len(vs) < variantLimit {
					vs = append(vs, vs[i]+" ال"+w)
				}
				vs[i] += " " + w
			}
		}
		out = append(out, vs...)
	}
	return out
}

// spellStars spells a folded term with inner stars. What spellRegexp finds out
// by parsing follows from the term, and its expression, which is always valid,
// is compiled when first needed: letters of all scripts make it a large one,
// and a desk's taxonomy has hundreds of which a day's news needs a few.
func spellStars(t string, prefix bool) spelling {
	pieces := strings.FieldsFunc(t, func(r rune) bool { return r == '*' || r == ' ' || r == '-' })
	s := spelling{re: compiledRegexp{lazy: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(starPattern(t, prefix)) })}}
	// A match holds every piece as it stands. The longest is waited for, and
	// the expression is run where the others are near.
	slices.SortStableFunc(pieces, func(a, b string) int { return len(b) - len(a) })
	for _, p := range pieces {
		switch {
		case len(p) < 2:
		case s.variants == nil:
			s.variants = []string{p}
		default:
			s.re.also = append(s.re.also, beside{lits: []string{p}, reach: -1})
		}
	}
	stars := strings.Count(t, "*")
	s.re.width = 4 + 4*(utf8.RuneCountInString(t)-stars) + maxWord*stars
	if !prefix {
		s.re.width += 4
	}
	s.always = len(s.variants) == 0
	return s
}

// starPattern turns a folded term with inner stars into a regular expression.
func starPattern(t string, prefix bool) string {
	p := regexp.QuoteMeta(t)
	p = strings.ReplaceAll(p, `\*`, `[\pL\pM\pN]*`)
	p = strings.ReplaceAll(p, " ", "[ -]")
	p = strings.ReplaceAll(p, "-]", "\x00")
	p = strings.ReplaceAll(p, "-", "[ -]?")
	p = strings.ReplaceAll(p, "\x00", "-]")
	if !prefix {
		p += `(?:[^\pL\pM\pN]|$)`
	}
	return `(?:^|[^\pL\pM\pN])` + p
}

func spellRegexp(pattern string) (spelling, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return spelling{}, fmt.Errorf("regular expression %q: %w", pattern, err)
	}
	s := spelling{re: compiledRegexp{lazy: func() *regexp.Regexp { return re }, width: -1}}
	if parsed, err := syntax.Parse(pattern, syntax.Perl); err == nil {
		simple := parsed.Simplify()
		s.variants = required(simple)
		s.re.also = others(simple, s.variants)
		s.re.width = width(parsed)
	}
	// Without a literal to wait for, the expression runs over every item.
	s.always = len(s.variants) == 0
	return s, nil
}

// required returns literals of which every match of re contains at least one,
// or nil when it knows none. They keep regular expressions, which are a
// hundred times slower than the automaton, away from most items.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if lit := strings.ToLower(string(re.Rune)); len(lit) >= 2 {
			return []string{lit}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			r := required(sub)
			if r == nil {
				return nil
			}
			all = append(all, r...)
		}
		return all
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if r := required(sub); r != nil && (best == nil || rarer(r, best)) {
				best = r
			}
		}
		return best
	}
	return nil
}

// others returns, beside the trigger, further sets of literals of which every
// match of re contains at least one each, and where.
func others(re *syntax.Regexp, trigger []string) []beside {
	if re.Op != syntax.OpConcat {
		return nil
	}
	at := slices.IndexFunc(re.Sub, func(sub *syntax.Regexp) bool { return slices.Equal(required(sub), trigger) })
	var out []beside
	for i, sub := range re.Sub {
		if r := required(sub); r != nil && i != at {
			out = append(out, beside{r, i < at, reach(re.Sub[min(i, at) : max(i, at)+1])})
		}
	}
	return out
}

// reach is a bound on the bytes that subs match in a row, none of them left
// out; -1 if there is none. What a literal in one of them is away from a
// literal in another is less.
func reach(subs []*syntax.Regexp) int {
	total := 0
	for _, sub := range subs {
		w := width(sub)
		if sub.Op == syntax.OpLiteral && sub.Flags&syntax.FoldCase == 0 {
			w = len(string(sub.Rune))
		}
		if w < 0 {
			return -1
		}
		total += w
	}
	return total
}

// maxWord bounds, in bytes, what a repeated letter of an expression may match.
const maxWord = 64

// width returns a bound on the bytes that re matches in folded text, where
// white space is one byte, and words no longer than maxWord; -1 if it may
// match any number of words.
func width(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune) * 4
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 4
	case syntax.OpStar, syntax.OpPlus:
		return repeated(re.Sub[0])
	case syntax.OpRepeat:
		if re.Max < 0 {
			return repeated(re.Sub[0])
		}
		if w := width(re.Sub[0]); w >= 0 {
			return w * re.Max
		}
		return -1
	}
	total := 0
	for _, sub := range re.Sub {
		w := width(sub)
		if w < 0 {
			return -1
		}
		if re.Op == syntax.OpAlternate {
			total = max(total, w)
		} else {
			total += w
		}
	}
	return total
}

// repeated is width for what repeats without end.
func repeated(re *syntax.Regexp) int {
	if re.Op == syntax.OpCapture {
		return repeated(re.Sub[0])
	}
	if re.Op != syntax.OpCharClass {
		return -1
	}
	space, other := false, false
	for i := 0; i+1 < len(re.Rune); i += 2 {
		if re.Rune[i] <= ' ' && ' ' <= re.Rune[i+1] {
			space = true
		}
		if re.Rune[i+1] > ' ' {
			other = true
		}
	}
	switch {
	case space && other:
		return -1
	case space:
		return 2
	}
	return maxWord
}

// rarer reports whether literals a are likely to occur less often than b: by
// the shortest of each, then by their number.
func rarer(a, b []string) bool {
	la, lb := shortest(a), shortest(b)
	if la != lb {
		return la > lb
	}
	return len(a) < len(b)
}

func shortest(list []string) int {
	n := len(list[0])
	for _, s := range list {
		n = min(n, len(s))
	}
	return n
}

// clitics may stand before an Arabic term: conjunctions and prepositions
// written together with the word, alone and with the article.
func clitic(s string) bool {
	switch s {
	case "", "و", "ف", "ب", "ك", "ل", "ال", "وال", "بال", "لل", "فال", "كال", "ولل", "وبال":
		return true
	}
	return false
}
