package feed

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/quick"
	"unicode"
)

// slowly is what Sanitize did if straight were not there: the policy's filter
// and the HTML parser until nothing changes.
func slowly(fragment, base string) string {
	limits := Limits{}.withDefaults()
	return filter(strings.ToValidUTF8(fragment, ""), base, limits, func(string, string, int) (string, bool) { return "", false })
}

// straightSeeds are fragments that straight takes, or nearly takes.
var straightSeeds = []string{
	"<p>a <b>b</b></p><p>c", "<ul><li>a<li>b</ul>", "<ul><li><p>a<li>b</ul>c", "<dl><dt>a<dd>b<dt>c</dl>", "<p>a<ul><li>b</ul>",
	"<p>a<p>b<h2>c</h2><hr>d", "<div><p>a</div>b", "<h2>a<h3>b</h3></h2>", "<p><span>a<p>b</span>", "<b><i>a</b>b</i>", "<b>a<b>b</b>c</b>",
	`<a href="/x">a</a>`, `<a href=javascript:x>a</a>b`, "<a>a<a>b</a>c</a>", `a<a href=x></a>b`, `<a href=x title="a &amp; b"><img src=y></a>`,
	`<img src=y width=600 height="4" alt="it's">`, `<img alt=x>`, `<img src=y width="1&#0;">`, `<img src="/~r/" srcset="a 1x, b 2x">`, `<img src=a src=b>`,
	"<pre>\nx</pre>", "<pre><font>\nx</font></pre>", "<pre><a href=x></a>\nx</pre>", "<pre>x\n\ty</pre>", "<pre><img alt=x>\nx</pre>",
	"a<font>\u0301\u0301\u0301</font>b", "a\u0301\u0301\u0301\u0301<font>\u0301\u0301\u0301</font>", "\u202ea<font>b", "a\tb\r\nc<p>", "a&#13;b<p>", "a\x00b<p>", "&#x202a;<p>",
	"</div>a<p>b</p></p>", "</h2>a<h3>b</h2>", "<br/>a</br>", "<p/>a", "<custom><p>a</custom>", "<center><p>a</center>b", "<bdo>a</bdo><bdo dir=rtl>b</bdo>",
	"<li>a<li>b", "<div><li>a</div>b<li>", "<ul><li><ul><li>a</ul></ul>", "<li><div><li>a", "<q cite=/x>a</q><del datetime=2025>b</del>", "<ol start=3 reversed><li value=4>a</ol>",
	"<picture><source srcset=x><img src=y></picture>", "a<!-- b -->c<p>", "<!doctype html><p>a", "<p>a &lt; b > c 'd' \"e\" &copy &nbsp;</p>", "<p lang=en dir=x>a", "<ruby>a<rt>b</ruby>",
	"<table><tr><td>a</table>b", "<blockquote><p>a</blockquote>b<details><summary>a</summary>b</details>", "<hr>a<p>b<hr>c</p>", "<a href=x><div>a</div></a>", "<p>a</p>\u00a0",
}

// FuzzStraight: what straight makes of a fragment is what the policy's filter
// and the parser make of it, and leave alone.
func FuzzStraight(f *testing.F) {
	for _, s := range straightSeeds {
		f.Add(s)
	}
	const base = "https://base.example/x/"
	f.Fuzz(func(t *testing.T, in string) {
		in = strings.ToValidUTF8(in, "")
		out, ok := straight(in, base, 200)
		if !ok {
			return
		}
		if want := slowly(in, base); out != want {
			t.Fatalf("straight(%q) =\n%q, filter says\n%q", in, out, want)
		}
	})
}

// What most feeds write must not need the slow way.
func TestStraightTakesWhatFeedsWrite(t *testing.T) {
	for _, in := range []string{
		"<p>a <b>b</b></p>\n<p>c", "<ul><li>a<li>b</ul>", "<dl><dt>a<dd>b<dt>c</dl>", "<p>a<br>b<p>c", "<div><p>a</div>", `<a href="/x">a</a>`,
		`<img src=y width=600 height="4" alt="it's">`, "<custom>a</custom>", "</div>a", "<p>a &amp; b&nbsp;c &#8217; права</p>", `<a href=x></a>a<p>`,
		"<picture><source srcset=x><img src=y></picture>", "<figure><img src=y><figcaption>a</figcaption></figure>", "<blockquote><p>a</blockquote>",
	} {
		if _, ok := straight(in, "https://a.example/", 200); !ok {
			t.Errorf("straight(%q) gives up", in)
		}
	}
}

func TestMarks(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if got, want := isMark(r), unicode.Is(unicode.M, r); got != want {
			t.Fatalf("isMark(%U) = %v, want %v", r, got, want)
		}
	}
}

// tameBlock takes its short cut only where the long way ends up there too.
func TestTameBlock(t *testing.T) {
	long := func(s string) string {
		lines := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
		for i, l := range lines {
			lines[i] = tame(l)
		}
		return strings.Join(lines, "\n")
	}
	prop := func(s string) bool { return tameBlock(s) == long(s) }
	if err := quick.Check(prop, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
	for _, s := range []string{"a\tb\nc", "a\r\nb", "\u202ea\nb", "a\u2028b", "e\u0301\n\u0301"} {
		if !prop(s) {
			t.Errorf("tameBlock(%q) = %q, want %q", s, tameBlock(s), long(s))
		}
	}
}

// The same for tags in any order, which bytes at random seldom make.
func TestStraightAgreesOnTagsInAnyOrder(t *testing.T) {
	const base = "https://base.example/x/"
	pieces := append([]string{
		"a", " ", "\n", "\u0301", "e\u0301\u0301\u0301\u0301", "&amp;", "&lt;", "'", "\t", "<!-- c -->", "<img src=y>", "<img alt=z>", "<br>", "<hr>", "<wbr/>",
		"<a>", "<a href=x>", "<a title=t>", "<a href='javascript:x'>", "<bdo dir=rtl>", "<img src=c width=1>", "<li value=3>", "<q cite=x>", "</p>", "</p>", "</li>", "</a>", "</a>", "</b>", "<p>", "<p>", "<li>", "<ul>", "</ul>",
	}, "</br>", "<p/>", "<b/>", "<o:p/>", "<input>", "<link>")
	for _, name := range append([]string{"font", "center", "custom", "body", "option", "form", "nobr", "picture", "main", "table", "tr", "td", "script", "svg"}, shown...) {
		pieces = append(pieces, "<"+name+">", "</"+name+">")
	}
	taken := 0
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		var open []string
		for range 2 + r.IntN(12) {
			piece := pieces[r.IntN(len(pieces))]
			if n := len(open); n > 0 && r.IntN(3) == 0 { // some nesting that holds
				piece, open = "</"+open[n-1]+">", open[:n-1]
			}
			if name, _, _ := strings.Cut(strings.Trim(piece, "<>"), " "); piece[0] == '<' && piece[1] != '/' {
				open = append(open, name)
			}
			b.WriteString(piece)
		}
		in := b.String()
		out, ok := straight(in, base, 200)
		if !ok {
			continue
		}
		taken++
		if want := slowly(in, base); out != want {
			t.Fatalf("straight(%q) =\n%q, filter says\n%q", in, out, want)
		}
	}
	if taken < 4000 {
		t.Errorf("straight took %d of 20000", taken)
	}
}
