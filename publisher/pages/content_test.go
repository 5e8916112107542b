package pages

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestContentIsMadeFitForAPage(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"text stays", `<p>One <em>two</em>.</p>`, `<p>One <em>two</em>.</p>`},
		{"a picture becomes a link that says what it shows", `<img src="https://a.example/p.jpg" alt="A picket">`,
			`<a href="https://a.example/p.jpg" rel="nofollow noopener noreferrer" class="media">Picture: A picket</a>`},
		{"a picture without words is named after its host", `<img src="https://a.example/p.jpg">`,
			`<a href="https://a.example/p.jpg" rel="nofollow noopener noreferrer" class="media">Picture at a.example</a>`},
		{"a linked picture does not put a link into a link", `<a href="https://a.example/"><img src="https://a.example/p.jpg" alt="A picket"></a>`,
			`<a href="https://a.example/" rel="nofollow noopener noreferrer">Picture: A picket</a>`},
		{"a player becomes a link to its recording", `<audio controls><source src="https://a.example/a.mp3">no</audio>`,
			`<a href="https://a.example/a.mp3" rel="nofollow noopener noreferrer" class="media">Audio at a.example</a>`},
		{"a picture from nowhere goes", `<p>a<img src="javascript:alert(1)">b</p>`, `<p>ab</p>`},
		{"headings go on from the page's h1 and skip no level", `<h1>a</h1><h5>b</h5><h2>c</h2>`, `<h2>a</h2><h3>b</h3><h2>c</h2>`},
		{"stray end tags stay inside (S08)", `</div></div><p>a`, `<p>a</p>`},
		{"no class, id or style (S09)", `<p class="masthead" id="main" style="position:fixed">a</p>`, `<p>a</p>`},
		{"scripts and handlers go (S02)", `<p onclick="x()">a</p><script>x()</script><svg onload=x()></svg><iframe srcdoc="x"></iframe>`, `<p>a</p>`},
		{"the credit for feed readers goes (F22)", "<p>a</p>\n<p>Source: <a href=\"https://h.example/\">Harbour  Dispatch</a></p>", "<p>a</p>\n"},
		{"and the list of who else reports it with it", `<p>a</p><p lang="en" dir="ltr">Source: Harbour Dispatch</p> <p>Also at:</p> <ul><li>b</li></ul>`, `<p>a</p>`},
		{"another's credit stays", `<p>a</p><p>Source: Own research</p>`, `<p>a</p><p>Source: Own research</p>`},
		{"a list at the end stays", `<p>a</p><ul><li>b</li></ul>`, `<p>a</p><ul><li>b</li></ul>`},
		{"a relative link is text", `<a href="/logout">a</a>`, `a`},
	}
	r := newRenderer(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := r.content(tt.in, "Harbour Dispatch")
			if err != nil || string(got) != tt.want {
				t.Errorf("content(%q)\n got %q, %v\nwant %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestContentOfEndlessDepthIsAnErrorOrShort(t *testing.T) {
	got, err := newRenderer(t).content(strings.Repeat("<div>", 50_000)+"x", "")
	if err == nil && len(got) > 1<<20 {
		t.Errorf("content(50,000 nested div) gave %d bytes", len(got))
	}
}

// Whatever comes in, what goes out stays in its element, runs nothing and
// fetches nothing.
func FuzzContent(f *testing.F) {
	for _, seed := range []string{hostile, `<p>a</p>`, `<table><tr><td><img src=https://a.example/x>`, `<a href=https://a.example><a href="https://b.example"><h1>x`,
		`<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`, `<picture><source srcset=x><img src="https://a.example/">`, `</div></article>`} {
		f.Add(seed)
	}
	r, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := r.content(in, "")
		if err != nil {
			t.Skip(err)
		}
		page := []byte(`<!DOCTYPE html><html><body><div id="before"></div><div id="x">` + string(got) + `</div><div id="after"></div></body></html>`)
		d := parse(t, "content", page)
		d.safe()
		d.count("body > #x", 1)
		d.count("#x #after, #x #before", 0)
		if n := d.all("body")[0]; n.LastChild == nil || attr(lastElement(n), "id") != "after" {
			t.Errorf("content(%q) = %q left its element", in, got)
		}
	})
}

func lastElement(n *html.Node) *html.Node {
	for m := n.LastChild; m != nil; m = m.PrevSibling {
		if m.Type == html.ElementNode {
			return m
		}
	}
	return n
}
