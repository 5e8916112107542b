package dedupe

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// memory is the remembered articles, numbered by arrival from 1.
//
// They are kept in segments of a few hours and dropped a segment at a time,
// oldest first: nothing is ever unlinked on its own, so that forgetting costs
// next to nothing per article, and what is remembered lies in a few large
// pieces without pointers, packed as soon as a segment is full.
type memory struct {
	opt      Options
	segments []*segment // oldest first; the last one grows
	grown    *postings  // of the last one
	held     keySet     // the keys of the others
	room     segment    // slices of the one before, to be used again
	pages    *pages     // what holds the closed segments
	aside    aside      // where what closed segments seldom need is
	n        int        // articles remembered
	next     uint32     // number of the next article
	clock    int64      // latest time seen; articles without a time arrive then
	names    map[uint32]string
	langs    map[string]uint16 // numbers of languages, from 1
	told     []term            // scratch of termsOf
	list     []uint32          // scratch of look
}

// segment is a few hours of articles.
type segment struct {
	from          uint32 // number of the first
	first, newest int64  // arrival of its first and its last article; 0: no clock yet
	docs          []entry
	slots         []uint32 // of their stories: what stories share a word with an article is asked of hundreds
	hints         []byte   // of their terms: what one story shares with an article is asked of a dozen
	stock                  // what else is known of them: few are looked at so closely
	closed        bool
	keys          packed  // once it is closed
	asleep        *asleep // nil: keys and hints are in memory
}

// leastInSegment is how many articles a segment has when it is packed: one that
// grows takes more room.
const leastInSegment = 1 << 11

// perKey is how many articles are looked at for a key, the newest: longer
// lists are boilerplate.
const perKey = 64

func newMemory(o Options) *memory {
	room := new(pages)
	return &memory{
		opt: o, pages: room, grown: newPostings(), held: newKeySet(room, 0, 32), next: 1, names: map[uint32]string{}, langs: map[string]uint16{},
		aside: aside{file: o.Aside},
	}
}

// add remembers d, whose story has a slot, under its keys.
func (m *memory) add(d *doc, slot uint32, lead []uint32) (number uint32, e *entry) {
	m.clock = max(m.clock, d.at)
	s := m.current()
	s.newest = max(s.newest, m.clock)
	if _, ok := m.names[d.source]; !ok && d.source != 0 {
		m.names[d.source] = strings.Clone(d.name)
	}
	s.docs = append(s.docs, entry{
		id: wide(d.id), at: uint32(d.at), source: d.source, lang: m.language(d.lang),
		data: uint32(len(s.data)), hints: uint32(len(s.hints)), nTerms: uint8(len(d.terms)), most: most(d.terms),
	})
	s.slots = append(s.slots, slot)
	p := packer{s.data}
	for _, t := range d.terms {
		p.half(uint64(t))
	}
	s.hints = appendHints(s.hints, d.terms)
	p.doc(d, lead)
	s.data = p.data
	number = m.next
	m.next++
	m.n++
	if d.canonical != 0 {
		m.key(number, addressKey(d))
	}
	if d.title != 0 {
		m.key(number, titleKey(d))
	}
	for _, k := range d.keys {
		m.key(number, k)
	}
	return number, &s.docs[len(s.docs)-1]
}

// key makes an article of the last segment findable by a key.
func (m *memory) key(number, key uint32) {
	m.grown.add(key, int32(number-m.segments[len(m.segments)-1].from))
}

// current returns the segment that grows, a new one when it is time.
func (m *memory) current() *segment {
	if n := len(m.segments); n > 0 {
		s := m.segments[n-1]
		if !s.closed && !m.old(s, m.clock) && len(s.docs) < min(leastInSegment, m.most()) {
			return s
		}
		if !s.closed {
			m.close(s)
		}
	}
	m.grown.empty()
	s := &segment{from: m.next, first: m.clock, docs: m.room.docs[:0], slots: m.room.slots[:0], hints: m.room.hints[:0], stock: stock{data: m.room.data[:0]}}
	m.segments = append(m.segments, s)
	return s
}

// old reports whether a segment spans, at a time, what is forgotten at once.
func (m *memory) old(s *segment, now int64) bool {
	return now-s.first > int64(m.opt.Window.Seconds())/4
}

