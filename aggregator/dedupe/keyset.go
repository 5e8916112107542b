package dedupe

import "math/bits"

// keySet is a bitmap of the keys of packed tables, by their first bits: a look
// into it saves one into each table.
type keySet struct {
	bits  []uint64
	shift int // 32 less the bits of a mixed key that are looked at
	room  int // entries that it may still be given
}

// perKeyBits is how many bits there are for each key, or up to twice as many: a
// key that no article has is taken for one in four to eight cases.
const perKeyBits = 4

// newKeySet returns an empty set with room for n entries or more.
func newKeySet(pages *pages, n int) keySet {
	b := min(max(bits.Len(uint(n*perKeyBits)), 16), 32)
	return keySet{bits: take[uint64](pages, 1<<(b-6)), shift: 32 - b, room: 1 << b / perKeyBits}
}

// add adds the keys of a table; it reports false when there is no room for them.
func (k *keySet) add(p *packed) bool {
	if k.room -= len(p.entries); k.room < 0 {
		return false
	}
	// A small table holds fewer bits of a key, which then stands for several.
	wide := uint32(1) << max(0, 32-p.known-k.shift)
	p.each(0, func(e posting) {
		for i := range wide {
			at := e.mixed>>k.shift + i
			k.bits[at/64] |= 1 << (at % 64)
		}
	})
	return true
}

// has reports whether a table may have a key.
func (k *keySet) has(key uint32) bool {
	at := mix(key) >> k.shift
	return k.bits[at/64]>>(at%64)&1 != 0
}
