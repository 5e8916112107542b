package dedupe

import "slices"

// A text that stands under titles which say different things is boilerplate:
// the blurb of a show, "click here to read on", an agency's words about
// itself. It is told from an article with a new headline by the titles: an
// article speaks of what both headlines say, a blurb of neither.
const (
	titlesAgree = 0.5  // share of the shorter title that the other has too
	titlesSame  = 0.7  // the same above one text of one source, whose titles may begin alike
	spokenOf    = 0.25 // share of what the titles say apart that the texts must hold
	spokenShort = 0.36 // the same for a short text
	spokenHouse = 0.5  // the same for a short text that one source has twice
	blurb       = 60   // shingles of a text that may be all blurb
	phrase      = 0.02 // share of the shorter text that says nothing in any case
	quote       = 0.4  // share of the shorter text that may be words of a third
	longText    = 150  // shingles that no blurb has, if they were never seen before
)

// agreement is how much of the shorter title two articles need in common.
// whole: they share their text, not just a part of it.
func agreement(a, b *doc, whole bool) float64 {
	if whole && sameSource(a, b) {
		return titlesSame
	}
	return titlesAgree
}

// oneMatter reports whether two articles have titles that agree by as much as
// is asked for, or share a text that holds what these say apart. shared is how
// many shingles they have in common.
func oneMatter(a, b *doc, agree float64, shared int) bool {
	if len(a.subject) == 0 || len(b.subject) == 0 {
		return true // nothing to go by
	}
	if containment(a.subject, b.subject) >= agree {
		return true
	}
	need := spokenOf
	switch {
	case shared >= blurb || share(a, b, shared) < quote:
	case sameSource(a, b):
		need = spokenHouse
	default:
		need = spokenShort
	}
	inB, ofA := spoken(a, b)
	inA, ofB := spoken(b, a)
	return float64(inA+inB) >= need*float64(ofA+ofB)
}

// share is how much of the shorter of two texts n shingles are.
func share(a, b *doc, n int) float64 {
	return float64(n) / float64(max(1, min(a.size, b.size)))
}

// spoken counts the words of a's title that b's has not, and how many of them
// b's text has.
func spoken(a, b *doc) (held, all int) {
	for _, h := range a.subject {
		if holds(b.subject, h) {
			continue
		}
		all++
		if holds(b.words, h) || b.further.has(h) {
			held++
		}
	}
	return held, all
}

// sameSource reports two articles of one source; the unknown one is none.
func sameSource(a, b *doc) bool { return a.source != 0 && a.source == b.source }

// holds reports whether a sorted set has h.
func holds(set []uint32, h uint32) bool {
	_, ok := slices.BinarySearch(set, h)
	return ok
}

// intersect appends the elements of two sorted sets that are in both.
func intersect(dst, a, b []uint32) []uint32 {
	j := 0
	for _, h := range a {
		for j < len(b) && b[j] < h {
			j++
		}
		if j < len(b) && b[j] == h {
			dst = append(dst, h)
		}
	}
	return dst
}

// boilerplate is what an article shares with articles about other matters.
type boilerplate struct {
	shingles  []uint32 // sorted
	words     []uint32 // the text's words in them, sorted
	strangers []uint32 // slots of the stories of the others
	rivals    []uint32 // slots of the stories of those that are rivals
}

// emptied returns b with nothing in it but the room it took.
func (b boilerplate) emptied() boilerplate {
	return boilerplate{b.shingles[:0], b.words[:0], b.strangers[:0], b.rivals[:0]}
}

// boilerplate sets that of d. A source that repeats in its next report what it
// wrote of the event before has titles that agree. Of headlines alone, those of a
// story that several sources report differ in names too often to be of two events.
func (x *copyIndex) boilerplate(d *doc) {
	if len(d.subject) == 0 {
		return
	}
	b := &d.boilerplate
	for i := range x.candidates(d) {
		o := &x.near[i]
		n := d.common(o)
		part := share(d, o, n)
		if !(d.short && o.short) && rivals(d, o) {
			b.rivals = append(b.rivals, o.slot)
		}
		if part < phrase || oneMatter(d, o, agreement(d, o, part >= copyShort), n) {
			continue
		}
		b.shingles = intersect(b.shingles, d.shingles, o.shingles)
		b.shingles = intersect(b.shingles, d.shingles, o.rest)
		if part >= quote {
			b.strangers = append(b.strangers, o.slot)
		}
	}
	slices.Sort(b.shingles)
	b.shingles = slices.Compact(b.shingles)
}

// disregard weighs the event of d anew, without its boilerplate; d is what the
// analyser has read last. With a stranger, not even the title can have words of
// the boilerplate in common: in the stranger they may stand for nothing else.
func (an *analyser) disregard(d *doc) {
	b := &d.boilerplate
	if len(b.shingles) == 0 {
		return
	}
	text := an.text[:within(an.text, eventWords)]
	known := make([]bool, len(text))
	// Between two shingles of the sample, nothing may be remembered of the other
	// text but these.
	since := none
	for i, h := range shingle(nil, text) {
		h = slot(h)
		if !holds(b.shingles, h) {
			if sampled(h) {
				since = none
			}
			continue
		}
		from := i
		if sampled(h) {
			if since != none {
				from = since
			}
			since = i
		}
		for j := from; j < i+shingleLen; j++ {
			known[j] = true
		}
	}
	for i := range text {
		if known[i] {
			text[i].class = stop
			b.words = append(b.words, text[i].hash&hashMask)
		}
	}
	slices.Sort(b.words)
	b.words = slices.Compact(b.words)
	an.weigh(d)
}
