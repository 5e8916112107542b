package dedupe

import (
	"math"
	"slices"
)

// tableSize is much more than maxTerms: most terms of a story are none of the
// article's, and should meet an empty entry at once.
const tableSize = 1024

// query is an article while it is matched.
type query struct {
	doc   *doc
	asked question
	lang  uint16
	terms []weighted                  // as in doc.terms
	norm  float64                     // their length
	order []uint8                     // their places, heaviest first
	table [tableSize]uint8            // place+1 of a term by its hash, open addressing; 0 empty
	held  [1 << (heldBits - 6)]uint64 // bit by the first bits of a hash: a term may have it
	pairs []uint64
}

// heldBits makes a set that one term of a story in a hundred is in by chance.
const heldBits = 13

// none is the place of a term that is not among the article's.
const none = -1

// weighted is one term of an article while it is matched.
type weighted struct {
	hash   uint32
	df     float32
	w, idf float64 // w: tf times idf
}

// ask makes the query of d. What it holds is true until an original is added.
func (x *storyIndex) ask(d *doc) *query {
	q := &x.query
	if q.asked == x.question(d) {
		return q
	}
	q.asked, q.doc, q.lang = x.question(d), d, x.language(d.lang)
	q.terms, q.order, q.pairs = q.terms[:0], q.order[:0], q.pairs[:0]
	clear(q.table[:])
	clear(q.held[:])
	var sum float64
	for i, t := range d.terms {
		hash := t.hash()
		df := x.terms.df(hash)
		idf := x.idf(df)
		w := float64(t.tf()) * idf
		sum += w * w
		q.terms = append(q.terms, weighted{hash, df, w, idf})
		q.pairs = append(q.pairs, uint64(math.Float32bits(float32(w)))<<32|uint64(^uint8(i)))
		slot := home(hash)
		for q.table[slot] != 0 {
			slot = (slot + 1) % tableSize
		}
		q.table[slot] = uint8(i + 1)
		q.held[hash>>(32-heldBits+6)] |= 1 << (hash >> (32 - heldBits) % 64)
	}
	q.norm = math.Sqrt(sum)
	slices.Sort(q.pairs)
	for _, p := range slices.Backward(q.pairs) {
		q.order = append(q.order, ^uint8(p))
	}
	return q
}

// home is where a term is looked for first. Its lowest bits are no hash.
func home(hash uint32) uint32 { return hash / (maxCount + 1 + titleBit) % tableSize }

// mayHold reports whether find may find a hash; for few others it is true.
func (q *query) mayHold(hash uint32) bool {
	return q.held[hash>>(32-heldBits+6)]>>(hash>>(32-heldBits)%64)&1 != 0
}

// find returns the place of a term in the article's, none if it has none such.
func (q *query) find(hash uint32) int {
	for slot := home(hash); q.table[slot] != 0; slot = (slot + 1) % tableSize {
		if at := int(q.table[slot]) - 1; q.terms[at].hash == hash {
			return at
		}
	}
	return none
}
