package dedupe

import "slices"

// sortHashes sorts numbers whose upper bits, from shift on, are a hash. Hashes
// are spread evenly, so that 256 piles by their first byte hold one or two
// each; a text made to fill one pile is sorted the usual way. The buffer is
// scratch and comes back, grown if it was too small.
func sortHashes[T uint32 | uint64](s, buf []T, shift uint) []T {
	const crowded = 24
	if len(s) <= crowded {
		insert(s)
		return buf
	}
	var ends [257]uint16
	if len(s) > 1<<15 {
		slices.Sort(s)
		return buf
	}
	for _, x := range s {
		ends[1+int(uint8(x>>shift))]++
	}
	most := uint16(0)
	for i := 1; i < len(ends); i++ {
		most = max(most, ends[i])
		ends[i] += ends[i-1]
	}
	if most > crowded {
		slices.Sort(s)
		return buf
	}
	buf = append(buf[:0], s...)
	for _, x := range buf {
		at := &ends[uint8(x>>shift)]
		s[*at] = x
		*at++
	}
	insert(s)
	return buf
}

// insert sorts what is short, or nearly sorted.
func insert[T uint32 | uint64](s []T) {
	for i := 1; i < len(s); i++ {
		x, j := s[i], i
		for ; j > 0 && s[j-1] > x; j-- {
			s[j] = s[j-1]
		}
		s[j] = x
	}
}
