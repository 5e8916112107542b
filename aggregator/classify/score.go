package classify

import (
	"cmp"
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
	maxApart      = 250 // bytes of the text between the two sides of a pair: about two sentences
	maxSpans      = 4   // places remembered for one side of a pair
	maxPlacesOf   = 64  // places remembered of the strong terms of a category, and of the weak
	maxFilings    = 4   // categories of one item by points
)

// tally is what one category got from one item.
type tally struct {
	strong  []fieldHit
	weak    []hit
	context []hit
	pairs   []fieldHit
	used    []span // stretches of text that have given their points
	veto    int32  // a term; -1: none
	touched bool
	judged  bool // summed is what judge says without reasons
	summed  verdict
}

// fieldHit is a hit that is worth more in the title.
type fieldHit struct {
	hit
	inTitle bool
}

func (t *tally) reset() {
	t.strong, t.weak, t.context, t.pairs = t.strong[:0], t.weak[:0], t.context[:0], t.pairs[:0]
	t.veto, t.touched, t.judged = -1, false, false
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
	for i := range sc.tally {
		if len(sc.tally[i].strong) > 1 {
			sc.tally[i].settle()
		}
	}
}

// add notes one hit.
func (t *tally) add(k kind, h hit, inTitle bool) {
	t.touched = true
	switch k {
	case kindStrong:
		if len(t.strong) < maxPlacesOf {
			t.strong = append(t.strong, fieldHit{h, inTitle})
		}
	case kindWeak:
		if len(t.weak) < maxPlacesOf {
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
			t.pairs = append(t.pairs, fieldHit{h, inTitle})
		}
	case kindVeto:
		t.veto = h.term
	}
}

// settle leaves the strong terms that count: of those that overlap the
// longest, because "human rights defender" is no "human rights" besides, and
// of each term the best place, which is the first.
func (t *tally) settle() {
	slices.SortStableFunc(t.strong, func(a, b fieldHit) int { return cmp.Compare(b.end-b.start, a.end-a.start) })
	kept := t.strong[:0]
	for _, s := range t.strong {
		if !slices.ContainsFunc(kept, func(k fieldHit) bool { return k.overlaps(s.span) }) {
			kept = append(kept, s)
		}
	}
	slices.SortFunc(kept, func(a, b fieldHit) int { return cmp.Compare(a.start, b.start) })
	t.strong = kept[:0]
	for _, s := range kept {
		if !slices.ContainsFunc(t.strong, func(o fieldHit) bool { return o.term == s.term }) {
			t.strong = append(t.strong, s)
		}
	}
}

// isUsed reports whether a stretch of text has given points already.
func (t *tally) isUsed(s span) bool {
	return slices.ContainsFunc(t.used, func(u span) bool { return u.overlaps(s) })
}
