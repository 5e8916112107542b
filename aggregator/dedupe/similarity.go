package dedupe

import (
	"math"
	"slices"
)

// similarity is how well an article fits the story of r, 0 when it does not, or not better
// than the given fit.
//
// It is the cosine, less with age, and more for terms that the story owns: the
// words that nearly only its own articles use (the port, the firm, the leader's
// name). Those are what one event's headlines have in common when each desk words it anew.
func (x *storyIndex) similarity(q *query, r newest, than float64) float64 {
	d, s, norm := q.doc, r.story, q.norm
	if s.sum == 0 && !x.mayFit(q, r, than) {
		return 0
	}
	v, shared := x.compare(q, r)
	least := max(than/prior(d, v.n), leastToJoin(d))
	if v.foreign {
		if c := x.abroad(q, s, shared); c > than {
			return c
		}
		return 0
	}
	if len(shared) == 0 || v.norm == 0 || x.atMost(q, v, shared) < least {
		return 0
	}
	var dot, own, ownSum float64
	for _, at := range shared {
		t, st := &q.terms[at.query], at.of
		dot += t.w * float64(st.sum()) * t.idf
		if n := float64(st.n()); n >= 2 {
			p := min(1, n/(float64(t.df)+1)) * min(1, 2*n/float64(v.n))
			own = max(own, p)
			ownSum += t.w * t.w * p
		}
	}
	// One word in common is a coincidence, unless the archive knows enough to
	// tell that it is this story's word.
	if len(shared) < 2 && (own < 0.5 || x.docs < warm) {
		return 0
	}
	c := dot / (norm * v.norm)
	c *= 1 - agePenalty*float64(s.gap(d.at))/x.opt.Window.Seconds()
	c += ownTerms*own + ownShare*ownSum/(norm*norm)
	if c*prior(d, v.n) <= than || c < least || !x.read(&x.last, s.last) {
		return 0
	}
	if rivals(d, &x.last) || x.among(d.boilerplate.rivals, s) {
		return 0
	}
	places := x.last.places
	if v := x.sum(s); v != nil {
		places = v.places
	}
	least = toJoin(d, &x.last, places, v.mixed, len(shared))
	if otherFigured(d, &x.last) && !q.figured(shared) {
		least *= otherFigures
	}
	if c < least {
		return 0
	}
	// Before the archive tells which words are usual, all of a text look telling.
	if x.docs < warm && !q.titled(&x.last, shared) {
		return 0
	}
	return c * prior(d, v.n)
}

// prior is how much more likely an event of n originals is for being widely
// reported already. The more an article says, the less that matters.
func prior(d *doc, n int) float64 {
	if n == 1 {
		return 1
	}
	return 1 + sizePrior*math.Log(float64(n))*min(1, float64(titleTerms)/float64(len(d.terms)))
}

// otherFigured reports whether the leads of two articles have numbers, but none
// in common.
func otherFigured(a, b *doc) bool {
	return len(a.figures) >= fewFigures && len(b.figures) >= fewFigures && inCommon(a.figures, b.figures) == 0
}

// figured reports whether a number of the article's lead is among the terms in
// common: an older newest of the story has it, if its last one has not.
func (q *query) figured(shared []sharedTerm) bool {
	for _, at := range shared {
		if holds(q.doc.figures, q.terms[at.query].hash>>16) {
			return true
		}
	}
	return false
}

// titled reports whether the terms in common have a word of a title, the
// article's or the one of the story's last, as long as both have one.
func (q *query) titled(last *doc, shared []sharedTerm) bool {
	if len(q.doc.subject) == 0 || len(last.subject) == 0 {
		return true
	}
	for _, at := range shared {
		h := q.terms[at.query].hash
		if holds(q.doc.subject, h) || holds(last.subject, h) {
			return true
		}
	}
	return false
}

// sharedTerm is a term that an article and a story have in common.
type sharedTerm struct {
	query uint8     // its place in the query
	of    storyTerm // what the story knows of it
}

// outline is what tells of a story whether a closer look pays.
type outline struct {
	norm    float64
	most    float32
	n       int
	mixed   bool
	foreign bool // it has no report in the article's language
}

