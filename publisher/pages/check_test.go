package pages

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// doc is a parsed page under test.
type doc struct {
	t    *testing.T
	name string
	root *html.Node
}

func parse(t *testing.T, name string, page []byte) doc {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("html.Parse(%s) = %v", name, err)
	}
	return doc{t, name, root}
}

func (d doc) all(selector string) []*html.Node { return all(d.root, selector) }

func all(n *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(n, cascadia.MustCompile(selector))
}

// count checks how many elements a selector finds.
func (d doc) count(selector string, want int) {
	d.t.Helper()
	if got := len(d.all(selector)); got != want {
		d.t.Errorf("%s: %d elements match %q, want %d", d.name, got, selector, want)
	}
}

// text checks the text of the first element that a selector finds.
func (d doc) text(selector, want string) {
	d.t.Helper()
	found := d.all(selector)
	if len(found) == 0 {
		d.t.Errorf("%s: nothing matches %q, want the text %q", d.name, selector, want)
		return
	}
	if got := words(found[0]); got != want {
		d.t.Errorf("%s: text of %q = %q, want %q", d.name, selector, got, want)
	}
}

// attribute checks an attribute of the first element that a selector finds.
func (d doc) attribute(selector, key, want string) {
	d.t.Helper()
	found := d.all(selector)
	if len(found) == 0 {
		d.t.Errorf("%s: nothing matches %q, want one with %s=%q", d.name, selector, key, want)
		return
	}
	if got := attr(found[0], key); got != want {
		d.t.Errorf("%s: %s of %q = %q, want %q", d.name, key, selector, got, want)
	}
}

// safe checks that nothing in the page runs, is fetched from elsewhere or
// sends anything anywhere.
func (d doc) safe() {
	d.t.Helper()
	d.count(`script:not([type="application/ld+json"]), style, iframe, object, embed, img, video, audio, source, picture, svg:not(.chart svg), math, article form, article input, article button, base, frame, portal, template`, 0)
	// Nothing is sent anywhere but to our own search, and as an address.
	d.count("form", len(d.all(`form[method="get"][action$="/search"]`)))
	d.count("input, button, select", len(d.all("form input, form button, form select")))
	for n := range d.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			where := fmt.Sprintf("%s: <%s %s=%q>", d.name, n.Data, a.Key, a.Val)
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "ping", a.Key == "src", a.Key == "srcset":
				d.t.Errorf("%s must not be on a page", where)
			case a.Key == "href":
				u, err := url.Parse(a.Val)
				if err != nil || !slices.Contains([]string{"", "http", "https", "mailto", "feed"}, u.Scheme) {
					d.t.Errorf("%s is not a web address", where)
				}
				if n.Data == "link" && (attr(n, "rel") == "stylesheet" || attr(n, "rel") == "icon") && u.Host != "" {
					d.t.Errorf("%s is fetched from elsewhere", where)
				}
			}
		}
	}
}

// accessible checks what a reader who does not see the page depends on.
func (d doc) accessible() {
	d.t.Helper()
	d.count("html[lang]", 1)
	d.count("main#main", 1)
	d.count("body > header", 1)
	d.count("body > footer", 1)
	d.count("h1", 1)
	d.attribute("body > a", "href", "#main")
	level := 0
	for _, h := range d.all("main h1, main h2, main h3, main h4, main h5, main h6") {
		n := int(h.Data[1] - '0')
		if n > level+1 {
			d.t.Errorf("%s: heading %q is h%d after h%d", d.name, words(h), n, level)
		}
		level = n
	}
	ids := map[string]bool{}
	for _, n := range d.all("[id]") {
		if id := attr(n, "id"); ids[id] {
			d.t.Errorf("%s: two elements have the id %q", d.name, id)
		} else {
			ids[id] = true
		}
	}
	for _, n := range d.all("[aria-labelledby]") {
		for _, id := range strings.Fields(attr(n, "aria-labelledby")) {
			if !ids[id] {
				d.t.Errorf("%s: <%s> is labelled by %q, which is not there", d.name, n.Data, id)
			}
		}
	}
	for _, n := range d.all("nav") {
		if attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
			d.t.Errorf("%s: a nav has no name", d.name)
		}
	}
	for _, a := range d.all("a") {
		if words(a) == "" && attr(a, "aria-label") == "" {
			d.t.Errorf("%s: a link to %q has no text", d.name, attr(a, "href"))
		}
		if href := attr(a, "href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
			d.t.Errorf("%s: a link leads to %s, which is not there", d.name, href)
		}
	}
}
