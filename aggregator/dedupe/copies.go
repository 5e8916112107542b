package dedupe

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// minShingles is how many shingles a text needs to be judged by them alone.
const minShingles = 12

// copyIndex finds the remembered articles that an article may be a copy of.
//
// Articles are numbered by arrival and dropped a segment at a time, oldest
// first: no entry is ever unlinked on its own, so forgetting costs next to
// nothing per article, and memory is bounded by the window and by MaxItems.
type copyIndex struct {
	opt      Options
	docs     []*doc // by arrival number
	keys     *postings
	segments []segment // oldest first; the last one grows
	clock    int64     // latest time seen; articles without a time arrive then
	common   *sketch

	// Scratch of candidates, empty between calls.
	counts []uint16 // by arrival number: keys in common
	found  []int32
	hits   []uint64
	asked  *doc // whose candidates hits holds; nil: nobody's
}

// segment is a few hours of articles.
type segment struct {
	docs          int   // how many
	first, newest int64 // arrival of its first and its last article; 0: no clock yet
}

func newCopyIndex(o Options) *copyIndex {
	return &copyIndex{opt: o, keys: newPostings(), common: newSketch()}
}

// Postings walked per key, the newest: longer lists are boilerplate.
const perKey = 64

// add remembers d.
func (x *copyIndex) add(d *doc) {
	x.clock = max(x.clock, d.at)
	s := x.current()
	s.docs++
	s.newest = max(s.newest, x.clock)
	at := int32(len(x.docs))
	x.asked = nil
	x.docs = append(x.docs, d)
	if d.canonical != "" {
		x.keys.add(urlKey(d.canonical), at)
	}
	if len(d.title) > 0 {
		x.keys.add(titleKey(d.title), at)
	}
	for _, k := range d.keys {
		x.keys.add(k, at)
	}
	if d.copyOf == 0 {
		x.common.count(d.shingles)
	}
	n := 0
	for over := len(x.docs) - x.opt.MaxItems; over > 0 && n < len(x.segments)-1; n++ {
		over -= x.segments[n].docs
	}
	x.drop(0, n)
}

// current returns the segment that grows, a new one when it is time.
func (x *copyIndex) current() *segment {
	if n := len(x.segments); n > 0 {
		s := &x.segments[n-1]
		old := x.clock-s.first > int64(x.opt.Window.Seconds())/4
		if !old && s.docs <= x.opt.MaxItems/8 {
			return s
		}
	}
	x.segments = append(x.segments, segment{first: x.clock})
	return &x.segments[len(x.segments)-1]
}

// drop forgets the segments from lo up to hi.
func (x *copyIndex) drop(lo, hi int) {
	if lo == hi {
		return
	}
	from, to := 0, 0
	for i, s := range x.segments[:hi] {
		if to += s.docs; i < lo {
			from = to
		}
	}
	x.asked = nil
	x.segments = slices.Delete(x.segments, lo, hi)
	x.docs = slices.Delete(x.docs, from, to)
	x.keys.cut(int32(from), int32(to))
}

// forget drops the segments whose articles all arrived before a time. Segments
// without any time, which can only be the first ones, stay until the count
// pushes them out.
func (x *copyIndex) forget(before int64) {
	lo := 0
	for lo < len(x.segments) && x.segments[lo].newest == 0 {
		lo++
	}
	hi := lo
	for hi < len(x.segments) && x.segments[hi].newest < before {
		hi++
	}
	x.drop(lo, hi)
}

// find returns the match of d as a copy; ok is false when it copies nothing
// that is remembered.
func (x *copyIndex) find(d *doc) (m Match, ok bool) {
	if o := x.sameAddress(d); o != nil {
		return x.match(o, fmt.Sprintf("same address as item %d (%s)", o.id, o.name)), true
	}
	var best *doc
	var score float64
	for _, h := range x.candidates(d) {
		o := x.docs[uint32(h)]
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

// candidates returns the remembered articles that share the most keys with d,
// those that share most first, each as its arrival number below the count. The
// result is scratch.
func (x *copyIndex) candidates(d *doc) []uint64 {
	if x.asked == d {
		return x.hits
	}
	if len(x.counts) < len(x.docs) {
		x.counts = make([]uint16, 2*len(x.docs))
	}
	x.found, x.hits = x.found[:0], x.hits[:0]
	for _, k := range d.keys {
		x.found = x.keys.walk(x.found, k, perKey)
	}
	for _, n := range x.found {
		x.counts[n]++
	}
	for _, n := range x.found {
		if c := x.counts[n]; c > 0 {
			x.counts[n] = 0
			if o := x.docs[n]; o.id != d.id && x.near(d, o) {
				x.hits = append(x.hits, uint64(c)<<32|uint64(n))
			}
		}
	}
	slices.Sort(x.hits)
	slices.Reverse(x.hits)
	x.asked, x.hits = d, x.hits[:min(len(x.hits), x.opt.MaxCandidates)]
	return x.hits
}

// near reports whether two articles may be matched at all: within the window,
// and not in two languages.
func (x *copyIndex) near(a, b *doc) bool {
	if a.lang != "" && b.lang != "" && a.lang != b.lang {
		return false
	}
	return a.at == 0 || b.at == 0 || abs(a.at-b.at) <= int64(x.opt.Window.Seconds())
}

// perAddress is how many articles with one address, or one title, are looked at.
const perAddress = 8

// sameAddress returns the remembered article with the address of d.
func (x *copyIndex) sameAddress(d *doc) *doc {
	if d.canonical == "" {
		return nil
	}
	x.found = x.keys.walk(x.found[:0], urlKey(d.canonical), perAddress)
	for _, n := range x.found {
		o := x.docs[n]
		if o.canonical == d.canonical && o.id != d.id && x.near(d, o) && sameSubject(d, o) {
			return o
		}
	}
	return nil
}

// sameSubject guards the same address: a page that is written anew every day
// ("/live", "/weather") keeps its address and shares neither title nor text; a
// show's page, which its feed links from every episode, only the show's blurb.
func sameSubject(a, b *doc) bool {
	if len(a.title) == 0 || len(b.title) == 0 {
		return true
	}
	return overlap(sorted(a.title), sorted(b.title)) >= 0.3 ||
		containment(a.shingles, b.shingles) >= 0.3 && oneMatter(a, b, titlesAgree, inCommon(a.shingles, b.shingles))
}

// sameTitle returns an article of another source with the same, telling title.
func (x *copyIndex) sameTitle(d *doc) *doc {
	if len(d.title) < 6 || d.source == 0 || !d.short {
		return nil
	}
	x.found = x.keys.walk(x.found[:0], titleKey(d.title), perAddress)
	for _, n := range x.found {
		o := x.docs[n]
		if o.id != d.id && o.source != d.source && x.near(d, o) && slices.Equal(o.title, d.title) {
			return o
		}
	}
	return nil
}

// urlKey is a hash of an address.
func urlKey(canonical string) uint32 { return uint32(xxhash.Sum64String(canonical)) }

// titleKey is a hash of a title.
func titleKey(t []uint32) uint32 {
	h := uint64(14695981039346656037)
	for _, x := range t {
		h = (h ^ uint64(x)) * 1099511628211
	}
	return uint32(h >> 32)
}
