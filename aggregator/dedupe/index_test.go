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
	if got, want := p.walk(nil, 7, 3), []int32{docs - 1, docs - 2, docs - 3}; !slices.Equal(got, want) {
		t.Errorf("walk(7) = %v, want %v", got, want)
	}
	if got, want := p.walk(nil, 36, 99), 30; len(got) != want || got[0] != docs-97 {
		t.Errorf("walk(36) = %v, want %d from %d on", got, want, docs-97)
	}
	p.cut(10, docs-5)
	if got, want := p.walk(nil, 7, 99), []int32{14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("walk(7) after a cut of all but 10 and 5 = %v, want %v", got, want)
	}
	p.add(7, 15)
	if got, want := p.walk(nil, 7, 2), []int32{15, 14}; !slices.Equal(got, want) {
		t.Errorf("walk(7) after another article = %v, want %v", got, want)
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

func TestVocabularyKeepsWhatIsCommonOrListed(t *testing.T) {
	v := newVocabulary()
	for hash := range uint32(4) {
		at := v.count(hash, none)
		for range hash { // term n is held by n+1 originals
			v.count(hash, at)
		}
	}
	v.list(v.place(0), 5, 2)
	v.halve()
	for hash, want := range []float32{0.5, 1, 1.5, 2} {
		if got := v.df(v.place(uint32(hash))); got != want {
			t.Errorf("df of term %d after halving = %v, want %v", hash, got, want)
		}
	}
	v.halve()
	if got := v.place(1); got != none {
		t.Errorf("place of a rare term after two halvings = %d, want none", got)
	}
	v.renumber([]int32{none, none, none, none, none, 1})
	if got := v.newest(v.place(0), 9); !slices.Equal(got, []int32{1}) {
		t.Errorf("stories of the listed term = %v, want the new number 1", got)
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
