package classify

import (
	"fmt"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What two finders find is what one finder of all their patterns does, in its
// order: what is filed, and the reason that is told, may hang on which of two
// terms at one place comes first.
func TestTwoTonguesFindWhatOneWould(t *testing.T) {
	word := rapid.StringMatching(`[abé罢 -]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(word, 1, 20).Draw(t, "patterns")
		text := []byte(rapid.StringMatching(`[abé罢x. -]{0,60}`).Draw(t, "text"))
		var one []pattern
		var two [2][]pattern
		free := make([]bool, len(texts))
		for id, p := range texts {
			free[id] = rapid.Bool().Draw(t, "free")
			one = append(one, newPattern(p, int32(id)))
			which := rapid.IntRange(0, 1).Draw(t, "tongue")
			two[which] = append(two[which], newPattern(p, int32(id)))
		}
		isFree := func(id int32) bool { return free[id] }
		told := func(list []occurrence) (out []string) {
			for _, o := range list {
				out = append(out, fmt.Sprint(o.start, o.end, o.free, o.terms))
			}
			return out
		}
		f, a, b := newFinder(one, isFree), newFinder(two[0], isFree), newFinder(two[1], isFree)
		want := told(f.find(new(found), text))
		got := told(new(merged).merge(a.find(new(found), text), b.find(new(found), text)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in %q, of %q, free %v (-one finder +two):\n%s", text, texts, free, diff)
		}
	})
}

// A mistake in a term is told when the taxonomy is compiled, not when the first
// item in its language comes.
func TestSurelySpelledTermsHaveNoMistake(t *testing.T) {
	n := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		for _, term := range []string{string(r), " " + string(r) + "*", "-" + string(r) + "\u0301 *", string(r) + "*\u0652"} {
			if !surelySpelled(term) {
				continue
			}
			n++
			if _, err := spell(term); err != nil {
				t.Fatalf("surelySpelled(%q), and spell: %v", term, err)
			}
		}
	}
	for _, term := range []string{"", "-", "* ", "re:(", "re:a", "<b>", "&nbsp;", "ـ", "ّ"} {
		if surelySpelled(term) {
			t.Errorf("surelySpelled(%q)", term)
		}
	}
	if n < 2000 {
		t.Errorf("of all characters only %d made a term", n)
	}
}

// Items in a language that come at the same time wait for its terms.
func TestTonguesAreCompiledOnceForAll(t *testing.T) {
	tax := bundled(t)
	var want []Result
	one := compiled(t, tax)
	for _, a := range benchItems {
		want = append(want, one.Classify(a))
	}
	many := compiled(t, tax)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range benchItems {
				i = len(benchItems) - 1 - i
				if diff := cmp.Diff(want[i], many.Classify(benchItems[i])); diff != "" {
					t.Errorf("item %d (-alone +at the same time):\n%s", i, diff)
				}
			}
		})
	}
	wg.Wait()
}
