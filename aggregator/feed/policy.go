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
	p.AllowElements(shown...)
	p.AllowURLSchemes("http", "https")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	for _, a := range attributes() {
		rule := p.AllowAttrs(a.names...)
		if a.value != nil {
			rule = rule.Matching(a.value)
		}
		rule.OnElements(a.on...)
	}
	p.SkipElementsContent(silent...)
	p.AddSpaceWhenStrippingTag(false)
	return p
})

// shown holds the elements that pass. Links and pictures pass by their
// attributes.
var shown = []string{
	"p", "br", "hr", "div", "span", "blockquote", "q", "pre", "code", "kbd", "samp", "var",
	"em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "small", "sub", "sup",
	"abbr", "cite", "dfn", "time", "bdi", "bdo", "wbr", "ruby", "rt", "rp", "address",
	"h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "aside", "header", "footer",
	"ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "figure", "figcaption",
	"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td",
}

// silent holds elements that go with what is in them.
var silent = []string{"button", "select", "svg", "math", "canvas", "dialog", "datalist"}

// allowed says which attributes pass on some elements; with a nil value, every value that
// the rules for addresses let pass.
type allowed struct {
	names []string
	value *regexp.Regexp
	on    []string
}

// attributes returns the attributes that pass, by element.
func attributes() []allowed {
	number := regexp.MustCompile(`^[0-9]{1,5}$`)
	small := regexp.MustCompile(`^[0-9]{1,2}$`)
	direction := regexp.MustCompile(`^(ltr|rtl|auto)$`)
	language := regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$`)
	datetime := regexp.MustCompile(`^[0-9TZ:.+\-]{4,40}$`)
	scope := regexp.MustCompile(`^(row|col|rowgroup|colgroup)$`)
	srcset := regexp.MustCompile(`^https?://[^\s,"'<>]+( [0-9.]{1,7}[wx])?(, https?://[^\s,"'<>]+( [0-9.]{1,7}[wx])?)*$`)
	return []allowed{
		{[]string{"href"}, nil, []string{"a"}},
		{[]string{"cite"}, nil, []string{"blockquote", "q", "del", "ins"}},
		{[]string{"src"}, nil, []string{"img"}},
		{[]string{"srcset"}, srcset, []string{"img"}},
		{[]string{"alt"}, nil, []string{"img"}},
		{[]string{"width", "height"}, number, []string{"img"}},
		{[]string{"title"}, nil, []string{"a", "abbr", "dfn", "img"}},
		// Not on the elements of formatIndex: with attributes that differ, the
		// HTML parser would keep any number of them open.
		{[]string{"dir"}, direction, blocks},
		{[]string{"lang"}, language, blocks},
		{[]string{"datetime"}, datetime, []string{"time", "del", "ins"}},
		{[]string{"colspan", "rowspan"}, small, []string{"th", "td"}},
		{[]string{"span"}, small, []string{"col", "colgroup"}},
		{[]string{"scope"}, scope, []string{"th"}},
		{[]string{"start", "value"}, number, []string{"ol", "li"}},
		{[]string{"reversed"}, nil, []string{"ol"}},
	}
}

// blocks may carry a language and a direction.
var blocks = []string{
	"p", "div", "span", "blockquote", "q", "pre", "bdi", "bdo", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
	"ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "table", "caption", "tr", "th", "td",
}
