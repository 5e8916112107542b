package pages

import (
	"html"
	"html/template"
	"strings"
)

// Most of what a page shows of an item is a paragraph of an excerpt and the
// credit that feeds end with. Of such HTML it is known what cleaning makes of
// it: nothing, but for the credit, which goes. The functions of this file read
// it in one go, without a sanitizer, a parser and a tree of nodes, and give up
// at the first thing that they do not know. A property test and a fuzz target
// compare what they return with what [Renderer.content] makes of the same.

// block is an element that is a child of none.
type block struct {
	list        bool // an <ul>, or else a <p>
	start, end  int  // of the element in the source
	inner, last int  // of what is inside
	links       bool // it has links
}

// plainContent is content for HTML that consists of paragraphs and lists of
// text and links, whose links are all in the credit; false for any other.
func plainContent(src, outlet string) (template.HTML, bool) {
	var few [8]block
	blocks := few[:0]
	for at := 0; at < len(src); {
		b, ok := readBlock(src, at)
		if !ok {
			return "", false
		}
		blocks = append(blocks, b)
		at = b.end
		for at < len(src) && src[at] == '\n' {
			at++
		}
	}
	end := len(src)
	if n := credit(src, outlet, blocks); n >= 0 {
		end = blocks[n].start
		blocks = blocks[:n]
	}
	for _, b := range blocks {
		if b.links {
			return "", false
		}
	}
	return template.HTML(src[:end]), true
}

// readBlock reads a paragraph, or a list of what paragraphs hold.
func readBlock(src string, at int) (b block, ok bool) {
	b.start = at
	switch rest := src[at:]; {
	case strings.HasPrefix(rest, "<p>"):
		b.inner = at + len("<p>")
	case strings.HasPrefix(rest, creditTag):
		// Attributes that the sanitizer keeps, but that a page need not have: only
		// for what is dropped.
		b.inner, b.links = at+len(creditTag), true
	case strings.HasPrefix(rest, "<ul>"):
		b.inner, b.list = at+len("<ul>"), true
	default:
		return b, false
	}
	at = b.inner
	for {
		linked := false
		if at, linked, ok = readText(src, at); !ok {
			return b, false
		}
		b.links = b.links || linked
		if !b.list {
			break
		}
		if strings.HasPrefix(src[at:], "</ul>") {
			break
		}
		if !strings.HasPrefix(src[at:], "<li>") {
			return b, false
		}
		if at, linked, ok = readText(src, at+len("<li>")); !ok || !strings.HasPrefix(src[at:], "</li>") {
			return b, false
		}
		b.links = b.links || linked
		at += len("</li>")
	}
	b.last = at
	closing := "</p>"
	if b.list {
		closing = "</ul>"
	}
	b.end = at + len(closing)
	return b, strings.HasPrefix(src[at:], closing)
}

const creditTag = `<p lang="en" dir="ltr">`

// readText reads text and links up to another tag.
func readText(src string, at int) (end int, linked, ok bool) {
	for {
		if at, ok = readWords(src, at, '<'); !ok {
			return at, linked, false
		}
		if !strings.HasPrefix(src[at:], `<a href="`) {
			return at, linked, at < len(src)
		}
		linked = true
		if at, ok = readWords(src, at+len(`<a href="`), '"'); !ok || !strings.HasPrefix(src[at:], `">`) {
			return at, linked, false
		}
		if at, ok = readWords(src, at+len(`">`), '<'); !ok || !strings.HasPrefix(src[at:], "</a>") {
			return at, linked, false
		}
		at += len("</a>")
	}
}

// readWords reads text up to a character that ends it. All that it holds is
// written as [html.Render] of golang.org/x/net/html writes it.
func readWords(src string, at int, until byte) (int, bool) {
	for ; at < len(src); at++ {
		switch c := src[at]; c {
		case until:
			return at, true
		case '<', '>', '"', '\'', '\r', 0:
			return at, false
		case '&':
			n := reference(src[at:])
			if n == 0 {
				return at, false
			}
			at += n - 1
		}
	}
	return at, true
}

// reference returns the length of the reference that s begins with, if it is
// one of those that text is written with; 0 otherwise.
func reference(s string) int {
	for _, r := range [...]string{"&amp;", "&#39;", "&#34;", "&lt;", "&gt;"} {
		if strings.HasPrefix(s, r) {
			return len(r)
		}
	}
	return 0
}

// credit returns which block the credit to an outlet begins with, as
// [dropCredit] finds it; -1 if there is none.
func credit(src, outlet string, blocks []block) int {
	n := len(blocks) - 1
	if n >= 2 && blocks[n].list && blocks[n-1].words(src) == "Also at:" {
		n -= 2
	}
	if n < 0 || blocks[n].list {
		return -1
	}
	want := "Source: " + strings.Join(strings.Fields(outlet), " ")
	if got := blocks[n].words(src); got != want && got != want+" (single-source)" {
		return -1
	}
	return n
}

// words is the text of a block with single spaces.
func (b block) words(src string) string {
	text := src[b.inner:b.last]
	if strings.Contains(text, "<") {
		var w strings.Builder
		for len(text) > 0 {
			before, after, _ := strings.Cut(text, "<")
			w.WriteString(before)
			_, text, _ = strings.Cut(after, ">")
		}
		text = w.String()
	}
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}
