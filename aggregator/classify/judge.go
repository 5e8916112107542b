package classify

import (
	"fmt"
	"slices"
)

// verdict is what a tally comes to.
type verdict struct {
	points float64
	hit    bool // a strong term, a weak one that counts, or a pair
	vetoed bool
	tell   bool     // whether reasons are wanted
	why    []string // only then
}

// because adds a reason. Callers ask v.tell first: to hand over arguments
// costs more than to add points.
func (v *verdict) because(format string, args ...any) {
	v.why = append(v.why, fmt.Sprintf(format, args...))
}

// verdict is what judge says of a category, without reasons. It is asked for
// twice where there is a model, and found out once.
func (r *rules) verdict(t *tally) verdict {
	if !t.judged {
		t.summed, t.judged = r.judge(t, false), true
	}
	return t.summed
}

// judge adds up the points of one category (rules 3 and 5). Reasons cost more
// than points, so they are written only for what is filed.
//
// A stretch of text is evidence once: after the strong terms come the pairs,
// then the weak terms, and what lies on words that counted before adds
// nothing. Otherwise "modern slavery" said in passing would be a strong term,
// and the "slavery" in it the one point that was missing.
func (r *rules) judge(t *tally, reasons bool) verdict {
	v := verdict{tell: reasons}
	t.used = t.used[:0]
	for _, s := range t.strong {
		p, where := pointsSummary, "text"
		if s.inTitle {
			p, where = pointsTitle, "title"
		}
		v.points += p
		t.used = append(t.used, s.span)
		if v.tell {
			v.because("strong term %q in the %s (+%g)", r.terms[s.term].text, where, p)
		}
	}
	r.judgePairs(t, &v)
	firm := v.points > 0
	r.judgeWeak(t, &v, firm)
	v.hit = v.points > 0
	if t.veto >= 0 && len(t.strong) == 0 {
		v.vetoed = true
		if v.tell {
			v.because("veto %q", r.terms[t.veto].text)
		}
	}
	return v
}

// judgePairs adds each pair once: 3 points where both sides stand in the
// title, 2 where both stand in the text.
func (r *rules) judgePairs(t *tally, v *verdict) {
	var counted [8]int32 // pairs that have their points, plus one
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
				t.used = append(t.used, a.span, b.span)
				if v.tell {
					v.because("pair %q and %q in the %s (+%g)", ta.text, r.terms[b.term].text, where, p)
				}
			}
		}
	}
}

// partner returns a hit of the other side of a's pair in the same field. In
// the text it must stand near: two words many sentences apart are no pair.
func (r *rules) partner(t *tally, a fieldHit) (fieldHit, bool) {
	known := t.isUsed(a.span)
	for _, b := range t.pairs {
		tb := &r.terms[b.term]
		if tb.kind != kindPairB || tb.pair != r.terms[a.term].pair || b.inTitle != a.inTitle || b.overlaps(a.span) {
			continue
		}
		if (a.inTitle || a.apart(b.span) <= maxApart) && !(known && t.isUsed(b.span)) {
			return b, true
		}
	}
	return fieldHit{}, false
}

// judgeWeak adds the weak terms, which count beside a context only.
func (r *rules) judgeWeak(t *tally, v *verdict, firm bool) {
	weak := 0.0
	for i, w := range t.weak {
		if slices.ContainsFunc(t.weak[:i], func(o hit) bool { return o.term == w.term }) || t.isUsed(w.span) {
			continue
		}
		with, ok := r.company(t, w)
		if !ok {
			continue
		}
		if !firm && weak >= weakCap {
			break
		}
		weak += pointsWeak
		t.used = append(t.used, w.span)
		switch {
		case !v.tell:
		case with == "":
			v.because("weak term %q (+%g)", r.terms[w.term].text, pointsWeak)
		default:
			v.because("weak term %q beside %q (+%g)", r.terms[w.term].text, with, pointsWeak)
		}
	}
	v.points += weak
	if !firm && weak > 0 && distinct(t.context) >= weakContext {
		v.points++
		if v.tell {
			v.because("%d words of its context (+1)", distinct(t.context))
		}
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
