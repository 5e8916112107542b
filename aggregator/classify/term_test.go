package classify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A term with inner stars needs no parser to say what its expression would.
func TestStarsAreSpelledAsTheirExpressionIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term := rapid.StringMatching(`[abé'.(\\ -]{1,6}\*[abé罢'.*\[ -]{1,8}`).Draw(t, "term")
		prefix := rapid.Bool().Draw(t, "prefix")
		got := spellStars(term, prefix)
		want, err := spellRegexp(starPattern(term, prefix))
		if err != nil {
			t.Fatalf("spellRegexp(starPattern(%q)): %v", term, err)
		}
		if diff := cmp.Diff(want.variants, got.variants); diff != "" {
			t.Errorf("spellStars(%q) waits for (-want +got):\n%s", term, diff)
		}
		if got.re.width != want.re.width || got.always != want.always {
			t.Errorf("spellStars(%q) = width %d, always %v, want %d, %v", term, got.re.width, got.always, want.re.width, want.always)
		}
		if g, w := got.re.lazy().String(), want.re.lazy().String(); g != w {
			t.Errorf("spellStars(%q) compiles %q, want %q", term, g, w)
		}
	})
}

// Names in other languages are compiled long after the program started.
func TestEveryLocalNameCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: goes through all of what is bundled")
	}
	g, err := readGazetteer()
	if err != nil {
		t.Fatal(err)
	}
	for lang, l := range g.locals {
		b := nameListBuilder{lang: lang}
		for _, e := range l.entries {
			if err := b.addAll(e.list, e.placeTerm); err != nil {
				t.Errorf("%s: what %s is called: %v", lang, e.code, err)
			}
		}
		if names := g.local(lang); len(names.terms) == 0 {
			t.Errorf("g.local(%q) has no names", lang)
		}
	}
}

// What an expression waits for besides its trigger is in every match of it, and
// where it is waited for.
func TestExpressionsRunOnlyWhereTheyMayMatch(t *testing.T) {
	s, err := spellRegexp(`\b(israeli|us-led)\s+(air)?strikes?\s+on\s+(gaza|kyiv)\b`)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"israeli strikes on gaza":                                            true,
		"us-led airstrike on kyiv":                                           true,
		"nurses in gaza on a strike":                                         false, // no attacker
		"israeli nurses on strike":                                           false, // no target
		"on gaza israel: israeli strike":                                     false, // target on the wrong side
		"israeli nurses and doctors in their hundreds are to strike on kyiv": false, // too far away
	} {
		if got := possibleAnywhere(&s, text); got != want {
			t.Errorf("possible(%q) = %v, want %v; it needs %+v", text, got, want, s.re.also)
		}
	}
	words := strings.Split("israeli us-led air strike strikes airstrike on gaza kyiv x nurses", " ")
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 12).Draw(t, "words"), " ")
		if s.re.lazy().MatchString(text) && !possibleAnywhere(&s, text) {
			t.Errorf("possible(%q) = false, but it matches", text)
		}
	})
}

// possibleAnywhere reports whether an expression would be run for any of its
// triggers.
func possibleAnywhere(s *spelling, text string) bool {
	for i := range text {
		for _, v := range s.variants {
			if strings.HasPrefix(text[i:], v) && s.re.possible([]byte(text), i, i+len(v)) {
				return true
			}
		}
	}
	return false
}
