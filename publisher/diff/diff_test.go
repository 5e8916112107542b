package diff_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher/diff"
)

// marked writes parts as git's word diff does.
func marked(parts []diff.Part) string {
	var out []string
	for _, p := range parts {
		switch p.Op {
		case diff.Removed:
			p.Text = "[-" + p.Text + "-]"
		case diff.Added:
			p.Text = "{+" + p.Text + "+}"
		case diff.Gap:
			p.Text = "…"
		}
		out = append(out, p.Text)
	}
	return strings.Join(out, " ")
}

func TestWords(t *testing.T) {
	long := strings.Repeat("word ", 40)
	for _, tt := range []struct{ name, before, after, want string }{
		{"the same words", "a b  c", "a b\nc", ""},
		{"a word that changed", "Police say 14 were hurt", "Police say 41 were hurt", "Police say [-14-] {+41+} were hurt"},
		{"a word more", "they were hurt", "they were not hurt", "they were {+not+} hurt"},
		{"a word less", "they were not hurt", "they were hurt", "they were [-not-] hurt"},
		{"everything", "a b", "c d", "[-a b-] {+c d+}"},
		{"two changes", "a b c d e", "a x c d y", "a [-b-] {+x+} c d [-e-] {+y+}"},
		{"long passages are cut", long + "old " + long, long + "new " + long,
			"… word word word word word word word word [-old-] {+new+} word word word word word word word word …"},
		{"from nothing", "", "a b", "{+a b+}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := marked(diff.Words(tt.before, tt.after)); got != tt.want {
				t.Errorf("Words = %q, want %q", got, tt.want)
			}
		})
	}
}

// Whoever undoes what was added, or removed, has the other text.
func TestWordsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 12)
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var old, now []string
		for _, p := range diff.Words(strings.Join(before, " "), strings.Join(after, " ")) {
			if p.Op != diff.Added {
				old = append(old, strings.Fields(p.Text)...)
			}
			if p.Op != diff.Removed {
				now = append(now, strings.Fields(p.Text)...)
			}
			if p.Op == diff.Gap {
				t.Skip("a passage is left out")
			}
		}
		if len(old)+len(now) == 0 {
			old, now = before, before
		}
		if strings.Join(old, " ") != strings.Join(before, " ") || strings.Join(now, " ") != strings.Join(after, " ") {
			t.Fatalf("from %q to %q: %q and %q", before, after, old, now)
		}
	})
}
