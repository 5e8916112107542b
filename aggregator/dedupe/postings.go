package dedupe

// postings says which articles hold a key, the newest first.
//
// It is a chained hash table whose links lie in arrival order. A key costs
// twelve bytes and no pointer, so the collector never looks at the millions of
// them that a window holds, and many articles are forgotten in one pass.
type postings struct {
	heads []int32 // by the key's upper bits; index+1 of the newest link
	links []link
	shift uint32 // 32 less the bits of heads
}

// link is one article under one key.
type link struct {
	key  uint32
	doc  int32 // arrival number of the article
	next int32 // index+1 of the next older link in the chain
}

func newPostings() *postings {
	p := &postings{}
	p.rebuild(10)
	return p
}

// bucket spreads the key: keys are hashes, but some were picked by a remainder.
func (p *postings) bucket(key uint32) *int32 { return &p.heads[key*2654435761>>p.shift] }

// add notes that an article holds a key. Articles come in arrival order.
func (p *postings) add(key uint32, doc int32) {
	if len(p.links) >= len(p.heads) {
		p.rebuild(33 - p.shift)
	}
	h := p.bucket(key)
	p.links = append(p.links, link{key, doc, *h})
	*h = int32(len(p.links))
}

// walk appends to dst the newest articles that hold a key, at most limit.
func (p *postings) walk(dst []int32, key uint32, limit int) []int32 {
	// Chains are short where keys differ: the bound on hops only matters for a
	// key that an attacker, or a template, repeats.
	for n, hops := *p.bucket(key), 4*limit; n != 0 && limit > 0 && hops > 0; hops-- {
		l := &p.links[n-1]
		if l.key == key {
			dst = append(dst, l.doc)
			limit--
		}
		n = l.next
	}
	return dst
}

// cut forgets the articles from number lo up to hi; later ones move down.
func (p *postings) cut(lo, hi int32) {
	kept := p.links[:0]
	for _, l := range p.links {
		switch {
		case l.doc >= hi:
			l.doc -= hi - lo
			kept = append(kept, l)
		case l.doc < lo:
			kept = append(kept, l)
		}
	}
	p.links = kept
	p.rebuild(32 - p.shift)
}

// rebuild chains all links anew in a table of 1<<bits heads.
func (p *postings) rebuild(bits uint32) {
	p.shift = 32 - bits
	p.heads = make([]int32, 1<<bits)
	for i := range p.links {
		l := &p.links[i]
		h := p.bucket(l.key)
		l.next, *h = *h, int32(i+1)
	}
}
