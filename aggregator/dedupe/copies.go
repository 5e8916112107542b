package dedupe

import (
	"cmp"
	"fmt"
	"slices"
)

// minShingles is how many shingles a text needs to be judged by them alone.
const minShingles = 12

// copyIndex finds the remembered articles that an article may be a copy of.
//
// It is cut into segments by arrival, each with an index of its own. Dropping
// the oldest segment is how the index forgets: no entry is ever unlinked, so
// forgetting costs nothing per article, and memory is bounded by the window
// and by MaxItems.
type copyIndex struct {
	opt      Options
	segments []*segment // oldest first; the last one grows
	items    int
	clock    int64 // latest time seen; articles without a time arrive then
	common   *sketch
}

// segment is a few hours of articles.
type segment struct {
	docs    []*doc
	byURL   map[string]int32
	heads   map[uint32]int32 // key -> its newest posting, as index+1
	posts   []posting
	first   int64 // arrival of the first article; 0: no clock yet
	newest  int64
	byTitle map[uint32]int32 // title -> newest article with it
}

// posting links an article to the next older one with the same key.
type posting struct{ doc, next int32 }

func newCopyIndex(o Options) *copyIndex { return &copyIndex{opt: o, common: newSketch()} }

// add remembers d.
func (x *copyIndex) add(d *doc) {
	x.clock = max(x.clock, d.at)
	s := x.current()
	n := int32(len(s.docs))
	s.docs = append(s.docs, d)
	s.newest = max(s.newest, x.clock)
	if d.canonical != "" {
		s.byURL[d.canonical] = n
	}
	if len(d.title) > 0 {
		s.byTitle[titleKey(d.title)] = n
	}
	for _, k := range d.keys {
		s.posts = append(s.posts, posting{n, s.heads[k]})
		s.heads[k] = int32(len(s.posts))
	}
	x.items++
	if d.copyOf == 0 {
		x.common.count(d.shingles)
	}
	for x.items > x.opt.MaxItems && len(x.segments) > 1 {
		x.drop()
	}
}

// current returns the segment that grows, a new one when it is time.
func (x *copyIndex) current() *segment {
	if n := len(x.segments); n > 0 {
		s := x.segments[n-1]
		old := x.clock-s.first > int64(x.opt.Window.Seconds())/4
		if !old && len(s.docs) <= x.opt.MaxItems/8 {
			return s
		}
	}
	s := &segment{byURL: map[string]int32{}, heads: map[uint32]int32{}, byTitle: map[uint32]int32{}, first: x.clock}
	x.segments = append(x.segments, s)
	return s
}

// drop forgets the oldest segment.
func (x *copyIndex) drop() {
	x.items -= len(x.segments[0].docs)
	x.segments = slices.Delete(x.segments, 0, 1)
}

// forget drops the segments whose articles all arrived before a time. A
// segment without any time stays until the count pushes it out.
func (x *copyIndex) forget(before int64) {
	x.segments = slices.DeleteFunc(x.segments, func(s *segment) bool {
		if s.newest == 0 || s.newest >= before {
			return false
		}
		x.items -= len(s.docs)
		return true
	})
}

// find returns the match of d as a copy; ok is false when it copies nothing
// that is remembered.
func (x *copyIndex) find(d *doc) (m Match, ok bool) {
	if o := x.sameAddress(d); o != nil {
		return x.match(o, fmt.Sprintf("same address as item %d (%s)", o.id, o.name)), true
	}
	var best *doc
	var score float64
	for _, o := range x.candidates(d) {
		if s := x.copyScore(d, o); s > score {
			best, score = o, s
		}
	}
	if best != nil {
		return x.match(best, fmt.Sprintf("copies %.2f of item %d (%s)", score, best.id, best.name)), true
	}
	if o := x.sameTitle(d); o != nil {
		return x.match(o, fmt.Sprintf("same title as item %d (%s)", o.id, o.name)), true
	}
	return Match{}, false
}

// match names the original of o, if o is itself a copy.
func (x *copyIndex) match(o *doc, why string) Match {
	return Match{Story: o.story, CopyOf: cmp.Or(o.copyOf, o.id), Why: why}
}

// candidates returns the remembered articles that share the most keys with d.
func (x *copyIndex) candidates(d *doc) []*doc {
	type hit struct {
		seg, doc int32
		n        int32
	}
	const perKey = 32 // postings walked per key and segment: longer ones are boilerplate
	var hits []hit
	for si, s := range x.segments {
		counts := map[int32]int32{}
		for _, k := range d.keys {
			for p, n := s.heads[k], 0; p != 0 && n < perKey; n++ {
				post := s.posts[p-1]
				counts[post.doc]++
				p = post.next
			}
		}
		for doc, n := range counts {
			hits = append(hits, hit{int32(si), doc, n})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(b.seg, a.seg), cmp.Compare(b.doc, a.doc))
	})
	out := make([]*doc, 0, min(len(hits), x.opt.MaxCandidates))
	for _, h := range hits {
		if len(out) == x.opt.MaxCandidates {
			break
		}
		if o := x.segments[h.seg].docs[h.doc]; o.id != d.id && x.near(d, o) {
			out = append(out, o)
		}
	}
	return out
}

// near reports whether two articles may be matched at all: within the window,
// and not in two languages.
func (x *copyIndex) near(a, b *doc) bool {
	if a.lang != "" && b.lang != "" && a.lang != b.lang {
		return false
	}
	return a.at == 0 || b.at == 0 || abs(a.at-b.at) <= int64(x.opt.Window.Seconds())
}

// sameAddress returns the remembered article with the address of d.
func (x *copyIndex) sameAddress(d *doc) *doc {
	if d.canonical == "" {
		return nil
	}
	for _, s := range slices.Backward(x.segments) {
		if i, ok := s.byURL[d.canonical]; ok {
			o := s.docs[i]
			if o.id == d.id || !x.near(d, o) || !sameSubject(d, o) {
				continue
			}
			return o
		}
	}
	return nil
}

// sameSubject guards the same address: a page that is written anew every day
// ("/live", "/weather") keeps its address and shares neither title nor text.
func sameSubject(a, b *doc) bool {
	if len(a.title) == 0 || len(b.title) == 0 {
		return true
	}
	return overlap(sorted(a.title), sorted(b.title)) >= 0.3 || containment(a.shingles, b.shingles) >= 0.3
}

// sameTitle returns an article of another source with the same, telling title.
func (x *copyIndex) sameTitle(d *doc) *doc {
	if len(d.title) < 6 || d.source == 0 || !d.short {
		return nil
	}
	for _, s := range slices.Backward(x.segments) {
		if i, ok := s.byTitle[titleKey(d.title)]; ok {
			o := s.docs[i]
			if o.id != d.id && o.source != d.source && x.near(d, o) && slices.Equal(o.title, d.title) {
				return o
			}
		}
	}
	return nil
}

// titleKey is a hash of a title.
func titleKey(t []uint32) uint32 {
	h := uint64(14695981039346656037)
	for _, x := range t {
		h = (h ^ uint64(x)) * 1099511628211
	}
	return uint32(h >> 32)
}
