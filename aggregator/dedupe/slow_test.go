package dedupe

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Each test holds what is done fast against the plain way of doing it.

// compareSlowly is compare by the sum of the story, made whole.
func (x *storyIndex) compareSlowly(q *query, r newest) (outline, []sharedTerm) {
	v := x.open(r.story)
	var blurb []uint32
	if b := &q.doc.boilerplate; x.among(b.strangers, r.story) {
		blurb = b.words
	}
	var both []sharedTerm
	for i, h := range v.terms.hash {
		at := slices.IndexFunc(q.terms, func(w weighted) bool { return w.hash == h })
		if at >= 0 && !slices.Contains(blurb, h) {
			both = append(both, sharedTerm{uint8(at), v.terms.of[i]})
		}
	}
	return outline{v.norm, v.most, v.n, v.mixed, !v.speaks(q.lang)}, both
}

func TestStoriesAreComparedAsIfTheirSumsWereMade(t *testing.T) {
	g := NewGrouper(Options{})
	alone, several, shares := 0, 0, 0
	for i, a := range generated(3000, 40) {
		a.Language = []string{"en", "en", "fr", ""}[i%4]
		m := g.Match(a)
		if m.CopyOf == 0 {
			x, q := g.stories, g.stories.ask(g.lastDoc)
			for _, r := range x.gather(slices.Clone(x.candidates(q))) {
				got, shared := x.compare(q, r)
				shared = slices.Clone(shared)
				want, wantShared := x.compareSlowly(q, r)
				if got != want || !slices.Equal(shared, wantShared) {
					t.Fatalf("article %d: compare = %+v, %v; want %+v, %v", a.ID, got, shared, want, wantShared)
				}
				if r.story.sum == 0 {
					alone++
				} else {
					several++
				}
				shares += len(shared)
			}
		}
		if m.Story == 0 {
			m.Story = a.ID
		}
		g.Add(a, m.Story, m.CopyOf)
	}
	if alone < 1000 || several < 200 || shares < 1000 {
		t.Errorf("compared %d stories of one and %d of several, which shared %d terms: too few to tell", alone, several, shares)
	}
}

func TestHeaviestAreThoseThatASortPutsFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Uint32Range(0, 9), 0, maxTerms).Draw(t, "weights")
		var pairs []uint64
		for i, w := range weights {
			pairs = append(pairs, uint64(w)<<32|uint64(^uint8(i)))
		}
		got := heaviestOf(nil, pairs)
		q := query{pairs: pairs}
		want := slices.Collect(q.order)
		if want = want[:min(len(want), lookupTerms)]; !slices.Equal(got, want) {
			t.Errorf("heaviestOf(%v) = %v, want %v", weights, got, want)
		}
	})
}

// What a sample has of the shingles is the same whether they are looked up one
// by one or walked beside the others.
func TestPassagesArePackedAsIfLookedUp(t *testing.T) {
	set := func(t *rapid.T, name string, n int) []uint32 {
		s := rapid.SliceOfN(rapid.Uint32Range(0, 1<<sketchBits-1), 0, n).Draw(t, name)
		slices.Sort(s)
		return slices.Compact(s)
	}
	rapid.Check(t, func(t *rapid.T) {
		lead := set(t, "lead", fullShingles)
		s := passages{shingles: append(set(t, "others", 200), lead...), head: set(t, "not of the lead", 5)}
		for i, h := range lead {
			if i%3 == 0 {
				s.head = append(s.head, h)
			}
		}
		slices.Sort(s.head)
		slices.Sort(s.shingles)
		s.shingles = slices.Compact(s.shingles)
		s.size = len(s.shingles)
		var p packer
		p.passages(&s, lead)
		var got passages
		r := reader{data: p.data}
		r.passages(&got)
		var head, rest []uint32
		for _, h := range lead {
			if holds(s.head, h) {
				head = append(head, h)
			}
		}
		for _, h := range s.shingles {
			if sampled(h) && !holds(lead, h) {
				rest = append(rest, h)
			}
		}
		if !slices.Equal(got.shingles, lead) || !slices.Equal(got.head, head) || !slices.Equal(got.rest, rest) || got.size != s.size || len(r.data) > 0 {
			t.Errorf("packed %+v with lead %v, read %+v", s, lead, got)
		}
	})
}

// The slots that a walk gives are those of the articles that it would give.
func TestStoriesUnderAKeyAreThoseOfItsArticles(t *testing.T) {
	m := newMemory(Options{}.withDefaults())
	r := rand.New(rand.NewPCG(3, 4))
	of := map[uint32]uint32{} // slot by number
	for range 3 * leastInSegment {
		slot := r.Uint32N(900)
		number, _ := m.add(&doc{at: 1}, slot, nil)
		of[number] = slot
		for range 3 {
			m.key(number, r.Uint32N(500)*77)
		}
	}
	if len(m.segments) < 2 {
		t.Fatal("one segment: nothing is packed")
	}
	for k := range uint32(510) {
		var want []uint32
		for _, n := range m.walk(nil, k*77, 20) {
			want = append(want, of[n])
		}
		if got := m.storiesUnder(nil, k*77, 20); !slices.Equal(got, want) {
			t.Fatalf("key %d: stories %v, want %v", k*77, got, want)
		}
	}
}

func TestASCIIIsToldByEveryByte(t *testing.T) {
	for n := range 40 {
		plain := strings.Repeat("a", n)
		if !isASCII(plain) {
			t.Errorf("isASCII of %d letters is false", n)
		}
		for i := range n {
			if s := plain[:i] + "\x80" + plain[i+1:]; isASCII(s) {
				t.Errorf("isASCII(%q) is true", s)
			}
		}
	}
}
