package classify

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"fmt"
	"sync"
	"unicode/utf8"
)

//go:generate go run ./internal/langgen -models ../../../lingua-go/language-models -langs "af ar az be bg bs ca cs cy da de en eo es et eu fa fi fr ga hi hr hu id is it kk lg lt lv mi mk mn mr ms nb nl nn pl pt ro ru sk sl sn so sq sr st sv sw tl tn tr ts uk ur vi xh yo zu"

//go:embed data/ngrams.bin
var packedGrams []byte

// The letter model's arithmetic: costs are -16*ln(probability).
const (
	maxGram   = 5
	backoff   = 18  // cost of each letter of context that a language has not seen
	unseen    = 200 // cost of a letter that a language does not have
	maxLetter = 250 // letters of a text that are looked at
)

// gramSlots is the size of the table, twice the n-grams that the embedded
// statistics have, and maxMeasured what a set of languages in a word holds.
const (
	gramSlots   = 1 << 19
	maxMeasured = 64
)

// gramTable holds the letter statistics of all languages: for an n-gram, what
// its last letter costs in each language that uses it. It numbers the
// languages that it knows, so that a set of them is one word.
type gramTable struct {
	has   [maxLangs]bool      // by language number: whether there are statistics
	index [maxLangs]uint8     // by language number: its number here
	slots [gramSlots]gramSlot // open addressing
	costs []gramCost
}

// gramSlot is one n-gram.
type gramSlot struct {
	key   uint32 // 0: empty
	first int32  // index of its first cost
}

// gramCost is what a letter costs in one language.
type gramCost struct {
	lang uint8 // number in the table; lastCost added in the last one of an n-gram
	cost uint8
}

const lastCost = 0x80

// grams unpacks the embedded statistics, once: a command that never asks for
// a language, or whose feeds all declare theirs, should not wait for them.
var grams = sync.OnceValue(func() *gramTable {
	unpacked := bytes.NewBuffer(make([]byte, 0, 4*len(packedGrams)))
	if _, err := unpacked.ReadFrom(flate.NewReader(bytes.NewReader(packedGrams))); err != nil {
		panic(fmt.Sprintf("unpack the embedded letter statistics: %v", err))
	}
	return newGramTable(unpacked.Bytes())
})

// newGramTable builds the table in two passes: one decodes and counts, one
// puts the costs of an n-gram side by side.
func newGramTable(data []byte) *gramTable {
	t := &gramTable{}
	type entry struct {
		slot int32
		gramCost
	}
	entries := make([]entry, 0, len(data)/5)
	known := uint8(0)
	eachGram(data, func(lang int, g []byte, cost uint8) {
		if !t.has[lang] {
			t.has[lang], t.index[lang] = true, known
			known++
		}
		s := t.slot(hashGram(g))
		t.slots[s].first++
		entries = append(entries, entry{int32(s), gramCost{t.index[lang], cost}})
	})
	at := int32(0)
	for i := range t.slots {
		at += t.slots[i].first
		t.slots[i].first = at
	}
	// Filling backwards leaves each first at the first cost of its n-gram,
	// and what is filled first is last.
	t.costs = make([]gramCost, at)
	filled := make([]bool, gramSlots)
	for _, e := range entries {
		if !filled[e.slot] {
			filled[e.slot] = true
			e.lang |= lastCost
		}
		t.slots[e.slot].first--
		t.costs[t.slots[e.slot].first] = e.gramCost
	}
	return t
}

// eachGram decodes what internal/langgen wrote.
func eachGram(data []byte, do func(lang int, g []byte, cost uint8)) {
	for len(data) > 0 {
		n := int(data[0])
		lang := langID(string(data[1 : 1+n]))
		data = data[1+n:]
		count, n := binary.Uvarint(data)
		data = data[n:]
		var text []byte
		for range count {
			same, more := int(data[0]), int(data[1])
			text = append(text[:same], data[2:2+more]...)
			if lang >= 0 {
				do(lang, text, data[2+more])
			}
			data = data[3+more:]
		}
	}
}

