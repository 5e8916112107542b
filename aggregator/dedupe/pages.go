package dedupe

import "unsafe"

// pages are memory that the collector does not count, for the large slices of a
// Grouper: garbage may gather in proportion to what is counted, and where such
// slices are joined to larger ones again and again, those before leave holes.
// Nobody else may hold on to a slice that is given back.
type pages struct {
	held map[*byte][]byte // by its first byte
}

// leastPages is what is worth pages of its own, in bytes; less is the collector's.
const leastPages = 64 << 10

// take returns a new slice of n elements, all zero.
func take[T plainData](p *pages, n int) []T {
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	if size < leastPages {
		return make([]T, n)
	}
	b := mapPages(size)
	if b == nil {
		return make([]T, n)
	}
	if p.held == nil {
		p.held = map[*byte][]byte{}
	}
	p.held[&b[0]] = b
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

// give gives a slice back that came from take.
func give[T plainData](p *pages, s []T) {
	if cap(s) == 0 {
		return
	}
	first := (*byte)(unsafe.Pointer(unsafe.SliceData(s)))
	if b, ok := p.held[first]; ok {
		delete(p.held, first)
		unmapPages(b)
	}
}

// free gives all back.
func (p *pages) free() {
	for _, b := range p.held {
		unmapPages(b)
	}
	p.held = nil
}

// more returns a slice with room for as many elements again, in place of s. The
// system gives memory for them when they are used.
func more[T plainData](p *pages, s []T) []T {
	out := take[T](p, max(2*cap(s), 64))[:len(s)]
	copy(out, s)
	give(p, s)
	return out
}

// takeAll returns slices one after the other, in a new one from take.
func takeAll[T plainData](p *pages, parts ...[]T) []T {
	n := 0
	for _, s := range parts {
		n += len(s)
	}
	out := take[T](p, n)[:0]
	for _, s := range parts {
		out = append(out, s...)
	}
	return out
}
