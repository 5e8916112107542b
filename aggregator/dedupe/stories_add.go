package dedupe

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// slot returns the slot of a story, a new one for a story that is not known.
func (x *storyIndex) slot(id int64) uint32 {
	slot, ok := x.slots.find(id, x.stories)
	if !ok {
		slot = uint32(len(x.stories))
		if len(x.stories) == cap(x.stories) {
			x.stories = more(x.pages, x.stories)
		}
		x.stories = append(x.stories, story{id: id})
		x.slots.add(slot, x.stories)
	}
	return slot
}

// ready weighs d before memory has it: what it brings is not yet known then.
func (x *storyIndex) ready(d *doc) { x.ask(d) }

// add makes d, which memory has under a number, part of its story.
func (x *storyIndex) add(d *doc, slot, number uint32, e *entry) {
	q, s := &x.query, &x.stories[slot]
	if at := uint32(d.at); at != 0 {
		s.until = max(s.until, at)
		if s.from == 0 || at < s.from {
			s.from = at
		}
	}
	if _, last := x.at(s.last); last == nil {
		if s.sum != 0 {
			x.sums[s.sum-1] = nil
		}
		s.last, s.sum = 0, 0 // forgotten
	}
	if d.copyOf != 0 && s.last != 0 || q.norm == 0 {
		return // says nothing new, and would make its words look common
	}
	x.learn(q)
	if s.last == 0 {
		e.scale = float32(1 / q.norm)
		s.last = number
		e.norm = float32(x.length(&x.open(s).terms))
	} else {
		x.join(s, d, q)
		s.last = number
	}
	x.list(q, slot, number)
	if x.terms.full() {
		x.setDocs(x.docs / 2)
		x.terms.halve()
	}
}

// list makes a story findable by the heaviest terms of its newest article,
// unless it can be found by an article before.
func (x *storyIndex) list(q *query, slot, number uint32) {
	const lately = 8
	for _, i := range q.first[:min(len(q.first), storyKeys)] {
		hash, listed := q.terms[i].hash, false
		if x.stories[slot].sum != 0 {
			x.found = x.storiesUnder(x.found[:0], hash, lately)
			listed = slices.Contains(x.found, slot)
		}
		if !listed {
			x.key(number, hash)
		}
	}
}

// learn counts the terms of an original.
func (x *storyIndex) learn(q *query) {
	x.setDocs(x.docs + 1)
	for i := range q.terms {
		x.terms.count(q.terms[i].hash)
	}
}

// join adds a further original to a story.
func (x *storyIndex) join(s *story, d *doc, q *query) {
	x.read(&x.last, s.last)
	v := x.sum(s)
	if v == nil {
		v = new(sum)
		*v = *x.open(s)
		v.langs = slices.Clone(v.langs)
		v.places = slices.Clone(x.last.places)
		x.sums = append(x.sums, v)
		s.sum = uint32(len(x.sums))
	}
	v.n++
	v.mixed = v.mixed || d.source == 0 || x.last.source != d.source
	if !slices.Contains(v.langs, q.lang) {
		v.langs = append(v.langs, q.lang)
	}
	if len(v.places) == 0 {
		v.places = slices.Clone(d.places)
	}
	x.merge(v, d, q)
	v.norm = x.length(&v.terms)
	v.most = 0
	for _, t := range v.terms.of {
		v.most = max(v.most, t.sum())
	}
}

// length is that of weighted terms.
func (x *storyIndex) length(t *vector) float64 {
	var sum float64
	for i, st := range t.of {
		w := float64(st.sum()) * x.idf(x.terms.df(t.hash[i]))
		sum += w * w
	}
	return math.Sqrt(sum)
}

