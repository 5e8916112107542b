package classify

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
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

// gramTable holds the letter statistics of all languages: for an n-gram, what
// its last letter costs in each language that uses it.
type gramTable struct {
	has   [maxLangs]bool // by language number: whether there are statistics
	keys  []uint64       // open addressing; 0: empty
	first []int32        // by slot: index of its first cost
	count []uint8        // by slot: number of costs
	lang  []uint8
	cost  []uint8
}

// grams unpacks the embedded statistics, once: a command that never asks for
// a language should not wait for them.
var grams = sync.OnceValue(func() *gramTable {
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(packedGrams)))
	if err != nil {
		panic(fmt.Sprintf("unpack the embedded letter statistics: %v", err))
	}
	return newGramTable(data)
})

// newGramTable builds the table in two passes: one decodes and counts, one
// puts the costs of an n-gram side by side.
func newGramTable(data []byte) *gramTable {
	t := &gramTable{}
	size := 1
	for size < len(data)/3 { // an n-gram takes four bytes at least
		size *= 2
	}
	t.keys, t.first, t.count = make([]uint64, size), make([]int32, size), make([]uint8, size)
	type entry struct {
		slot       int32
		lang, cost uint8
	}
	entries := make([]entry, 0, len(data)/4)
	eachGram(data, func(lang int, g []byte, cost uint8) {
		s := t.slot(hashGram(g))
		t.count[s]++
		t.has[lang] = true
		entries = append(entries, entry{int32(s), uint8(lang), cost})
	})
	at := int32(0)
	for i, c := range t.count {
		t.first[i] = at
		at += int32(c)
	}
	t.lang, t.cost = make([]uint8, at), make([]uint8, at)
	clear(t.count)
	for _, e := range entries {
		k := t.first[e.slot] + int32(t.count[e.slot])
		t.lang[k], t.cost[k] = e.lang, e.cost
		t.count[e.slot]++
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

// slot returns where h is, or the empty slot where it would be.
func (t *gramTable) slot(h uint64) int {
	mask := len(t.keys) - 1
	h |= 1 // 0 is the empty key
	i := int(h>>20) & mask
	for t.keys[i] != 0 && t.keys[i] != h {
		i = (i + 1) & mask
	}
	t.keys[i] = h
	return i
}

// find is slot for readers, who must not write; -1 if h is not there.
func (t *gramTable) find(h uint64) int {
	mask := len(t.keys) - 1
	h |= 1
	for i := int(h>>20) & mask; t.keys[i] != 0; i = (i + 1) & mask {
		if t.keys[i] == h {
			return i
		}
	}
	return -1
}

// costs returns what a text costs in each language: the sum over its letters.
// Each letter costs what it does after the longest context that the language
// has seen, and something for the context that it has not.
func (t *gramTable) costs(words []string) (total [maxLangs]int, letters int) {
	var word [64]rune
	for _, text := range words {
		w := word[:0]
		for _, r := range text {
			if len(w) < cap(w) {
				w = append(w, r)
			}
		}
		for end := range w {
			t.letter(w[:end+1], &total)
			if letters++; letters >= maxLetter {
				return total, letters
			}
		}
	}
	return total, letters
}

// letter adds the cost of the last letter of w.
func (t *gramTable) letter(w []rune, total *[maxLangs]int) {
	deepest := min(maxGram, len(w))
	var cost [maxLangs]int16
	for l := range cost {
		cost[l] = int16(unseen + deepest*backoff)
	}
	h := gramSeed
	for n := 1; n <= deepest; n++ {
		h = hashStep(h, w[len(w)-n])
		s := t.find(h)
		if s < 0 {
			break
		}
		back := int16((deepest - n) * backoff)
		from, to := t.first[s], t.first[s]+int32(t.count[s])
		costs := t.cost[from:to]
		for k, l := range t.lang[from:to] {
			cost[l&(maxLangs-1)] = int16(costs[k]) + back
		}
	}
	for l, c := range cost {
		total[l] += int(c)
	}
}