// most is how many articles a segment may have: few when little is remembered,
// since a join has both its parts and the whole at hand for a moment.
func (m *memory) most() int {
	return min(max(m.n, 1<<16)/8, m.opt.MaxItems/8+1, 1<<articleBits)
}

// close packs a segment that is full, and joins it with those before it as
// long as they are not much larger: few segments must be searched then, and no
// article is moved often.
func (m *memory) close(s *segment) {
	m.room = *s // for the next one
	s.closed = true
	s.keys = pack(m.pages, m.grown, max(perKey, perTerm))
	s.docs, s.slots, s.hints = takeAll(m.pages, s.docs), takeAll(m.pages, s.slots), takeAll(m.pages, s.hints)
	s.stock = m.aside.lay(s.stock)
	if !m.held.add(&s.keys) {
		m.collect()
	}
	for n := len(m.segments) - 1; n > 0; n-- {
		a, b := m.segments[n-1], m.segments[n]
		if len(a.docs) > 2*len(b.docs) || len(a.docs)+len(b.docs) > m.most() || m.old(a, b.newest) || a.from+uint32(len(a.docs)) != b.from {
			break
		}
		m.wake(a)
		m.wake(b)
		m.segments = append(m.segments[:n-1], a.join(m.pages, b, m.aside.join(a.stock, b.stock)))
		a.give(m.pages)
		b.give(m.pages)
	}
	m.tidy()
}

// collect notes anew which keys the closed segments have.
func (m *memory) collect() {
	n, known := 0, 32
	for _, s := range m.segments {
		if s.closed {
			m.wake(s)
			n, known = n+len(s.keys.entries), min(known, s.keys.known)
		}
	}
	give(m.pages, m.held.bits)
	m.held = newKeySet(m.pages, n+n/8, known)
	for _, s := range m.segments {
		if s.closed {
			m.held.add(&s.keys)
		}
	}
}

// join returns two closed segments as one; both is their stock.
func (s *segment) join(pages *pages, b *segment, both stock) *segment {
	out := &segment{
		from: s.from, first: s.first, newest: b.newest, closed: true,
		docs: takeAll(pages, s.docs, b.docs), slots: takeAll(pages, s.slots, b.slots), hints: takeAll(pages, s.hints, b.hints), stock: both,
		keys: join(pages, &s.keys, &b.keys, uint32(len(s.docs)), max(perKey, perTerm)),
	}
	for i := range b.docs {
		e := &out.docs[len(s.docs)+i]
		e.data += s.size()
		e.hints += uint32(len(s.hints))
	}
	return out
}

// give gives back what holds a closed segment, which is looked at no more.
func (s *segment) give(pages *pages) {
	give(pages, s.docs)
	give(pages, s.slots)
	give(pages, s.hints)
	give(pages, s.keys.starts)
	give(pages, s.keys.entries)
}