// merge adds the terms of an article to a story's, and cuts these to the
// heaviest when they have become too many.
func (x *storyIndex) merge(v *sum, d *doc, q *query) {
	out, old, i := &x.merged, &v.terms, 0
	out.cut(0)
	for j, t := range q.terms {
		for i < len(old.hash) && old.hash[i] < t.hash {
			out.add(old.hash[i], old.of[i])
			i++
		}
		var st storyTerm
		if i < len(old.hash) && old.hash[i] == t.hash {
			st = old.of[i]
			i++
		}
		out.add(t.hash, st.plus(d.terms[j].tf()/float32(q.norm)))
	}
	for ; i < len(old.hash); i++ {
		out.add(old.hash[i], old.of[i])
	}
	if len(out.hash) > storyTerms*4/3 {
		x.trim(out)
	}
	old.hash, old.of = exact(out.hash), exact(out.of)
}

// trim cuts terms to the storyTerms heaviest and keeps their order.
func (x *storyIndex) trim(t *vector) {
	p := x.hits[:0]
	for i := range t.of {
		p = append(p, x.heft(t, i))
	}
	x.hits = p
	slices.Sort(p)
	least := p[len(p)-storyTerms]
	n := 0
	for i, st := range t.of {
		if x.heft(t, i) >= least {
			t.hash[n], t.of[n] = t.hash[i], st
			n++
		}
	}
	t.cut(n)
}

// heft sorts the i-th term of a story by its weight, then by its place.
func (x *storyIndex) heft(t *vector, i int) uint64 {
	w := float64(t.of[i].sum()) * x.idf(x.terms.df(t.hash[i]))
	return uint64(math.Float32bits(float32(w)))<<32 | uint64(^uint32(i))
}

// sweep drops the stories of which memory has forgotten every article, and
// gives the others the slots from 0 on, in their order. What is left of a story
// may be its earliest articles: those without a date outlive later ones.
func (x *storyIndex) sweep() {
	to := make([]uint32, len(x.stories)) // new slot+1; 0: nothing is left
	for _, s := range x.segments {
		for _, slot := range s.slots {
			to[slot] = 1
		}
	}
	kept := x.stories[:0]
	for i, s := range x.stories {
		if to[i] != 0 {
			kept = append(kept, s)
			to[i] = uint32(len(kept))
		}
	}
	old := x.stories
	x.stories = takeAll(x.pages, kept)
	give(x.pages, old)
	x.sums = x.numbered()
	for _, s := range x.segments {
		for i, slot := range s.slots {
			s.slots[i] = to[slot] - 1
		}
	}
	x.slots.rebuild(x.stories)
}

// numbered returns the sums of the stories there are, in the order of these, and
// gives them their numbers.
func (x *storyIndex) numbered() []*sum {
	var sums []*sum
	for i := range x.stories {
		if s := &x.stories[i]; s.sum != 0 {
			sums = append(sums, x.sums[s.sum-1])
			s.sum = uint32(len(sums))
		}
	}
	return sums
}

// reason names the words that an article and its story share; an is the
// analyser that has just read the article.
func (f *fit) reason(an *analyser) string {
	shared := f.shared[:min(len(f.shared), 12)]
	names := appendWords(nil, an.titleText, an.title, shared)
	names = appendWords(names, an.bodyText, an.text, shared)
	names = names[:min(len(names), 4)]
	if f.places == 1 {
		names = append(names, "1 place")
	} else if f.places > 1 {
		names = append(names, fmt.Sprintf("%d places", f.places))
	}
	return fmt.Sprintf("%s (%.2f)", strings.Join(names, ", "), f.score)
}

// appendWords appends the words of s that are among the given terms, as people
// read them, until there are four.
func appendWords(dst []string, s string, tokens []token, terms []uint32) []string {
	for _, t := range tokens {
		if len(dst) >= 4 {
			break
		}
		if t.class == stop || !slices.Contains(terms, t.hash&hashMask) {
			continue
		}
		if w := norm.NFC.String(strings.ToLower(s[t.from:t.to])); !slices.Contains(dst, w) {
			dst = append(dst, w)
		}
	}
	return dst
}
