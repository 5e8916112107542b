package classify

import (
	"fmt"
	"slices"
)

// Points of the matching contract (rules 3 to 5).
const (
	pointsTitle   = 3.0
	pointsSummary = 2.0
	pointsWeak    = 1.0
	pointsSource  = 1.5
	threshold     = 3.0
	weakCap       = 2.0 // of weak terms without a strong one
	weakContext   = 3   // context hits that give a weak-only item one point more
	maxSpans      = 4   // places remembered for one side of a pair
	maxFilings    = 4   // categories of one item by points
)

// tally is what one category got from one item.
type tally struct {
	strong  []tallied
	weak    []hit
	context []hit
	pairs   []pairHit
	veto    int32 // a term; -1: none
	touched bool
}

// tallied is a term that counts once, in the better of its places.
type tallied struct {
	hit
	inTitle bool
}

// pairHit is a hit of one side of a pair.
type pairHit struct {
	hit
	inTitle bool
}

func (t *tally) reset() {
	t.strong, t.weak, t.context, t.pairs = t.strong[:0], t.weak[:0], t.context[:0], t.pairs[:0]
	t.veto, t.touched = -1, false
}

// sum shares the hits out among the categories.
func (r *rules) sum(sc *scratch) {
	if len(sc.tally) != len(r.cats) {
		sc.tally = make([]tally, len(r.cats))
	}
	for i := range sc.tally {
		sc.tally[i].reset()
	}
	title := int32(sc.text.title)
	for _, h := range sc.hits {
		tm := &r.terms[h.term]
		// A veto is evidence against the category, so what masks its words
		// ("drone strike") does not weaken it.
		if tm.kind != kindVeto && len(sc.masks) > 0 && r.masked(sc, h) {
			continue
		}
		sc.tally[tm.cat].add(tm.kind, h, h.start < title)
	}
}

// add notes one hit, once per term.
func (t *tally) add(k kind, h hit, inTitle bool) {
	t.touched = true
	switch k {
	case kindStrong:
		for i := range t.strong {
			if t.strong[i].term == h.term {
				t.strong[i].inTitle = t.strong[i].inTitle || inTitle
				return
			}
		}
		t.strong = append(t.strong, tallied{h, inTitle})
	case kindWeak:
		if !hasTerm(t.weak, h.term) {
			t.weak = append(t.weak, h)
		}
	case kindContext:
		t.context = append(t.context, h)
	case kindPairA, kindPairB:
		n := 0
		for _, p := range t.pairs {
			if p.term == h.term {
				n++
			}
		}
		if n < maxSpans {
			t.pairs = append(t.pairs, pairHit{h, inTitle})
		}
	case kindVeto:
		t.veto = h.term
	}
}

func hasTerm(hits []hit, term int32) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.term == term })
}

// verdict is what a tally comes to.
type verdict struct {
	points float64
	hit    bool // a strong term, a weak one that counts, or a pair
	vetoed bool
	why    []string // only when asked for
}

// judge adds up the points of one category (rules 3 and 5). Reasons cost more
// than points, so they are written only for what is filed.
func (r *rules) judge(t *tally, reasons bool) verdict {
	var v verdict
	note := func(format string, args ...any) {
		if reasons {
			v.why = append(v.why, fmt.Sprintf(format, args...))
		}
	}
	for _, s := range t.strong {
		p, where := pointsSummary, "text"
		if s.inTitle {
			p, where = pointsTitle, "title"
		}
		v.points += p
		note("strong term %q in the %s (+%g)", r.terms[s.term].text, where, p)
	}
	r.judgePairs(t, &v, note)
	firm := v.points > 0
	r.judgeWeak(t, &v, firm, note)
	v.hit = v.points > 0
	if t.veto >= 0 && len(t.strong) == 0 {
		v.vetoed = true
		note("veto %q", r.terms[t.veto].text)
	}
	return v
}

// judgeWeak adds the weak terms, which count beside a context only.
func (r *rules) judgeWeak(t *tally, v *verdict, firm bool, note func(string, ...any)) {
	weak := 0.0
	for _, w := range t.weak {
		with, ok := r.company(t, w)
		if !ok {
			continue
		}
		if !firm && weak >= weakCap {
			break
		}
		weak += pointsWeak
		if with == "" {
			note("weak term %q (+%g)", r.terms[w.term].text, pointsWeak)
		} else {
			note("weak term %q beside %q (+%g)", r.terms[w.term].text, with, pointsWeak)
		}
	}
	v.points += weak
	if !firm && weak > 0 && distinct(t.context) >= weakContext {
		v.points++
		note("%d words of its context (+1)", distinct(t.context))
	}
}

// company returns the context term that lets a weak term count; "" where the
// category has no context list. A word is no company for itself.
func (r *rules) company(t *tally, w hit) (string, bool) {
	if len(r.cats[r.terms[w.term].cat].Context) == 0 {
		return "", true
	}
	for _, c := range t.context {
		if !c.overlaps(w.span) {
			return r.terms[c.term].text, true
		}
	}
	return "", false
}

// distinct counts hits at different places with different terms: "worker*" and
// "workers" on one word are one.
func distinct(hits []hit) int {
	n := 0
	for i, h := range hits {
		if !slices.ContainsFunc(hits[:i], func(o hit) bool { return o.term == h.term || o.overlaps(h.span) }) {
			n++
		}
	}
	return n
}

// judgePairs adds each pair once: 3 points where both sides stand in the
// title, 2 where both stand in the text.
func (r *rules) judgePairs(t *tally, v *verdict, note func(string, ...any)) {
	var counted [8]int // pairs that have their points, plus one
	n := 0
	for _, inTitle := range []bool{true, false} {
		p, where := pointsSummary, "text"
		if inTitle {
			p, where = pointsTitle, "title"
		}
		for _, a := range t.pairs {
			ta := &r.terms[a.term]
			if ta.kind != kindPairA || a.inTitle != inTitle || n == len(counted) || slices.Contains(counted[:n], ta.pair+1) {
				continue
			}
			if b, ok := r.partner(t, a); ok {
				counted[n] = ta.pair + 1
				n++
				v.points += p
				note("pair %q and %q in the %s (+%g)", ta.text, r.terms[b.term].text, where, p)
			}
		}
	}
}

// partner returns a hit of the other side of a's pair in the same field.
func (r *rules) partner(t *tally, a pairHit) (pairHit, bool) {
	for _, b := range t.pairs {
		tb := &r.terms[b.term]
		if tb.kind == kindPairB && tb.pair == r.terms[a.term].pair && b.inTitle == a.inTitle && !b.overlaps(a.span) {
			return b, true
		}
	}
	return pairHit{}, false
}
