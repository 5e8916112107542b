package dedupe

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// storyIndex clusters articles into events, one pass in arrival order.
//
// A story is the sum of its articles' terms, cut to the heaviest. An article
// is compared, by the cosine of weighted terms, with the stories that share
// its most telling terms.
type storyIndex struct {
	opt     Options
	stories map[int64]*story
	byTerm  map[uint32][]int64 // stories by their heavy terms, newest last; may be stale
	df      map[uint32]float32 // articles that hold a term
	docs    float64            // articles counted in df
	clock   int64
	posted  int
}

// story is the running sum of an event.
type story struct {
	id     int64
	terms  map[uint32]float32 // sum of tf
	posted map[uint32]bool    // terms it can be found by
	n      int
	first  int64
	newest int64 // latest publication; 0 unknown
	seen   int64 // arrival of the last article
	lang   string
	places map[string]int
	last   *doc
}

func newStoryIndex(o Options) *storyIndex {
	return &storyIndex{opt: o, stories: map[int64]*story{}, byTerm: map[uint32][]int64{}, df: map[uint32]float32{}}
}

// idf is how telling a term is.
func (x *storyIndex) idf(h uint32) float64 {
	return math.Log((x.docs + tune.IdfPrior) / (float64(x.df[h]) + 0.5))
}

// find returns the story that a belongs to.
func (x *storyIndex) find(d *doc) (Match, bool) {
	w, norm := x.weights(d)
	if len(w) == 0 {
		return Match{}, false
	}
	var best *story
	var score float64
	shared := 0
	for _, s := range x.candidates(d, w) {
		if c, n := x.similarity(d, s, w, norm); c > score {
			best, score, shared = s, c, n
		}
	}
	if best == nil {
		return Match{}, false
	}
	return Match{Story: best.id, Why: fmt.Sprintf("same event: %d terms in common, %.2f", shared, score)}, true
}

type weighted struct {
	hash uint32
	w    float64
}

// weights returns the terms of d with idf, heaviest first, and their length.
func (x *storyIndex) weights(d *doc) ([]weighted, float64) {
	out := make([]weighted, len(d.terms))
	var sum float64
	for i, t := range d.terms {
		v := float64(t.tf) * x.idf(t.hash)
		out[i] = weighted{t.hash, v}
		sum += v * v
	}
	slices.SortFunc(out, func(a, b weighted) int { return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(a.hash, b.hash)) })
	return out, math.Sqrt(sum)
}

// candidates returns the stories that share the heaviest terms of d.
func (x *storyIndex) candidates(d *doc, w []weighted) []*story {
	acc := map[int64]float64{}
	for _, t := range w[:min(len(w), 24)] {
		list := x.byTerm[t.hash]
		for _, id := range list[max(0, len(list)-256):] {
			acc[id] += t.w * t.w
		}
	}
	type hit struct {
		s *story
		w float64
	}
	hits := make([]hit, 0, len(acc))
	for id, v := range acc {
		if s := x.stories[id]; s != nil && x.near(d, s) {
			hits = append(hits, hit{s, v})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(b.s.id, a.s.id)) })
	out := make([]*story, 0, x.opt.MaxCandidates)
	for _, h := range hits[:min(len(hits), x.opt.MaxCandidates)] {
		out = append(out, h.s)
	}
	return out
}

// near reports whether an article may join a story at all.
func (x *storyIndex) near(d *doc, s *story) bool {
	if d.lang != "" && s.lang != "" && d.lang != s.lang {
		return false
	}
	return d.at == 0 || s.newest == 0 || abs(d.at-s.newest) <= int64(x.opt.Window.Seconds())
}

// similarity is how well d fits s, 0 when it does not, and the number of terms
// they share.
func (x *storyIndex) similarity(d *doc, s *story, w []weighted, norm float64) (float64, int) {
	var dot, snorm float64
	shared := 0
	for h, tf := range s.terms {
		v := float64(tf) * x.idf(h)
		snorm += v * v
	}
	for _, t := range w {
		if tf, ok := s.terms[t.hash]; ok {
			dot += t.w * float64(tf) * x.idf(t.hash)
			shared++
		}
	}
	if dot == 0 || shared < tune.MinShared {
		return 0, 0
	}
	c := dot / (norm * math.Sqrt(snorm))
	if d.at != 0 && s.newest != 0 {
		gap := float64(abs(d.at-s.newest)) / x.opt.Window.Seconds()
		c *= 1 - tune.Decay*gap
	}
	t := tune.Join
	if len(w) < 15 {
		t = tune.JoinT
	}
	if c < t {
		return 0, 0
	}
	return c, shared
}

// add remembers d as part of its story.
func (x *storyIndex) add(d *doc) {
	x.clock = max(x.clock, d.at)
	s := x.stories[d.story]
	if s == nil {
		s = &story{id: d.story, terms: map[uint32]float32{}, posted: map[uint32]bool{}, lang: d.lang, places: map[string]int{}}
		x.stories[d.story] = s
	}
	s.n++
	s.newest, s.seen = max(s.newest, d.at), x.clock
	x.docs++
	var norm float64
	w, norm := x.weights(d)
	for _, t := range d.terms {
		x.df[t.hash]++
	}
	if norm == 0 || d.copyOf != 0 {
		return
	}
	for _, t := range d.terms {
		s.terms[t.hash] += t.tf / float32(norm)
	}
	for i, t := range w {
		if i >= 16 {
			break
		}
		if !s.posted[t.hash] {
			s.posted[t.hash] = true
			x.byTerm[t.hash] = append(x.byTerm[t.hash], s.id)
		}
	}
	if len(s.terms) > 2*tune.Cap {
		x.trim(s)
	}
}

// trim cuts a story to its heaviest terms.
func (x *storyIndex) trim(s *story) {
	all := make([]weighted, 0, len(s.terms))
	for h, tf := range s.terms {
		all = append(all, weighted{h, float64(tf) * x.idf(h)})
	}
	slices.SortFunc(all, func(a, b weighted) int { return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(a.hash, b.hash)) })
	for _, t := range all[tune.Cap:] {
		delete(s.terms, t.hash)
	}
}

// forget drops the stories whose last article arrived before a time.
func (x *storyIndex) forget(before int64) {
	for id, s := range x.stories {
		if s.seen != 0 && s.seen < before {
			delete(x.stories, id)
		}
	}
}
