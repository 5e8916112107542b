package dedupe

// Hints tell of an article's terms where a query has its own that may be the same:
// their homes in its table, in order, as the gaps between them, a byte each. They
// take a third of the room, and tell of nearly every story that it has too little
// in common with an article.

// wideGap is a byte that stands for a gap of as much and no term: the rest of the
// gap follows.
const wideGap = 255

// appendHints appends those of terms, which are sorted.
func appendHints(dst []byte, terms []term) []byte {
	last := uint32(0)
	for _, t := range terms {
		gap := home(t.hash()) - last
		for last += gap; gap >= wideGap; gap -= wideGap {
			dst = append(dst, wideGap)
		}
		dst = append(dst, byte(gap))
	}
	return dst
}

// bound bounds from above, by the hints of so many terms of an article, how many of
// them are among the query's, and their weight in the product of the two.
func (q *query) bound(hints []byte, terms int) (n int, dot float64) {
	at := uint32(0)
	for i := 0; terms > 0 && i < len(hints); i++ {
		at += uint32(hints[i])
		if hints[i] == wideGap {
			continue
		}
		terms--
		for slot := at % (1 << tableBits); q.table[slot] != 0; slot = (slot + 1) % (1 << tableBits) {
			if t := &q.terms[q.table[slot]-1]; home(t.hash) == at {
				n++
				dot += t.w * t.idf
			}
		}
	}
	return n, dot
}
