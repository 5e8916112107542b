package feed

import (
	"net/url"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// prepare rewrites HTML, tag by tag, for the filter that follows: addresses
// become absolute, frames and players become links, late-loading pictures get
// their real address, tracking pixels and hidden text go, and tags nested
// deeper than the limit are left out, so that the parser behind the filter
// never sees more (S18).
func prepare(fragment, base string, depth int) string {
	p := preparer{base: base, depth: depth}
	p.svgEnd = strings.LastIndex(strings.ToLower(fragment), "</svg")
	p.mathEnd = strings.LastIndex(strings.ToLower(fragment), "</math")
	p.out.Grow(len(fragment))
	z := xhtml.NewTokenizer(strings.NewReader(fragment))
	for offset := 0; ; {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return p.out.String()
		}
		offset += len(z.Raw())
		switch kind {
		case xhtml.TextToken:
			tok := z.Token()
			p.out.WriteString(tok.String())
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			tok := z.Token()
			offset += p.start(z, &tok, offset)
		case xhtml.EndTagToken:
			tok := z.Token()
			p.end(&tok)
		}
	}
}

type preparer struct {
	out     strings.Builder
	base    string
	depth   int
	open    int // elements that are open and need an end tag
	dropped int // open elements beyond the depth limit
	svgEnd  int // offsets of the last end tags, -1 if there are none
	mathEnd int
}

// start handles a start tag and returns how many bytes behind it it consumed.
func (p *preparer) start(z *xhtml.Tokenizer, tok *xhtml.Token, offset int) int {
	switch tok.DataAtom {
	case atom.Iframe, atom.Embed, atom.Object, atom.Video, atom.Audio:
		p.player(tok)
	case atom.Source:
		return 0 // belongs to a player or a picture that has its own address
	}
	switch {
	case hiddenText[tok.DataAtom], tok.DataAtom == atom.Title:
		if tok.Type == xhtml.StartTagToken {
			return p.discard(z, tok.Data)
		}
		return 0
	case tok.DataAtom == atom.Svg && offset <= p.svgEnd, tok.DataAtom == atom.Math && offset <= p.mathEnd:
		if tok.Type == xhtml.StartTagToken {
			return p.discard(z, tok.Data)
		}
		return 0
	case tok.DataAtom == atom.Img || tok.DataAtom == atom.Image:
		tok.Data, tok.DataAtom = "img", atom.Img
		lateSource(tok)
		if isPixel(tok) {
			return 0
		}
	}
	if !voidElements[tok.Data] && !optionalEnd[tok.DataAtom] {
		if p.open >= p.depth {
			p.dropped++
			return 0
		}
		if tok.Type == xhtml.StartTagToken {
			p.open++
		}
	}
	resolveToken(tok, p.base)
	for i, a := range tok.Attr {
		if a.Key == "srcset" {
			tok.Attr[i].Val = resolveSrcset(a.Val, p.base)
		} else if urlAttributes[a.Key] {
			tok.Attr[i].Val = webURL(a.Val)
		}
	}
	p.out.WriteString(tok.String())
	return 0
}

func (p *preparer) end(tok *xhtml.Token) {
	if !voidElements[tok.Data] && !optionalEnd[tok.DataAtom] {
		if p.dropped > 0 {
			p.dropped--
			return
		}
		if p.open > 0 {
			p.open--
		}
	}
	p.out.WriteString(tok.String())
}

// discard moves behind an element's end tag and returns the bytes consumed.
func (p *preparer) discard(z *xhtml.Tokenizer, name string) int {
	n, depth := 0, 1
	for {
		kind := z.Next()
		n += len(z.Raw())
		if kind == xhtml.ErrorToken {
			return n
		}
		tag, _ := z.TagName()
		if string(tag) != name {
			continue
		}
		switch kind {
		case xhtml.StartTagToken:
			depth++
		case xhtml.EndTagToken:
			if depth--; depth == 0 {
				return n
			}
		}
	}
}

// optionalEnd holds the elements whose end tag authors leave out. They nest
// only inside others that are counted.
var optionalEnd = map[atom.Atom]bool{
	atom.P: true, atom.Li: true, atom.Dt: true, atom.Dd: true, atom.Tr: true, atom.Td: true, atom.Th: true,
	atom.Thead: true, atom.Tbody: true, atom.Tfoot: true, atom.Colgroup: true, atom.Rt: true, atom.Rp: true,
	atom.Option: true, atom.Html: true, atom.Head: true, atom.Body: true,
}

// player writes a link in place of an element that would load a player.
func (p *preparer) player(tok *xhtml.Token) {
	for _, a := range tok.Attr {
		if a.Key != "src" && a.Key != "data" && a.Key != "data-src" {
			continue
		}
		u := webURL(a.Val, p.base)
		if u == "" {
			continue
		}
		text := u
		if parsed, err := url.Parse(u); err == nil {
			text = parsed.Host + parsed.Path
		}
		p.out.WriteString(`<p><a href="` + xhtml.EscapeString(u) + `">` + xhtml.EscapeString(shorten(text, 80)) + "</a></p>")
		return
	}
}

// lateSource moves the address that a script would fill in later to where
// readers look for it.
func lateSource(tok *xhtml.Token) {
	src, late := -1, ""
	for i, a := range tok.Attr {
		switch a.Key {
		case "src":
			src = i
		case "data-src", "data-lazy-src", "data-original", "data-orig-file":
			if late == "" && strings.TrimSpace(a.Val) != "" && !strings.HasPrefix(a.Val, "data:") {
				late = a.Val
			}
		}
	}
	if late == "" {
		return
	}
	if src < 0 {
		tok.Attr = append(tok.Attr, xhtml.Attribute{Key: "src", Val: late})
	} else if v := strings.TrimSpace(tok.Attr[src].Val); v == "" || strings.HasPrefix(v, "data:") || strings.Contains(v, "placeholder") {
		tok.Attr[src].Val = late
	}
}

// pixelHosts serve pictures that count readers and show nothing.
var pixelHosts = []string{
	"feeds.feedburner.com/~r/", "feedsportal.com", "pixel.wp.com", "stats.wordpress.com", "doubleclick.net",
	"google-analytics.com", "scorecardresearch.com", "pixel.quantserve.com", "feeds.wordpress.com/1.0/",
}

// isPixel reports whether a picture is there to count readers: it has no size
// to speak of, is hidden, or comes from a counter.
func isPixel(tok *xhtml.Token) bool {
	for _, a := range tok.Attr {
		v := strings.ToLower(strings.TrimSpace(a.Val))
		switch a.Key {
		case "width", "height":
			if n := strings.TrimSuffix(v, "px"); n == "0" || n == "1" {
				return true
			}
		case "style":
			v = strings.ReplaceAll(v, " ", "")
			for _, s := range []string{"display:none", "visibility:hidden", "width:1px", "height:1px", "width:0", "height:0"} {
				if i := strings.Index(v, s); i >= 0 && (i == 0 || v[i-1] == ';') {
					return true
				}
			}
		case "src":
			for _, h := range pixelHosts {
				if strings.Contains(v, h) {
					return true
				}
			}
		}
	}
	return false
}
