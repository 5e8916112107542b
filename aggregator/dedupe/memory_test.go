package dedupe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// passagesOf are what drawn articles are made of: whole sentences, so that they
// repeat each other.
var passagesOf = strings.SplitAfter(strings.Join([]string{report, rewrite, other, about, strings.Join(blurbs, " ")}, " "), ". ")

// drawArticle draws an article that has something in common with the others.
func drawArticle(t *rapid.T, id int64) Article {
	text := func(label string, lengths ...int) string {
		n := rapid.SampledFrom(lengths).Draw(t, label+" length")
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(passagesOf), n, n).Draw(t, label), "")
	}
	words := strings.Fields(text("title", 0, 1))
	a := article(id, rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "source"), strings.Join(words[:min(len(words), 9)], " "), text("text", 0, 1, 3, 15), float64(id)/10)
	a.Language = rapid.SampledFrom([]string{"", "en", "fr"}).Draw(t, "language")
	a.Places = rapid.SliceOfN(rapid.SampledFrom([]string{"PT", "ES", "somewhere"}), 0, 3).Draw(t, "places")
	if rapid.Bool().Draw(t, "addressed") {
		a.Canonical = fmt.Sprintf("https://%d.example/%d", id, id)
	}
	return a
}

// What is compared of an article is the same after it was remembered, but for
// shingles beyond the beginning, of which there is a sample.
func TestRememberedArticleIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NewGrouper(Options{})
		feed(g, drawArticle(t, 1), drawArticle(t, 2))
		a := drawArticle(t, 3)
		d := newDoc(a)
		g.Add(a, 3, 0)
		var got doc
		if !g.memory.read(&got, 3) {
			t.Fatal("read(3) finds nothing")
		}
		type compared struct {
			ID, At, Bare, Frame                             int64
			Source                                          uint32
			Name                                            string
			TitleLen, Size                                  int
			Short                                           bool
			Places                                          []uint16
			TitleNum, Numbers, Figures, Subject, Head, Lead []uint32
		}
		of := func(d *doc, lead []uint32) compared {
			bare := int64(d.bare)
			if len(d.titleNum) == 0 {
				bare = 0 // nobody asks
			}
			return compared{d.id, d.at, bare, int64(d.frame), d.source, d.name, d.titleLen, d.size, d.short, slices.Clone(d.places),
				slices.Clone(d.titleNum), slices.Clone(d.numbers), slices.Clone(d.figures), slices.Clone(d.subject), slices.Clone(d.head), slices.Clone(lead)}
		}
		lead := intersect(nil, d.shingles, got.shingles)
		if diff := cmp.Diff(of(d, lead), of(&got, got.shingles)); diff != "" {
			t.Fatalf("-analysed +remembered\n%s", diff)
		}
		if uint32(got.title) != uint32(d.title) || uint32(got.canonical) != uint32(d.canonical) {
			t.Fatalf("title %x, address %x, want the lower halves of %x and %x", got.title, got.canonical, d.title, d.canonical)
		}
		for _, h := range d.words {
			if !holds(got.words, h) && !got.further.has(h) {
				t.Fatalf("word %x is forgotten", h)
			}
		}
		for _, h := range d.shingles {
			if want := !holds(got.shingles, h) && sampled(h); holds(got.rest, h) != want {
				t.Fatalf("shingle %x in the sample: %v, want %v", h, !want, want)
			}
		}
	})
}

// Joined tables answer as the two did, however few bits of a key the smaller
// one holds.
func TestJoinedPostingsAnswerAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.Uint32Range(0, 200)
		table := func(label string, most int) (*postings, []uint32) {
			p := newPostings()
			keys := rapid.SliceOfN(key, 0, most).Draw(t, label)
			for doc, k := range keys {
				p.add(k, int32(doc))
			}
			return p, keys
		}
		a, olds := table("older", 2000)
		b, news := table("newer", 50)
		pa, pb := pack(new(pages), a, 99), pack(new(pages), b, 99)
		both := join(new(pages), &pa, &pb, uint32(len(olds)), 99)
		for k := range uint32(200) {
			var want []uint32
			for i, x := range slices.Backward(slices.Concat(olds, news)) {
				if x == k {
					want = append(want, uint32(i))
				}
			}
			if got := both.walk(nil, k, 0, 99); !slices.Equal(got, want[:min(len(want), 99)]) {
				t.Fatalf("walk(%d) = %v, want %v", k, got, want)
			}
		}
	})
}

