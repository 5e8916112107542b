package config

import (
	"strings"
	"testing"
)

// Inside braces the library takes nearly every colon for one after a key, even
// in a list within them.
func TestColonsInBracketsWithinBracesAreTheLibrarys(t *testing.T) {
	for _, c := range []struct {
		name, text string
		quick      bool
	}{
		{"a word with a colon in a list in braces", "a: {x: [re:b]}", false},
		{"as the second of the list", "a: {x: [c, re:b]}", false},
		{"in a list in braces in a list", "a: [{x: [b:c]}]", false},
		{"in a list of lists in braces", "a: {x: [[b:c]]}", false},
		{"in a list after a list in braces", "a: {x: [[b], b:c]}", false},
		{"on a line of its own in braces", "a: {x: [\n  b:c]}", false},
		{"before what no key may have after it", "k: {m: [b:@x]}", false},
		{"a port in a list in braces", "a: {x: [https://a.example:80/b]}", false},
		{"an address in a list in braces", "a: {x: [https://a.example/b]}", true},
		{"a word with a colon as a value in braces", "a: {x: re:b}", true},
		{"in a list without braces", "a: [re:b, c]", true},
		{"in a list after braces", "a: [{x: y}, re:b]", true},
		{"as a value after a list in braces", "a: {x: [y], z: re:b}", true},
		{"as a value in braces in a list in braces", "a: {x: [{y: re:b}]}", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if quick := compareReaders(t, c.text); quick != c.quick {
				t.Errorf("%q is read quickly: %v, want %v", c.text, quick, c.quick)
			}
		})
	}
}

// Columns are counted on from one element of a line to the next, so that a line
// takes work by its length and not by its square.
func TestEachByteOfALongLineIsCountedOnce(t *testing.T) {
	const elements = 20_000
	for name, text := range map[string]string{
		"words":    "a: [" + strings.Repeat("émigré, ", elements) + "b]",
		"quotes":   "a: [" + strings.Repeat("'é', ", elements) + "b]",
		"mappings": "- [" + strings.Repeat("{é: b, c: [d]}, ", elements) + "b]",
	} {
		t.Run(name, func(t *testing.T) {
			var q quickReader
			n := q.read(text)
			if n == nil {
				t.Fatal("it is left to the library")
			}
			if q.steps > len(text) {
				t.Errorf("%d bytes were counted for columns, want no more than the %d there are", q.steps, len(text))
			}
		})
	}
}

func TestDeepNestingIsTheLibrarys(t *testing.T) {
	// byLines repeats a line, each further right, and ends with another.
	byLines := func(deep int, line, last string) string {
		var b strings.Builder
		for i := range deep {
			b.WriteString(strings.Repeat("    ", i) + line + "\n")
		}
		return b.String() + strings.Repeat("    ", deep) + last
	}
	for name, nested := range map[string]func(deep int) string{
		"lists in brackets": func(deep int) string {
			return "a: " + strings.Repeat("[", deep) + "b" + strings.Repeat("]", deep)
		},
		"mappings in braces": func(deep int) string {
			return "a: " + strings.Repeat("{b: ", deep) + "c" + strings.Repeat("}", deep)
		},
		"both by turns": func(deep int) string {
			return "a: " + strings.Repeat("[{b: ", deep) + "c" + strings.Repeat("}]", deep)
		},
		"mappings by lines": func(deep int) string { return byLines(deep, "a:", "b: c") },
		"lists by lines":    func(deep int) string { return byLines(deep, "- a:", "- c") },
	} {
		t.Run(name, func(t *testing.T) {
			if !compareReaders(t, nested(5)) {
				t.Error("5 levels are left to the library, want them read quickly")
			}
			if quickNode(nested(30)) != nil {
				t.Error("30 levels are read quickly, want them left to the library")
			}
			if quickNode(nested(600)) != nil {
				t.Error("600 levels are read quickly, want them left to the library")
			}
		})
	}
}
