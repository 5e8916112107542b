package classify

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What a finder finds is what one automaton of all patterns does, in its order,
// less what only counts where a word begins and stands elsewhere.
func TestFinderFindsWhatTheAutomatonDoes(t *testing.T) {
	word := rapid.StringMatching(`[abcdé罢عж' -]{1,7}`)
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfN(word, 1, 20).Draw(t, "patterns")
		text := []byte(rapid.StringMatching(`[abcdé罢عжx'. -]{0,80}`).Draw(t, "text"))
		// By the text, as it is with terms: what has one spelling is of one kind.
		free := map[string]bool{}
		var all, again []pattern
		for id, p := range patterns {
			q := newPattern(p, int32(id))
			if _, ok := free[q.text]; !ok {
				free[q.text] = rapid.Bool().Draw(t, "free")
			}
			all, again = append(all, q), append(again, q)
		}
		isFree := func(id int32) bool { return free[newPattern(patterns[id], 0).text] }
		var want, got []string
		newAutomaton(all).find(text, func(terms []int32, start, end int) bool {
			if isFree(terms[0]) || !(wordBefore(text, start) && wordAfter(text, start)) {
				want = append(want, fmt.Sprint(start, end, terms))
			}
			return true
		})
		f := newFinder(again, isFree)
		for _, o := range f.find(new(found), text) {
			start := int(o.start)
			if isFree(o.terms[0]) || !(wordBefore(text, start) && wordAfter(text, start)) {
				got = append(got, fmt.Sprint(start, o.end, o.terms))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("find(%q) for %q, free %v (-want +got):\n%s", text, patterns, free, diff)
		}
	})
}

// No term is missed for a letter that is taken for part of a word.
func TestSurelyWordIsOfWords(t *testing.T) {
	n := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if surelyWord(r) {
			n++
			if !isWord(r) {
				t.Errorf("surelyWord(%q), which is of no word", r)
			}
		}
	}
	if n < 500 {
		t.Errorf("surelyWord knows %d letters", n)
	}
}

// An expression with stars is not run where it cannot match.
func TestStarsNeedAllTheirPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term := rapid.StringMatching(`(ab|cd)[ -](a|bc)?\*( |-)?(ca|bb|abc)`).Draw(t, "term")
		text := []byte(rapid.StringMatching(`( |-|ab|cd|a|bc|ca|bb|abc){0,14}`).Draw(t, "text"))
		s := spellStars(term, false)
		at := bytes.Index(text, []byte(s.variants[0]))
		if at < 0 {
			return
		}
		if s.re.lazy().Match(text) && !s.re.possible(text, at, at+len(s.variants[0])) {
			t.Errorf("%q matches %q, and is not run there", term, text)
		}
	})
	s := spellStars("rights group* raided", false)
	text := []byte("a rights group was there")
	if s.re.possible(text, strings.Index(string(text), s.variants[0]), 8) {
		t.Errorf("%q is run over %q", "rights group* raided", text)
	}
}

// What is known of words adds up to what their letters do.
func TestKnownWordsCostWhatTheirLettersDo(t *testing.T) {
	table, known := grams(), new(knownWords)
	langs := scriptLangs[0]
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.SampledFrom([]int{0, 100}).Draw(t, "least") // more than are read
		text := rapid.SliceOfN(rapid.StringMatching(`[a-zéüñ]{1,9}|(the|of|y|que|[aeiou]{1,3}){1,6}`), least, 200).Draw(t, "words")
		var words [][]byte
		for _, w := range text {
			words = append(words, []byte(w))
		}
		got, want := table.reader(words, langs, known), table.reader(words, langs, known)
		for more := true; more; {
			more = got.read(stretch)
			// As it was read before words were remembered.
			for end := want.letters + stretch; want.letters < end && len(want.words) > 0; {
				w := want.words[0]
				want.words = want.words[1:]
				if !want.word(w) {
					want.words = nil
				}
			}
			left := len(want.words) > 0
			if more != left || got.letters != want.letters || got.unseen != want.unseen || got.less != want.less {
				t.Fatalf("%q: read %d letters, more %v, costs %d %v; want %d, %v, %d %v", text, got.letters, more, got.unseen, got.less, want.letters, left, want.unseen, want.less)
			}
		}
	})
}
