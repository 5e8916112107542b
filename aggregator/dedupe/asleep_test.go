package dedupe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// kept is a file in memory that breaks at a place, or has another byte there.
type kept struct {
	data []byte
	at   int64 // of the place; 0: it is whole
	torn error // nil: from there on, all bits are set
}

func (k *kept) ReadAt(p []byte, at int64) (int, error) {
	n, err := bytes.NewReader(k.data).ReadAt(p, at)
	switch good := int(max(0, k.at-at)); {
	case k.at == 0 || good >= n:
	case k.torn != nil:
		return good, k.torn
	default:
		for i := range p[good:n] {
			p[good+i] = 0xff
		}
	}
	return n, err
}

// places are some of a restored grouper's file: of each part of its segments that
// is asleep a byte in the middle, and the last.
func places(g *Grouper) map[string]int64 {
	out := map[string]int64{}
	for i, s := range g.memory.segments {
		if s.asleep == nil {
			continue
		}
		for name, part := range map[string]stock{"starts": s.asleep.starts, "entries": s.asleep.entries, "hints": s.asleep.hints, "stock": s.stock} {
			for where, at := range map[string]int64{"middle": int64(part.long) / 2, "last": int64(part.long) - 1} {
				out[fmt.Sprintf("segment %d, %s byte of its %s", i, where, name)] = part.at + at
			}
		}
	}
	return out
}

// A file that breaks while its larger part is still to be read, or was changed by
// somebody, is an error, and not the end of the process.
func TestWhatCannotBeWokenIsAnError(t *testing.T) {
	torn := errors.New("disk gone")
	apart, news := grown(Options{}) // segments that are too old to be joined
	near, more := NewGrouper(Options{}), newsOf(rand.New(rand.NewPCG(7, 7)), 2*leastInSegment+1)
	for i := range more {
		more[i].Published = day
	}
	for _, a := range more[:leastInSegment+1] {
		near.Add(a, a.ID, 0)
	}
	for _, tt := range []struct {
		name string
		of   []byte
		do   func(g *Grouper)
	}{
		{"looking things up", saved(t, apart), func(g *Grouper) {
			for _, s := range g.memory.segments {
				if s.asleep != nil {
					s.asleep.asked = wakeAfter
				}
			}
			for _, a := range news {
				g.Match(a)
			}
		}},
		{"forgetting", saved(t, apart), func(g *Grouper) {
			g.Forget(day.Add(30 * time.Hour))
			for _, a := range news {
				g.Match(a)
			}
		}},
		{"joining", saved(t, near), func(g *Grouper) {
			for _, a := range more[leastInSegment+1:] {
				g.Add(a, a.ID, 0)
			}
			if n := len(g.memory.segments); n != 2 {
				t.Fatalf("there are %d segments, want what was joined and what grows", n)
			}
		}},
	} {
		whole := restoredFrom(t, &kept{data: tt.of}, len(tt.of))
		at := places(whole)
		if len(at) < 8 {
			t.Fatalf("%s: %d places, want some of a segment at least", tt.name, len(at))
		}
		if tt.do(whole); whole.Err() != nil {
			t.Errorf("%s: %v, want no error of a whole file", tt.name, whole.Err())
		}
		n := 0
		for where, at := range at {
			for _, how := range []error{torn, nil} {
				file := &kept{data: tt.of, torn: how}
				g := restoredFrom(t, file, len(tt.of))
				file.at = at
				func() {
					defer func() {
						if r := recover(); r != nil {
							t.Errorf("%s, %s, %v: %v", tt.name, where, how, r)
						}
					}()
					tt.do(g)
				}()
				if err := g.Err(); err != nil {
					n++
					if err := g.Save(io.Discard); err == nil {
						t.Errorf("%s, %s, %v: what could not be read is kept", tt.name, where, how)
					}
				}
				g.Close()
			}
		}
		if n < len(at) {
			t.Errorf("%s: only %d of %d are an error", tt.name, n, 2*len(at))
		}
	}
}

// A file that is cut off in place while a process goes on from it is one that
// cannot be read.
func TestAFileCutOffWhileItIsUsedIsAnError(t *testing.T) {
	of, news := grown(Options{})
	data := saved(t, of)
	for _, share := range []int{0, 1, 2, 3} {
		path := filepath.Join(t.TempDir(), "kept")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		g := restoredFrom(t, f, len(data))
		size := int64(share)
		if size = size * int64(len(data)) / 8; os.Truncate(path, size) != nil {
			t.Skip("a file that is open cannot be cut off here")
		}
		for _, a := range news {
			g.Add(a, a.ID, 0)
		}
		g.Forget(day.Add(30 * time.Hour))
		if err := g.Err(); !errors.Is(err, io.EOF) {
			t.Errorf("cut off at %d of %d bytes: Err = %v, want that the file ends", size, len(data), err)
		}
		g.Close()
		f.Close()
	}
}

// An entry that was changed may name an article that its segment does not have.
func TestAnEntryOfNoArticleIsAnError(t *testing.T) {
	for _, woken := range []bool{false, true} {
		of, news := grown(Options{})
		data := saved(t, of)
		g := restoredFrom(t, bytes.NewReader(data), len(data))
		for _, s := range g.memory.segments {
			if s.asleep == nil {
				continue
			}
			from := s.asleep.entries
			part := data[from.at : from.at+int64(from.long)]
			for i := 0; i < len(part); i += 4 {
				e := binary.NativeEndian.Uint32(part[i:])
				binary.NativeEndian.PutUint32(part[i:], e|(1<<articleBits-1))
			}
			if woken {
				g.memory.wake(s)
			}
		}
		for _, a := range news {
			g.Match(a)
		}
		if err := g.Err(); !errors.Is(err, ErrDamaged) {
			t.Errorf("woken %t: Err = %v, want ErrDamaged", woken, err)
		}
	}
}

// A part that ends amid a number is not what was written.
func TestHalfANumberIsAnError(t *testing.T) {
	m := newMemory(Options{}.withDefaults())
	from := stock{file: bytes.NewReader(make([]byte, 8)), long: 8}
	if got := awake[uint32](m, from); len(got) != 2 || m.aside.err != nil {
		t.Errorf("%d numbers, %v, want two", len(got), m.aside.err)
	}
	from.long = 7
	if got := awake[uint32](m, from); len(got) != 1 || !errors.Is(m.aside.err, ErrDamaged) {
		t.Errorf("%d numbers, %v, want ErrDamaged", len(got), m.aside.err)
	}
}

func restoredFrom(t *testing.T, from io.ReaderAt, size int) *Grouper {
	t.Helper()
	g, err := Restore(io.NewSectionReader(from, 0, int64(size)), Options{Aside: &tape{}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}
