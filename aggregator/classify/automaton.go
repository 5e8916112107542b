package classify

import "slices"

// automaton finds every occurrence of many patterns in one pass over a text
// (Aho and Corasick, 1975).
//
// It is our own because the ready-made ones spend two kilobytes a state on a
// full table: the default taxonomy and the gazetteer would take more than a
// hundred megabytes. A double array with failure links takes twenty bytes a
// state. A hyphen and a space are one letter to it, which is how a term's
// space matches both while the text keeps them apart for the regular
// expressions.
type automaton struct {
	class [256]uint8 // byte to letter; 0: in no pattern
	cells []cell
	next  []int32 // by state: the next state on the failure path with patterns; 0: none
	first []int32 // by state: its patterns are list[first[s]:first[s+1]] where it has any
	list  []int32
}

// cell is one state, or a hole, of the double array.
type cell struct {
	base  int32 // children of state s are at base+letter
	check int32 // the parent; -1: hole
	fail  int32
	out   int32 // index+1 into first; 0: no pattern ends here
}

// trieNode is a state while the automaton is being built.
type trieNode struct {
	letters []uint8
	kids    []int32
	ids     []int32
	cell    int32
}

// newAutomaton builds an automaton from patterns[i] -> id i.
func newAutomaton(patterns []string) *automaton {
	a := &automaton{}
	letters := 1
	for _, p := range patterns {
		for i := range len(p) {
			c := canonicalByte(p[i])
			if a.class[c] == 0 {
				a.class[c] = uint8(letters)
				letters++
			}
		}
	}
	a.class['-'] = a.class[' ']
	nodes := []trieNode{{}}
	for id, p := range patterns {
		if p == "" {
			continue
		}
		at := int32(0)
		for i := range len(p) {
			c := a.class[canonicalByte(p[i])]
			k := slices.Index(nodes[at].letters, c)
			if k < 0 {
				nodes = append(nodes, trieNode{})
				nodes[at].letters = append(nodes[at].letters, c)
				nodes[at].kids = append(nodes[at].kids, int32(len(nodes)-1))
				k = len(nodes[at].kids) - 1
			}
			at = nodes[at].kids[k]
		}
		nodes[at].ids = append(nodes[at].ids, int32(id))
	}
	a.place(nodes)
	a.link(nodes)
	return a
}

func canonicalByte(c byte) byte {
	if c == '-' {
		return ' '
	}
	return c
}

// place lays the trie out in the double array, first fit.
func (a *automaton) place(nodes []trieNode) {
	a.cells = []cell{{check: 0}}
	grow := func(n int) {
		for len(a.cells) <= n {
			a.cells = append(a.cells, cell{check: -1})
		}
	}
	free := int32(1) // no hole before it
	for i := range nodes {
		n := &nodes[i]
		if len(n.kids) == 0 {
			continue
		}
		grow(int(free) + 256)
		for a.cells[free].check >= 0 {
			free++
			grow(int(free) + 256)
		}
		lowest := int32(slices.Min(n.letters))
		base := max(free-lowest, 0)
		for ; !a.fits(base, n.letters, grow); base++ {
		}
		a.cells[n.cell].base = base
		for j, c := range n.letters {
			at := base + int32(c)
			a.cells[at].check = n.cell
			nodes[n.kids[j]].cell = at
		}
	}
}

func (a *automaton) fits(base int32, letters []uint8, grow func(int)) bool {
	grow(int(base) + 256)
	for _, c := range letters {
		if at := base + int32(c); at == 0 || a.cells[at].check >= 0 {
			return false
		}
	}
	return true
}

// link sets failure links breadth first, and the lists of patterns.
func (a *automaton) link(nodes []trieNode) {
	a.next = make([]int32, len(a.cells))
	a.first = []int32{0}
	queue := []int32{0}
	for len(queue) > 0 {
		n := nodes[queue[0]]
		queue = queue[1:]
		for j, k := range n.kids {
			kid := nodes[k]
			if n.cell != 0 {
				a.cells[kid.cell].fail = a.step(a.cells[n.cell].fail, n.letters[j])
			}
			f := a.cells[kid.cell].fail
			if a.cells[f].out != 0 {
				a.next[kid.cell] = f
			} else {
				a.next[kid.cell] = a.next[f]
			}
			if len(kid.ids) > 0 {
				a.list = append(a.list, kid.ids...)
				a.cells[kid.cell].out = int32(len(a.first))
				a.first = append(a.first, int32(len(a.list)))
			}
			queue = append(queue, k)
		}
	}
}

// step returns the state after letter c in state s.
func (a *automaton) step(s int32, c uint8) int32 {
	for {
		at := a.cells[s].base + int32(c)
		if int(at) < len(a.cells) && at != 0 && a.cells[at].check == s {
			return at
		}
		if s == 0 {
			return 0
		}
		s = a.cells[s].fail
	}
}

// find calls hit for every pattern that ends in b, with the index after its
// last byte, until hit returns false.
func (a *automaton) find(b []byte, hit func(id int32, end int) bool) {
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
			o = a.next[o]
		}
		for ; o != 0; o = a.next[o] {
			n := a.cells[o].out
			for _, id := range a.list[a.first[n-1]:a.first[n]] {
				if !hit(id, i+1) {
					return
				}
			}
		}
	}
}
