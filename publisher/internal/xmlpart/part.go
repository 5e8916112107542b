package xmlpart

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Part is an element that grows. A wire writes tens of thousands of entries, of
// which encoding/xml would look at each field by reflection; so who writes
// entries says every byte between the texts itself. The texts are written as
// encoding/xml has them, and tests hold whole entries to what it makes of the
// same.
type Part struct{ buf []byte }

var parts = sync.Pool{New: func() any { return new(Part) }}

// Write returns what fill writes.
func Write(fill func(*Part)) string {
	p := parts.Get().(*Part)
	defer parts.Put(p)
	p.buf = p.buf[:0]
	fill(p)
	return string(p.buf)
}

// Append appends what fill writes to dst.
func Append(dst []byte, fill func(*Part)) []byte {
	p := Part{dst}
	fill(&p)
	return p.buf
}

// Raw writes what is XML already.
func (p *Part) Raw(xml string) { p.buf = append(p.buf, xml...) }

// Text writes the text of an element, or of an attribute in double quotes.
func (p *Part) Text(s string) {
	b, last := p.buf, 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if esc := escapes[c]; esc != "" {
				b = append(append(b, s[last:i-1]...), esc...)
				last = i
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r == 0xfffe || r == 0xffff {
			b = append(append(b, s[last:i]...), "\uFFFD"...)
			last = i + n
		}
		i += n
	}
	p.buf = append(b, s[last:]...)
}

// escapes are what stands for a character of ASCII; "": the character.
var escapes = func() (out [utf8.RuneSelf]string) {
	for c := range ' ' {
		out[c] = "\uFFFD"
	}
	out['\t'], out['\n'], out['\r'] = "&#x9;", "&#xA;", "&#xD;"
	out['"'], out['\''], out['&'], out['<'], out['>'] = "&#34;", "&#39;", "&amp;", "&lt;", "&gt;"
	return out
}()

// CDATA writes the text of an element so that people can read the markup in it.
// What XML has no character for was filtered before.
func (p *Part) CDATA(s string) {
	if s == "" {
		return
	}
	p.Raw("<![CDATA[")
	for {
		before, after, ok := strings.Cut(s, "]]>")
		p.Raw(before)
		if !ok {
			break
		}
		p.Raw("]]]]><![CDATA[>")
		s = after
	}
	p.Raw("]]>")
}

// Element writes an element without attributes on a line of its own.
func (p *Part) Element(indent, name, text string) {
	p.open(indent, name)
	p.Text(text)
	p.close(name)
}

// Optional is [Part.Element] for a text that may be "": then there is none.
func (p *Part) Optional(indent, name, text string) {
	if text != "" {
		p.Element(indent, name, text)
	}
}

// Time writes an element that holds a time.
func (p *Part) Time(indent, name string, t time.Time, layout string) {
	p.open(indent, name)
	p.buf = t.UTC().AppendFormat(p.buf, layout)
	p.close(name)
}

// Moment writes an element that holds a time, to the second, in the line.
func (p *Part) Moment(name string, t time.Time) {
	p.Raw("<")
	p.Raw(name)
	p.Raw(">")
	p.buf = t.UTC().AppendFormat(p.buf, time.RFC3339)
	p.close(name)
}

// Attribute writes an attribute; there is none without a value.
func (p *Part) Attribute(name, value string) {
	if value != "" {
		p.Raw(" ")
		p.Raw(name)
		p.Raw(`="`)
		p.Text(value)
		p.Raw(`"`)
	}
}

func (p *Part) open(indent, name string) {
	p.Raw("\n")
	p.Raw(indent)
	p.Raw("<")
	p.Raw(name)
	p.Raw(">")
}

func (p *Part) close(name string) {
	p.Raw("</")
	p.Raw(name)
	p.Raw(">")
}
