package pages

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const plainOutlet = "Alpha & \"Co\""

// creditParts are what a builder ends the content of an entry with, and what
// comes near to it.
var creditParts = []string{
	"<p>Source: <a href=\"https://a.example/?x=1&amp;y=%2f\">Alpha &amp; &#34;Co&#34;</a></p>", "<p>Source: Alpha &amp; &#34;Co&#34; (single-source)</p>",
	creditTag + "Source: <a href=\"javascript:x\">Alpha  &amp; &#34;Co&#34;</a> (single-source)</p>", "<p>Also at:</p>", creditTag + "Also at:</p>",
	"<ul>\n<li><a href=\"https://b.example/\">B</a>: &lt;b&gt; (English)</li>\n</ul>", "<ul></ul>", "<p>Source: B</p>", "<ul><li>Source: Alpha &amp; &#34;Co&#34;</li></ul>",
}

func plainish() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<a href=\"", "\">", "</a>", "a", "&amp;", "&#39;", "&#34;", "&lt;", "&gt;", "&", "&nbsp;", "&amp", "\n", " ", "<", ">", "\"", "'", "\r", "\x00", "<p lang=\"en\" dir=\"ltr\">",
			"<em>", "<!--", "<p/>", "<P>", "<p>x</p>", "<p>Word &amp; word</p>\n", "<p>a <a href=\"https://a.example/\">b</a></p>",
		}),
		rapid.SampledFrom(creditParts), text())
	joined := func(s []string) string { return strings.Join(s, "") }
	inside := rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{"a", " ", "\n", "&amp;", "&#39;", "&lt;", "é"}), rapid.SampledFrom(oddities)), 0, 3), joined)
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(piece, 0, 6), joined),
		rapid.Map(rapid.SliceOfN(rapid.Map(inside, func(s string) string { return "<p>" + s + "</p>" }), 0, 3), joined),
		rapid.Map(rapid.SliceOfN(rapid.Map(inside, func(s string) string { return "<ul>" + s + "<li>" + s + "</li></ul>" }), 0, 3), joined),
	)
}

// asCleaned says that plain content is what cleaning makes of it.
func asCleaned(t interface{ Fatalf(string, ...any) }, r *Renderer, src, outlet string) bool {
	got, ok := plainContent(src, outlet)
	if !ok {
		return false
	}
	if want, err := r.cleaned(src, outlet); err != nil || got != want {
		t.Fatalf("plainContent(%q) = %q, cleaned it is %q, %v", src, got, want, err)
	}
	return true
}

func TestPlainContentIsWhatCleaningLeaves(t *testing.T) {
	r := newRenderer(t)
	rapid.Check(t, func(t *rapid.T) {
		src := plainish().Draw(t, "content") + rapid.OneOf(rapid.Just(""), rapid.Map(rapid.SliceOfN(rapid.SampledFrom(append(creditParts, "\n", "<p>x</p>")), 1, 6), func(s []string) string {
			return strings.Join(s, "\n")
		})).Draw(t, "credit")
		asCleaned(t, r, src, plainOutlet)
	})
}

func FuzzPlainContent(f *testing.F) {
	for _, s := range append(creditParts, "<p>a</p>\n<p>Source: Alpha &amp; &#34;Co&#34;</p>", "<p>a &amp; b</p>", "<ul>a<li>b</li>c</ul>") {
		f.Add(s)
		f.Add("<p>x</p>\n" + s + "\n" + creditParts[3] + creditParts[5])
	}
	r, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) { asCleaned(t, r, s, plainOutlet) })
}

// What a builder writes of an entry with an excerpt need not be cleaned.
func TestContentOfAnExcerptIsPlain(t *testing.T) {
	r := newRenderer(t)
	for _, src := range []string{
		"<p>They said &#34;no&#34; &amp; left.</p>\n" + creditParts[0], "<p>x</p>\n" + creditParts[1], creditParts[2],
		"<p>x</p>\n" + creditParts[2] + "\n" + creditParts[4] + "\n" + creditParts[5],
	} {
		if !asCleaned(t, r, src, plainOutlet) {
			t.Errorf("%q is not plain", src)
		}
	}
}