// compare returns the terms that an article and a story have in common, in the
// order of their hashes; less the words of a text that the article shares with
// another matter's. They are scratch.
//
// Nearly every story is of one original, and shares few terms: what its sum
// would hold is made of these alone, as open makes it.
func (x *storyIndex) compare(q *query, r newest) (outline, []sharedTerm) {
	both := x.both[:0]
	var blurb []uint32
	if b := &q.doc.boilerplate; x.among(b.strangers, r.story) {
		blurb = b.words
	}
	if v := x.sum(r.story); v != nil {
		for i, h := range v.terms.hash {
			if !q.mayHold(h) {
				continue
			}
			if at := q.find(h); at >= 0 && !holds(blurb, h) {
				both = append(both, sharedTerm{uint8(at), v.terms.of[i]})
			}
		}
		x.both = both
		return outline{v.norm, v.most, v.n, v.mixed, !v.speaks(q.lang)}, both
	}
	e := r.entry
	for _, t := range x.termsOf(r.story.last) {
		h := t.hash()
		if !q.mayHold(h) {
			continue
		}
		if at := q.find(h); at >= 0 && !holds(blurb, h) {
			both = append(both, sharedTerm{uint8(at), e.of(t)})
		}
	}
	x.both = both
	return outline{float64(e.norm), e.of(term(e.most)).sum(), 1, e.source == 0, q.foreign(e)}, both
}

// mayFit reports whether an article may fit a story of one original, by the hints
// of its terms, better than the given fit. Of a hundred stories two or three may,
// and only of those the terms themselves are read.
func (x *storyIndex) mayFit(q *query, r newest, than float64) bool {
	if r.hints == nil {
		return true
	}
	e := r.entry
	n, dot := q.bound(r.hints, int(e.nTerms))
	if q.foreign(e) {
		return n >= abroadNames
	}
	// One word in common is no story's own as long as the story has one original.
	if n < 2 || e.norm == 0 {
		return false
	}
	return dot*float64(e.of(term(e.most)).sum())/(q.norm*float64(e.norm))*roundedUp >= max(than, leastToJoin(q.doc))
}

// foreign reports whether an article is in another language than a remembered
// one; an unknown one is any.
func (q *query) foreign(e *entry) bool { return q.lang != 0 && e.lang != q.lang && e.lang != 0 }

// among reports whether a story has one of some slots.
func (x *storyIndex) among(slots []uint32, s *story) bool {
	return slices.ContainsFunc(slots, func(slot uint32) bool { return &x.stories[slot] == s })
}

// atMost bounds the similarity from above by what is known without a look at
// the story's terms, and a little more, as sums are rounded.
func (x *storyIndex) atMost(q *query, v outline, shared []sharedTerm) float64 {
	var dot, weight float64
	for _, at := range shared {
		t := &q.terms[at.query]
		dot += t.w * t.idf
		weight += t.w * t.w
	}
	c := dot * float64(v.most) / (q.norm * v.norm)
	if v.n >= 2 {
		c += ownTerms + ownShare*weight/(q.norm*q.norm)
	}
	return c * roundedUp
}

// roundedUp makes a bound of what is added up in another order, or of rounded
// parts.
const roundedUp = 1.0001

// leastToJoin is the similarity that d needs to join any story.
func leastToJoin(d *doc) float64 {
	if len(d.terms) < titleTerms {
		return joinTitle
	}
	return joinText
}

// toJoin is the similarity that d needs to join a story with which it shares so
// many terms; last is the story's last original, and mixed says whether it has
// more than one source.
func toJoin(d, last *doc, places []uint16, mixed bool, shared int) float64 {
	const never = math.MaxFloat64
	t := leastToJoin(d)
	if template(d, last) {
		if d.short && last.short {
			return never
		}
		t *= otherNames // the texts tell more
	}
	if !mixed && last.source == d.source {
		// A source seldom reports an event twice under two addresses; what looks
		// so is mostly its house style, or a series.
		if shared < 3 || series(d, last) {
			return never
		}
		t *= soleSource
	}
	if len(d.places) > 0 && len(places) > 0 && common(d.places, places) == 0 {
		t *= elsewhere
	}
	return t
}
