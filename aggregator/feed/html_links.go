package feed

import (
	"strings"

	xhtml "golang.org/x/net/html"
)

// urlAttributes hold addresses in HTML.
var urlAttributes = map[string]bool{
	"href": true, "src": true, "poster": true, "cite": true, "longdesc": true, "action": true, "formaction": true,
	"background": true, "data": true, "codebase": true, "classid": true, "usemap": true, "profile": true,
}

// ResolveLinks makes the addresses in a piece of HTML absolute, starting from
// base, and leaves everything else as it is. It does not sanitise.
func ResolveLinks(fragment, base string) string {
	if base == "" || !strings.Contains(fragment, "<") {
		return fragment
	}
	var b strings.Builder
	b.Grow(len(fragment) + len(fragment)/8)
	z := xhtml.NewTokenizer(strings.NewReader(fragment))
	for {
		kind := z.Next()
		raw := string(z.Raw())
		if kind == xhtml.ErrorToken {
			b.WriteString(raw)
			return b.String()
		}
		if kind == xhtml.StartTagToken || kind == xhtml.SelfClosingTagToken {
			if tok := z.Token(); resolveToken(&tok, base) {
				raw = tok.String()
			}
		}
		b.WriteString(raw)
	}
}

// resolveToken makes the addresses of a tag absolute and reports whether any
// was not.
func resolveToken(tok *xhtml.Token, base string) bool {
	changed := false
	for i := range tok.Attr {
		a := &tok.Attr[i]
		was := a.Val
		switch {
		case a.Key == "srcset":
			a.Val = resolveSrcset(a.Val, base)
		case urlAttributes[a.Key]:
			if abs := resolve(base, a.Val); abs != "" && !absolute(a.Val) {
				a.Val = abs
			}
		}
		changed = changed || a.Val != was
	}
	return changed
}

// absolute reports whether an address begins with a scheme.
func absolute(s string) bool {
	s = strings.TrimSpace(s)
	for i := range len(s) {
		c := s[i]
		switch {
		case c == ':':
			return i > 0
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return false
}

// maxSrcset bounds the candidates of a picture.
const maxSrcset = 20

// resolveSrcset makes the addresses in a list of picture candidates absolute.
// Candidates that are no web addresses are left out.
func resolveSrcset(list, base string) string {
	var out []string
	for len(out) < maxSrcset {
		list = strings.TrimLeft(list, " \t\r\n,")
		if list == "" {
			break
		}
		// A candidate's URL ends at white space; a comma may be part of it
		// (HTML standard, section 4.8.4.2.2).
		url, rest, _ := cutSpace(list)
		width := ""
		if trimmed := strings.TrimRight(url, ","); trimmed != url {
			url, list = trimmed, rest
		} else {
			width, list, _ = strings.Cut(rest, ",")
		}
		if u := webURL(url, base); u != "" {
			// A comma inside would end the candidate where lists are split
			// naively.
			out = append(out, strings.TrimSpace(strings.ReplaceAll(u, ",", "%2C")+" "+descriptor(width)))
		}
	}
	return strings.Join(out, ", ")
}

// descriptor returns a candidate's width or density if it is one.
func descriptor(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 2 || len(s) > 8 || s[len(s)-1] != 'w' && s[len(s)-1] != 'x' || strings.Trim(s[:len(s)-1], "0123456789.") != "" {
		return ""
	}
	return s
}

func cutSpace(s string) (before, after string, found bool) {
	if i := strings.IndexAny(s, " \t\r\n"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
