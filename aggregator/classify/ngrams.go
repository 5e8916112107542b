package classify

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:generate go run ./internal/langgen -models ../../../lingua-go/language-models -langs "af ar az be bg bs ca cs cy da de en eo es et eu fa fi fr ga hi hr hu id is it kk lg lt lv mi mk mn mr ms nb nl nn pl pt ro ru sk sl sn so sq sr st sv sw tl tn tr ts uk ur vi xh yo zu"

// letterTable is what data/ngrams.bin holds, unpacked and laid out as it is
// looked up: building it took longer than all else in a run with a few news.
// go test -run LetterTable -update makes it anew.
//
//go:embed data/ngrams.table
var letterTable string

// The letter model's arithmetic: costs are -16*ln(probability).
const (
	maxGram   = 5
	backoff   = 18  // cost of each letter of context that a language has not seen
	unseen    = 200 // cost of a letter that a language does not have
	maxLetter = 250 // letters of a text that are looked at
)

// gramSlots is the size of the table, twice the n-grams that the statistics
// have, and maxMeasured what a set of languages in a word holds.
const (
	gramSlots   = 1 << 19
	maxMeasured = 64
)

// gramTable holds the letter statistics of all languages: for an n-gram, what
// its last letter costs in each language that uses it. It numbers the
// languages that it knows, so that a set of them is one word.
type gramTable struct {
	has   [maxLangs]bool  // by language number: whether there are statistics
	index [maxLangs]uint8 // by language number: its number here
	slots string          // open addressing; slotSize bytes each: the key, 0 if it is empty, and the index of the first cost
	costs string          // costSize bytes each: the language's number here, lastCost added in the last one of an n-gram, and the cost
}

// Sizes in the table, whose numbers are little-endian.
const (
	slotSize = 8
	costSize = 2
	lastCost = 0x80
)

// grams is the table, once somebody asks: it begins with a line of the languages
// in the order of their numbers.
var grams = sync.OnceValue(func() *gramTable {
	langs, rest, _ := strings.Cut(letterTable, "\n")
	t := &gramTable{slots: rest[:gramSlots*slotSize], costs: rest[gramSlots*slotSize:]}
	for i, lang := range strings.Fields(langs) {
		if id := langID(lang); id >= 0 {
			t.has[id], t.index[id] = true, uint8(i)
		}
	}
	return t
})

// key is that of the n-gram in a slot; 0: none.
func (t *gramTable) key(slot int) uint32 { return number(t.slots[slot*slotSize:]) }

// first is the index of the first cost of the n-gram in a slot.
func (t *gramTable) first(slot int) int { return int(number(t.slots[slot*slotSize+4:])) }

// number reads four bytes.
func number(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// gramSeed starts the hash of an n-gram. The hash runs from the last letter to
// the first, so that growing context costs one step a letter.
const gramSeed = uint64(0x9E3779B97F4A7C15)

func hashStep(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * 0xff51afd7ed558ccd
	return h ^ h>>32
}

// find returns the slot of an n-gram by its hash; -1 if it has none. An n-gram is
// known by its place and half of its hash: two of them are the same once in some
// thousand tables.
func (t *gramTable) find(h uint64) int {
	for i, want := place(h); ; i = (i + 1) % gramSlots {
		switch t.key(i) {
		case want:
			return i
		case 0:
			return -1
		}
	}
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
		for i := t.first(slots[n-1]) * costSize; ; i += costSize {
			lang, cost := t.costs[i], t.costs[i+1]
			l := lang % maxMeasured
			if open>>l&1 != 0 {
				open &^= 1 << l
				r.less[l] += less - int32(cost)
			}
			if lang&lastCost != 0 {
				break
			}
		}
	}
}
