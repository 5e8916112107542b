package training

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func known(id string) bool { return id == "wages" || id == "unions" }

func TestRead(t *testing.T) {
	tests := []struct {
		name string
		file string
		text string
		want []Example
		err  string // in the error; "": none
	}{
		{"a line with everything", "ours.en.tsv", "wages, unions\tA title\tA summary.\n",
			[]Example{{[]string{"wages", "unions"}, "A title", "A summary.", "en"}}, ""},
		{"no category, no summary, language alone as the name", "pt-BR.tsv", "-\tUm título",
			[]Example{{nil, "Um título", "", "pt-BR"}}, ""},
		{"comments, empty lines and Windows line ends", "a.de.tsv", "# note\r\n\r\nwages\tTitel\tText\r\n",
			[]Example{{[]string{"wages"}, "Titel", "Text", "de"}}, ""},
		{"an unknown category", "a.en.tsv", "wages\tfine\nwage\tnot fine\n",
			[]Example{{[]string{"wages"}, "fine", "", "en"}}, `a.en.tsv:2: "wage" is not a category`},
		{"spaces instead of tabs", "a.en.tsv", "wages  A title", nil, "a.en.tsv:1: not an example: write categories"},
		{"too many columns", "a.en.tsv", "wages\ta\tb\tc", nil, "a.en.tsv:1: not an example"},
		{"an empty title", "a.en.tsv", "wages\t \tb", nil, "a.en.tsv:1: not an example"},
		{"a name without a language", "lines.tsv", "wages\ta", nil, `lines.tsv: "lines" is no language; name the file NAME.en.tsv`},
		{"a line without end", "a.en.tsv", strings.Repeat("x", maxLine+1), nil, "a.en.tsv:1: "},
		{"another kind of file", "README.md", "wages  what this is", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(fstest.MapFS{tt.file: {Data: []byte(tt.text)}}, known)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("Read: -want +got\n%s", d)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("Read: error %v, want %q in it", err, tt.err)
			}
		})
	}
}

// Every line that the program ships with can be read; whether its categories
// exist is checked where the taxonomy is.
func TestBundledLinesAreWellFormed(t *testing.T) {
	list, err := Read(Bundled, func(string) bool { return true })
	if err != nil || len(list) < 100 {
		t.Errorf("Read(Bundled) = %d lines, %v", len(list), err)
	}
}
