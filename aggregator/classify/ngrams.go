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
	known   *knownWords
}

// knownWords remembers what words add to a reader: the words of the news come
// again and again, and to look up their letters takes several times longer.
// Where two words share a place, the last one has it.
type knownWords struct {
	open  uint64 // languages that the reader was for
	words [1 << knownBits]knownWord
}

// knownWord is a word and what it costs; size 0: none.
type knownWord struct {
	text          [maxKnown]byte
	size, letters uint8
	unseen        uint16
	less          [maxMeasured]int16
}

const (
	knownBits = 11
	maxKnown  = 14 // bytes of a word that is remembered: at most 290 a letter, its costs fit
)

// at is the place of a word.
func (k *knownWords) at(w []byte) *knownWord {
	h := gramSeed
	for _, c := range w {
		h = hashStep(h, rune(c))
	}
	return &k.words[h>>(64-knownBits)]
}

// is reports whether w is the word.
func (k *knownWord) is(w []byte) bool {
	return int(k.size) == len(w) && string(k.text[:k.size]) == string(w)
}

// reader returns a reader for those of langs that there are statistics of.
func (t *gramTable) reader(words [][]byte, langs []int, known *knownWords) gramReader {
	r := gramReader{table: t, words: words, known: known}
	for _, l := range langs {
		if t.has[l] {
			r.open |= 1 << t.index[l]
		}
	}
	if known.open != r.open {
		*known = knownWords{open: r.open}
	}
	return r
}

// cost returns the cost in one language of what was read.
func (r *gramReader) cost(index uint8) float64 { return float64(r.unseen - int(r.less[index])) }

// read reads words of n letters or some more and reports whether any are left
// to be read. Each letter costs what it does after the longest context that
// the language has seen, and something for the context that it has not.
func (r *gramReader) read(n int) bool {
	for end := r.letters + n; r.letters < end && len(r.words) > 0; {
		w := r.words[0]
		r.words = r.words[1:]
		// At the last letters of a text a word may be read in part.
		if len(w) > maxKnown || r.letters+len(w) >= maxLetter {
			if !r.word(w) {
				return false
			}
			continue
		}
		k := r.known.at(w)
		if !k.is(w) {
			r.learn(k, w)
		}
		r.letters += int(k.letters)
		r.unseen += int(k.unseen)
		for l, less := range k.less {
			r.less[l] += int32(less)
		}
	}
	return len(r.words) > 0
}

// learn notes what a word adds.
func (r *gramReader) learn(k *knownWord, w []byte) {
	one := gramReader{table: r.table, open: r.open}
	one.word(w)
	*k = knownWord{size: uint8(len(w)), letters: uint8(one.letters), unseen: uint16(one.unseen)}
	copy(k.text[:], w)
	for l, less := range one.less {
		k.less[l] = int16(less)
	}
}

// word reads one word; false: no more letters are to be read.
func (r *gramReader) word(text []byte) bool {
	var word [64]rune
	w := word[:0]
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
	return true
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
