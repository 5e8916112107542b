package dedupe

import (
	"math/rand/v2"
	"testing"
)

// tableOf returns a table of n keys that holds so many bits of each, or fewer.
func tableOf(r *rand.Rand, n, known int) (packed, []uint32) {
	keys := make([]uint32, n)
	for i := range keys {
		keys[i] = r.Uint32()
	}
	p := newPacked(new(pages), n, known)
	p.fill(func(yield func(posting)) {
		for i, k := range keys {
			yield(posting{mix(k), uint32(i) % (1 << articleBits)})
		}
	})
	return p, keys
}

// A key that a table holds is never said to be unknown, though some tables hold
// fewer bits of a key than the set looks at, or more.
func TestASetOfKeysMissesNone(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	for _, known := range []int{20, 27, 29, 32} {
		set := newKeySet(new(pages), 1<<19, known)
		for _, of := range []int{27, 32} {
			p, keys := tableOf(r, 9_000, of)
			if !set.add(&p) {
				t.Fatalf("no room for %d keys of %d bits in a set of %d", len(keys), p.known, known)
			}
			for _, k := range keys {
				if !set.has(k) {
					t.Fatalf("a set of %d bits misses key %#x of a table of %d", known, k, p.known)
				}
			}
		}
	}
}

func TestASetOfKeysTakesFewUnknownOnesForKnown(t *testing.T) {
	const n, asked = 100_000, 100_000
	r := rand.New(rand.NewPCG(11, 2))
	p, _ := tableOf(r, n, 32)
	set := newKeySet(new(pages), n, p.known)
	set.add(&p)
	wrong := 0
	for range asked {
		if set.has(r.Uint32()) {
			wrong++
		}
	}
	if share := float64(wrong) / asked; share > 0.12 {
		t.Errorf("%.3f of unknown keys are taken for known, with %.1f bits for each known one", share, 64*float64(len(set.bits))/n)
	}
}
