package dedupe

import "encoding/binary"

// entry is a remembered article. What has no fixed size lies in its segment, the
// hints of its terms apart.
type entry struct {
	id          wideNumber
	at          uint32 // publication, Unix seconds; 0 unknown
	source      uint32
	data, hints uint32  // where they begin in the segment
	norm, scale float32 // of its terms, when its story has no others; see storyIndex
	lang        uint16
	nTerms      uint8
	most        uint8 // the highest count of its terms; it fills the entry up: entries are kept as they lie in memory
}

// wideNumber is an int64 that may stand at any multiple of four, so that an
// entry need not be filled up.
type wideNumber [2]uint32

func wide(n int64) wideNumber { return wideNumber{uint32(n), uint32(uint64(n) >> 32)} }

func (w wideNumber) number() int64 { return int64(uint64(w[0]) | uint64(w[1])<<32) }

// packer writes what a doc has beyond its entry, and reader reads it back.
// Numbers take as many bytes as they need, sorted sets are differences.
type packer struct{ data []byte }

func (p *packer) number(n uint64) { p.data = binary.AppendUvarint(p.data, n) }

// half writes the lower half of a hash.
func (p *packer) half(h uint64) { p.data = binary.LittleEndian.AppendUint32(p.data, uint32(h)) }

func (p *packer) set(s []uint32) {
	p.number(uint64(len(s)))
	last := uint32(0)
	for _, x := range s {
		n := x - last
		for last = x; n >= 0x80; n >>= 7 {
			p.data = append(p.data, byte(n)|0x80)
		}
		p.data = append(p.data, byte(n))
	}
}

// doc writes d. lead are the shingles of its beginning, sorted.
func (p *packer) doc(d *doc, lead []uint32) {
	p.number(uint64(d.copyOf))
	p.half(d.canonical)
	p.number(uint64(d.titleLen))
	p.half(d.title)
	p.set(d.titleNum)
	if len(d.titleNum) > 0 {
		p.half(uint64(d.bare))
	}
	p.number(uint64(d.frame))
	p.number(d.toldBits())
	p.set(d.numbers)
	p.set(d.figures)
	p.number(uint64(len(d.places)))
	for _, c := range d.places {
		p.number(uint64(c))
	}
	p.passages(&d.passages, lead)
	p.further(d)
}

// passages writes the shingles: those of the beginning, which of them are the
// head, and a sample of the others.
func (p *packer) passages(s *passages, lead []uint32) {
	p.number(uint64(s.size))
	p.set(lead)
	at := len(p.data)
	p.data = append(p.data, make([]byte, (len(lead)+7)/8)...)
	head := s.head
	for i, h := range lead {
		if head = from(head, h); len(head) > 0 && head[0] == h {
			p.data[at+i/8] |= 1 << (i % 8)
		}
	}
	if s.size <= len(lead) {
		return
	}
	var room [maxTokens / restRate]uint32
	rest := room[:0]
	for _, h := range s.shingles {
		if !sampled(h) {
			continue
		}
		if lead = from(lead, h); len(lead) == 0 || lead[0] != h {
			rest = append(rest, h)
		}
	}
	p.set(rest)
}

// from cuts what is less than h off a sorted set.
func from(set []uint32, h uint32) []uint32 {
	for len(set) > 0 && set[0] < h {
		set = set[1:]
	}
	return set
}

// further writes the words that are not among the terms.
func (p *packer) further(d *doc) {
	n := p.missing(d, func(uint32) {})
	p.number(uint64(n))
	at := len(p.data)
	p.data = append(p.data, make([]byte, n)...)
	p.missing(d, filter(p.data[at:]).add)
}

// missing counts those words, and does something with each.
func (p *packer) missing(d *doc, do func(word uint32)) (n int) {
	j := 0
	for _, h := range d.words {
		for j < len(d.terms) && d.terms[j].hash() < h {
			j++
		}
		if j < len(d.terms) && d.terms[j].hash() == h {
			continue
		}
		do(h)
		n++
	}
	return n
}

// reader reads what a packer wrote, from memory or from a file. Of bytes that none
// can have written, as when somebody wrote into the file, it makes something, and
// says that it is bad.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return n
}

// take returns the next n bytes.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.data)) {
		r.bad, r.data = true, nil
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

// count reads how many numbers follow.
func (r *reader) count() uint64 {
	n := r.number()
	if n > uint64(len(r.data)) {
		r.bad, r.data = true, nil
		return 0
	}
	return n
}

func (r *reader) half() uint64 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return uint64(binary.LittleEndian.Uint32(b))
}

func (r *reader) set(dst []uint32) []uint32 {
	last := uint32(0)
	for range r.count() {
		last += uint32(r.number())
		dst = append(dst, last)
	}
	return dst
}

// terms reads the terms that stand before a doc.
func (r *reader) terms(dst []term, n int) []term {
	b := r.take(4 * uint64(n))
	for i := 0; i < len(b); i += 4 {
		dst = append(dst, term(binary.LittleEndian.Uint32(b[i:])))
	}
	return dst
}

// doc reads into d, whose room is used again.
func (r *reader) doc(d *doc) {
	d.copyOf = int64(r.number())
	d.canonical = r.half()
	d.titleLen = int(r.number())
	d.title = r.half()
	d.titleNum, d.bare = r.set(d.titleNum[:0]), 0
	if len(d.titleNum) > 0 {
		d.bare = uint32(r.half())
	}
	d.frame, d.toldAs = uint32(r.number()), r.number()
	d.numbers = r.set(d.numbers[:0])
	d.figures = r.set(d.figures[:0])
	d.places = d.places[:0]
	for range r.count() {
		d.places = append(d.places, uint16(r.number()))
	}
	r.passages(&d.passages)
	d.further = append(d.further[:0], r.take(r.number())...)
	d.short = d.size < minShingles
}

// passages reads into s.
func (r *reader) passages(s *passages) {
	s.size = int(r.number())
	s.shingles = r.set(s.shingles[:0])
	s.head, s.rest = s.head[:0], s.rest[:0]
	marks := r.take(uint64(len(s.shingles)+7) / 8)
	for i, h := range s.shingles {
		if len(marks) > 0 && marks[i/8]>>(i%8)&1 != 0 {
			s.head = append(s.head, h)
		}
	}
	if s.size > len(s.shingles) {
		s.rest = r.set(s.rest)
	}
}
