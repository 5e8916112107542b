package pages

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// contentPolicy is what an item's HTML may consist of on our pages. The feed
// reader cleaned it once already; this is the second fence (S02), and it is
// narrower: no class, id, style or form, so that an item can neither dress up
// as the page nor collide with it (S09).
func contentPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src").OnElements("img", "audio", "video", "source")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("lang").Matching(bluemonday.Paragraph).Globally()
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowElements("p", "br", "hr", "div", "span", "strong", "b", "em", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark",
		"q", "cite", "abbr", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "pre", "code", "kbd", "samp",
		"h1", "h2", "h3", "h4", "h5", "h6", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
		"figure", "figcaption", "ruby", "rb", "rt", "rp", "bdi", "bdo", "wbr")
	return p
}

// content makes an item's HTML fit for a page: allow-listed, balanced (S08),
// with links in the place of pictures and players, headings that go on from
// the page's own, and without the credit to outlet that feeds end with.
func (r *Renderer) content(src, outlet string) (template.HTML, error) {
	if h, ok := plainContent(src, outlet); ok && !r.slow {
		return h, nil
	}
	return r.cleaned(src, outlet)
}

// cleaned is content for any HTML.
func (r *Renderer) cleaned(src, outlet string) (template.HTML, error) {
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	// Parsing what the policy left, and writing the tree out again, is what
	// balances it: bluemonday passes stray end tags through.
	nodes, err := html.ParseFragment(strings.NewReader(r.policy.Sanitize(src)), root)
	if err != nil {
		return "", fmt.Errorf("read item content: %w", err)
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	dropCredit(root, outlet)
	(&tidier{heading: 1}).tidy(root)

	var b strings.Builder
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if err := html.Render(&b, n); err != nil {
			return "", fmt.Errorf("write item content: %w", err)
		}
	}
	return template.HTML(b.String()), nil
}

// dropCredit removes what an edition adds to the end of an item for feed
// readers (F22): a line "Source: outlet", and below it "Also at:" with a list.
// A page says both better, and once. Anything else is left as it is.
func dropCredit(root *html.Node, outlet string) {
	last := elementBefore(root.LastChild)
	if last != nil && last.DataAtom == atom.Ul {
		if also := elementBefore(last.PrevSibling); also != nil && words(also) == "Also at:" {
			last = elementBefore(also.PrevSibling)
		}
	}
	credit := "Source: " + strings.Join(strings.Fields(outlet), " ")
	if last == nil || last.DataAtom != atom.P || words(last) != credit && words(last) != credit+" (single-source)" {
		return
	}
	for n := last; n != nil; {
		next := n.NextSibling
		root.RemoveChild(n)
		n = next
	}
}

// elementBefore returns n, or the nearest element before it if n is a space.
func elementBefore(n *html.Node) *html.Node {
	for n != nil && n.Type == html.TextNode && strings.TrimSpace(n.Data) == "" {
		n = n.PrevSibling
	}
	if n == nil || n.Type != html.ElementNode {
		return nil
	}
	return n
}

// words is the text of a tree with single spaces.
func words(n *html.Node) string {
	var b strings.Builder
	for m := range n.Descendants() {
		if m.Type == html.TextNode {
			b.WriteString(m.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// tidier changes a tree of item content for a page.
type tidier struct {
	heading int // level of the last heading; the page's own h1 at first
}

// tidy visits the children of a node. The depth is bounded: the HTML parser
// refuses more than 512 levels.
func (t *tidier) tidy(parent *html.Node) {
	for n := parent.FirstChild; n != nil; {
		next := n.NextSibling
		if n.Type == html.ElementNode {
			t.element(n)
		}
		n = next
	}
}

func (t *tidier) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Img:
		// A reader's browser must not tell a stranger what is being read, so
		// pictures are links to where they are.
		replace(n, attr(n, "src"), "Picture", attr(n, "alt"))
		return
	case atom.Audio, atom.Video:
		replace(n, playable(n), map[atom.Atom]string{atom.Audio: "Audio", atom.Video: "Video"}[n.DataAtom], "")
		return
	case atom.Source:
		n.Parent.RemoveChild(n)
		return
	case atom.A:
		t.link(n)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		t.level(n)
	}
	t.tidy(n)
}

// link marks a link as someone else's word. A link around a picture becomes
// the link to the picture's page that it was: a link cannot hold a link.
func (t *tidier) link(n *html.Node) {
	for m := range n.Descendants() {
		if m.Type == html.ElementNode && m.DataAtom == atom.Img {
			m.Type, m.Data, m.DataAtom, m.Attr = html.TextNode, label("Picture", attr(m, "alt"), attr(m, "src")), 0, nil
		}
	}
	href := attr(n, "href")
	n.Attr = nil
	if href != "" {
		n.Attr = []html.Attribute{{Key: "href", Val: href}, {Key: "rel", Val: "nofollow noopener noreferrer"}}
	}
}

// level moves a heading below the page's own, without leaving a level out:
// people who cannot see the page walk it by its headings.
func (t *tidier) level(n *html.Node) {
	want := max(2, int(n.Data[1]-'0'))
	t.heading = min(want, t.heading+1)
	n.Data = fmt.Sprintf("h%d", t.heading)
	n.DataAtom = atom.Lookup([]byte(n.Data))
}

// replace puts a link in the place of something that the browser would fetch
// by itself, and nothing if there is no address to link to.
func replace(n *html.Node, address, kind, name string) {
	if address = web(address); address != "" {
		a := &html.Node{Type: html.ElementNode, Data: "a", DataAtom: atom.A, Attr: []html.Attribute{
			{Key: "href", Val: address}, {Key: "rel", Val: "nofollow noopener noreferrer"}, {Key: "class", Val: "media"},
		}}
		a.AppendChild(&html.Node{Type: html.TextNode, Data: label(kind, name, address)})
		n.Parent.InsertBefore(a, n)
	}
	n.Parent.RemoveChild(n)
}

// label is the text of a link to a picture or a recording.
func label(kind, name, address string) string {
	if name = strings.TrimSpace(name); name != "" {
		return kind + ": " + name
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return kind + " at " + u.Host
	}
	return kind
}

// playable returns the address of a player's recording.
func playable(n *html.Node) string {
	if src := attr(n, "src"); src != "" {
		return src
	}
	for m := range n.Descendants() {
		if m.Type == html.ElementNode && m.DataAtom == atom.Source {
			return attr(m, "src")
		}
	}
	return ""
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
