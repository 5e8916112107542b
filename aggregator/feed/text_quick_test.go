package feed

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// quickPlain says what the tokenizer says, or nothing.
func TestQuickPlainAgrees(t *testing.T) {
	pieces := []string{
		"<p>", "</p>", "<b>", "</b>", "<br>", "<br/>", "<br />", `<a href="https://a.example/?a=1&amp;b=2">`, "</a>", `<img src="x" alt="a > b">`,
		"<script>", "</script>", "<textarea>", "</textarea>", "<title>", "<!-- c -->", "<custom>", "<h1>", "</h1 >", "<P>", "<p class=x>", `<p "q>`,
		"word", "two words", " ", "\n", "\t", "\u00a0", "\u2003", "&nbsp;", "&amp;", "&lt;b&gt;", "&#8217;", "&", "<", ">", "3 < 4", "é", "工人", "\u3000", "\xe2", "\x80\x83", `"`,
	}
	rng := rand.New(rand.NewPCG(1, 1))
	quick := 0
	for range 20_000 {
		var b strings.Builder
		for range 1 + rng.IntN(8) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		quick += agrees(t, b.String())
	}
	if quick < 2000 {
		t.Errorf("%d of 20000 texts needed no tokenizer, want 2000 at least", quick)
	}
}

// agrees compares both for one fragment and returns 1 if quickPlain had an
// answer.
func agrees(t *testing.T, fragment string) int {
	t.Helper()
	want := strings.Join(strings.Fields(tokenPlain(fragment, false)), " ")
	if got := collapse(tokenPlain(fragment, false)); got != want {
		t.Errorf("collapse of %q = %q, want %q", fragment, got, want)
	}
	got, ok := quickPlain(fragment)
	if ok && got != want {
		t.Errorf("quickPlain(%q) = %q, want %q", fragment, got, want)
	}
	if ok {
		return 1
	}
	return 0
}

// So it does for whole documents.
func TestQuickPlainAgreesOnDocuments(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil {
			agrees(t, string(data))
		}
	}
}

func FuzzQuickPlain(f *testing.F) {
	f.Add(`<p>One <a href="x">two</a>&nbsp;three<br/></p>`)
	f.Fuzz(func(t *testing.T, s string) { agrees(t, s) })
}
