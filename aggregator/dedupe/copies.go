package dedupe

import (
	"cmp"
	"fmt"
	"slices"
)

// minShingles is how many shingles a text needs to be judged by them alone.
const minShingles = 12

// copyIndex finds the remembered articles that an article may be a copy of.
type copyIndex struct {
	*memory
	common *sketch

	// Scratch of candidates.
	counts []uint16 // by number since the oldest: keys in common; zero between calls
	found  []uint32
	hits   []uint64
	near   []doc // the candidates of the doc asked for last
	asked  question
	other  doc // one more, that was found another way
}

// question is a doc that was looked up, and when: until an article is added or
// forgotten, the answer is the same.
type question struct {
	doc    *doc
	serial uint64
	next   uint32
	n      int
}

func (m *memory) question(d *doc) question { return question{d, d.serial, m.next, m.n} }

func newCopyIndex(m *memory) *copyIndex { return &copyIndex{memory: m, common: newSketch(m.pages)} }

// find returns the remembered article that d copies, and why; nil when it
// copies none. It is scratch.
func (x *copyIndex) find(d *doc) (match *doc, why string) {
	if o := x.sameAddress(d); o != nil {
		return o, fmt.Sprintf("same address as item %d (%s)", o.id, o.name)
	}
	var best *doc
	var score float64
	for i := range x.candidates(d) {
		o := &x.near[i]
		if s := x.copyScore(d, o); s > score {
			best, score = o, s
		}
	}
	if best != nil {
		return best, fmt.Sprintf("copies %.2f of item %d (%s)", score, best.id, best.name)
	}
	if o := x.sameTitle(d); o != nil {
		return o, fmt.Sprintf("same title as item %d (%s)", o.id, o.name)
	}
	return nil, ""
}

// add counts what a new original says.
func (x *copyIndex) add(d *doc) {
	if d.copyOf == 0 {
		x.common.count(d.shingles)
	}
}

// original is the article that o copies, if it is itself a copy.
func original(o *doc) int64 { return cmp.Or(o.copyOf, o.id) }

// candidates reads the remembered articles that share the most keys with d
// into near, those that share most first, and returns near.
func (x *copyIndex) candidates(d *doc) []doc {
	if x.asked == x.question(d) {
		return x.near
	}
	x.asked = x.question(d)
	first := x.first()
	if n := int(x.next - first); len(x.counts) < n {
		x.counts = make([]uint16, 2*n)
	}
	x.found, x.hits = x.found[:0], x.hits[:0]
	for _, k := range d.keys {
		x.found = x.walk(x.found, k, perKey)
	}
	for _, n := range x.found {
		x.counts[n-first]++
	}
	for _, n := range x.found {
		if c := x.counts[n-first]; c > 0 {
			x.counts[n-first] = 0
			if _, e := x.at(n); x.mayMatch(d, e) {
				x.hits = append(x.hits, uint64(c)<<32|uint64(n))
			}
		}
	}
	x.hits = top(x.hits, x.opt.MaxCandidates)
	x.near = slices.Grow(x.near[:0], len(x.hits))[:len(x.hits)]
	for i, h := range x.hits {
		x.read(&x.near[i], uint32(h))
	}
	return x.near
}

// mayMatch reports whether d and a remembered article may be matched at all:
// within the window, and not in two languages.
func (m *memory) mayMatch(d *doc, e *entry) bool {
	if e.id == wide(d.id) {
		return false
	}
	if e.lang != 0 && d.lang != "" && e.lang != m.language(d.lang) {
		return false
	}
	return d.at == 0 || e.at == 0 || abs(d.at-int64(e.at)) <= int64(m.opt.Window.Seconds())
}

// perAddress is how many articles with one address, or one title, are looked at.
const perAddress = 8

// under reads the newest articles under a key, one after the other, until one
// is accepted.
func (x *copyIndex) under(d *doc, key uint32, accept func(*doc) bool) *doc {
	x.found = x.walk(x.found[:0], key, perAddress)
	for _, n := range x.found {
		if _, e := x.at(n); x.mayMatch(d, e) && x.read(&x.other, n) && accept(&x.other) {
			return &x.other
		}
	}
	return nil
}

// sameAddress returns the remembered article with the address of d.
func (x *copyIndex) sameAddress(d *doc) *doc {
	if d.canonical == 0 {
		return nil
	}
	return x.under(d, addressKey(d), func(o *doc) bool {
		return uint32(o.canonical) == uint32(d.canonical) && sameSubject(d, o)
	})
}

// sameSubject guards the same address: a page that is written anew every day
// ("/live", "/weather") keeps its address and shares neither title nor text; a
// show's page, which its feed links from every episode, only the show's blurb.
func sameSubject(a, b *doc) bool {
	if a.titleLen == 0 || b.titleLen == 0 || uint32(a.title) == uint32(b.title) {
		return true
	}
	if containment(a.subject, b.subject) >= 0.3 {
		return true
	}
	n := a.common(b)
	return share(a, b, n) >= 0.3 && n > 0 && oneMatter(a, b, titlesAgree, n)
}

// sameTitle returns an article of another source with the same, telling title.
func (x *copyIndex) sameTitle(d *doc) *doc {
	if d.titleLen < 6 || d.source == 0 || !d.short {
		return nil
	}
	return x.under(d, titleKey(d), func(o *doc) bool {
		return o.source != d.source && o.titleLen == d.titleLen && uint32(o.title) == uint32(d.title)
	})
}

// addressKey and titleKey are halves of the hashes; an entry has the others.
func addressKey(d *doc) uint32 { return uint32(d.canonical >> 32) }
func titleKey(d *doc) uint32   { return uint32(d.title >> 32) }
