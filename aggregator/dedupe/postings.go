package dedupe

// postings says which articles hold a key, the newest first, while articles
// are still added.
//
// It is a chained hash table whose links lie in arrival order. It holds no
// pointer but those of its chunks, so that the collector never looks into it,
// and it is emptied and used again for the next articles.
type postings struct {
	heads  []chain
	chunks [][]link // links by number, chunkLinks each: growing copies nothing
	n      int      // links
	shift  uint32   // 32 less the bits of len(heads)
}

// chain is the links of a bucket.
type chain struct {
	first int32  // number+1 of the newest
	marks uint32 // a bit by each key: most keys of an article are in no chain
}

// link is one article under one key.
type link struct {
	key  uint32
	doc  int32 // number of the article
	next int32 // number+1 of the next older link in the chain
}

// chunkLinks is how many links are allocated at once, 48 KiB.
const chunkLinks = 1 << 12

func newPostings() *postings {
	p := &postings{}
	p.rebuild(10)
	return p
}

// bucket is where the chain of a key begins.
func (p *postings) bucket(key uint32) *chain { return &p.heads[mix(key)>>p.shift] }

// mark is a key's bit in its chain, by lower bits than bucket's. Not by the
// lowest, which a remainder fixes.
func mark(key uint32) uint32 { return 1 << (mix(key) >> 6 % 32) }

// link returns the link with a number.
func (p *postings) link(n int) *link { return &p.chunks[n/chunkLinks][n%chunkLinks] }

// add notes that an article holds a key. Articles come in arrival order.
func (p *postings) add(key uint32, doc int32) {
	if p.n >= len(p.heads) {
		p.rebuild(33 - p.shift)
	}
	p.push(link{key, doc, 0})
}

// push appends a link and puts it at the head of its chain.
func (p *postings) push(l link) {
	if p.n == len(p.chunks)*chunkLinks {
		p.chunks = append(p.chunks, make([]link, chunkLinks))
	}
	h := p.bucket(l.key)
	l.next = h.first
	*p.link(p.n) = l
	p.n++
	h.first = int32(p.n)
	h.marks |= mark(l.key)
}

// walk appends to dst the newest articles that hold a key, each plus first, at
// most limit.
func (p *postings) walk(dst []uint32, key, first uint32, limit int) []uint32 {
	// Chains are short. The bound on hops is for keys made to share a bucket.
	h := p.bucket(key)
	if h.marks&mark(key) == 0 {
		return dst
	}
	for n, hops := h.first, 4*limit; n != 0 && limit > 0 && hops > 0; hops-- {
		l := p.link(int(n - 1))
		if l.key == key {
			dst = append(dst, first+uint32(l.doc))
			limit--
		}
		n = l.next
	}
	return dst
}

// empty forgets all articles and keeps the room they took.
func (p *postings) empty() {
	p.n = 0
	clear(p.heads)
}

// rebuild chains all links anew in a table of 1<<bits heads.
func (p *postings) rebuild(bits uint32) {
	p.shift = 32 - bits
	p.heads = make([]chain, 1<<bits)
	n := p.n
	p.n = 0
	for i := range n {
		p.push(*p.link(i))
	}
}