// exact is slices one after the other, in no more room than they need.
func exact[T any](parts ...[]T) []T {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := make([]T, 0, n)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// walk appends to dst the newest articles under a key, at most limit.
func (m *memory) walk(dst []uint32, key uint32, limit int) []uint32 {
	most := len(dst) + limit
	closed := m.held.has(key) // most keys of an article are new
	for i := len(m.segments) - 1; i >= 0 && len(dst) < most; i-- {
		if s := m.segments[i]; s.closed && !closed {
			break
		} else if s.closed {
			dst = m.look(dst, s, key, s.from, most-len(dst))
		} else {
			dst = m.grown.walk(dst, key, s.from, most-len(dst))
		}
	}
	return dst
}

// storiesUnder appends to dst the slots of the stories of the newest articles under a
// key, at most limit: of a story of several, once for each.
func (m *memory) storiesUnder(dst []uint32, key uint32, limit int) []uint32 {
	most := len(dst) + limit
	closed := m.held.has(key)
	for i := len(m.segments) - 1; i >= 0 && len(dst) < most; i-- {
		s, from := m.segments[i], len(dst)
		if s.closed && !closed {
			break
		} else if s.closed {
			dst = m.look(dst, s, key, 0, most-len(dst))
		} else {
			dst = m.grown.walk(dst, key, 0, most-len(dst))
		}
		for j, doc := range dst[from:] {
			dst[from+j] = s.slots[doc]
		}
	}
	return dst
}

// at returns an article by its number, and its segment; nil when it is forgotten.
func (m *memory) at(number uint32) (*segment, *entry) {
	i := sort.Search(len(m.segments), func(i int) bool { return m.segments[i].from > number }) - 1
	if i < 0 {
		return nil, nil
	}
	s := m.segments[i]
	if number-s.from >= uint32(len(s.docs)) {
		return nil, nil
	}
	return s, &s.docs[number-s.from]
}

// first is the number of the oldest article.
func (m *memory) first() uint32 {
	if len(m.segments) == 0 {
		return m.next
	}
	return m.segments[0].from
}

// read unpacks an article into d; false when it is forgotten.
func (m *memory) read(d *doc, number uint32) bool {
	s, e := m.at(number)
	if e == nil {
		return false
	}
	r := m.stockOf(s, number)
	d.terms = r.terms(d.terms[:0], int(e.nTerms))
	if r.doc(d); r.bad {
		m.aside.failed(ErrDamaged)
		return false
	}
	d.id, d.slot, d.at, d.source, d.name = e.id.number(), s.slots[number-s.from], int64(e.at), e.source, m.names[e.source]
	d.words, d.subject, d.told = d.words[:0], d.subject[:0], d.told[:0]
	for _, t := range d.terms {
		d.words = append(d.words, t.hash())
		if t&titleBit != 0 {
			if d.toldAs>>len(d.subject)&1 != 0 {
				d.told = append(d.told, t.hash())
			}
			d.subject = append(d.subject, t.hash())
		}
	}
	return true
}

// stockOf reads what is known of an article of s beyond its entry. It is there
// until the next is asked for.
func (m *memory) stockOf(s *segment, number uint32) reader {
	i := number - s.from
	from, to := s.docs[i].data, s.size()
	if next := i + 1; next < uint32(len(s.docs)) {
		to = s.docs[next].data
	}
	return reader{data: m.aside.read(s.stock, from, to)}
}

// termsOf returns the terms of an article, none when it is forgotten. They are
// there until the next are asked for.
func (m *memory) termsOf(number uint32) []term {
	s, e := m.at(number)
	if e == nil {
		return nil
	}
	r := m.stockOf(s, number)
	if m.told = r.terms(m.told[:0], int(e.nTerms)); r.bad {
		m.aside.failed(ErrDamaged)
	}
	return m.told
}

// language returns the number of a language, 0 for "".
func (m *memory) language(lang string) uint16 {
	n, ok := m.langs[lang]
	if !ok && lang != "" && len(m.langs) < math.MaxUint16 {
		n = uint16(len(m.langs) + 1)
		m.langs[strings.Clone(lang)] = n
	}
	return n
}

// forget drops the segments whose articles all arrived before a time. Segments
// without any time, which can only be the first ones, stay until the count
// pushes them out. It reports whether it dropped any.
func (m *memory) forget(before int64) bool {
	lo := 0
	for lo < len(m.segments) && m.segments[lo].newest == 0 {
		lo++
	}
	hi := lo
	for hi < len(m.segments) && m.segments[hi].newest < before {
		hi++
	}
	return m.drop(lo, hi)
}

// bound drops the oldest segments beyond MaxItems. It reports whether it
// dropped any.
func (m *memory) bound() bool {
	n := 0
	for over := m.n - m.opt.MaxItems; over > 0 && n < len(m.segments)-1; n++ {
		over -= len(m.segments[n].docs)
	}
	return m.drop(0, n)
}

// drop forgets the segments from lo up to hi.
func (m *memory) drop(lo, hi int) bool {
	if lo == hi {
		return false
	}
	for _, s := range m.segments[lo:hi] {
		m.n -= len(s.docs)
		s.give(m.pages)
	}
	m.segments = slices.Delete(m.segments, lo, hi)
	m.tidy()
	m.collect()
	if len(m.names) > 2*m.n+leastInSegment {
		m.rename()
	}
	return true
}

// rename keeps the names of the sources that are remembered.
func (m *memory) rename() {
	old := m.names
	m.names = map[uint32]string{}
	for _, s := range m.segments {
		for i := range s.docs {
			if n := s.docs[i].source; n != 0 {
				m.names[n] = old[n]
			}
		}
	}
}
