package dedupe

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// sectionOf reads bytes as they are kept in a file.
func sectionOf(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

// tape is a file in memory.
type tape struct {
	data       []byte
	full, torn error // what writing and reading meet
}

func (t *tape) ReadAt(p []byte, at int64) (int, error) {
	if t.torn != nil {
		return 0, t.torn
	}
	return bytes.NewReader(t.data).ReadAt(p, at)
}

func (t *tape) WriteAt(p []byte, at int64) (int, error) {
	if t.full != nil {
		return 0, t.full
	}
	if int(at) > len(t.data) {
		return 0, errors.New("a gap")
	}
	n := copy(t.data[at:], p)
	t.data = append(t.data, p[n:]...)
	return len(p), nil
}

func (t *tape) Truncate(size int64) error {
	t.data = t.data[:size]
	return nil
}

// grown is a grouper with a few packed segments, and the news it has not had.
func grown(o Options) (*Grouper, []Article) {
	g, all := NewGrouper(o), newsOf(rand.New(rand.NewPCG(7, 7)), 3*leastInSegment+400)
	for _, a := range all[:3*leastInSegment+100] {
		m := g.Match(a)
		if m.Story == 0 {
			m.Story = a.ID
		}
		g.Add(a, m.Story, m.CopyOf)
	}
	return g, all[3*leastInSegment+100:]
}

// What is laid aside is most of what is remembered, and is told of as if it were
// in memory.
func TestWhatIsLaidAsideIsMatchedAlike(t *testing.T) {
	file := &tape{}
	near, news := grown(Options{})
	far, _ := grown(Options{Aside: file})
	if len(file.data) < 100*far.Len() {
		t.Errorf("%d bytes of %d articles are laid aside", len(file.data), far.Len())
	}
	for _, s := range far.memory.segments {
		if s.closed && s.data != nil {
			t.Errorf("%d bytes of a packed segment are in memory", len(s.data))
		}
	}
	found := 0
	for _, a := range news {
		m := near.Match(a)
		if got := far.Match(a); got != m {
			t.Fatalf("Match(%d) = %+v, want %+v", a.ID, got, m)
		}
		if m.Story != 0 {
			found++
		}
	}
	if found < 5 {
		t.Errorf("only %d of %d articles match any", found, len(news))
	}
	if err := far.Err(); err != nil {
		t.Error(err)
	}
}

// A full disk costs memory, not news.
func TestWhatCannotBeLaidAsideStaysInMemory(t *testing.T) {
	file := &tape{full: errors.New("disk full")}
	near, news := grown(Options{})
	far, _ := grown(Options{Aside: file})
	for _, a := range news {
		if want, got := near.Match(a), far.Match(a); got != want {
			t.Fatalf("Match(%d) = %+v, want %+v", a.ID, got, want)
		}
	}
	if err := far.Err(); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	file := &tape{}
	g, news := grown(Options{Aside: file})
	file.torn = errors.New("disk gone")
	for _, a := range news {
		m := g.Match(a)
		if m.Story == 0 {
			m.Story = a.ID
		}
		g.Add(a, m.Story, m.CopyOf)
	}
	if err := g.Err(); !errors.Is(err, file.torn) || !strings.Contains(err.Error(), "laid aside") {
		t.Errorf("Err = %v, want that of the disk", err)
	}
	if err := g.Save(io.Discard); !errors.Is(err, file.torn) {
		t.Errorf("Save: %v, want the error of the disk", err)
	}
}

// Somebody who writes into the file does no harm but to what is there.
func TestWhatWasChangedAsideIsAnErrorOrSomethingElse(t *testing.T) {
	file := &tape{}
	g, news := grown(Options{Aside: file})
	for i := range file.data {
		file.data[i] = 0xff
	}
	for _, a := range news {
		m := g.Match(a)
		if m.Story == 0 {
			m.Story = a.ID
		}
		g.Add(a, m.Story, m.CopyOf)
	}
	if err := g.Err(); !errors.Is(err, ErrDamaged) {
		t.Errorf("Err = %v, want ErrDamaged", err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		b := make([]byte, r.IntN(60))
		for i := range b {
			b[i] = byte(r.Uint32() >> r.IntN(9))
		}
		m := reader{data: b}
		m.terms(nil, r.IntN(3))
		m.doc(&doc{})
	}
}

// Whatever a story of one original shares with an article, its hints tell no less.
func TestHintsBoundWhatIsShared(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		g := NewGrouper(Options{})
		news := newsOf(r, 60)
		for _, a := range news[:50] {
			g.Add(a, a.ID, 0)
		}
		x := g.stories
		for _, a := range news[50:] {
			q := x.ask(newDoc(a))
			for i := range x.stories {
				s := &x.stories[i]
				seg, e := x.at(s.last)
				near := newest{s, e, seg.hints[e.hints:]}
				v, shared := x.compare(q, near)
				n, dot := q.bound(near.hints, int(e.nTerms))
				least := x.atMost(q, v, shared)
				if n < len(shared) || dot*float64(v.most)/(q.norm*v.norm)*roundedUp < least*(1-1e-12) {
					t.Fatalf("article %d, story %d: %d shared and at most %v, want no less than %d and %v", a.ID, s.id, n, dot, len(shared), least)
				}
				if least >= leastToJoin(q.doc) && len(shared) > 1 && !v.foreign && !x.mayFit(q, near, 0) {
					t.Fatalf("article %d may fit story %d, which is not looked at", a.ID, s.id)
				}
			}
		}
	}
}
