package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The automaton finds exactly what a search for each pattern alone finds.
func TestAutomatonFindsWhatNaiveSearchFinds(t *testing.T) {
	word := rapid.StringMatching(`[abé -]{1,5}`)
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfN(word, 1, 12).Draw(t, "patterns")
		text := rapid.StringMatching(`[abcé -]{0,60}`).Draw(t, "text")
		var got, want []string
		var list []pattern
		for id, p := range patterns {
			list = append(list, newPattern(p, int32(id)))
		}
		newAutomaton(list).find([]byte(text), func(ids []int32, start, end int) bool {
			for _, id := range ids {
				got = append(got, fmt.Sprint(id, start, end))
			}
			return true
		})
		plain := strings.ReplaceAll(text, "-", " ")
		for id, p := range patterns {
			p = strings.ReplaceAll(p, "-", " ")
			for i := range len(plain) {
				if strings.HasPrefix(plain[i:], p) {
					want = append(want, fmt.Sprint(id, i, i+len(p)))
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("find(%q) for %q (-want +got):\n%s", text, patterns, diff)
		}
	})
}

func TestAutomatonStopsWhenTold(t *testing.T) {
	n := 0
	newAutomaton([]pattern{{"a", 0}}).find([]byte("aaaa"), func([]int32, int, int) bool { n++; return n < 2 })
	if n != 2 {
		t.Errorf("find called back %d times after false, want 2", n)
	}
}
