package feed

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestSanitize(t *testing.T) {
	const base = "https://a.example/news/"
	tests := []struct{ name, in, want string }{
		{"text stays text", "5 < 6 & 7 > 6", "5 &lt; 6 &amp; 7 &gt; 6"},
		{"a reference stays one", "&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"},
		{"what is open is closed", "<p>a <b>b", "<p>a <b>b</b></p>"},
		{"what was never opened is dropped", "</div></article>x</p>", "x<p></p>"},
		{"addresses become absolute", `<a href="x">x</a><img src="/y.png">`, `<a href="https://a.example/news/x" rel="noopener noreferrer">x</a><img src="https://a.example/y.png" alt="" loading="lazy"/>`},
		{"pictures keep size and words", `<img src="y.png" alt="A crane" width="600" height="400" class="big">`, `<img src="https://a.example/news/y.png" alt="A crane" width="600" height="400" loading="lazy"/>`},
		{"late pictures get their address", `<img src="data:image/gif;base64,x" data-src="y.png">`, `<img src="https://a.example/news/y.png" alt="" loading="lazy"/>`},
		{"counting pixels go", `x<img src="c.gif" width="1" height="1"><img src="c.gif" height=0><img src="c.gif" style="display: none">`, "x"},
		{"a link around a pixel goes too", `x<a href="https://t.example/"><img src="c.gif" width=1></a>`, "x"},
		{"scripts and styles go with their text", `a<script>alert(1)</script><style>p{}</style><template>x</template>b`, "ab"},
		{"handlers go", `<p onclick="x()" style="position:fixed" class="c" id="i">t</p>`, "<p>t</p>"},
		{"scripts in addresses go", `<a href="javascript:x">t</a><a href="data:text/html,x">u</a>`, "tu"},
		{"forms go, their text stays", `<form action="/logout"><input name=a><button>B</button>t</form>`, "t"},
		{"frames become links", `<iframe src="//v.example/e/1"></iframe>`, `<p><a href="https://v.example/e/1" rel="noopener noreferrer">v.example/e/1</a></p>`},
		{"players become links", `<video><source src="v.mp4"></video><audio src="a.mp3"></audio>`, `<p><a href="https://a.example/news/a.mp3" rel="noopener noreferrer">a.example/news/a.mp3</a></p>`},
		{"frames with a document inside go", `<iframe srcdoc="<script>x</script>"></iframe>x`, "x"},
		{"SVG goes with what is in it", `a<svg><style><img src=x onerror=y></style><text>t</text></svg>b`, "ab"},
		{"tables keep their spans", `<table><tr><td colspan=2>x</table>`, `<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>`},
		{"direction and language stay", `<p dir="rtl" lang="ar">x</p>`, `<p dir="rtl" lang="ar">x</p>`},
		{"overrides of the direction go", "<p>a\u202egnp.exe</p>", "<p>agnp.exe</p>"},
		{"control characters go", "<p>a&#8;b\x00</p>", "<p>ab</p>"},
		{"comments go", "a<!-- <script> -->b", "ab"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Sanitize(tt.in, base); got != tt.want {
				t.Errorf("Sanitize(%q) =\n%s, want\n%s", tt.in, got, tt.want)
			}
		})
	}
}

// S18: depth and size of what the HTML parser builds are bounded.
func TestSanitizeBoundsWhatItBuilds(t *testing.T) {
	formats := "<b><i><u><s><em><code><small><strong>"
	tests := []struct{ name, in string }{
		{"nested divs", strings.Repeat("<div>", 50_000) + "x"},
		{"nested tables", strings.Repeat("<table><tr><td>", 20_000) + "x"},
		{"nested links", strings.Repeat("<a href=https://a.example/>", 20_000) + "x"},
		{"formats before paragraphs", formats + strings.Repeat("<p>x", 50_000)},
		{"formats in paragraphs", strings.Repeat(formats+"<p>x", 5_000)},
		{"formats with attributes", strings.Repeat(`<b lang=aa>`, 100) + strings.Repeat("<p>x", 20_000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Sanitize(tt.in, "")
			if len(got) > 4*len(tt.in) {
				t.Errorf("%d bytes became %d", len(tt.in), len(got))
			}
			if err := harmful(got); err != nil {
				t.Error(err)
			}
		})
	}
}

