package dedupe

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// uncut is a file that cannot be cut off.
type uncut struct{ Aside }

// What is laid aside takes about twice the room of what is remembered at most,
// however much was forgotten, or copied from what another process kept.
func TestWhatWasForgottenTakesNoRoomAside(t *testing.T) {
	file := &tape{}
	near, far := NewGrouper(Options{MaxItems: 1000}), NewGrouper(Options{MaxItems: 1000, Aside: file})
	rough := NewGrouper(Options{MaxItems: 1000, Aside: uncut{&tape{}}})
	for i, a := range newsOf(rand.New(rand.NewPCG(3, 3)), 3*leastInSegment) {
		want := near.Match(a)
		for _, g := range []*Grouper{far, rough} {
			if got := g.Match(a); got != want {
				t.Fatalf("Match(%d) = %+v, want %+v", a.ID, got, want)
			}
		}
		if want.Story == 0 {
			want.Story = a.ID
		}
		for _, g := range []*Grouper{near, far, rough} {
			g.Add(a, want.Story, want.CopyOf)
		}
		needed := int64(0)
		for _, s := range far.memory.segments {
			needed += int64(s.long)
		}
		if n := int64(len(file.data)); n > max(leastTidied, 2*needed) {
			t.Fatalf("after %d articles %d bytes are laid aside, of which %d are needed", i+1, n, needed)
		}
		if rough.memory.aside.end != far.memory.aside.end {
			t.Fatalf("after %d articles it goes on at %d where the file stays as long, want %d", i+1, rough.memory.aside.end, far.memory.aside.end)
		}
	}
	if err := errors.Join(far.Err(), rough.Err()); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeTidiedIsAnError(t *testing.T) {
	gone := errors.New("disk gone")
	for _, broken := range []tape{{torn: gone}, {full: gone}} {
		file := &tape{}
		g, _ := grown(Options{Aside: file})
		file.torn, file.full = broken.torn, broken.full
		g.memory.drop(0, 2) // of three that are laid aside
		if err := g.Err(); !errors.Is(err, gone) {
			t.Errorf("Err = %v, want that of the disk", err)
		}
	}
}
