package classify

import (
	"testing"
	"testing/quick"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"case and accents go", "Grève GÉNÉRALE à Zürich", "greve generale a zurich"},
		{"letters without a decomposition", "Straße Łódź Øre İzmir ısı Æon", "strasse lodz ore izmir isi aeon"},
		{"Vietnamese has two accents a letter", "Việt Nam ế", "viet nam e"},
		{"Greek accents go too", "Άνθρωπος λόγος", "ανθρωποσ λογοσ"},
		{"Cyrillic keeps its letters", "Йод ещё её", "йод еще ее"},
		{"one space for white space", " a \t\n\u00a0 b ", "a b"},
		{"dashes and quotes", "a–b — ‘c’ “d”", `a-b - 'c' "d"`},
		{"compatibility forms", "ﬁnance ＡＢＣ №", "finance abc no"},
		{"Arabic vowels, tatweel and alef forms", "أُضْرِبُوا إلى الأمـــام", "اضربوا الي الامام"},
		{"Hindi vowel signs are letters", "ह\u095Cताल की", "हड\u093Cताल की"},
		{"Bengali too", "ধর্মঘট", "ধর্মঘট"},
		{"Hangul stays composed", "파업", "파업"},
		{"tags and entities", "<p>A &lt; B</p> 5 < 6 &amp; <b", "a < b 5 < 6 & <b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fold(tt.in); got != tt.want {
				t.Errorf("fold(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// What is folded is valid UTF-8 in lower case, and marks of capitals lie
// within it.
func TestFoldedTextIsWellFormed(t *testing.T) {
	prop := func(title, text string) bool {
		var f folded
		f.set(title, text)
		if !utf8.Valid(f.b) || f.title > len(f.b) || f.b[f.title] != fieldSep {
			return false
		}
		for i := range f.b {
			if c := f.b[i]; c >= 'A' && c <= 'Z' {
				return false
			}
		}
		return true
	}
	if err := quick.Check(prop, &quick.Config{MaxCount: 5000}); err != nil {
		t.Error(err)
	}
}
