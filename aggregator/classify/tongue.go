package classify

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// tongue is the terms of one language as they are looked for. They are compiled
// when the first item in the language comes: a desk reads a few of the
// languages that a taxonomy is written in, and a run with a few news takes less
// time than all of them do.
type tongue struct {
	once      sync.Once
	unspelled []int32   // terms without a mistake that are still to be spelled
	patterns  []pattern // of those that are spelled; nil once there is a finder
	always    []int32   // regular expressions to run over every item, in their order
	finder    finder
}

// tongue returns the terms of a language by its number, ready to be found.
func (r *rules) tongue(lang int32) *tongue {
	g := r.tongues[lang]
	g.once.Do(func() {
		for _, id := range g.unspelled {
			_ = g.spell(r, id) // see surelySpelled
		}
		slices.Sort(g.always)
		g.finder = newFinder(g.patterns, func(t int32) bool { return r.terms[t].anywhere() })
		g.unspelled, g.patterns = nil, nil
	})
	return g
}

// spell compiles the spelling of a term.
func (g *tongue) spell(r *rules, id int32) error {
	t := &r.terms[id]
	s, err := spell(t.text)
	if err != nil {
		return err
	}
	t.prefix, t.inside, t.arabic = s.prefix, s.inside, s.arabic
	if s.re.lazy != nil {
		re := s.re
		t.re = &re
	}
	if s.always {
		g.always = append(g.always, id)
	}
	for _, v := range s.variants {
		g.patterns = append(g.patterns, newPattern(v, id))
	}
	return nil
}

// surelySpelled reports whether spell finds no mistake in a term, which is
// cheaper to tell than to spell it: a letter is left of it, and it is no regular
// expression. It says no to a few in which there is none.
func surelySpelled(term string) bool {
	if strings.HasPrefix(term, "re:") || strings.ContainsAny(term, "<&") {
		return false
	}
	for _, r := range term {
		if r < utf8.RuneSelf && r != '_' && isWord(r) || surelyWord(r) && r != tatweel {
			return true
		}
	}
	return false
}

// tatweel lengthens the letter before it, and is none itself.
const tatweel = 'ـ'

// merged is the memory of merging what two finders found, used again for the
// next.
type merged struct {
	all   []occurrence
	terms []int32
}

// merge returns what one finder of the patterns of two would have found, in its
// order. The result is valid until the next merging.
func (m *merged) merge(a, b []occurrence) []occurrence {
	m.all, m.terms = m.all[:0], m.terms[:0]
	for len(a) > 0 && len(b) > 0 {
		switch x, y := a[0], b[0]; {
		case x.comesBefore(y):
			m.all, a = append(m.all, x), a[1:]
		case y.comesBefore(x):
			m.all, b = append(m.all, y), b[1:]
		default: // one pattern of terms in both
			from := len(m.terms)
			m.terms = append(append(m.terms, x.terms...), y.terms...)
			x.terms = m.terms[from:]
			slices.Sort(x.terms)
			m.all, a, b = append(m.all, x), a[1:], b[1:]
		}
	}
	return append(append(m.all, a...), b...)
}

// comesBefore reports whether a finder gives o before p.
func (o occurrence) comesBefore(p occurrence) bool {
	return o.before(p) || o.start == p.start && o.end == p.end && o.free && !p.free
}
