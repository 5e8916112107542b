package classify

import (
	"cmp"
	"slices"
	"strings"
)

// automaton finds every occurrence of many patterns in one pass over a text
// (Aho and Corasick, 1975).
//
// It is our own because the ready-made ones spend two kilobytes a state on a
// full table: the default taxonomy and the gazetteer would take more than a
// hundred megabytes. A double array takes twelve bytes a state, with failure
// links twenty. A hyphen and a space are one letter to it, which is how a term's
// space matches both while the text keeps them apart for the regular
// expressions.
type automaton struct {
	class [256]uint8 // byte to letter; 0: in no pattern
	first [256]int32 // by letter: the state after it at the root, where most letters of a text lead back to
	cells []cell
	links []link // by state; none of a trie
	ends  []ending
	terms []int32
}

// cell is one state, or a hole, of the double array.
type cell struct {
	base  int32 // children of state s are at base+letter
	check int32 // the parent; -1: hole
	out   int32 // index+1 into ends; 0: no pattern ends here
}

// link is where a search goes on from a state.
type link struct {
	fail int32
	next int32 // the next state on the failure path where patterns end; 0: none
}

// ending is what ends at one state: a pattern, which has a length, on behalf
// of terms[from:to].
type ending struct{ from, to, size int32 }

// pattern is a spelling that the automaton looks for on behalf of a term.
type pattern struct {
	text string
	term int32
}

// newPattern brings a spelling into the automaton's form.
func newPattern(text string, term int32) pattern {
	return pattern{strings.ReplaceAll(text, "-", " "), term}
}

// newAutomaton builds an automaton. It sorts patterns, so that the patterns
// below a state are neighbours and no tree is needed on the way: a tree costs
// several times what the automaton does.
func newAutomaton(patterns []pattern) *automaton { return lay(patterns, true) }

// newTrie is newAutomaton for one that is only followed, and asked for what is
// exact: it has no links, and takes half the time.
func newTrie(patterns []pattern) *automaton { return lay(patterns, false) }

func lay(patterns []pattern, linked bool) *automaton {
	slices.SortFunc(patterns, func(a, b pattern) int {
		return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.term, b.term))
	})
	for len(patterns) > 0 && patterns[0].text == "" {
		patterns = patterns[1:]
	}
	b := layout{automaton: &automaton{}, patterns: patterns, free: 1, linked: linked}
	b.letters()
	n := b.states()
	b.queue = make([]state, 0, n)
	b.cells = make([]cell, 0, n+n/32+512)
	if linked {
		b.links = make([]link, 0, n+n/32+512)
	}
	b.terms, b.ends = make([]int32, 0, len(patterns)), make([]ending, 0, len(patterns))
	b.grow(0)
	b.cells[0].check = 0
	b.queue = append(b.queue, state{to: int32(len(patterns))})
	for i := 0; i < len(b.queue); i++ {
		b.state(b.queue[i])
	}
	last := len(b.cells)
	for b.cells[last-1].check < 0 {
		last--
	}
	b.cells, b.links = b.cells[:last], b.links[:min(last, len(b.links))]
	if cap(b.cells) > last+last/8 {
		b.cells, b.links = slices.Clone(b.cells), slices.Clone(b.links)
	}
	b.ends = slices.Clip(b.ends)
	return b.automaton
}

// layout is an automaton while it is being built.
type layout struct {
	*automaton
	patterns []pattern
	queue    []state // breadth first: a failure link leads to a state before
	free     int32   // no hole before it
	linked   bool
}

// state stands for the patterns[from:to], which agree in depth letters.
type state struct{ from, to, depth, cell int32 }

// states counts the states that there will be: one for each beginning of a
// pattern, so that what holds them is made once. Bytes that are one letter may
// make them fewer.
func (b *layout) states() int {
	n, last := 1, ""
	for _, p := range b.patterns {
		same := 0
		for same < min(len(p.text), len(last)) && p.text[same] == last[same] {
			same++
		}
		n += len(p.text) - same
		last = p.text
	}
	return n
}

