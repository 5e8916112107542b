package feed

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strconv"
)

// Marks is what is kept of the entries of a document, so that of its next
// version only those have to be read that are new or not the same any more:
// most documents bring one new entry among forty known ones, and reading costs
// far more than finding where an entry begins and ends. The zero value is
// marks of nothing. The bytes mean something to this version of the package
// only; what another one wrote is taken for nothing.
//
// An entry with a mark would come out of [Parse] as it did before, byte for
// byte: the mark covers all that the tidy pass writes of it, and what the
// document as a whole adds to its entries is part of the marks. Where another
// entry could change that, such as by the same identifier, all are read.
type Marks []byte

const (
	marksVersion = 1
	marksHead    = 1 + 8 // version and context
	markSize     = 12 + 4
)

// mark is what tells that an entry is the same, and that another one has its
// key.
type mark struct {
	text [12]byte
	key  uint32
}

// settled is the marks that a parse was given, to be looked up.
type settled struct {
	context uint64
	byText  map[[12]byte]mark
}

// read takes marks apart, and returns nil if there is nothing to be had.
func (m Marks) read() *settled {
	if len(m) <= marksHead || m[0] != marksVersion || (len(m)-marksHead)%markSize != 0 {
		return nil
	}
	s := &settled{context: binary.BigEndian.Uint64(m[1:]), byText: make(map[[12]byte]mark, (len(m)-marksHead)/markSize)}
	for b := m[marksHead:]; len(b) > 0; b = b[markSize:] {
		k := mark{key: binary.BigEndian.Uint32(b[12:])}
		copy(k.text[:], b)
		s.byText[k.text] = k
	}
	return s
}

// Marks returns the marks of a document: of the entries that its parse left
// alone, and of those that keep names, by their place in d.Entries, because
// what is stored of them is what they say. Of an entry that was told apart from
// another there is no mark: what it is called depends on the other one.
func (d *Document) Marks(keep func(i int) bool) Marks {
	out := make(Marks, 1, marksHead+(len(d.Entries)+len(d.same))*markSize)
	out[0] = marksVersion
	out = binary.BigEndian.AppendUint64(out, d.context)
	add := func(k mark) {
		out = append(out, k.text[:]...)
		out = binary.BigEndian.AppendUint32(out, k.key)
	}
	for _, k := range d.same {
		add(k)
	}
	for i := range d.Entries {
		if e := &d.Entries[i]; e.mark != ([12]byte{}) && !e.apart && keep(i) {
			add(mark{e.mark, short(e.Key)})
		}
	}
	if len(out) == marksHead {
		return nil
	}
	return out
}

// Same is how many entries were left alone because their marks were given.
func (d *Document) Same() int { return len(d.same) }

// marker makes marks, one after the other.
type marker struct {
	h hash.Hash
	b []byte
}

// mark is that of an entry as the tidy pass wrote it.
func (k *marker) mark(xml []byte, n *note) (m [12]byte) {
	b := k.b[:0]
	for _, s := range []string{n.base, n.lang, n.about, n.id} {
		b = append(strconv.AppendInt(b, int64(len(s)), 10), ':')
		b = append(b, s...)
	}
	b = strconv.AppendBool(b, n.text)
	for _, d := range n.dates {
		b = append(strconv.AppendInt(b, int64(len(d.text)), 10), ':')
		b = strconv.AppendInt(append(b, d.text...), d.time.UnixNano(), 10)
	}
	k.h.Reset()
	k.h.Write(b)
	k.h.Write(xml)
	k.b = k.h.Sum(b[:0])
	copy(m[:], k.b)
	return m
}

// short is a hash that may collide: whoever finds a match reads everything.
func short(s string) uint32 {
	sum := sha256.Sum256([]byte(s))
	return binary.BigEndian.Uint32(sum[:])
}

// recognise marks the entries of a tidied document and says which of them are
// settled. It returns nil where all have to be read: when no marks fit, or one
// entry stands there twice.
func (p *parser) recognise(td *tidied) (known []bool, same []mark) {
	td.marks = make([][12]byte, len(td.items))
	k := marker{h: sha256.New()}
	for i, e := range td.items {
		td.marks[i] = k.mark(td.body[e.start:e.end], &td.notes[i])
	}
	s := p.settled
	if s == nil {
		return nil, nil
	}
	known = make([]bool, len(td.items))
	twice := make(map[[12]byte]bool, len(td.items))
	for i, m := range td.marks {
		if twice[m] {
			return nil, nil
		}
		twice[m] = true
		if k, ok := s.byText[m]; ok {
			known[i], same = true, append(same, k)
		}
	}
	if len(same) == 0 {
		return nil, nil
	}
	return known, same
}

// doubtful reports whether the entries that were left alone could be others
// beside those that were read, or under what the document says now.
func (p *parser) doubtful(d *Document, same []mark) bool {
	if d.context != p.settled.context || len(d.Deleted) > 0 {
		return true
	}
	keys := make(map[uint32]bool, len(same))
	for _, k := range same {
		keys[k.key] = true
	}
	// Who has the identifier of a marked entry has its key, too, unless it was
	// told apart from a third one.
	return slices.ContainsFunc(d.Entries, func(e Entry) bool { return e.apart || keys[short(e.Key)] })
}

// contextOf covers what the document adds to its entries.
func (p *parser) contextOf(d *Document, feedBase, authors string) uint64 {
	g := newDigest()
	g.write(d.Format, p.base, p.site, feedBase, authors, d.Language)
	l := p.hints.Limits
	for _, n := range []int{l.Items, l.Depth, l.Namespaces, l.Attributes, l.Title, l.Text, l.Content, l.Values} {
		g.write(strconv.Itoa(n))
	}
	sum := sha256.Sum256(g.b)
	digests.Put(g)
	return binary.BigEndian.Uint64(sum[:])
}
