package dedupe

import "math/bits"

// keySet is a Bloom filter of the keys of packed tables: a look into it saves one
// into each table. All bits of a key are in one word, so that a look fetches no more
// than that.
type keySet struct {
	bits  []uint64
	known int // bits of a mixed key that are looked at
	room  int // entries that it may still be given
}

// perKeyBits is how many bits there are for each key, or up to twice as many. Of
// the keys that no article has, one of nineteen passed with 245,000 generated
// articles.
const perKeyBits = 4

// newKeySet returns an empty set with room for n entries or more, of which so many
// bits are known.
func newKeySet(pages *pages, n, known int) keySet {
	b := min(max(bits.Len(uint(n*perKeyBits)), 16), 32)
	return keySet{bits: take[uint64](pages, 1<<(b-6)), known: known, room: 1 << b / perKeyBits}
}

// add adds the keys of a table; it reports false when there is no room for them.
func (k *keySet) add(p *packed) bool {
	// A table that holds fewer bits of a key has several that it may be.
	several := uint32(1) << max(0, k.known-p.known)
	if k.room -= len(p.entries) * int(several); k.room < 0 {
		return false
	}
	p.each(0, func(e posting) {
		for i := range several {
			word, mask := k.place(e.mixed + i<<(32-k.known))
			*word |= mask
		}
	})
	return true
}

// has reports whether a table may have a key.
func (k *keySet) has(key uint32) bool {
	word, mask := k.place(mix(key))
	return *word&mask == mask
}

// place returns the word of a mixed key, and its bits there.
func (k *keySet) place(mixed uint32) (word *uint64, mask uint64) {
	mixed &= ^uint32(0) << (32 - k.known)
	h := uint64(mixed) * 0x9e3779b97f4a7c15
	return &k.bits[uint64(mixed)*uint64(len(k.bits))>>32], 1<<(h>>58) | 1<<(h>>52&63) | 1<<(h>>46&63)
}
