package storage

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"

	"github.com/rightswire/rightswire/news/search"
)

// words writes the words of a text as the index reads them, at most so many:
// without case and accents. The engines would take accents off by themselves,
// but each those of other scripts.
//
// Most of most texts is ASCII, which has none of either. So it goes piece by
// piece between spaces, across which nothing combines, and looks up what Unicode
// says only for pieces with anything else.
func words(text string, limit int) string {
	room := takeRoom()
	defer room.give()
	b := room.b
	for text != "" && limit > 0 {
		n := strings.IndexByte(text, ' ')
		if n < 0 {
			n = len(text)
		}
		piece := text[:n]
		text = text[min(n+1, len(text)):]
		var ok bool
		was, had := len(b), limit
		if b, limit, ok = appendASCIIWords(b, piece, limit); !ok {
			b, limit = appendWords(b[:was], piece, had)
		}
	}
	room.b = b
	return string(b)
}

// appendASCIIWords appends the words of a piece of text, as long as it is ASCII,
// and returns how many more there may be.
func appendASCIIWords(b []byte, piece string, limit int) (words []byte, left int, ok bool) {
	inside := false
	for i := range len(piece) {
		c := piece[i]
		switch {
		case c >= utf8.RuneSelf:
			return b, limit, false
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
		default:
			inside = false
			continue
		}
		if !inside {
			if limit--; limit < 0 {
				return b, 0, true
			}
			if len(b) > 0 {
				b = append(b, ' ')
			}
			inside = true
		}
		b = append(b, c)
	}
	return b, limit, true
}

// appendWords is appendASCIIWords for text of any kind.
func appendWords(b []byte, piece string, limit int) (words []byte, left int) {
	piece = norm.NFKC.String(piece)
	for start, end := range search.Words(piece) {
		if limit--; limit < 0 {
			return b, 0
		}
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, bare(search.Fold(piece[start:end]))...)
	}
	return b, limit
}

// bare takes the accents off words.
func bare(words string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r >= 0x0300 && r <= 0x036F:
			return -1
		case r == 'ς':
			return 'σ' // the end of a word is no other letter
		}
		return r
	}, norm.NFD.String(words)))
}

// bodyText is the text of an item: a summary that is the beginning of the
// content is not said twice.
func bodyText(summary, content string) string {
	text := textOf(content)
	head := summary[:min(len(summary), 80)]
	if summary == "" || strings.Contains(text, head[:strings.LastIndexByte(head, ' ')+1]) && strings.Contains(head, " ") {
		return text
	}
	return summary + " \n" + text
}

// textOf is the text between the tags of sanitised HTML. Elements inside a
// line do not part words.
func textOf(content string) string {
	if text, ok := quickText(content); ok {
		return text
	}
	return tokenText(content)
}

// tokenText is textOf for HTML of any kind.
func tokenText(content string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); !inLine(name) {
				b.WriteByte(' ')
			}
		}
	}
}

// inLine reports whether an element stands inside a line.
func inLine(name []byte) bool {
	switch atom.Lookup(name) {
	case atom.A, atom.B, atom.I, atom.Em, atom.Strong, atom.Span, atom.Sup, atom.Sub, atom.Mark, atom.Small, atom.U, atom.Wbr, atom.Abbr, atom.Q, atom.Bdi, atom.Bdo:
		return true
	}
	return false
}

// quickText is textOf for HTML as our sanitiser writes it, lower-case tags with
// quoted values: it needs no tokenizer, whose buffer alone costs more than most
// texts. ok is false where it takes one to tell.
func quickText(content string) (text string, ok bool) {
	if strings.ContainsAny(content, "\r\x00") {
		return "", false // which HTML reads as something else
	}
	var b strings.Builder
	b.Grow(len(content))
	for {
		i := strings.IndexByte(content, '<')
		if i < 0 {
			b.WriteString(html.UnescapeString(content))
			return b.String(), true
		}
		b.WriteString(html.UnescapeString(content[:i]))
		name, n := quickTag(content[i:])
		if n == 0 || rawText(name) {
			return "", false
		}
		if !inLine([]byte(name)) {
			b.WriteByte(' ')
		}
		content = content[i+n:]
	}
}

// rawText reports whether tags inside an element are none.
func rawText(name string) bool {
	switch name {
	case "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "title", "textarea", "xmp":
		return true
	}
	return false
}

// quickTag returns the name and the length of a tag at the start of s; 0 if it
// is not as plainly written as can be.
func quickTag(s string) (name string, n int) {
	i := 1
	end := i < len(s) && s[i] == '/'
	if end {
		i++
	}
	from := i
	for i < len(s) && ('a' <= s[i] && s[i] <= 'z' || i > from && '0' <= s[i] && s[i] <= '9') {
		i++
	}
	name = s[from:i]
	for !end && name != "" && i < len(s) && s[i] == ' ' {
		word := i + 1
		for i++; i < len(s) && ('a' <= s[i] && s[i] <= 'z' || s[i] == '-'); i++ {
		}
		if i == word || i+1 >= len(s) || s[i] != '=' || s[i+1] != '"' {
			return "", 0
		}
		value := strings.IndexByte(s[i+2:], '"')
		if value < 0 {
			return "", 0
		}
		i += 2 + value + 1
	}
	if name == "" || i >= len(s) || s[i] != '>' {
		return "", 0
	}
	return name, i + 1
}
