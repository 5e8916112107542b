package dedupe

import (
	"cmp"
	"io"
	"maps"
	"math"
	"runtime"
	"slices"
)

// Save writes all that g remembers, for [Restore]: about as many bytes as it
// takes in memory. It is of use to the same version on the same kind of
// machine, and nothing to keep for long. What could not be read, see [Grouper.Err],
// cannot be written down.
func (g *Grouper) Save(w io.Writer) error {
	s := &saver{w: w}
	save(s, []uint64{keptMark()})
	g.memory.save(s)
	g.copies.save(s)
	g.stories.save(s)
	save(s, []uint64{keptMark()})
	runtime.KeepAlive(g)
	return cmp.Or(s.err, g.Err())
}

// Restore returns a Grouper that goes on as the one that [Grouper.Save] wrote
// down would have, or [ErrKept], or an error of reading. The larger part it
// leaves where it is, and reads when it is needed: what data reads must stay as
// it is as long as the Grouper is used. Nobody else can have written it; what is
// damaged must be kept from it, by a checksum.
func Restore(data *io.SectionReader, o Options) (*Grouper, error) {
	l := newLoader(data)
	m, mark := newMemory(o.withDefaults()), keptMark()
	l.mark(mark)
	m.load(l)
	g := &Grouper{memory: m, copies: newCopyIndex(m), stories: newStoryIndex(m)}
	g.copies.load(l)
	g.stories.load(l)
	l.mark(mark)
	switch {
	case l.err != nil:
		g.Close()
		return nil, l.err
	case l.bad || l.left() > 0 || !g.whole():
		g.Close()
		return nil, ErrKept
	}
	g.freeAtLast()
	return g, nil
}

// Len is how many articles are remembered.
func (g *Grouper) Len() int { return g.memory.n }

// mark reads the mark that what is read must have.
func (l *loader) mark(want uint64) {
	if m := load[uint64](l); len(m) != 1 || m[0] != want {
		l.bad = true
	}
}

// whole reports whether what was read fits together as far as that can be told
// at once.
func (g *Grouper) whole() bool {
	m, x := g.memory, g.stories
	n := 0
	for _, s := range m.segments {
		n += len(s.docs)
		if len(s.slots) != len(s.docs) {
			return false
		}
		if k := s.keys.bits; s.closed && (k < 1 || k > 28 || s.asleep.starts.long != 4*(1<<k+1)) {
			return false
		}
	}
	if known := m.held.known; len(m.held.bits) > 0 && (known < 1 || known > 32) {
		return false
	}
	size := len(x.terms.table)
	return n == m.n && size > 0 && size&(size-1) == 0 && len(x.terms.seen) == 1<<(seenBits-6) &&
		len(g.copies.common.counts) == 1<<sketchBits && len(x.slots.table) >= len(x.stories)
}

func (m *memory) save(s *saver) {
	save(s, []int64{int64(m.opt.Window), int64(m.n), int64(m.next), m.clock, int64(len(m.segments)), int64(m.held.known), int64(m.held.room)})
	save(s, m.held.bits)
	var sources []uint32
	var names []string
	for _, n := range slices.Sorted(maps.Keys(m.names)) {
		sources, names = append(sources, n), append(names, m.names[n])
	}
	save(s, sources)
	saveTexts(s, names)
	langs := make([]string, len(m.langs))
	for lang, n := range m.langs {
		langs[n-1] = lang
	}
	saveTexts(s, langs)
	for _, seg := range m.segments {
		closed := int64(0)
		if seg.closed {
			closed = 1
		}
		save(s, []int64{int64(seg.from), seg.first, seg.newest, closed, int64(seg.keys.bits), int64(seg.keys.known)})
		save(s, seg.docs)
		save(s, seg.slots)
		if a := seg.asleep; a != nil {
			s.stock(&a.hints, int(a.hints.long))
			s.stock(&seg.stock, int(seg.size()))
			s.stock(&a.starts, int(a.starts.long)/4)
			s.stock(&a.entries, int(a.entries.long)/4)
			continue
		}
		save(s, seg.hints)
		s.stock(&seg.stock, int(seg.size()))
		save(s, seg.keys.starts)
		save(s, seg.keys.entries)
	}
	save(s, []int64{int64(m.grown.n), int64(m.grown.shift)})
	save(s, m.grown.heads)
	// In whole chunks, of which what was used before is left out.
	var links [][]link
	for n := m.grown.n; n > 0; n -= chunkLinks {
		links = append(links, m.grown.chunks[len(links)][:min(n, chunkLinks)])
	}
	save(s, append(links, make([]link, -m.grown.n&(chunkLinks-1)))...)
}

