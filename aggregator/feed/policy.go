package feed

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// policy is the allow-list: text, structure, tables, pictures and links. There
// is no style, class or id, because they reach into the page around; no form,
// no frame, no SVG and no MathML, because each of them has run scripts in
// somebody's reader before (S02, S09).
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"p", "br", "hr", "div", "span", "blockquote", "q", "pre", "code", "kbd", "samp", "var",
		"em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "small", "sub", "sup",
		"abbr", "cite", "dfn", "time", "bdi", "bdo", "wbr", "ruby", "rt", "rp", "address",
		"h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "aside", "header", "footer",
		"ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "figure", "figcaption",
		"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td",
	)
	p.AllowURLSchemes("http", "https")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("cite").OnElements("blockquote", "q", "del", "ins")
	p.AllowAttrs("src").OnElements("img")
	p.AllowAttrs("srcset").Matching(srcset).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(number).OnElements("img")
	p.AllowAttrs("title").OnElements("a", "abbr", "dfn", "img")
	// Not on the elements of formatIndex: with attributes that differ, the
	// HTML parser would keep any number of them open.
	p.AllowAttrs("dir").Matching(direction).OnElements(blocks...)
	p.AllowAttrs("lang").Matching(language).OnElements(blocks...)
	p.AllowAttrs("datetime").Matching(datetime).OnElements("time", "del", "ins")
	p.AllowAttrs("colspan", "rowspan").Matching(small).OnElements("th", "td")
	p.AllowAttrs("span").Matching(small).OnElements("col", "colgroup")
	p.AllowAttrs("scope").Matching(scope).OnElements("th")
	p.AllowAttrs("start", "value").Matching(number).OnElements("ol", "li")
	p.AllowAttrs("reversed").OnElements("ol")
	p.SkipElementsContent("button", "select", "svg", "math", "canvas", "dialog", "datalist")
	p.AddSpaceWhenStrippingTag(false)
	return p
})

// blocks may carry a language and a direction.
var blocks = []string{
	"p", "div", "span", "blockquote", "q", "pre", "bdi", "bdo", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
	"ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "table", "caption", "tr", "th", "td",
}

var (
	number    = regexp.MustCompile(`^[0-9]{1,5}$`)
	small     = regexp.MustCompile(`^[0-9]{1,2}$`)
	direction = regexp.MustCompile(`^(ltr|rtl|auto)$`)
	language  = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$`)
	datetime  = regexp.MustCompile(`^[0-9TZ:.+\-]{4,40}$`)
	scope     = regexp.MustCompile(`^(row|col|rowgroup|colgroup)$`)
	srcset    = regexp.MustCompile(`^https?://[^\s,"'<>]+( [0-9.]{1,7}[wx])?(, https?://[^\s,"'<>]+( [0-9.]{1,7}[wx])?)*$`)
)