// Segments are packed and joined behind the scenes: an article is found in
// each of them, and not in those that were dropped.
func TestArticlesAreFoundInEverySegment(t *testing.T) {
	g := NewGrouper(Options{})
	const n = 7 * leastInSegment
	text := func(i int) string {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		var b strings.Builder
		for range 40 {
			fmt.Fprintf(&b, "w%x ", r.Uint32())
		}
		return b.String()
	}
	hours := func(i int) float64 { return 40 * float64(i) / n }
	for i := range n {
		feed(g, article(int64(i+1), "a", fmt.Sprintf("title t%d u%d", i, i), text(i), hours(i)))
	}
	if s := len(g.memory.segments); s < 2 || s > 5 {
		t.Errorf("%d segments of %d articles, want a few", s, n)
	}
	found := func(i int) bool {
		return g.Match(article(1<<40, "b", fmt.Sprintf("title t%d u%d", i, i), text(i), 41)).CopyOf == int64(i+1)
	}
	for i := 0; i < n; i += 101 {
		if !found(i) {
			t.Errorf("article %d of %d is not found", i, n)
		}
	}
	g.Forget(day.Add(30 * time.Hour))
	if !found(n - 1) {
		t.Error("the last article is not found after older ones were forgotten")
	}
	if found(0) || len(g.stories.stories) >= n || len(g.stories.stories) != g.memory.n {
		t.Errorf("%d stories and %d articles left, the first found: %v", len(g.stories.stories), g.memory.n, found(0))
	}
}

// An article without a date stays when later ones of its story are forgotten.
func TestForgetKeepsTheStoryOfAnUndatedArticle(t *testing.T) {
	g := NewGrouper(Options{})
	undated := func(id int64, source string) Article {
		a := article(id, source, "Dockers walk out", report, 0)
		a.Published = time.Time{}
		return a
	}
	g.Add(undated(1, "a"), 7, 0)
	for i := range int64(leastInSegment) {
		a := undated(100+i, "f")
		a.Title, a.Text = fmt.Sprintf("filler t%d u%d", i, i), ""
		g.Add(a, 100+i, 0)
	}
	g.Add(article(2, "b", "Dockers walk out", report, 0), 7, 1)
	g.Add(article(3, "c", "Miners are found alive", "Nothing of the other report is in this one.", 90), 8, 0)
	g.Forget(day.Add(80 * time.Hour))
	if got := g.Match(undated(4, "d")); got.Story != 7 || got.CopyOf != 1 {
		t.Errorf("Match = %+v, want story 7, a copy of item 1", got)
	}
	g.Forget(day.Add(1000 * time.Hour))
	if got := g.Match(undated(4, "d")); got.Story != 7 {
		t.Errorf("Match with only undated articles left = %+v, want story 7", got)
	}
}

func TestFilterForgetsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f := make(filter, 100)
	var in []uint32
	for range 100 {
		in = append(in, r.Uint32()&hashMask)
		f.add(in[len(in)-1])
	}
	wrong := 0
	for i := range 10_000 {
		if i < len(in) && !f.has(in[i]) {
			t.Errorf("has(%x) = false after it was added", in[i])
		}
		if f.has(r.Uint32() & hashMask) {
			wrong++
		}
	}
	if wrong > 400 {
		t.Errorf("%d of 10,000 other words are taken for added ones, want about 220", wrong)
	}
}

// Whatever is forgotten, in whatever order articles and dates come, a match is
// the story that the matched article was put into.
func TestMemoryKeepsStoriesApart(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 7))
		undated, most := int64(0), 40+r.IntN(200)
		if seed%2 == 0 { // a segment of articles without a date stays in front of those that are forgotten
			undated, most = 110, 800
		}
		g := NewGrouper(Options{MaxItems: most})
		in := map[int64]int64{} // the story of each article
		for i := range int64(1500) {
			topic := i/60*4 + r.Int64N(4) // news moves on
			about := rand.New(rand.NewPCG(uint64(topic), 1))
			var b strings.Builder
			for range 30 {
				fmt.Fprintf(&b, "w%x ", about.Uint32())
			}
			a := article(i+1, fmt.Sprint("s", r.IntN(4)), fmt.Sprintf("title t%d u%d", topic, topic), b.String(), float64(i)/10+r.NormFloat64()*30)
			switch n := r.IntN(8); {
			case i < undated || n == 0:
				a.Published = time.Time{}
			case n == 1 && undated == 0:
				a.Published = time.Unix(r.Int64()>>r.IntN(60), 0) // any
			}
			m := g.Match(a)
			if m.CopyOf != 0 && in[m.CopyOf] != m.Story {
				t.Fatalf("seed %d, article %d: Match = %+v, but item %d is in story %d", seed, a.ID, m, m.CopyOf, in[m.CopyOf])
			}
			in[a.ID] = a.ID
			if m.Story != 0 {
				in[a.ID] = m.Story
			}
			g.Add(a, in[a.ID], m.CopyOf)
			if r.IntN(20) == 0 {
				g.Forget(day.Add(time.Duration(float64(i)/10*float64(time.Hour)) - 20*time.Hour))
			}
			for _, s := range g.memory.segments {
				for i, e := range s.docs {
					if got := g.stories.stories[s.slots[i]].id; got != in[e.id.number()] {
						t.Fatalf("seed %d, after article %d: item %d is in story %d, want %d", seed, a.ID, e.id.number(), got, in[e.id.number()])
					}
				}
			}
		}
	}
}
