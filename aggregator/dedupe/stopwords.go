package dedupe

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/text/unicode/norm"
)

//go:embed data/stopwords.txt
var stopText string

// stopwords are the tokens of the embedded list.
var stopwords = sync.OnceValue(func() *wordSet {
	out := &wordSet{words: map[uint32]bool{}}
	for line := range strings.Lines(stopText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		_, words, _ := strings.Cut(line, " ")
		out.addAll(words, ^uint32(0))
	}
	return out
})

// wordSet is a set of hashed words. It is asked for every word of every text,
// nearly always in vain, so that a bitmap answers first.
type wordSet struct {
	bits  [1 << 10]uint64
	words map[uint32]bool
}

func (s *wordSet) add(h uint32) {
	s.bits[h>>6&(1<<10-1)] |= 1 << (h & 63)
	s.words[h] = true
}

// addAll adds the words of a text, and of the hash of each the given bits.
func (s *wordSet) addAll(words string, bits uint32) {
	for w := range strings.FieldsSeq(words) {
		var b [64]byte
		if t, _ := nextWord(b[:0], norm.NFKD.String(w), 0); len(t) > 0 {
			s.add(uint32(xxhash.Sum64(t)) & bits)
		}
	}
}

func (s *wordSet) has(h uint32) bool {
	return s.bits[h>>6&(1<<10-1)]&(1<<(h&63)) != 0 && s.words[h]
}
