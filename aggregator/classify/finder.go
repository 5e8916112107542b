package classify

import "unicode/utf8"

// finder finds the patterns of many terms in a text.
//
// Nearly all of them count only where a word begins. From such a place the
// trie of an automaton is followed as far as the text does, which is a few
// letters; the places do not depend on each other, as the steps of an automaton
// do. What may begin anywhere (scripts that do not part words, Arabic behind
// its clitics, literals that expressions wait for) is left to an automaton.
type finder struct {
	words *automaton
	heads *heads     // of the patterns of words
	free  *automaton // nil: nothing is free
}

// heads says which beginnings of a text no pattern has: the trie of a large
// taxonomy lies far apart in memory, and most words are none of its.
type heads struct {
	four [1 << (headBits - 6)]uint64 // a bit by the hash of four letters of an automaton
	two  [1 << (headBits - 6)]uint64 // the same of two, for patterns of less than four
	all  bool                        // a pattern has less than two
}

const headBits = 15

// bit is where letters have their bit.
func (h *heads) bit(letters uint32) (at, bit uint32) {
	n := letters * 0x9E3779B1 >> (32 - headBits)
	return n / 64, n % 64
}

// head is the first n letters of a text, at most four.
func (a *automaton) head(text []byte, n int) (out uint32) {
	for _, c := range text[:n] {
		out = out<<8 | uint32(a.class[c])
	}
	return out
}

// add notes how a pattern begins.
func (h *heads) add(a *automaton, pattern string) {
	switch n := len(pattern); {
	case n >= 4:
		at, bit := h.bit(a.head([]byte(pattern[:4]), 4))
		h.four[at] |= 1 << bit
	case n >= 2:
		at, bit := h.bit(a.head([]byte(pattern[:2]), 2))
		h.two[at] |= 1 << bit
	default:
		h.all = true
	}
}

// may reports whether a pattern may begin as a text does.
func (h *heads) may(a *automaton, text []byte) bool {
	if h.all || len(text) < 4 {
		return true
	}
	at, bit := h.bit(a.head(text, 4))
	if h.four[at]>>bit&1 != 0 {
		return true
	}
	at, bit = h.bit(a.head(text, 2))
	return h.two[at]>>bit&1 != 0
}

// occurrence is a pattern in the text, on behalf of terms.
type occurrence struct {
	start, end int32
	free       bool // it may begin within a word; see [finder]
	terms      []int32
}

// anywhere reports whether a term may begin within a word.
func (t *term) anywhere() bool { return t.inside || t.arabic || t.re != nil }

// newFinder returns a finder; free says which terms may begin within a word.
func newFinder(patterns []pattern, free func(term int32) bool) finder {
	var anywhere []pattern
	words := make([]pattern, 0, len(patterns))
	for _, p := range patterns {
		if free(p.term) {
			anywhere = append(anywhere, p)
		} else {
			words = append(words, p)
		}
	}
	f := finder{words: newTrie(words), heads: new(heads)}
	for _, p := range words {
		if p.text != "" {
			f.heads.add(f.words, p.text)
		}
	}
	if len(anywhere) > 0 {
		f.free = newAutomaton(anywhere)
	}
	return f
}

// found is the memory of a search, used again for the next.
type found struct{ all, free []occurrence }

// find returns what an automaton of all patterns would call back with, in the
// same order: by their ends, the longest first. Of those that count only where
// a word begins it leaves out the others. The result is valid until the next
// search.
func (f *finder) find(m *found, b []byte) []occurrence {
	m.all = f.begin(m.all[:0], b)
	if f.free == nil {
		return m.all
	}
	m.free = m.free[:0]
	f.free.find(b, func(terms []int32, start, end int) bool {
		m.free = append(m.free, occurrence{int32(start), int32(end), true, terms})
		return true
	})
	i, j := len(m.all)-1, len(m.free)-1
	m.all = append(m.all, m.free...)
	for k := len(m.all) - 1; j >= 0; k-- {
		if i >= 0 && !m.all[i].before(m.free[j]) {
			m.all[k] = m.all[i]
			i--
		} else {
			m.all[k] = m.free[j]
			j--
		}
	}
	return m.all
}

// before reports whether an automaton comes to o before it comes to p.
func (o occurrence) before(p occurrence) bool {
	return o.end < p.end || o.end == p.end && o.start < p.start
}

// begin appends what begins in b where a word may begin.
func (f *finder) begin(dst []occurrence, b []byte) []occurrence {
	within := false // a word, at the rune before
	for i := 0; i < len(b); {
		n, letter := 1, wordBytes[b[i]]
		if b[i] >= utf8.RuneSelf {
			var r rune
			r, n = utf8.DecodeRune(b[i:])
			letter = surelyWord(r)
		}
		if (!within || !letter) && f.heads.may(f.words, b[i:]) {
			dst = f.words.follow(dst, b, i)
		}
		within = letter
		i += n
	}
	return dst
}

// follow appends the patterns that begin at b[start:].
func (a *automaton) follow(dst []occurrence, b []byte, start int) []occurrence {
	s := a.first[a.class[b[start]]]
	for i := start + 1; s != 0; i++ {
		if out := a.cells[s].out; out != 0 {
			e := &a.ends[out-1]
			o := occurrence{int32(start), int32(i), false, a.terms[e.from:e.to]}
			dst = append(dst, o)
			// Of those before it only longer ones may end behind it.
			for k := len(dst) - 1; k > 0 && o.before(dst[k-1]); k-- {
				dst[k], dst[k-1] = dst[k-1], o
			}
		}
		if i == len(b) {
			break
		}
		l := a.class[b[i]]
		at := a.cells[s].base + int32(l)
		if l == 0 || int(at) >= len(a.cells) || a.cells[at].check != s {
			break
		}
		s = at
	}
	return dst
}

// wordBytes are the bytes of ASCII for which isWord is true.
var wordBytes = func() (t [256]bool) {
	for c := range utf8.RuneSelf {
		t[c] = isWord(rune(c))
	}
	return t
}()

// surelyWord is isWord for the letters that most texts beyond ASCII are of; of
// others it says no, which costs a look where no term can begin.
func surelyWord(r rune) bool {
	switch {
	case r < 0xC0:
		return false
	case r < 0x250:
		return r != '×' && r != '÷'
	case r < 0x600:
		return 0x3B1 <= r && r <= 0x3C9 || 0x400 <= r && r <= 0x481
	}
	return 0x620 <= r && r <= 0x64A || 0x905 <= r && r <= 0x939 || 0x995 <= r && r <= 0x9A8
}

// exact returns the terms whose pattern is all of s.
func (f *finder) exact(s string) []int32 {
	terms := f.words.exact(s)
	if terms == nil && f.free != nil {
		terms = f.free.exact(s)
	}
	return terms
}
