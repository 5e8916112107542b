package feed

import (
	"regexp"
	"sync"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// element is what [straight] knows of an element of HTML.
type element struct {
	name   string
	atom   atom.Atom
	kind   kind
	counts bool // towards the depth, see prepare
	bare   bool // passes without attributes
	attrs  map[string]*attribute
}

// attribute is one that passes.
type attribute struct {
	name  string
	value *regexp.Regexp // nil: any
	url   bool
}

// kind is how the HTML parser treats an element (HTML standard, section
// 13.2.6.4.7).
type kind uint8

const (
	stripped kind = iota // its tags go
	barred               // not for straight: it needs more than its tags read
	inline               // closes nothing and is closed by its end tag
	format               // inline, but opened again where it was left open
	void                 // has no end tag
	line                 // void and closes a paragraph: hr
	block                // closes a paragraph
	list                 // a block with items
	para                 // a block that other blocks close: p
	heading
	pre
	item // li
	term // dt, dd
)

// endsItems reports whether the end of such an element ends the paragraphs
// and items in it.
func (k kind) endsItems() bool { return k >= block && k != para }

// endsItself reports whether the element needs no end tag.
func (o *opened) endsItself() bool {
	return !o.silent && (o.kind == para || o.kind == item || o.kind == term)
}

func (o *opened) is(k kind) bool { return o.element != nil && o.kind == k }

var unknown = &element{kind: stripped, counts: true}

// kinds names those that are neither inline nor stripped, of those that the
// policy lets pass.
var kinds = map[kind][]string{
	format:  {"a", "b", "code", "em", "i", "s", "small", "strong", "u"},
	void:    {"br", "wbr", "img"},
	line:    {"hr"},
	block:   {"address", "article", "aside", "blockquote", "details", "div", "figcaption", "figure", "footer", "header", "section", "summary"},
	list:    {"ul", "ol", "dl"},
	para:    {"p"},
	heading: {"h1", "h2", "h3", "h4", "h5", "h6"},
	pre:     {"pre"},
	item:    {"li"},
	term:    {"dt", "dd"},
	barred: {
		"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "rt", "rp",
		"image", "title", "plaintext", "frameset", "iframe", "embed", "object", "video", "audio",
	},
}

// elements is built from the policy, which stays the one list of what passes.
var elements = sync.OnceValue(func() map[atom.Atom]*element {
	m := map[atom.Atom]*element{}
	get := func(name string) *element {
		a := atom.Lookup([]byte(name))
		if m[a] == nil {
			m[a] = &element{name: name, atom: a, counts: !voidElements[name] && !optionalEnd[a]}
		}
		return m[a]
	}
	for name := range voidElements {
		get(name)
	}
	for a := range optionalEnd {
		get(a.String())
	}
	for _, name := range shown {
		el := get(name)
		el.kind, el.bare = inline, policy().Sanitize("<"+name+">") != ""
	}
	for k, names := range kinds {
		for _, name := range names {
			get(name).kind = k
		}
	}
	for _, name := range silent {
		get(name).kind = barred
	}
	for a := range hiddenText {
		get(a.String()).kind = barred
	}
	for _, rule := range attributes() {
		for _, on := range rule.on {
			el := get(on)
			if el.attrs == nil {
				el.attrs = map[string]*attribute{}
			}
			for _, name := range rule.names {
				el.attrs[name] = &attribute{name: name, value: rule.value, url: urlAttributes[name]}
			}
		}
	}
	return m
})

// attributes reads the attributes of a start tag into w.attr, as they are to
// be written. show is false if the element goes, ok if straight gives up.
func (w *walk) attributes(z tokens, el *element) (show, ok bool) {
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		if rule := el.attrs[string(key)]; rule != nil {
			w.attr = append(w.attr, xhtml.Attribute{Key: rule.name, Val: string(val)})
		} else if el.atom == atom.Img {
			w.attr = append(w.attr, xhtml.Attribute{Key: string(key), Val: string(val)})
		}
	}
	if el.atom == atom.Img {
		tok := xhtml.Token{Attr: w.attr}
		lateSource(&tok)
		if w.attr = tok.Attr; isPixel(&tok) {
			return false, true
		}
	}
	kept := w.attr[:0]
	for _, a := range w.attr {
		rule := el.attrs[a.Key]
		if rule == nil || !rule.admit(&a, w.base) {
			continue
		}
		for _, other := range kept {
			if other.Key == a.Key {
				return false, false
			}
		}
		kept = append(kept, a)
	}
	w.attr = kept
	switch el.atom {
	case atom.Img:
		return w.picture()
	case atom.A:
		if valueOf(w.attr, "href") != "" {
			w.attr = append(w.attr, xhtml.Attribute{Key: "rel", Val: "noopener noreferrer"})
		}
	}
	return true, true
}

// picture completes the attributes of a picture.
func (w *walk) picture() (show, ok bool) {
	if valueOf(w.attr, "src") == "" {
		return false, true
	}
	if isPixel(&xhtml.Token{Attr: w.attr}) { // only now that its address is known
		return false, false
	}
	if !hasKey(w.attr, "alt") {
		w.attr = append(w.attr, xhtml.Attribute{Key: "alt"})
	}
	w.attr = append(w.attr, xhtml.Attribute{Key: "loading", Val: "lazy"})
	return true, true
}

// admit makes the value fit to be shown and reports whether it may be.
func (r *attribute) admit(a *xhtml.Attribute, base string) bool {
	switch {
	case r.name == "srcset":
		a.Val = resolveSrcset(a.Val, base)
	case r.url:
		a.Val = webURL(a.Val, base)
		return a.Val != ""
	default:
		a.Val = tame(a.Val)
	}
	return r.value == nil || r.value.MatchString(a.Val)
}

// writeTag writes a start tag.
func (w *walk) writeTag(el *element) {
	w.out = append(w.out, '<')
	w.out = append(w.out, el.name...)
	for _, a := range w.attr {
		w.out = append(w.out, ' ')
		w.out = append(w.out, a.Key...)
		w.out = append(w.out, '=', '"')
		w.out = appendHTML(w.out, a.Val)
		w.out = append(w.out, '"')
	}
	if el.kind == void || el.kind == line {
		w.out = append(w.out, '/')
	}
	w.out = append(w.out, '>')
	w.words, w.fresh = false, false
}

func valueOf(attrs []xhtml.Attribute, key string) string {
	for _, a := range attrs {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasKey(attrs []xhtml.Attribute, key string) bool {
	for _, a := range attrs {
		if a.Key == key {
			return true
		}
	}
	return false
}
