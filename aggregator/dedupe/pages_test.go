package dedupe

import (
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"
)

// inUse is what a grouper's slices take of pages.
func inUse(g *Grouper) (n int) {
	x := g.stories
	sizes := []int{
		len(bytesOf(g.memory.held.bits)), len(g.copies.common.counts), len(bytesOf(x.terms.seen)), len(bytesOf(x.terms.table)),
		len(bytesOf(x.slots.table)), len(bytesOf(x.stories[:cap(x.stories)])),
	}
	for _, s := range g.memory.segments {
		if s.closed {
			sizes = append(sizes, len(bytesOf(s.docs)), len(bytesOf(s.slots)), len(s.hints), len(bytesOf(s.keys.starts)), len(bytesOf(s.keys.entries[:cap(s.keys.entries)])))
		}
	}
	for _, size := range sizes {
		if size >= leastPages {
			n += size
		}
	}
	return n
}

// What is joined, forgotten or closed is given back, and nothing else.
func TestPagesAreGivenBack(t *testing.T) {
	if mapPages(leastPages) == nil {
		t.Skip("no pages here")
	}
	for _, most := range []int{0, 5 * leastInSegment} { // of which the first joins segments, and the second drops them
		pagesAreGivenBack(t, NewGrouper(Options{MaxItems: most}))
	}
}

func pagesAreGivenBack(t *testing.T, g *Grouper) {
	held := func() (n int) {
		for _, b := range g.memory.pages.held {
			n += len(b)
		}
		return n
	}
	check := func(when string, least int) {
		t.Helper()
		if got, want := held(), inUse(g); got != want || got < least {
			t.Errorf("%s: %d bytes of pages, want the %d in use, %d at least", when, got, want, least)
		}
	}
	all := newsOf(rand.New(rand.NewPCG(5, 5)), 9*leastInSegment)
	for i, a := range all {
		g.Add(a, a.ID, 0)
		if i == 4*leastInSegment {
			check("after some segments", 100*leastInSegment)
		}
	}
	check("in the end", 100*leastInSegment)
	again := restored(t, g)
	for _, s := range again.memory.segments {
		again.memory.wake(s)
	}
	if got, want := len(again.memory.pages.held), len(g.memory.pages.held); got != want {
		t.Errorf("restored: %d pieces of pages, want %d", got, want)
	}
	g.Forget(all[6*leastInSegment].Published.Add(time.Minute))
	check("when older ones were forgotten", 0)
	g.Close()
	if n := held(); n != 0 {
		t.Errorf("closed: %d bytes of pages, want none", n)
	}
}

func TestPagesAreZeroAndApart(t *testing.T) {
	p := new(pages)
	defer p.free()
	a, b := take[uint64](p, leastPages), take[uint64](p, leastPages)
	for i := range a {
		if a[i]|b[i] != 0 {
			t.Fatal("what is taken is not zero")
		}
		a[i] = 1
	}
	if uintptr(unsafe.Pointer(&a[0]))%8 != 0 || b[0] != 0 || b[len(b)-1] != 0 {
		t.Error("two slices share memory, or one is out of line")
	}
	c := takeAll(p, a, b)
	give(p, a)
	give(p, b)
	if len(c) != 2*leastPages || c[0] != 1 || c[leastPages-1] != 1 || c[leastPages] != 0 {
		t.Error("what was put together is another thing")
	}
}

// A process that goes on to place a few articles does not read what was kept of
// all others into memory; one that places many does, and both decide alike.
func TestWhatWasKeptSleepsUntilItIsAskedForOften(t *testing.T) {
	lived, news := grown(Options{})
	often := restored(t, lived)
	asleep := func() (n int) {
		for _, s := range often.memory.segments {
			if s.asleep != nil {
				n++
			}
		}
		return n
	}
	if asleep() == 0 {
		t.Fatal("nothing is asleep at first")
	}
	for i, a := range news {
		m, again := lived.Match(a), often.Match(a)
		if m != again {
			t.Fatalf("Match(%d) = %+v, want %+v", a.ID, again, m)
		}
		if i == 9 && asleep() == 0 {
			t.Error("nothing is asleep after ten articles")
		}
	}
	for range wakeAfter {
		for _, s := range often.memory.segments {
			if s.closed {
				often.memory.look(nil, s, 77, 0, 1)
			}
		}
	}
	if n := asleep(); n > 0 {
		t.Errorf("%d segments are still asleep", n)
	}
	for _, a := range news {
		if m, again := lived.Match(a), often.Match(a); m != again {
			t.Fatalf("awake: Match(%d) = %+v, want %+v", a.ID, again, m)
		}
	}
	if err := often.Err(); err != nil {
		t.Error(err)
	}
}
