package feed

import (
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxRounds is how often the output is cleaned again until it no longer
// changes. Two suffice but for input built to need more.
const maxRounds = 6

// Sanitize returns HTML that is safe to show inside any element of a page and
// cannot leave it: only what the policy lists (policy.go), every element
// closed, every address absolute and http or https, starting from base; no
// scripts, styles, forms, frames or tracking pixels. Sanitising the result
// again changes nothing.
func Sanitize(fragment, base string) string {
	return sanitize(fragment, base, Limits{}.withDefaults())
}

func sanitize(fragment, base string, limits Limits) string {
	fragment = strings.ToValidUTF8(cutString(fragment, limits.Content), "")
	if !strings.Contains(fragment, "<") {
		return strings.TrimSpace(xhtml.EscapeString(tameBlock(xhtml.UnescapeString(fragment))))
	}
	if out, ok := straight(fragment, base, limits.Depth); ok {
		return out
	}
	return filter(fragment, base, limits, straight)
}

// filter cleans again and again, until settle knows what that ends with or
// nothing changes any more.
func filter(fragment, base string, limits Limits, settle func(fragment, base string, depth int) (string, bool)) string {
	out := fragment
	for range maxRounds {
		next, ok := sanitizeOnce(out, base, limits)
		if !ok {
			break
		}
		if next == out {
			return out
		}
		if settled, ok := settle(next, base, limits.Depth); ok {
			return settled
		}
		out = next
	}
	// It resists: show it as text.
	return xhtml.EscapeString(PlainText(fragment))
}

// sanitizeOnce prepares, filters and balances; ok is false if the result
// cannot be parsed.
func sanitizeOnce(fragment, base string, limits Limits) (clean string, ok bool) {
	prepared, ok := prepare(fragment, base, limits.Depth)
	if !ok {
		return "", false
	}
	filtered := policy().Sanitize(prepared)
	// bluemonday works on tokens: it neither closes what is open nor drops end
	// tags without a start, so that an item could close its container (S08).
	// Parsed as the inside of a div and rendered again, nothing gets out.
	nodes, err := xhtml.ParseFragment(strings.NewReader(filtered), &xhtml.Node{Type: xhtml.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return "", false
	}
	div := &xhtml.Node{Type: xhtml.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		div.AppendChild(n)
	}
	polish(div)
	var b strings.Builder
	for n := div.FirstChild; n != nil; n = n.NextSibling {
		if err := xhtml.Render(&b, n); err != nil {
			return "", false
		}
	}
	return strings.TrimSpace(b.String()), true
}

// polish removes pictures and links that show nothing, and sets the attributes
// that every picture and link gets. Depth is bounded by prepare.
func polish(n *xhtml.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		polish(c)
		switch {
		case c.Type == xhtml.TextNode:
			c.Data = tameBlock(c.Data)
		case c.Type != xhtml.ElementNode:
			n.RemoveChild(c)
		case c.DataAtom == atom.Img:
			if attrOf(c, "src") == "" {
				n.RemoveChild(c)
				break
			}
			setAttr(c, "alt", tame(attrOf(c, "alt")))
			setAttr(c, "loading", "lazy")
		case c.DataAtom == atom.A:
			if c.FirstChild == nil {
				n.RemoveChild(c)
				break
			}
			if attrOf(c, "href") != "" {
				setAttr(c, "rel", "noopener noreferrer")
			}
		}
		c = next
	}
}

func attrOf(n *xhtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func setAttr(n *xhtml.Node, key, val string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = val
			return
		}
	}
	n.Attr = append(n.Attr, xhtml.Attribute{Key: key, Val: val})
}