func (m *memory) load(l *loader) {
	h := l.numbers(7)
	if h[0] != int64(m.opt.Window) {
		l.bad = true
	}
	m.n, m.next, m.clock = int(h[1]), uint32(h[2]), h[3]
	give(m.pages, m.held.bits)
	m.held = keySet{loadInto[uint64](l, m.pages), int(h[5]), int(h[6])}
	sources := load[uint32](l)
	names := l.texts()
	if len(names) != len(sources) || h[4] < 0 || h[5] < 1 || h[5] > 32 || len(m.held.bits) == 0 {
		l.bad = true
		return
	}
	for i, n := range sources {
		m.names[n] = names[i]
	}
	for i, lang := range l.texts() {
		m.langs[lang] = uint16(i + 1)
	}
	for range h[4] {
		if l.bad {
			return
		}
		h := l.numbers(6)
		s := &segment{from: uint32(h[0]), first: h[1], newest: h[2], closed: h[3] != 0}
		s.keys = packed{bits: int(h[4]), known: int(h[5])}
		if s.closed {
			a := &asleep{}
			s.docs, s.slots, a.hints = loadInto[entry](l, m.pages), loadInto[uint32](l, m.pages), l.stock(1)
			s.stock, a.starts, a.entries, s.asleep = l.stock(1), l.stock(4), l.stock(4), a
		} else {
			s.docs, s.slots, s.hints = load[entry](l), load[uint32](l), load[byte](l)
			s.stock = stock{data: load[byte](l)}
			s.keys.starts, s.keys.entries = load[uint32](l), load[uint32](l) // which it has none of yet
		}
		m.segments = append(m.segments, s)
	}
	h = l.numbers(2)
	g := m.grown
	g.n, g.shift, g.heads = int(h[0]), uint32(h[1]), load[chain](l)
	g.chunks = slices.Collect(slices.Chunk(load[link](l), chunkLinks))
	if h[1] < 0 || h[1] > 31 || len(g.heads) != 1<<(32-g.shift) || h[0] < 0 || g.n > len(g.chunks)*chunkLinks ||
		len(g.chunks) > 0 && len(g.chunks[len(g.chunks)-1]) != chunkLinks {
		l.bad = true
	}
}

// saveTexts writes short texts.
func saveTexts(s *saver, texts []string) {
	var lengths []uint32
	var all []byte
	for _, t := range texts {
		lengths, all = append(lengths, uint32(len(t))), append(all, t...)
	}
	save(s, lengths)
	save(s, all)
}

// texts reads what saveTexts wrote; copies, which stay when the data goes.
func (l *loader) texts() []string {
	lengths, all := load[uint32](l), load[byte](l)
	out := make([]string, len(lengths))
	for i, n := range lengths {
		if uint64(n) > uint64(len(all)) {
			l.bad = true
			return nil
		}
		out[i], all = string(all[:n]), all[n:]
	}
	return out
}

func (x *copyIndex) save(s *saver) {
	save(s, []int64{int64(x.common.n)})
	save(s, x.common.counts)
}

func (x *copyIndex) load(l *loader) {
	give(x.pages, x.common.counts)
	x.common.n, x.common.counts = int(l.numbers(1)[0]), loadInto[byte](l, x.pages)
}

// savedSum is a sum without what is of no fixed size, which lies apart.
type savedSum struct {
	norm                        float64
	most                        float32
	n                           uint32
	terms, langs, places, mixed uint32
}

func (x *storyIndex) save(s *saver) {
	v := &x.terms
	save(s, []int64{int64(v.known), int64(v.fresh), int64(x.slots.n)})
	save(s, []uint64{math.Float64bits(x.docs)})
	save(s, v.table)
	save(s, v.seen)
	save(s, x.slots.table)
	x.sums = x.numbered()
	var sums []savedSum
	var hashes [][]uint32
	var terms [][]storyTerm
	var langs, places [][]uint16
	for _, v := range x.sums {
		mixed := uint32(0)
		if v.mixed {
			mixed = 1
		}
		sums = append(sums, savedSum{v.norm, v.most, uint32(v.n),
			uint32(len(v.terms.hash)), uint32(len(v.langs)), uint32(len(v.places)), mixed})
		hashes, terms = append(hashes, v.terms.hash), append(terms, v.terms.of)
		langs, places = append(langs, v.langs), append(places, v.places)
	}
	save(s, x.stories)
	save(s, sums)
	save(s, hashes...)
	save(s, terms...)
	save(s, langs...)
	save(s, places...)
}

func (x *storyIndex) load(l *loader) {
	h := l.numbers(3)
	docs := load[uint64](l)
	if len(docs) != 1 {
		l.bad = true
		return
	}
	x.setDocs(math.Float64frombits(docs[0]))
	give(x.pages, x.terms.seen)
	x.terms = vocabulary{pages: x.pages, table: loadInto[counted](l, x.pages), known: int(h[0]), seen: loadInto[uint64](l, x.pages), fresh: int(h[1])}
	x.slots.table, x.slots.n = loadInto[uint32](l, x.pages), int(h[2])
	x.stories = loadWith(l, func(n int) []story { return take[story](x.pages, n+n/8+64)[:n] })
	saved := load[savedSum](l)
	hashes, terms, langs, places := load[uint32](l), load[storyTerm](l), load[uint16](l), load[uint16](l)
	sums := make([]sum, len(saved)) // as one piece
	x.sums = make([]*sum, len(saved))
	for i, s := range saved {
		sums[i] = sum{
			terms: vector{head(l, &hashes, s.terms), head(l, &terms, s.terms)},
			norm:  s.norm, most: s.most, n: int(s.n), mixed: s.mixed != 0,
			langs: head(l, &langs, s.langs), places: head(l, &places, s.places),
		}
		x.sums[i] = &sums[i]
	}
	for i := range x.stories {
		if uint64(x.stories[i].sum) > uint64(len(sums)) {
			l.bad = true
			return
		}
	}
}

// head cuts the first n elements off a slice and returns them.
func head[T any](l *loader, from *[]T, n uint32) []T {
	if uint64(n) > uint64(len(*from)) {
		l.bad = true
		return nil
	}
	out := (*from)[:n:n]
	*from = (*from)[n:]
	return out
}
