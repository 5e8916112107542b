package dedupe

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// add remembers d as part of its story.
func (x *storyIndex) add(d *doc) {
	x.clock = max(x.clock, d.at)
	s := x.byID[d.story]
	if s == nil {
		s = &story{id: d.story, slot: int32(len(x.slots))}
		x.byID[d.story] = s
		x.slots = append(x.slots, s)
		x.cover = append(x.cover, coverage{lang: x.language(d.lang)})
	}
	x.note(s, d)
	if d.copyOf != 0 && s.n > 0 {
		return // says nothing new, and would make its words look common
	}
	q := x.ask(d)
	if q.norm == 0 {
		return
	}
	s.n++
	s.mixed = s.mixed || d.source == 0 || (s.last != nil && s.last.source != d.source)
	s.last = d
	x.learn(q)
	x.merge(s, d, q)
	x.measure(s)
	for _, i := range q.order[:min(len(q.order), storyKeys)] {
		t := q.terms[i]
		if len(s.keys) < storyTerms && !slices.Contains(s.keys, t.hash) {
			s.keys = append(s.keys, t.hash)
			x.terms.list(t.at, s.slot, perTerm)
		}
	}
	if len(x.terms.known) > maxLearned {
		x.halve()
	}
	if len(x.byID) > x.opt.MaxItems {
		x.crowd()
	}
}

// note extends a story's coverage.
func (x *storyIndex) note(s *story, d *doc) {
	s.seen = x.clock
	c := &x.cover[s.slot]
	if d.at != 0 {
		if c.first == 0 || d.at < c.first {
			c.first = d.at
		}
		c.newest = max(c.newest, d.at)
	}
	if len(s.places) == 0 {
		s.places = d.places
	}
	if c.lang != x.language(d.lang) {
		c.lang = 0
	}
}

// learn counts the terms of an original.
func (x *storyIndex) learn(q *query) {
	x.setDocs(x.docs + 1)
	for i := range q.terms {
		t := &q.terms[i]
		t.at = x.terms.count(t.hash, t.at)
	}
	q.doc = nil // its weights are those of before
}

// halve makes room in the vocabulary.
func (x *storyIndex) halve() {
	x.setDocs(x.docs / 2)
	x.terms.halve()
	for _, s := range x.byID {
		for i, h := range s.terms.hash {
			s.terms.of[i].at = x.terms.place(h)
		}
	}
}

// merge adds the terms of an article to the story's, and cuts these to the
// heaviest when they have become too many.
func (x *storyIndex) merge(s *story, d *doc, q *query) {
	out, old, i := &x.merged, &s.terms, 0
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
		st.at = t.at
		st.n++
		st.sum += d.terms[j].tf / float32(q.norm)
		out.add(t.hash, st)
	}
	for ; i < len(old.hash); i++ {
		out.add(old.hash[i], old.of[i])
	}
	if len(out.hash) > 2*storyTerms {
		x.trim(out)
	}
	old.hash = append(slices.Grow(old.hash[:0], len(out.hash)), out.hash...)
	old.of = append(slices.Grow(old.of[:0], len(out.of)), out.of...)
}

// trim cuts terms to the storyTerms heaviest and keeps their order.
func (x *storyIndex) trim(t *vector) {
	p := x.hits[:0]
	for i, st := range t.of {
		p = append(p, x.heft(i, st))
	}
	x.hits = p
	slices.Sort(p)
	least := p[len(p)-storyTerms]
	n := 0
	for i, st := range t.of {
		if x.heft(i, st) >= least {
			t.hash[n], t.of[n] = t.hash[i], st
			n++
		}
	}
	t.cut(n)
}

// heft sorts the i-th term of a story by its weight, then by its place.
func (x *storyIndex) heft(i int, t storyTerm) uint64 {
	w := float64(t.sum) * x.idf(x.terms.df(t.at))
	return uint64(math.Float32bits(float32(w)))<<32 | uint64(^uint32(i))
}

// measure sets the length of a story's weighted terms.
func (x *storyIndex) measure(s *story) {
	var sum float64
	s.most = 0
	for _, t := range s.terms.of {
		s.most = max(s.most, t.sum)
		v := float64(t.sum) * x.idf(x.terms.df(t.at))
		sum += v * v
	}
	s.norm = math.Sqrt(sum)
}

// forget drops the stories whose last article arrived before a time. It looks
// only when the clock has moved by a good part of the window, so that calling
// it after every article costs nothing.
func (x *storyIndex) forget(before int64) {
	if before-x.swept < int64(x.opt.Window.Seconds())/16 && x.swept != 0 {
		return
	}
	x.swept = before
	x.dropIf(func(s *story) bool { return s.seen != 0 && s.seen < before })
}

// crowd drops the quarter of the stories that was silent longest.
func (x *storyIndex) crowd() {
	all := slices.SortedFunc(maps.Values(x.byID), func(a, b *story) int {
		return cmp.Or(cmp.Compare(a.seen, b.seen), cmp.Compare(a.slot, b.slot))
	})
	gone := make(map[*story]bool, len(all)/4)
	for _, s := range all[:len(all)/4+1] {
		gone[s] = true
	}
	x.dropIf(func(s *story) bool { return gone[s] })
}

// dropIf drops stories and, once most of the slots are empty, closes the gaps.
func (x *storyIndex) dropIf(gone func(*story) bool) {
	for i, s := range x.slots {
		if s != nil && gone(s) {
			delete(x.byID, s.id)
			x.slots[i] = nil
		}
	}
	if len(x.slots) <= 2*len(x.byID) {
		return
	}
	to := make([]int32, len(x.slots))
	kept := x.slots[:0]
	for i, s := range x.slots {
		to[i] = none
		if s != nil {
			to[i] = int32(len(kept))
			s.slot = to[i]
			kept = append(kept, s)
			x.cover[s.slot] = x.cover[i]
		}
	}
	clear(x.slots[len(kept):])
	x.slots, x.cover = kept, x.cover[:len(kept)]
	x.terms.renumber(to)
}

// reason names the words that an article and its story share; an is the
// analyser that has just read the article.
func (f *fit) reason(an *analyser) string {
	shared := f.shared[:min(len(f.shared), 12)]
	names := appendWords(nil, an.titleText, an.title, shared)
	names = appendWords(names, an.bodyText, an.text, shared)
	names = names[:min(len(names), 4)]
	if n := len(f.places); n == 1 {
		names = append(names, "1 place")
	} else if n > 1 {
		names = append(names, fmt.Sprintf("%d places", n))
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
		if t.class == stop || !slices.Contains(terms, t.hash) {
			continue
		}
		if w := norm.NFC.String(strings.ToLower(s[t.from:t.to])); !slices.Contains(dst, w) {
			dst = append(dst, w)
		}
	}
	return dst
}
