package dedupe

// vocabulary counts how many originals hold a term: an open hash table of
// plain numbers.
type vocabulary struct {
	table []counted
	known int
}

// counted is a term and how many originals hold it.
type counted struct {
	hash uint32 // 0: an empty place
	df   float32
}

// maxLearned bounds the terms that are known.
const maxLearned = 1 << 20

func newVocabulary() vocabulary { return vocabulary{table: make([]counted, 1<<10)} }

// place returns where a term is, or where it belongs.
func (v *vocabulary) place(hash uint32) *counted {
	last := uint32(len(v.table) - 1)
	for i := mix(hash) >> 7 & last; ; i = (i + 1) & last {
		if c := &v.table[i]; c.hash == hash || c.hash == 0 {
			return c
		}
	}
}

// df is how many originals hold a term.
func (v *vocabulary) df(hash uint32) float32 { return v.place(hash).df }

// count notes that one more original holds a term.
func (v *vocabulary) count(hash uint32) {
	c := v.place(hash)
	if c.hash == 0 {
		if v.known++; v.known > len(v.table)*4/5 {
			v.rehash(2*len(v.table), 1)
			c = v.place(hash)
		}
		c.hash = hash
	}
	c.df++
}

// halve keeps the proportions of the terms and forgets those seen once, which
// are most of them.
func (v *vocabulary) halve() { v.rehash(len(v.table), 0.5) }

// rehash moves the terms into a table of size places, their counts times
// scale, less those that now count less than one.
func (v *vocabulary) rehash(size int, scale float32) {
	old := v.table
	v.table, v.known = make([]counted, size), 0
	for _, c := range old {
		if c.df *= scale; c.df >= 1 {
			*v.place(c.hash) = c
			v.known++
		}
	}
}
