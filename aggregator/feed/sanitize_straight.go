package feed

import (
	"bytes"
	"strings"
	"sync"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// straight sanitises what is well formed as nearly all feeds write it, in one
// walk over the tags and without building a tree. It gives up, ok is false, as
// soon as an HTML parser would move, invent or open again anything, or where
// content has to be replaced: [filter] is for that, and the
// two agree (FuzzStraight). It says yes only to a result that filter would
// leave as it is.
func straight(fragment, base string, depth int) (out string, ok bool) {
	w := walks.Get().(*walk)
	defer walks.Put(w)
	*w = walk{elements: elements(), base: base, depth: depth, out: w.out[:0], plain: w.plain}
	w.plain.reset(fragment)
	if out, ok = w.run(&w.plain); !w.plain.odd {
		return out, ok
	}
	*w = walk{elements: w.elements, base: base, depth: depth, out: w.out[:0], plain: w.plain}
	return w.run(xhtml.NewTokenizer(strings.NewReader(fragment)))
}

// run walks to the end.
func (w *walk) run(z tokens) (out string, ok bool) {
	for range maxWalk {
		switch z.Next() {
		case xhtml.ErrorToken:
			for w.top > 0 {
				if !w.pop() {
					return "", false
				}
			}
			return string(bytes.TrimSpace(w.out)), true
		case xhtml.TextToken:
			ok = w.text(z)
		case xhtml.StartTagToken:
			ok = w.start(z, false)
		case xhtml.SelfClosingTagToken:
			ok = w.start(z, true)
		case xhtml.EndTagToken:
			ok = w.end(z)
		default: // comments and the like go
			continue
		}
		if !ok {
			return "", false
		}
	}
	return "", false
}

const (
	// maxWalk bounds the tags and texts that are walked. So few can never
	// reach maxCost, whatever is open.
	maxWalk = maxCost / 20
	// maxOpen bounds the elements that are open at a time.
	maxOpen = 48
)

// walks holds walks that are done, for their memory.
var walks = sync.Pool{New: func() any { return new(walk) }}

// walk is the state of [straight].
type walk struct {
	elements map[atom.Atom]*element
	out      []byte
	base     string
	depth    int // what may be open, as prepare counts it
	counted  int // what is open, as prepare counts it

	open    [maxOpen + 1]opened // from 1, the outermost first
	top     int                 // index of the innermost, 0 if nothing is open
	paras   int                 // paragraphs that are open
	words   bool                // what comes next may be joined to a text
	fresh   bool                // nothing was written since <pre>
	attr    []xhtml.Attribute
	scratch [12]xhtml.Attribute
	plain   plainTokens
}

// opened is an element that waits for its end tag.
type opened struct {
	*element
	silent     bool // neither its start tag nor its end tag is written
	from, body int  // offsets of its start tag and of what follows that
}

// text writes a text. Everything but plain ASCII takes the longer way.
func (w *walk) text(z tokens) bool {
	raw := z.Raw()
	if len(raw) == 0 {
		return true
	}
	if !isPlain(raw) {
		s := string(z.Text())
		if s == "" {
			return true
		}
		// A text that is parted by a tag that goes is one text in the end.
		if !isTameBlock(s, w.words) || w.fresh && s[0] == '\n' {
			return false
		}
		w.out = appendHTML(w.out, s)
	} else {
		if w.fresh && raw[0] == '\n' {
			return false
		}
		w.out = append(w.out, raw...)
	}
	w.words, w.fresh = true, false
	return true
}

// start takes a start tag.
func (w *walk) start(z tokens, selfClosing bool) bool {
	name, more := z.TagName()
	a := atom.Lookup(name)
	if a == atom.Source {
		return true
	}
	el := w.elements[a]
	if el == nil { // no name, or none that HTML knows
		el = unknown
	}
	if el.kind == barred {
		return false
	}
	if el.counts {
		if w.counted >= w.depth || w.top >= maxOpen {
			return false
		}
		if !selfClosing {
			w.counted++
		}
	}
	if el.kind == stripped {
		return true
	}
	void := el.kind == line || el.kind == void
	if selfClosing && !void || w.top >= maxOpen {
		return false
	}
	w.attr = w.scratch[:0]
	if more && el.attrs != nil {
		if show, ok := w.attributes(z, el); !show || !ok {
			return ok
		}
	}
	if len(w.attr) == 0 && !el.bare {
		return void || w.silently(el)
	}
	if i := w.find(el); i > 0 && w.open[i].silent || !w.makeRoom(el) {
		return false
	}
	from := len(w.out)
	w.writeTag(el)
	if void {
		return true
	}
	w.push(opened{element: el, from: from, body: len(w.out)})
	w.fresh = el.kind == pre
	return true
}

// silently opens an element whose tags go both.
func (w *walk) silently(el *element) bool {
	if w.find(el) > 0 {
		return false // which end tag goes?
	}
	w.push(opened{element: el, silent: true})
	return true
}

// end takes an end tag.
func (w *walk) end(z tokens) bool {
	name, _ := z.TagName()
	el := w.elements[atom.Lookup(name)]
	if el == nil {
		el = unknown
	}
	if el.counts && w.counted > 0 {
		w.counted--
	}
	switch el.kind {
	case stripped:
		return true
	case barred, void, line:
		return false
	}
	i := w.find(el)
	if i == 0 {
		// It closes nothing. A parser makes an empty paragraph of </p>, and
		// any heading's end ends any heading.
		return el.kind != para && el.kind != heading
	}
	for w.top > i {
		if !el.kind.endsItems() || !w.open[w.top].endsItself() {
			return false
		}
		if !w.pop() {
			return false
		}
	}
	return w.pop()
}

// find returns the index of the innermost open el, 0 if there is none.
func (w *walk) find(el *element) int {
	for i := w.top; i > 0; i-- {
		if w.open[i].element == el {
			return i
		}
	}
	return 0
}

// makeRoom closes what the start of el closes in HTML without saying so, as
// far as that is the innermost element.
func (w *walk) makeRoom(el *element) bool {
	switch top := &w.open[w.top]; {
	case el.kind == format:
		return w.find(el) == 0
	case el.kind == inline || el.kind == void:
		return true
	case top.silent: // the parser does not see it, but what is around it
		return false
	case el.kind == item || el.kind == term:
		return w.makeRoomForItem(el)
	}
	if w.paras > 0 && (!w.open[w.top].is(para) || !w.pop()) {
		return false
	}
	top := &w.open[w.top]
	return el.kind != heading || !top.is(heading) && !top.silent
}

// makeRoomForItem closes the item before it in the same list.
func (w *walk) makeRoomForItem(el *element) bool {
	if w.top > 0 && w.open[w.top].kind == para && w.open[w.top-1].is(el.kind) && !w.pop() {
		return false
	}
	if w.open[w.top].is(el.kind) {
		return w.pop() && w.paras == 0
	}
	if w.paras > 0 {
		return false
	}
	if w.open[w.top].is(list) {
		return true
	}
	for i := w.top; i > 0; i-- {
		if w.open[i].is(el.kind) {
			return false
		}
	}
	return true
}

func (w *walk) push(o opened) {
	w.top++
	w.open[w.top] = o
	if o.kind == para {
		w.paras++
	}
}

// pop closes the innermost element.
func (w *walk) pop() bool {
	o := w.open[w.top]
	w.top--
	if o.kind == para {
		w.paras--
	}
	if o.silent {
		return true
	}
	if o.atom == atom.A && len(w.out) == o.body {
		// A link around nothing goes; what was before it meets what follows.
		w.out, w.words = w.out[:o.from], true
		return !w.open[w.top].is(pre)
	}
	w.out = append(w.out, '<', '/')
	w.out = append(w.out, o.name...)
	w.out = append(w.out, '>')
	w.words, w.fresh = false, false
	return true
}
