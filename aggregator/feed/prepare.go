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
// never sees more (S18). ok is false where that parser would have to build far
// more than it was given.
func prepare(fragment, base string, depth int) (out string, ok bool) {
	p := preparer{base: base, depth: depth}
	p.svgEnd = strings.LastIndex(strings.ToLower(fragment), "</svg")
	p.mathEnd = strings.LastIndex(strings.ToLower(fragment), "</math")
	p.out.Grow(len(fragment))
	z := xhtml.NewTokenizer(strings.NewReader(fragment))
	for offset := 0; ; {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return p.out.String(), true
		}
		if p.cost++; p.cost > maxCost {
			return "", false
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

	formats  [16]struct{ open, dropped int } // by index of format
	formatty int                             // formatting elements that are open
	cost     int
}

// maxCost bounds the elements that the HTML parser may have to build. It opens
// every unclosed <b> again in each paragraph that follows, so that ten of them
// in front of ten thousand paragraphs are a hundred thousand elements.
const maxCost = 200_000

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
	p.cost += p.formatty
	if f := formatIndex[tok.DataAtom]; f > 0 && tok.Type == xhtml.StartTagToken {
		// Bold in bold says nothing.
		if p.formats[f].open > 0 {
			p.formats[f].dropped++
			return 0
		}
		p.formats[f].open++
		p.formatty++
	}
	p.attributes(tok)
	p.out.WriteString(tok.String())
	return 0
}

// attributes makes addresses absolute and takes what is not fit to be shown
// out of the values.
func (p *preparer) attributes(tok *xhtml.Token) {
	for i := range tok.Attr {
		a := &tok.Attr[i]
		switch {
		case a.Key == "srcset":
			a.Val = resolveSrcset(a.Val, p.base)
		case urlAttributes[a.Key]:
			a.Val = webURL(a.Val, p.base)
		default:
			a.Val = tame(a.Val)
		}
	}
}

// formatIndex numbers the elements that the HTML parser opens again where they
// were left open (HTML standard, section 13.2.4.3), links excepted.
var formatIndex = map[atom.Atom]int{
	atom.B: 1, atom.Big: 2, atom.Code: 3, atom.Em: 4, atom.Font: 5, atom.I: 6, atom.Nobr: 7, atom.S: 8,
	atom.Small: 9, atom.Strike: 10, atom.Strong: 11, atom.Tt: 12, atom.U: 13,
}

func (p *preparer) end(tok *xhtml.Token) {
	if f := formatIndex[tok.DataAtom]; f > 0 && p.formats[f].dropped > 0 {
		p.formats[f].dropped--
		return
	} else if f > 0 && p.formats[f].open > 0 {
		p.formats[f].open--
		p.formatty--
	}
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