// letters numbers the bytes that occur in patterns.
func (b *layout) letters() {
	used := [256]bool{' ': true}
	for _, p := range b.patterns {
		for i := range len(p.text) {
			used[p.text[i]] = true
		}
	}
	n := uint8(0)
	for c, ok := range used {
		if ok && n < 255 { // UTF-8 uses fewer
			n++
			b.class[c] = n
		}
	}
	b.class['-'] = b.class[' ']
}

// state notes what ends at s and finds room for its children.
func (b *layout) state(s state) {
	from := s.from
	for from < s.to && len(b.patterns[from].text) == int(s.depth) {
		b.terms = append(b.terms, b.patterns[from].term)
		from++
	}
	if from > s.from {
		n := int32(len(b.terms))
		b.ends = append(b.ends, ending{n - (from - s.from), n, s.depth})
		b.cells[s.cell].out = int32(len(b.ends))
	}
	if b.linked {
		l := &b.links[s.cell]
		if l.next = l.fail; b.cells[l.fail].out == 0 {
			l.next = b.links[l.fail].next
		}
	}
	kids := len(b.queue)
	for from < s.to {
		to, c := from+1, b.patterns[from].text[s.depth]
		for to < s.to && b.patterns[to].text[s.depth] == c {
			to++
		}
		b.queue = append(b.queue, state{from, to, s.depth + 1, int32(b.class[c])})
		from = to
	}
	if kids < len(b.queue) {
		b.place(s.cell, b.queue[kids:])
	}
}

// place lays the children of a state out, first fit, and links them. Their
// cell fields hold their letters, in ascending order, until then.
func (b *layout) place(parent int32, kids []state) {
	b.grow(b.free)
	for b.cells[b.free].check >= 0 {
		b.free++
		b.grow(b.free)
	}
	base := max(b.free-kids[0].cell, 0)
	for !b.fits(base, kids) {
		base++
	}
	b.cells[parent].base = base
	for i, k := range kids {
		at := base + k.cell
		b.cells[at].check = parent
		switch {
		case parent == 0:
			b.first[k.cell] = at
		case b.linked:
			b.links[at].fail = b.step(b.links[parent].fail, uint8(k.cell))
		}
		kids[i].cell = at
	}
}

func (b *layout) fits(base int32, kids []state) bool {
	b.grow(base)
	for _, k := range kids {
		if at := base + k.cell; at == 0 || b.cells[at].check >= 0 {
			return false
		}
	}
	return true
}

// grow makes room for the children of a state with that base.
func (b *layout) grow(base int32) {
	for len(b.cells) <= int(base)+256 {
		b.cells = append(b.cells, cell{check: -1})
		if b.linked {
			b.links = append(b.links, link{})
		}
	}
}

// step returns the state after letter c in state s.
func (a *automaton) step(s int32, c uint8) int32 {
	for s != 0 {
		at := a.cells[s].base + int32(c)
		if int(at) < len(a.cells) && a.cells[at].check == s {
			return at
		}
		s = a.links[s].fail
	}
	return a.first[c]
}

// find calls hit for every pattern that ends in b, with its terms and where it
// is, until hit returns false.
func (a *automaton) find(b []byte, hit func(terms []int32, start, end int) bool) {
	s := int32(0)
	for i, c := range b {
		l := a.class[c]
		if l == 0 {
			s = 0
			continue
		}
		s = a.step(s, l)
		o := s
		if a.cells[o].out == 0 {
			o = a.links[o].next
		}
		for ; o != 0; o = a.links[o].next {
			e := a.ends[a.cells[o].out-1]
			if !hit(a.terms[e.from:e.to], i+1-int(e.size), i+1) {
				return
			}
		}
	}
}

// exact returns the terms whose pattern is all of s.
func (a *automaton) exact(s string) []int32 {
	at := int32(0)
	for i := range len(s) {
		l := a.class[s[i]]
		to := a.cells[at].base + int32(l)
		if l == 0 || int(to) >= len(a.cells) || a.cells[to].check != at {
			return nil
		}
		at = to
	}
	if at == 0 || a.cells[at].out == 0 {
		return nil
	}
	e := a.ends[a.cells[at].out-1]
	return a.terms[e.from:e.to]
}
