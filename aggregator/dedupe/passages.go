package dedupe

// passages are the shingles of a text, each cut to sketchBits.
//
// Of a remembered text beyond its first pages only a sample is kept, which
// depends on the shingle alone: it is found again in any text that shares the
// passage. An abridged text is nearly always cut from the end, so that the
// beginning must not be sampled.
type passages struct {
	shingles []uint32 // of the text, or of the title where there is no text; sorted, unique
	rest     []uint32 // the sample: one of restRate among those that are not in shingles; sorted
	head     []uint32 // the first ones, which a footer seldom reaches; sorted, unique
	size     int      // how many the text has
}

const (
	fullShingles = 64 // of the beginning, remembered whole
	restRate     = 4  // further ones for each that is remembered
)

// sampled reports whether a shingle beyond the beginning is remembered.
func sampled(shingle uint32) bool { return shingle%restRate == 0 }

// common estimates how many shingles p, which is whole, has in common with q.
func (p *passages) common(q *doc) int {
	n := inCommon(p.shingles, q.shingles) + restRate*inCommon(p.shingles, q.rest)
	return min(n, p.size, q.size)
}

// part estimates the share of a sorted set that is among the shingles; 0 of
// nothing.
func (p *passages) part(set []uint32) float64 {
	if len(set) == 0 || p.size == 0 {
		return 0
	}
	n := inCommon(set, p.shingles) + restRate*inCommon(set, p.rest)
	return min(1, float64(n)/float64(min(len(set), p.size)))
}

// filter is a Bloom filter of words, eight bits for each.
type filter []byte

// filterProbes is the best number for eight bits a word: one in fifty words is
// taken for one of the filter's.
const filterProbes = 5

// bit returns the i-th bit of a word.
func (f filter) bit(hash uint32, i int) (at, mask uint32) {
	h := mix(hash>>7) + uint32(i)*(mix(hash)|1)
	n := uint32(uint64(h) * uint64(8*len(f)) >> 32)
	return n / 8, 1 << (n % 8)
}

func (f filter) add(hash uint32) {
	for i := range filterProbes {
		at, mask := f.bit(hash, i)
		f[at] |= byte(mask)
	}
}

// has reports whether a word may be among those added.
func (f filter) has(hash uint32) bool {
	if len(f) == 0 {
		return false
	}
	for i := range filterProbes {
		if at, mask := f.bit(hash, i); f[at]&byte(mask) == 0 {
			return false
		}
	}
	return true
}
