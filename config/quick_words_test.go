package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Of a list that is kept as its words, a mistake is shown where it stands.
func TestMistakesInListsOfWordsHaveTheirPlace(t *testing.T) {
	_, err := loadText(strings.Replace(base, "sources:\n", `  - {id: x, title: X, strong: [minimum wage*, two]}
  - id: y
    title: Y
    strong: [one, émigré, re:b|,
      two, re:),
      three]
sources:
`, 1))
	var all *Errors
	if !errors.As(err, &all) {
		t.Fatalf("loading gives %v", err)
	}
	var got [][2]int
	for _, p := range all.Problems {
		got = append(got, [2]int{p.Line, p.Column})
	}
	if d := cmp.Diff([][2]int{{10, 27}, {11, 12}}, got); d != "" {
		t.Error(d)
	}
}

// A list of words is read into words, and one of anything else is not.
func TestListsOfWordsAreTold(t *testing.T) {
	for text, want := range map[string]bool{
		"a: [b, c d, u.s. e*]":      true,
		"a: [b,\n  c,\n  d]":        true,
		"a: [re:\\b(x), http://y/]": true,
		"a: [émigré, العمل]":        true,
		"a: []":                     false,
		"a: [b, true]":              false,
		"a: [b, ~]":                 false,
		"a: [b, \"c\"]":             false,
		"a: [b, [c]]":               false,
		"a: [b\u0085c]":             false,
		"a: [b\u009fc]":             false,
		"a: {x: [b:c]}":             false,
		"a: [b, c # d\n  e]":        false,
	} {
		n := quickNode(text)
		got := n != nil && n.keys[0].value.words != nil
		if got != want {
			t.Errorf("%q is told to be a list of words: %t, want %t", text, got, want)
		}
	}
}
