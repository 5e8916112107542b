package config

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestGoldenHeadlinesAreReadWithTheirLines(t *testing.T) {
	c, err := loadText(base)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text, wantErr string }{
		{"a category that is not there", "headlines:\n- {title: A, expect: [wage]}\n", `g.yaml:2:23: headlines[0].expect[0]: there is no category "wage"; did you mean "wages"?`},
		{"expected and forbidden", "headlines:\n- {title: A, expect: [wages], forbid: [wages]}\n", `g.yaml:2:40: headlines[0].forbid[0]: "wages" is expected, too; delete one`},
		{"no title", "headlines:\n- expect: [wages]\n", `g.yaml:2:3: headlines[0]: has no title; write title: followed by the headline`},
		{"nothing expected", "headlines:\n- title: A\n", `g.yaml:2:3: headlines[0]: expects nothing; write expect:, forbid:, countries: or only: true`},
		{"a country that is none", "headlines:\n- {title: A, countries: [UK]}\n", `g.yaml:2:26: headlines[0].countries[0]: "UK" is not an ISO 3166-1 country; the United Kingdom is GB`},
		{"a misspelt key", "headlines:\n- title: A\n  expects: [wages]\n", `g.yaml:2:3: headlines[0]: expects nothing; write expect:, forbid:, countries: or only: true` + "\n" +
			`g.yaml:3:3: headlines[0]: unknown field "expects"; did you mean "expect"?`},
		{"no YAML", "headlines: [\n", `g.yaml:1:12: is not readable as YAML: sequence end token ']' not found`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.LoadGoldenFS(fstest.MapFS{"g.yaml": {Data: []byte(tt.text)}}, "g.yaml")
			if err == nil {
				t.Fatalf("LoadGoldenFS(%q) has no error", tt.text)
			}
			if diff := cmp.Diff(tt.wantErr, err.Error()); diff != "" {
				t.Errorf("LoadGoldenFS(%q) error (-want +got):\n%s", tt.text, diff)
			}
		})
	}
	got, err := c.LoadGoldenFS(fstest.MapFS{"g.yaml": {Data: []byte("headlines:\n# one\n- title: A\n  language: es\n  expect: [wages]\n- {text: B, only: true}\n")}}, "g.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []Golden{{Title: "A", Language: "es", Expect: []string{"wages"}, Line: 3}, {Text: "B", Only: true, Line: 6}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("LoadGoldenFS (-want +got):\n%s", diff)
	}
}

// FuzzGolden says that whatever a file of golden headlines holds, there are
// headlines with their lines, or mistakes that name the file.
func FuzzGolden(f *testing.F) {
	for _, text := range []string{
		"", "headlines:\n- {title: A, expect: [wages]}\n", "headlines: {title: A}\n", "headlines: [null, ~, 1, [a]]\n", "- a\n",
		"headlines: &a\n- &b {title: A, only: true}\n- *b\n- *a\n", "headlines:\n- <<: {title: A}\n  only: true\n", "---\nheadlines: []\n---\nheadlines: x\n",
		"headlines:\n- title: A\n  expect: wages\n  countries: [\"\"]\n", "? [a]\n: b\n",
	} {
		f.Add([]byte(text))
	}
	c, err := loadText(base)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := c.LoadGoldenFS(fstest.MapFS{"g.yaml": {Data: data}}, "g.yaml")
		var all *Errors
		if err != nil && !errors.As(err, &all) {
			t.Fatalf("LoadGoldenFS = %v, want *Errors", err)
		}
		for _, g := range got {
			if err == nil && g.Line < 1 {
				t.Fatalf("LoadGoldenFS = %+v without its line", g)
			}
		}
	})
}
