package dedupe

import (
	"math/bits"
	"slices"
)

// packed is postings that no longer grow: sorted by bucket, four bytes for
// each article under a key, and nothing that the collector must look at.
type packed struct {
	starts  []uint32 // where the entries of a bucket begin, and where the last ones end
	entries []uint32 // further bits of the key above the article; by arrival
	bits    int      // of a mixed key that name its bucket
	known   int      // of a mixed key that bucket and entry together hold
}

const (
	perBucket   = 8       // entries in a bucket on average: fewer cost memory, more cost time
	articleBits = 16      // of an entry
	longBucket  = 1 << 12 // entries that are looked at, the newest, where keys were made to share a bucket
)

// mix spreads keys: they are hashes, but some were picked by a remainder.
func mix(key uint32) uint32 { return key * 2654435761 }

// newPacked returns an empty table for n entries that hold so many bits.
func newPacked(pages *pages, n, known int) packed {
	b := max(1, bits.Len(uint(n/perBucket)))
	known = min(known, b+32-articleBits, 32)
	return packed{starts: take[uint32](pages, 1<<b+1), entries: take[uint32](pages, n), bits: b, known: known}
}

// whole reports whether each bucket is a part of the entries.
func (p *packed) whole() bool {
	n := len(p.starts)
	return n > 0 && slices.IsSorted(p.starts) && uint64(p.starts[n-1]) <= uint64(len(p.entries))
}

// mark is the bits of a mixed key that follow those of its bucket, as far as
// they are held. Where not all are, a key in thousands of millions is taken
// for another, which the caller sees when it compares the articles.
func (p *packed) mark(mixed uint32) uint32 {
	return mixed << p.bits & (^uint32(0) << (32 - p.known + p.bits))
}

// posting is an article under a mixed key.
type posting struct{ mixed, doc uint32 }

// fill puts postings into an empty table. all calls its argument with each, for
// each key in arrival order, whenever it is called.
func (p *packed) fill(all func(func(posting))) {
	all(func(e posting) { p.starts[e.mixed>>(32-p.bits)+1]++ })
	for i := range p.starts[1:] {
		p.starts[i+1] += p.starts[i]
	}
	next := make([]uint32, len(p.starts))
	copy(next, p.starts)
	all(func(e posting) {
		at := &next[e.mixed>>(32-p.bits)]
		p.entries[*at] = p.mark(e.mixed) | e.doc
		*at++
	})
}

// pack packs postings whose articles have numbers below 1<<articleBits. Of each
// key it keeps the newest most articles.
func pack(pages *pages, from *postings, most int) packed {
	p := newPacked(pages, from.n, 32)
	p.fill(func(yield func(posting)) {
		for i := range from.n {
			l := from.link(i)
			yield(posting{mix(l.key), uint32(l.doc)})
		}
	})
	p.thin(most)
	return p
}

// join packs two tables into one; the articles of the second get numbers from
// first on.
func join(pages *pages, a, b *packed, first uint32, most int) packed {
	p := newPacked(pages, len(a.entries)+len(b.entries), min(a.known, b.known))
	p.fill(func(yield func(posting)) {
		a.each(0, yield)
		b.each(first, yield)
	})
	p.thin(most)
	return p
}

// each calls yield with all postings, each article plus first.
func (p *packed) each(first uint32, yield func(posting)) {
	for b := range uint32(len(p.starts) - 1) {
		for _, e := range p.entries[p.starts[b]:p.starts[b+1]] {
			yield(posting{b<<(32-p.bits) | e>>articleBits<<articleBits>>p.bits, first + e&(1<<articleBits-1)})
		}
	}
}

// thin drops, of each key, all but the newest most articles: boilerplate may
// stand in every article, and would make its bucket long for others.
func (p *packed) thin(most int) {
	seen := map[uint32]int{}
	kept := uint32(0)
	for b := range len(p.starts) - 1 {
		list := p.entries[p.starts[b]:p.starts[b+1]]
		p.starts[b] = kept
		if len(list) > most {
			clear(seen)
			for _, e := range list {
				seen[e>>articleBits]++
			}
		}
		for _, e := range list {
			if len(list) > most && seen[e>>articleBits] > most {
				seen[e>>articleBits]--
				continue
			}
			p.entries[kept] = e
			kept++
		}
	}
	p.starts[len(p.starts)-1] = kept
	p.entries = p.entries[:kept]
}

// walk appends to dst the newest articles under a key, each plus first, at
// most limit.
func (p *packed) walk(dst []uint32, key, first uint32, limit int) []uint32 {
	b := p.bucket(key)
	return p.pick(dst, p.entries[p.starts[b]:p.starts[b+1]], key, first, limit)
}

// bucket is that of a key.
func (p *packed) bucket(key uint32) uint32 { return mix(key) >> (32 - p.bits) }

// pick is walk with the entries of the key's bucket.
func (p *packed) pick(dst, list []uint32, key, first uint32, limit int) []uint32 {
	list = list[max(0, len(list)-longBucket):]
	mark := p.mark(mix(key)) >> articleBits
	for i := len(list) - 1; i >= 0 && limit > 0; i-- {
		if list[i]>>articleBits == mark {
			dst = append(dst, first+list[i]&(1<<articleBits-1))
			limit--
		}
	}
	return dst
}
