package feed

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"
)

// read lists the tokens of z.
func read(z tokens) (list []string) {
	for {
		kind := z.Next()
		switch kind {
		case xhtml.ErrorToken:
			return list
		case xhtml.TextToken:
			raw := string(z.Raw())
			list = append(list, fmt.Sprintf("%q %q", raw, z.Text()))
		default:
			name, more := z.TagName()
			tag := fmt.Sprintf("%v %s", kind, name)
			for more && kind != xhtml.EndTagToken {
				var key, val []byte
				key, val, more = z.TagAttr()
				tag += fmt.Sprintf(" %s=%q", key, val)
			}
			list = append(list, tag)
		}
	}
}

// readPlain is read of a [plainTokens]; ok is false where it is odd.
func readPlain(in string) (list []string, ok bool) {
	var p plainTokens
	p.reset(in)
	list = read(&p)
	return list, !p.odd
}

// FuzzPlainTokens: what is read without a tokenizer is what it reads.
func FuzzPlainTokens(f *testing.F) {
	for _, s := range straightSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, ok := readPlain(in)
		if want := read(xhtml.NewTokenizer(strings.NewReader(in))); ok && !slices.Equal(got, want) {
			t.Fatalf("%q is read as\n%q, the tokenizer reads\n%q", in, got, want)
		}
	})
}

// The same for pieces of tags in any order, which bytes at random seldom make.
func TestPlainTokensAreThoseOfTheTokenizer(t *testing.T) {
	pieces := []string{"<p>", "</p>", "<a", " href=", `"`, `"x"`, `="/y?a=1&amp;b"`, `="&copy=1"`, `="&copy;"`, `="&#39;"`, " class", "\n", "\t", " ", ">", "/>", "/", "<br/>", "<br />",
		"<h2>", "</h2", "<title>", "<script>", "</script>", "<!-- c -->", "<", "a", "é", "&amp;", "&copy", "&", ";", "'", "=", "<img src=\"y\" alt=\"\">", "<o:p>", "<P>", "\r", "\x00"}
	taken := 0
	for seed := range uint64(100_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		for range 1 + r.IntN(9) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		in := b.String()
		got, ok := readPlain(in)
		if !ok {
			continue
		}
		taken++
		if want := read(xhtml.NewTokenizer(strings.NewReader(in))); !slices.Equal(got, want) {
			t.Fatalf("%q is read as\n%q, the tokenizer reads\n%q", in, got, want)
		}
	}
	if taken < 10_000 {
		t.Errorf("%d of 100000 were taken", taken)
	}
	for _, in := range []string{
		"plain text", "<p>a &amp; b&nbsp;c</p>", `<a href="https://a.example/?x=1&amp;y=2" rel="nofollow">a</a>`, "<br/>a<br />b<br>",
		"<img src=\"a.png\" alt=\"it&#039;s\"\n width=\"1\" />", "<h2>a</h2>\n<ul><li>b</li></ul>",
	} {
		if _, ok := readPlain(in); !ok {
			t.Errorf("%q is taken for odd", in)
		}
	}
}
