package feed

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText returns the text that a reader of the HTML would see: without
// tags, scripts and styles, references decoded, white space collapsed, hidden
// direction controls made harmless. It is text, not HTML: whoever puts it into
// a page escapes it.
func PlainText(fragment string) string { return plain(fragment, false) }

// plain is PlainText; a title may keep tags that HTML does not know, because
// "List<String>" is a headline and not markup.
func plain(fragment string, title bool) string {
	if strings.IndexByte(fragment, '<') < 0 {
		return tame(collapse(html.UnescapeString(fragment)))
	}
	if !title {
		if text, ok := quickPlain(fragment); ok {
			return tame(text)
		}
	}
	return tame(collapse(tokenPlain(fragment, title)))
}

// tokenPlain is plain, with white space as it comes, for HTML of any kind.
func tokenPlain(fragment string, title bool) string {
	var b strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return b.String()
		case xhtml.TextToken:
			appendUnescaped(&b, z.Raw())
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			raw := ""
			if title { // TagName writes over it
				raw = string(z.Raw())
			}
			name, _ := z.TagName()
			a := atom.Lookup(name)
			switch {
			case hiddenText[a]:
				skipHidden(z, string(name))
			case title && a == 0 && !strings.ContainsAny(raw, "=:"):
				b.WriteString(raw)
			case !inlineElements[a]:
				b.WriteByte(' ')
			}
		case xhtml.EndTagToken:
			if name, _ := z.TagName(); !inlineElements[atom.Lookup(name)] {
				b.WriteByte(' ')
			}
		}
	}
}

// hiddenText holds the elements whose text nobody sees.
var hiddenText = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true,
	atom.Textarea: true, atom.Noembed: true, atom.Noframes: true, atom.Xmp: true,
}

// inlineElements do not part words.
var inlineElements = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.B: true, atom.Bdi: true, atom.Bdo: true, atom.Big: true, atom.Cite: true,
	atom.Code: true, atom.Del: true, atom.Dfn: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Ins: true,
	atom.Kbd: true, atom.Mark: true, atom.Q: true, atom.S: true, atom.Samp: true, atom.Small: true, atom.Span: true,
	atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.Tt: true, atom.U: true, atom.Var: true,
	atom.Wbr: true, atom.Acronym: true, atom.Strike: true,
}

// skipHidden moves behind the end of an element whose text is hidden. The
// tokenizer hands such text out in one piece.
func skipHidden(z *xhtml.Tokenizer, name string) {
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return
		case xhtml.EndTagToken:
			if end, _ := z.TagName(); string(end) == name {
				return
			}
		}
	}
}

// titleText is the plain text of a headline. References are decoded once more
// where some are left: "AT&amp;amp;T" was escaped once too often and nobody
// means it.
func titleText(fragment string) string {
	s := plain(fragment, true)
	if i := strings.IndexByte(s, '&'); i >= 0 && strings.IndexByte(s[i:], ';') > 0 {
		s = tame(collapse(string(appendDecoded(nil, []byte(s), &repairs{}))))
	}
	return s
}

// plainLine is the plain text of a short field such as a name.
func plainLine(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return titleText(s)
}

// collapse makes one space of every run of white space and cuts it off both
// ends.
func collapse(s string) string {
	if isCollapsed(s) {
		return s
	}
	var line oneLine
	line.b.Grow(len(s))
	line.add(s)
	return line.String()
}

// shorten cuts s to at most n characters, at the end of a word where one is
// near, and says so with an ellipsis.
func shorten(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	rs := []rune(s)[:n]
	end := len(rs) - 1
	for i := end; i > end-40 && i > 0; i-- {
		if unicode.IsSpace(rs[i]) {
			end = i
			break
		}
	}
	// Scripts without spaces are cut anywhere but inside a character that is
	// written with several code points.
	for end > 0 && (unicode.Is(unicode.M, rs[end]) || rs[end] == 0x200d || rs[end-1] == 0x200d) {
		end--
	}
	return tame(strings.TrimRight(string(rs[:end]), " .,;:–—-") + "…")
}
