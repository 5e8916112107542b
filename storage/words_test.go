package storage

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news/search"
)

// wholeWords is [words] of a text taken as a whole, without regard to what is
// ASCII.
func wholeWords(text string, limit int) string {
	text = norm.NFKC.String(text)
	var b strings.Builder
	for start, end := range search.Words(text) {
		if limit--; limit < 0 {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(search.Fold(text[start:end]))
	}
	return bare(b.String())
}

// Text is read piece by piece as it is as a whole, whatever is in it.
func TestWordsPieceByPieceAreThoseOfTheWhole(t *testing.T) {
	for _, text := range []string{
		"", " ", "one", "One  TWO\nthree-four", "U.S. workers' rights", "été ÉTÉ e\u0301te\u0301", "a \u0301b", "a\u0301 \u0301", "ﬁne ½ ² …",
		"ΟΔΟΣ Σ", "حُقُوق ـالعمال", "労働者 の 権利", "x\u00b4y", "İstanbul ıI", "\xff bad \xc3( bytes", "a\u00a0b c\u2003d", "한국 각",
	} {
		for _, limit := range []int{0, 1, 2, 100} {
			if got, want := wordsOf(text, limit), strings.Fields(wholeWords(text, limit)); !slices.Equal(got, want) {
				t.Errorf("wordsOf(%q, %d) = %q, want %q", text, limit, got, want)
			}
		}
	}
	piece := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9 .,'-]{0,12}`), rapid.StringN(0, 6, -1),
		rapid.SampledFrom([]string{" ", "\n", "\u0301", "\u0323", "é", "ς", "ـ", "労", "\u00b4", "\u1100", "\u1161", "\xff", "ﬁ"}))
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(rt, "text"), "")
		limit := rapid.IntRange(0, 20).Draw(rt, "limit")
		if got, want := wordsOf(text, limit), strings.Fields(wholeWords(text, limit)); !slices.Equal(got, want) {
			rt.Fatalf("wordsOf(%q, %d) = %q, want %q", text, limit, got, want)
		}
	})
}

// What is read without a tokenizer is what the tokenizer reads.
func TestQuickTextIsWhatTheTokenizerReads(t *testing.T) {
	for _, tt := range []struct {
		in    string
		quick bool
	}{
		{"", true},
		{"plain &amp; simple", true},
		{`<p>One <a href="/x?a=1&amp;b=2" rel="nofollow">two</a>.</p><p>Three<br>four</p>`, true},
		{`<img src="a.png" alt="a > b"><h2>x</h2>`, true},
		{`<p title='single'>x</p>`, false},
		{`<P>x</P>`, false},
		{"a < b", false},
		{"<p", false},
		{`<p class="a`, false},
		{"<script>a<b>c</script>d", false},
		{"<!-- x -->y", false},
		{"a\r\nb", false},
		{"a\x00b", false},
	} {
		got, ok := quickText(tt.in)
		if want := tokenText(tt.in); ok != tt.quick || ok && got != want {
			t.Errorf("quickText(%q) = %q, %t, want %q, %t", tt.in, got, ok, want, tt.quick)
		}
	}
	piece := rapid.SampledFrom([]string{"<p>", "</p>", `<a href="x">`, "</a>", "<b>", "</b", "<", ">", `"`, "'", "=", "/", " ", "a", "title", "&amp;", "&", "amp;",
		"&#39;", "&notit;", "&copy", "<br>", "<br/>", "<h1>", "<1>", "<title>", "</title>", "<textarea>", "<xmp>", `<i class="">`, "<i a=b>", "é", "\xc3", "<!", "<?", "\n"})
	rapid.Check(t, func(rt *rapid.T) {
		in := strings.Join(rapid.SliceOfN(piece, 0, 15).Draw(rt, "html"), "")
		if got, ok := quickText(in); ok && got != tokenText(in) {
			rt.Fatalf("quickText(%q) = %q, want %q", in, got, tokenText(in))
		}
	})
}
