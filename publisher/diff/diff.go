// Package diff says how one text differs from another, word by word.
//
// It decides what counts as a word and how much of an unchanged passage is
// kept for context; how a difference looks is for its callers. It is a room of
// its own because the feed of corrections and the desk's commands show the
// same differences in different clothes.
package diff

import "strings"

// Op says what became of a passage.
type Op int

// What can become of a passage.
const (
	Same    Op = iota // both texts have it
	Removed           // only the first has it
	Added             // only the second has it
	Gap               // both have a passage here that is left out; Text is ""
)

// Part is a passage.
type Part struct {
	Op   Op
	Text string // words joined by single spaces
}

// maxWords bounds how much of each text is compared, beyond what they have in
// common at the beginning and the end: the time grows with its square.
const maxWords = 600

// context is how many words are kept around a change.
const context = 8

// Words returns the passages of two texts in order, long unchanged ones cut
// down to a gap. It returns nil if the texts have the same words.
func Words(before, after string) []Part {
	a, b := strings.Fields(before), strings.Fields(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(x)+len(y) == 0 {
		return nil
	}
	var s script
	s.add(Same, a[:head]...)
	if len(x) > maxWords || len(y) > maxWords {
		s.add(Removed, x...)
		s.add(Added, y...)
	} else {
		s.common(x, y)
	}
	s.add(Same, a[len(a)-tail:]...)
	return s.parts()
}

// script is a list of passages that grows word by word.
type script []passage

type passage struct {
	op    Op
	words []string
}

func (s *script) add(op Op, words ...string) {
	if len(words) == 0 {
		return
	}
	if n := len(*s); n > 0 && (*s)[n-1].op == op {
		(*s)[n-1].words = append((*s)[n-1].words, words...)
		return
	}
	*s = append(*s, passage{op, append([]string(nil), words...)})
}

// common adds two texts along their longest common subsequence.
func (s *script) common(x, y []string) {
	// left[i][j] is how many words x[i:] and y[j:] have in common.
	left := make([][]int, len(x)+1)
	for i := range left {
		left[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				left[i][j] = left[i+1][j+1] + 1
			} else {
				left[i][j] = max(left[i+1][j], left[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] == y[j]:
			s.add(Same, x[i])
			i, j = i+1, j+1
		case left[i+1][j] >= left[i][j+1]:
			s.add(Removed, x[i])
			i++
		default:
			s.add(Added, y[j])
			j++
		}
	}
	s.add(Removed, x[i:]...)
	s.add(Added, y[j:]...)
}

// parts cuts long unchanged passages down to their ends.
func (s script) parts() []Part {
	var out []Part
	for i, p := range s {
		keepHead, keepTail := context, context
		if i == 0 {
			keepHead = 0
		}
		if i == len(s)-1 {
			keepTail = 0
		}
		if p.op != Same || len(p.words) <= keepHead+keepTail+2 {
			out = append(out, Part{p.op, strings.Join(p.words, " ")})
			continue
		}
		if keepHead > 0 {
			out = append(out, Part{Same, strings.Join(p.words[:keepHead], " ")})
		}
		out = append(out, Part{Op: Gap})
		if keepTail > 0 {
			out = append(out, Part{Same, strings.Join(p.words[len(p.words)-keepTail:], " ")})
		}
	}
	return out
}