// gramSeed starts the hash of an n-gram. The hash runs from the last letter to
// the first, so that growing context costs one step a letter.
const gramSeed = uint64(0x9E3779B97F4A7C15)

func hashStep(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * 0xff51afd7ed558ccd
	return h ^ h>>32
}

func hashGram(g []byte) uint64 {
	h := gramSeed
	for len(g) > 0 {
		r, n := utf8.DecodeLastRune(g)
		h = hashStep(h, r)
		g = g[:len(g)-n]
	}
	return h
}

// slot returns where h is, or puts it there. An n-gram is known by its place
// and half of its hash: two of them are the same once in some
// thousand tables.
func (t *gramTable) slot(h uint64) int {
	i, key := place(h)
	for t.slots[i].key != 0 && t.slots[i].key != key {
		i = (i + 1) % gramSlots
	}
	t.slots[i].key = key
	return i
}

// find is slot for readers, who must not write; -1 if h is not there.
func (t *gramTable) find(h uint64) int {
	for i, key := place(h); t.slots[i].key != 0; i = (i + 1) % gramSlots {
		if t.slots[i].key == key {
			return i
		}
	}
	return -1
}

// place returns where a hash is looked for first, and as what. 0 is taken.
func place(h uint64) (slot int, key uint32) {
	return int(h>>32) % gramSlots, uint32(h) | 1
}

// gramReader adds up what a text costs in each language of the table.
type gramReader struct {
	table   *gramTable
	words   [][]byte           // that are left
	open    uint64             // numbers in the table of the languages asked for
	less    [maxMeasured]int32 // by number in the table: how far below unseen
	unseen  int                // what letters cost that a language never has
	letters int
}

// reader returns a reader for those of langs that there are statistics of.
func (t *gramTable) reader(words [][]byte, langs []int) *gramReader {
	r := &gramReader{table: t, words: words}
	for _, l := range langs {
		if t.has[l] {
			r.open |= 1 << t.index[l]
		}
	}
	return r
}

// cost returns the cost in one language of what was read.
func (r *gramReader) cost(index uint8) float64 { return float64(r.unseen - int(r.less[index])) }

// read reads words of n letters or some more and reports whether any are left
// to be read. Each letter costs what it does after the longest context that
// the language has seen, and something for the context that it has not.
func (r *gramReader) read(n int) bool {
	var word [64]rune
	for end := r.letters + n; r.letters < end && len(r.words) > 0; {
		w, text := word[:0], r.words[0]
		r.words = r.words[1:]
		for len(text) > 0 && len(w) < cap(w) {
			c, size := utf8.DecodeRune(text)
			w, text = append(w, c), text[size:]
		}
		for end := range w {
			r.letter(w[:end+1])
			if r.letters++; r.letters >= maxLetter {
				return false
			}
		}
	}
	return len(r.words) > 0
}

// letter adds the cost of the last letter of w.
func (r *gramReader) letter(w []rune) {
	t, open := r.table, r.open
	deepest := min(maxGram, len(w))
	most := unseen + deepest*backoff
	r.unseen += most
	var slots [maxGram]int
	n := 0
	for h := gramSeed; n < deepest; n++ {
		h = hashStep(h, w[len(w)-1-n])
		if slots[n] = t.find(h); slots[n] < 0 {
			break
		}
	}
	// From the longest context down, each language where it is met first.
	for ; n > 0 && open != 0; n-- {
		less := int32(most - (deepest-n)*backoff)
		for i := t.slots[slots[n-1]].first; ; i++ {
			g := t.costs[i]
			l := g.lang % maxMeasured
			if open>>l&1 != 0 {
				open &^= 1 << l
				r.less[l] += less - int32(g.cost)
			}
			if g.lang&lastCost != 0 {
				break
			}
		}
	}
}
