package dedupe

import (
	"math"
	"slices"
)

// tableBits makes a table much larger than maxTerms: most terms of a story are
// none of the article's, and ninety-nine in a hundred should meet an empty entry
// at once.
const tableBits = 13

// query is an article while it is matched.
type query struct {
	doc   *doc
	asked question
	lang  uint16
	terms []weighted            // as in doc.terms
	norm  float64               // their length
	first []uint8               // the places of the lookupTerms heaviest, heaviest first
	pairs []uint64              // the weight of each above its place
	table [1 << tableBits]uint8 // place+1 of a term by its hash, open addressing; 0 empty
}

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
	q.terms, q.pairs = q.terms[:0], q.pairs[:0]
	clear(q.table[:])
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
			slot = (slot + 1) % (1 << tableBits)
		}
		q.table[slot] = uint8(i + 1)
	}
	q.norm = math.Sqrt(sum)
	q.first = heaviestOf(q.first[:0], q.pairs)
	return q
}

// heaviestOf appends the places of the lookupTerms highest of some pairs, which
// all differ, the highest first.
func heaviestOf(dst []uint8, pairs []uint64) []uint8 {
	var top [lookupTerms]uint64
	n := 0
	for _, p := range pairs {
		if n < len(top) {
			n++
		} else if p < top[n-1] {
			continue
		}
		i := n - 1
		for ; i > 0 && top[i-1] < p; i-- {
			top[i] = top[i-1]
		}
		top[i] = p
	}
	for _, p := range top[:n] {
		dst = append(dst, ^uint8(p))
	}
	return dst
}

// order sorts the terms and yields their places, heaviest first. A query has it
// asked for only when it has found its story.
func (q *query) order(yield func(place uint8) bool) {
	slices.Sort(q.pairs)
	for _, p := range slices.Backward(q.pairs) {
		if !yield(^uint8(p)) {
			return
		}
	}
}

// home is where a term is looked for first.
func home(hash uint32) uint32 { return hash >> (32 - tableBits) }

// find returns the place of a term in the article's, none if it has none such.
func (q *query) find(hash uint32) int {
	for slot := home(hash); q.table[slot] != 0; slot = (slot + 1) % (1 << tableBits) {
		if at := int(q.table[slot]) - 1; q.terms[at].hash == hash {
			return at
		}
	}
	return none
}

// mayHold reports whether find may find a hash; for few others it is true.
func (q *query) mayHold(hash uint32) bool { return q.table[home(hash)] != 0 }
