package dedupe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPostingsFindTheNewestFirst(t *testing.T) {
	p := newPostings()
	const docs = 3000 // several chunks and tables
	for doc := range int32(docs) {
		p.add(7, doc)
		p.add(uint32(doc%100)*12, doc)
		p.add(rand.Uint32(), doc)
	}
	const first = 1000
	closed := pack(new(pages), p, 99)
	for name, walk := range map[string]func([]uint32, uint32, uint32, int) []uint32{"growing": p.walk, "packed": closed.walk} {
		if got, want := walk(nil, 7, first, 3), []uint32{first + docs - 1, first + docs - 2, first + docs - 3}; !slices.Equal(got, want) {
			t.Errorf("%s: walk(7) = %v, want %v", name, got, want)
		}
		if got, want := walk(nil, 36, first, 99), 30; len(got) != want || got[0] != first+docs-97 {
			t.Errorf("%s: walk(36) = %v, want %d from %d on", name, got, want, first+docs-97)
		}
		if got := walk(nil, 8, first, 99); len(got) != 0 {
			t.Errorf("%s: walk of a key that no article has = %v", name, got)
		}
	}
	thin := pack(new(pages), p, 10)
	if n := len(thin.walk(nil, 7, 0, docs)); n != 10 {
		t.Errorf("packed with 10 articles a key: %d under one", n)
	}
	p.empty()
	p.add(7, 15)
	if got, want := p.walk(nil, 7, 0, 2), []uint32{15}; !slices.Equal(got, want) {
		t.Errorf("walk(7) after a new start = %v, want %v", got, want)
	}
}

// Words can be made whose keys share a bucket. The work for one key stays
// bounded, and the newest articles are found.
func TestCrowdedBucketIsCutShort(t *testing.T) {
	inverse := uint32(1) // of the multiplier of mix
	for range 5 {
		inverse *= 2 - 2654435761*inverse
	}
	p := newPostings()
	const n = 3 * longBucket
	for i := range uint32(n) {
		p.add(i<<5*inverse, int32(i)) // mixed, they differ in low bits alone
	}
	closed := pack(new(pages), p, 99)
	for doc, want := range map[uint32]int{0: 0, n - longBucket - 1: 0, n - longBucket: 1, n - 1: 1} {
		if got := closed.walk(nil, doc<<5*inverse, 0, 9); len(got) != want {
			t.Errorf("walk to article %d of %d in one bucket = %v, want %d", doc, n, got, want)
		}
	}
}

func TestSortHashes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	even := func(n int) (s []uint64) {
		for range n {
			s = append(s, uint64(r.Uint32())<<32|uint64(r.IntN(4)))
		}
		return s
	}
	piled := even(400)
	for i := range piled {
		piled[i] |= 0xff << 56
	}
	tests := []struct {
		name string
		s    []uint64
	}{
		{"nothing", nil}, {"one", even(1)}, {"a text", even(200)}, {"the longest text", even(maxTokens)},
		{"one pile", piled}, {"more than piles can count", even(1 << 16)}, {"repeats", slices.Repeat(even(10), 20)},
	}
	var buf []uint64
	for _, tt := range tests {
		want := slices.Clone(tt.s)
		slices.Sort(want)
		if buf = sortHashes(tt.s, buf, 56); !slices.Equal(tt.s, want) {
			t.Errorf("%s: sortHashes did not sort", tt.name)
		}
	}
}

func TestVocabularyForgetsTheRare(t *testing.T) {
	v := newVocabulary(new(pages))
	const terms = 5000 // several tables
	for n := range uint32(terms) {
		for range n%4 + 1 {
			v.count((n + 1) << 7)
		}
	}
	v.halve()
	for n := range uint32(terms) {
		want := float32(n%4+1) / 2
		if want < 1 {
			want = 0
		}
		if got := v.df((n + 1) << 7); got != want {
			t.Fatalf("df of term %d after halving = %v, want %v", n, got, want)
		}
	}
}

func TestLogTable(t *testing.T) {
	l := newLogTable()
	for _, df := range []float32{0, 0.25, 1, 1.5, 511, 512, 70_000} {
		if got, want := l.of(df), math.Log(float64(df)+0.5); got != want {
			t.Errorf("of(%v) = %v, want %v", df, got, want)
		}
	}
}
