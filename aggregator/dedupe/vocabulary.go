package dedupe

import "slices"

// vocabulary is what is known of terms: how many originals hold one, and which
// stories are found by it.
type vocabulary struct {
	at    map[uint32]int32 // hash -> place in known
	known []known
}

// known is one term.
type known struct {
	hash    uint32
	df      float32 // originals that hold it
	stories []int32 // slots of the stories found by it, oldest first; may name forgotten ones
}

// none is the place of a term that is not known.
const none = -1

// maxLearned bounds the terms that are known.
const maxLearned = 1 << 20

func newVocabulary() vocabulary { return vocabulary{at: map[uint32]int32{}} }

// place returns the place of a term, none if it has none.
func (v *vocabulary) place(hash uint32) int32 {
	if i, ok := v.at[hash]; ok {
		return i
	}
	return none
}

// df is how many originals hold the term at a place.
func (v *vocabulary) df(at int32) float32 {
	if at == none {
		return 0
	}
	return v.known[at].df
}

// count notes that one more original holds a term, and returns its place.
func (v *vocabulary) count(hash uint32, at int32) int32 {
	if at == none {
		at = int32(len(v.known))
		v.at[hash] = at
		v.known = append(v.known, known{hash: hash})
	}
	v.known[at].df++
	return at
}

// newest returns the newest stories found by a term.
func (v *vocabulary) newest(at int32, limit int) []int32 {
	if at == none {
		return nil
	}
	list := v.known[at].stories
	return list[max(0, len(list)-limit):]
}

// list makes a story findable by a term. Only the newest limit are kept for sure.
func (v *vocabulary) list(at, slot int32, limit int) {
	k := &v.known[at]
	if len(k.stories) >= 2*limit {
		k.stories = k.stories[:copy(k.stories, k.stories[len(k.stories)-limit:])]
	}
	k.stories = append(k.stories, slot)
}

// halve forgets the terms seen once that no story is found by, which are most
// of them, and keeps the proportions of the others. Places change.
func (v *vocabulary) halve() {
	kept := v.known[:0]
	for _, k := range v.known {
		k.df /= 2
		if k.df >= 1 || len(k.stories) > 0 && len(kept) < maxLearned/2 {
			kept = append(kept, k)
		}
	}
	clear(v.known[len(kept):])
	v.known = kept
	v.at = make(map[uint32]int32, len(kept))
	for i, k := range kept {
		v.at[k.hash] = int32(i)
	}
}

// renumber gives the stories the slots that to says, none for forgotten ones.
func (v *vocabulary) renumber(to []int32) {
	for i := range v.known {
		k := &v.known[i]
		list := k.stories[:0]
		for _, slot := range k.stories {
			if to[slot] != none {
				list = append(list, to[slot])
			}
		}
		k.stories = slices.Clip(list)
	}
}
