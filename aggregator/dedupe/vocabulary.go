package dedupe

// vocabulary counts how many originals hold a term: an open hash table of
// plain numbers. Half of all terms are in one original only, a misspelling or
// the name of a witness; of those it remembers just that they came.
type vocabulary struct {
	pages *pages
	table []counted
	known int
	seen  []uint64 // a Bloom filter of the terms that came
	fresh int      // how many those are
}

// counted is a term and how many originals hold it.
type counted struct {
	hash uint32 // 0: an empty place
	df   float32
}

// maxLearned bounds the terms that are known, and those that came once.
const maxLearned = 1 << 20

// seenBits makes a filter that takes one term in twenty for one that came when
// it is full.
const seenBits = 23

func newVocabulary(p *pages) vocabulary {
	return vocabulary{pages: p, table: make([]counted, 1<<10), seen: take[uint64](p, 1<<(seenBits-6))}
}

// place returns where a term is, or where it belongs.
func (v *vocabulary) place(hash uint32) *counted {
	last := uint32(len(v.table) - 1)
	for i := mix(hash) >> 7 & last; ; i = (i + 1) & last {
		if c := &v.table[i]; c.hash == hash || c.hash == 0 {
			return c
		}
	}
}

// came reports whether a term came before, and notes that it did if note.
func (v *vocabulary) came(hash uint32, note bool) bool {
	h := uint64(hash) * 0x9e3779b97f4a7c15
	a, b := h>>(64-seenBits), h>>(64-2*seenBits)&(1<<seenBits-1)
	all := v.seen[a/64]>>(a%64)&1 != 0 && v.seen[b/64]>>(b%64)&1 != 0
	if note {
		v.seen[a/64] |= 1 << (a % 64)
		v.seen[b/64] |= 1 << (b % 64)
	}
	return all
}

// df is how many originals hold a term.
func (v *vocabulary) df(hash uint32) float32 {
	if c := v.place(hash); c.hash != 0 {
		return c.df
	}
	if v.came(hash, false) {
		return 1
	}
	return 0
}

// count notes that one more original holds a term.
func (v *vocabulary) count(hash uint32) {
	c := v.place(hash)
	if c.hash == 0 {
		if !v.came(hash, true) {
			v.fresh++
			return
		}
		if v.known++; v.known > len(v.table)*4/5 {
			v.rehash(2*len(v.table), 1)
			c = v.place(hash)
		}
		c.hash, c.df = hash, 1
	}
	c.df++
}

// full reports whether it is time to halve.
func (v *vocabulary) full() bool { return v.known > maxLearned || v.fresh > maxLearned }

// halve keeps the proportions of the terms and forgets those that came once.
func (v *vocabulary) halve() {
	v.rehash(len(v.table), 0.5)
	clear(v.seen)
	v.fresh = 0
}

// rehash moves the terms into a table of size places, their counts times
// scale, less those that now count less than one.
func (v *vocabulary) rehash(size int, scale float32) {
	old := v.table
	v.table, v.known = take[counted](v.pages, size), 0
	for _, c := range old {
		if c.df *= scale; c.df >= 1 {
			*v.place(c.hash) = c
			v.known++
		}
	}
	give(v.pages, old)
}
