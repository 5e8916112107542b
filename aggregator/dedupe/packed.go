package dedupe

import "math/bits"

// packed is postings that no longer grow: sorted by bucket, four bytes for
// each article under a key, and nothing that the collector must look at.
type packed struct {
	starts  []uint32 // where the entries of a bucket begin, and where the last ones end
	entries []uint32 // further bits of the key above the article; by arrival
	bits    int      // of a key that name its bucket
}

// perBucket is how many entries a bucket has on average: fewer cost memory,
// more cost time.
const perBucket = 8

// mix spreads keys: they are hashes, but some were picked by a remainder.
func mix(key uint32) uint32 { return key * 2654435761 }

// mark is the bits of a key that follow those of its bucket, 16 of them. A
// table with fewer buckets than 1<<16 forgets the bits after that: a key in
// thousands of millions is taken for another, which the caller sees when it
// compares the articles.
func (p *packed) mark(key uint32) uint32 { return mix(key) << p.bits & 0xffff0000 }

// pack packs postings whose articles have numbers below 1<<16. Of each key it
// keeps the newest most articles.
func pack(from *postings, most int) packed {
	p := packed{bits: max(1, bits.Len(uint(from.n/perBucket)))}
	p.starts = make([]uint32, 1<<p.bits+1)
	bucket := func(key uint32) uint32 { return mix(key) >> (32 - p.bits) }
	for i := range from.n {
		p.starts[bucket(from.link(i).key)+1]++
	}
	for i := range p.starts[1:] {
		p.starts[i+1] += p.starts[i]
	}
	p.entries = make([]uint32, from.n)
	next := make([]uint32, 1<<p.bits)
	copy(next, p.starts)
	for i := range from.n {
		l := from.link(i)
		at := &next[bucket(l.key)]
		p.entries[*at] = p.mark(l.key) | uint32(l.doc)
		*at++
	}
	p.thin(most)
	return p
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
				seen[e>>16]++
			}
		}
		for _, e := range list {
			if len(list) > most && seen[e>>16] > most {
				seen[e>>16]--
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
	if len(p.starts) == 0 {
		return dst
	}
	b := mix(key) >> (32 - p.bits)
	list := p.entries[p.starts[b]:p.starts[b+1]]
	mark := p.mark(key)
	for i := len(list) - 1; i >= 0 && limit > 0; i-- {
		if list[i]&0xffff0000 == mark {
			dst = append(dst, first+list[i]&0xffff)
			limit--
		}
	}
	return dst
}
