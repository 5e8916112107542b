package classify

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync"
)

//go:generate go run ./internal/langgen -models ../../../lingua-go/language-models -langs "af ar az be bg bs ca cs cy da de en eo es et eu fa fi fr ga hi hr hu id is it kk lg lt lv mi mk mn mr ms nb nl nn pl pt ro ru sk sl sn so sq sr st sv sw tl tn tr ts uk ur vi xh yo zu"

//go:embed data/ngrams.bin
var packedGrams []byte

// The letter model's arithmetic: costs are -16*ln(probability).
const (
	maxGram   = 5
	backoff   = 18  // cost of each letter of context that a language has not seen
	unseen    = 200 // cost of a letter that a language does not have
	maxLetter = 400 // letters of a text that are looked at
)

// gramTable holds the letter statistics of all languages: for an n-gram, what
// its last letter costs in each language that uses it.
type gramTable struct {
	langs []string
	keys  []uint64 // open addressing; 0: empty
	first []int32  // by slot: index of its first cost
	count []uint8  // by slot: number of costs
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
	t := &gramTable{}
	n := 0
	eachGram(data, func(string, int, []rune, uint8) { n++ })
	size := 1
	for size < n*3/2 {
		size *= 2
	}
	t.keys, t.first, t.count = make([]uint64, size), make([]int32, size), make([]uint8, size)
	eachGram(data, func(lang string, i int, g []rune, _ uint8) {
		if i == len(t.langs) {
			t.langs = append(t.langs, lang)
		}
		t.count[t.slot(hashGram(g))]++
	})
	at := int32(0)
	for i, c := range t.count {
		t.first[i] = at
		at += int32(c)
	}
	t.lang, t.cost = make([]uint8, at), make([]uint8, at)
	clear(t.count)
	eachGram(data, func(_ string, i int, g []rune, cost uint8) {
		s := t.slot(hashGram(g))
		k := t.first[s] + int32(t.count[s])
		t.lang[k], t.cost[k] = uint8(i), cost
		t.count[s]++
	})
	return t
})

// eachGram decodes what internal/langgen wrote.
func eachGram(data []byte, do func(lang string, i int, g []rune, cost uint8)) {
	for i := 0; len(data) > 0; i++ {
		n := int(data[0])
		lang := string(data[1 : 1+n])
		data = data[1+n:]
		count, n := binary.Uvarint(data)
		data = data[n:]
		var text []byte
		var runes []rune
		for range count {
			same, more := int(data[0]), int(data[1])
			text = append(text[:same], data[2:2+more]...)
			runes = runes[:0]
			for _, r := range string(text) {
				runes = append(runes, r)
			}
			do(lang, i, runes, data[2+more])
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

func hashGram(g []rune) uint64 {
	h := gramSeed
	for _, r := range slices.Backward(g) {
		h = hashStep(h, r)
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
func (t *gramTable) costs(words [][]rune) (total []int, letters int) {
	total = make([]int, len(t.langs))
	cost := make([]int, len(t.langs))
	for _, w := range words {
		for end := range w {
			deepest := min(maxGram, end+1)
			for l := range cost {
				cost[l] = unseen + deepest*backoff
			}
			h := gramSeed
			for n := 1; n <= deepest; n++ {
				h = hashStep(h, w[end-n+1])
				s := t.find(h)
				if s < 0 {
					break
				}
				for k := t.first[s]; k < t.first[s]+int32(t.count[s]); k++ {
					cost[t.lang[k]] = int(t.cost[k]) + (deepest-n)*backoff
				}
			}
			for l, c := range cost {
				total[l] += c
			}
			if letters++; letters >= maxLetter {
				return total, letters
			}
		}
	}
	return total, letters
}