// FuzzSanitize: the output carries nothing active, stays inside its container
// and is a fixed point.
func FuzzSanitize(f *testing.F) {
	for _, s := range []string{
		"<p>x", "</div><script>alert(1)</script>", `<a href="java&#10;script:x">`, "<svg><p><style><!--</style><img src=x onerror=y>-->",
		"<math><mtext><table><mglyph><style><img src=x onerror=y>", "<table><b><tr><td></b><p>", "<noscript><p title=\"</noscript><img src=x onerror=y>\">",
		"<b><p></b><i></p>", "<a><div><a>", "<pre>\n\nx</pre>", "<ul><li><table><li>", "<textarea><!--</textarea><img onerror=x>", "a\u202eb\u2066", "&#0;&#x1F;<img srcset='a 1x,b 2x'>",
		"<details open ontoggle=x><summary>s", "<q cite=javascript:x>", "<td>x</td><caption>", "<image src=x>", "<frameset><frame>", "<plaintext>x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := Sanitize(in, "https://base.example/x/")
		if err := harmful(out); err != nil {
			t.Fatalf("Sanitize(%q) = %q: %v", in, out, err)
		}
		if again := Sanitize(out, "https://base.example/x/"); again != out {
			t.Fatalf("Sanitize(%q) = %q, and of that %q", in, out, again)
		}
	})
}

// harmful says what is wrong with sanitised HTML when a browser's parser reads
// it as part of a page.
func harmful(fragment string) error {
	page := `<div id="outer"><p>A</p><div class="item-content">` + fragment + `</div><p>Z</p></div>`
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return fmt.Errorf("parse the page: %w", err)
	}
	body := doc.FirstChild.LastChild
	outer := body.FirstChild
	if outer == nil || outer.NextSibling != nil || outer.FirstChild == nil {
		return fmt.Errorf("it leaves the page's container")
	}
	var kids []*html.Node
	for n := outer.FirstChild; n != nil; n = n.NextSibling {
		kids = append(kids, n)
	}
	if len(kids) != 3 || attrOf(kids[1], "class") != "item-content" || kids[2].Data != "p" {
		return fmt.Errorf("it leaves its own container")
	}
	return active(kids[1])
}

func active(n *html.Node) error {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.CommentNode {
			return fmt.Errorf("a comment")
		}
		if c.Type == html.ElementNode {
			if !allowedForTest[c.Data] || c.Namespace != "" {
				return fmt.Errorf("element <%s>", c.Data)
			}
			for _, a := range c.Attr {
				switch a.Key {
				case "href", "src", "cite":
					if !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") {
						return fmt.Errorf("%s=%q", a.Key, a.Val)
					}
				case "srcset":
					for cand := range strings.SplitSeq(a.Val, ", ") {
						if !strings.HasPrefix(cand, "http://") && !strings.HasPrefix(cand, "https://") {
							return fmt.Errorf("srcset=%q", a.Val)
						}
					}
				case "alt", "title", "width", "height", "loading", "rel", "dir", "lang", "datetime", "colspan", "rowspan", "span", "scope", "start", "value", "reversed":
				default:
					return fmt.Errorf("attribute %s", a.Key)
				}
			}
		}
		if err := active(c); err != nil {
			return err
		}
	}
	return nil
}

// allowedForTest repeats the policy's elements on purpose: widening the policy
// must fail a test.
var allowedForTest = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`p br hr div span blockquote q pre code kbd samp var em strong b i u s del ins mark small sub sup
		abbr cite dfn time bdi bdo wbr ruby rt rp address h1 h2 h3 h4 h5 h6 section article aside header footer ul ol li dl dt dd details
		summary figure figcaption table caption colgroup col thead tbody tfoot tr th td a img`) {
		m[name] = true
	}
	return m
}()
