package dedupe

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"
)

// saved is what a grouper writes down.
func saved(t interface{ Fatal(...any) }, g *Grouper) []byte {
	var b bytes.Buffer
	if err := g.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// restored is a grouper that goes on as g would, with a tape of its own if g has
// one.
func restored(t interface{ Fatal(...any) }, g *Grouper) *Grouper {
	o := g.memory.opt
	if o.Aside != nil {
		o.Aside = &tape{}
	}
	out, err := Restore(sectionOf(saved(t, g)), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// newsOf draws articles of which every third or so is a copy of one before, or
// reports the same event.
func newsOf(r *rand.Rand, n int) []Article {
	out := make([]Article, n)
	for i := range out {
		topic := i/40*8 + r.IntN(8)
		about := rand.New(rand.NewPCG(uint64(topic), 1))
		var b strings.Builder
		for range 20 + r.IntN(60) {
			w := about.Uint32() >> 12
			if r.IntN(3) == 0 {
				w = r.Uint32() >> 18
			}
			fmt.Fprintf(&b, "w%x ", w)
		}
		a := article(int64(i+1), fmt.Sprint("s", r.IntN(9)), fmt.Sprintf("title t%d u%d of %d", topic, topic, r.IntN(3)), b.String(), float64(i)*60/float64(n))
		if r.IntN(4) == 0 {
			a.Canonical = fmt.Sprintf("https://%d.example/%d", topic, topic)
		}
		a.Language = []string{"", "en", "fr"}[r.IntN(3)]
		a.Places = [][]string{nil, {"PT"}, {"ES", "somewhere"}}[r.IntN(3)]
		if r.IntN(20) == 0 {
			a.Published = time.Time{}
		}
		out[i] = a
	}
	return out
}

// A process that goes on where another one ended decides as that one would
// have: to the last bit of what it remembers.
func TestRestoredGrouperGoesOnAsTheOther(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 3))
		o := Options{}
		if seed == 1 {
			o.MaxItems = 2500 // what is bounded forgets
		}
		lived := NewGrouper(o)
		o.Aside = &tape{}
		often := NewGrouper(o)
		for i, a := range newsOf(r, 2*leastInSegment+500) {
			m, again := lived.Match(a), often.Match(a)
			if m != again {
				t.Fatalf("seed %d, article %d: Match = %+v, want %+v", seed, a.ID, again, m)
			}
			if m.Story == 0 {
				m.Story = 1<<40 + a.ID
			}
			lived.Add(a, m.Story, m.CopyOf)
			often.Add(a, m.Story, m.CopyOf)
			if m.Story == 1<<40+a.ID && i%3 == 0 {
				lived.Rename(m.Story, a.ID)
				often.Rename(m.Story, a.ID)
			}
			if r.IntN(700) == 0 || i == 0 {
				often = restored(t, often)
			}
			if i%2000 == 1900 {
				lived.Forget(day.Add(time.Duration(i/150) * time.Hour))
				often.Forget(day.Add(time.Duration(i/150) * time.Hour))
			}
		}
		if want, got := saved(t, lived), saved(t, often); !bytes.Equal(got, want) {
			t.Errorf("seed %d: what is remembered differs: %d bytes, want %d", seed, len(got), len(want))
		}
	}
}

// What texts have in common, as in reports, does not get lost either.
func TestRestoredGrouperMatchesAlike(t *testing.T) {
	if testing.Short() {
		t.Skip("it compares values; nothing happens at once")
	}
	rapid.Check(t, func(t *rapid.T) {
		lived, often := NewGrouper(Options{}), NewGrouper(Options{})
		for id := range int64(rapid.IntRange(1, 30).Draw(t, "articles")) {
			a := drawArticle(t, id+1)
			if rapid.Bool().Draw(t, "new process") {
				often = restored(t, often)
			}
			m, again := lived.Match(a), often.Match(a)
			if m != again {
				t.Fatalf("article %d: Match = %+v, want %+v", a.ID, again, m)
			}
			if m.Story == 0 {
				m.Story = a.ID
			}
			lived.Add(a, m.Story, m.CopyOf)
			often.Add(a, m.Story, m.CopyOf)
		}
	})
}

// Bytes of another version, another window, or cut off are no memory, and do no
// harm.
func TestRestoreRefusesWhatItDidNotWrite(t *testing.T) {
	g := NewGrouper(Options{})
	for _, a := range newsOf(rand.New(rand.NewPCG(1, 1)), leastInSegment+50) {
		g.Add(a, a.ID, 0)
	}
	good := saved(t, g)
	refuse := func(name string, data []byte, o Options) {
		if _, err := Restore(sectionOf(data), o); !errors.Is(err, ErrKept) {
			t.Errorf("Restore of %s: %v, want ErrKept", name, err)
		}
	}
	refuse("nothing", nil, Options{})
	refuse("another window", bytes.Clone(good), Options{Window: time.Hour})
	refuse("more than was written", append(bytes.Clone(good), make([]byte, 8)...), Options{})
	for _, n := range []int{1, 8, 16, 64, len(good) / 3, len(good) / 2, len(good) - 8, len(good) - 1} {
		refuse(fmt.Sprint("the first ", n, " bytes"), bytes.Clone(good[:n]), Options{})
	}
	other := bytes.Clone(good)
	other[12]++
	refuse("another version", other, Options{})
}

func TestRenamedStoryIsFoundByItsNewID(t *testing.T) {
	g := NewGrouper(Options{})
	for i := range int64(100) {
		g.Add(article(i+1, "a", fmt.Sprintf("title t%d u%d", i, i), fmt.Sprintf("text v%d w%d x%d y%d", i, i, i, i), 0), 1<<62+i, 0)
	}
	for i := range int64(100) {
		if !g.Rename(1<<62+i, i+1) {
			t.Fatalf("Rename to %d = false", i+1)
		}
	}
	if g.Rename(5, 6) {
		t.Error("Rename to the id of another story = true")
	}
	if !g.Rename(1<<62, 7) {
		t.Error("Rename of a story that is not there = false")
	}
	n := len(g.stories.stories)
	for i := range int64(100) {
		g.Add(article(200+i, "b", "more", "of it", 1), i+1, 0)
	}
	if len(g.stories.stories) != n {
		t.Errorf("%d stories after they were added to by their new ids, want %d", len(g.stories.stories), n)
	}
}

// The number beside keptForm: what a fixed list of articles leaves behind. If
// it is not what it was, so is what processes keep for each other: raise
// keptForm, and write the new number here.
func TestKeptFormIsRaisedWithWhatIsKept(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("sums are rounded otherwise elsewhere")
	}
	g := NewGrouper(Options{})
	var all []Article
	for i, text := range passagesOf {
		all = append(all, article(int64(i+1), fmt.Sprint("s", i%3), strings.Join(strings.Fields(text)[:4], " "), text+passagesOf[i*7%len(passagesOf)], float64(i)))
	}
	for _, a := range append(all, newsOf(rand.New(rand.NewPCG(9, 9)), leastInSegment)...) {
		a.ID += 1 << 20
		m := g.Match(a)
		if m.Story == 0 {
			m.Story = a.ID
		}
		g.Add(a, m.Story, m.CopyOf)
	}
	got := fmt.Sprintf("%d: %016x", keptForm, xxhash.Sum64(saved(t, g)))
	const want = "6: 009353442229331b"
	if got != want {
		t.Errorf("what is kept = %s, want %s", got, want)
	}
}
