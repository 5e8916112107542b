// Package jsonpart writes parts of a JSON document, as encoding/json has them.
//
// It is a room of its own because JSON Feed and the linked data of pages share
// it: both are written field by field, tens of thousands of times a build, and
// looking at them by reflection cost more than all that they say.
package jsonpart

import (
	"sync"
	"unicode/utf8"
)

// Part is JSON that grows.
type Part struct {
	buf  []byte
	html bool // write <, > and & as escapes, for a document inside of HTML
}

var parts = sync.Pool{New: func() any { return new(Part) }}

// Write returns what fill writes.
func Write(fill func(*Part)) string {
	p := parts.Get().(*Part)
	defer parts.Put(p)
	p.buf = p.buf[:0]
	fill(p)
	return string(p.buf)
}

// ForHTML returns a part that grows behind b and can stand inside an element of
// HTML.
func ForHTML(b []byte) Part { return Part{buf: b, html: true} }

// Bytes returns what was written.
func (p *Part) Bytes() []byte { return p.buf }

// Raw writes what is JSON already.
func (p *Part) Raw(json string) { p.buf = append(p.buf, json...) }

// Field writes what stands before a value, and a string.
func (p *Part) Field(before, value string) {
	p.Raw(before)
	p.String(value)
}

// Optional is [Part.Field] for a value that may be "": then there is nothing.
func (p *Part) Optional(before, value string) {
	if value != "" {
		p.Field(before, value)
	}
}

// String writes a string.
func (p *Part) String(s string) {
	b, last := append(p.buf, '"'), 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if esc := escapes[c]; esc != "" && (p.html || c != '<' && c != '>' && c != '&') {
				b = append(append(b, s[last:i-1]...), esc...)
				last = i
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		esc := ""
		switch {
		case r == utf8.RuneError && n == 1:
			esc = `\ufffd`
		case r == 0x2028: // these two end a line of JavaScript
			esc = `\u2028`
		case r == 0x2029:
			esc = `\u2029`
		}
		if esc != "" {
			b = append(append(b, s[last:i]...), esc...)
			last = i + n
		}
		i += n
	}
	p.buf = append(append(b, s[last:]...), '"')
}

// escapes are what stands for a character of ASCII; "": the character.
var escapes = func() (out [utf8.RuneSelf]string) {
	const hex = "0123456789abcdef"
	for c := range ' ' {
		out[c] = `\u00` + hex[c>>4:c>>4+1] + hex[c&15:c&15+1]
	}
	for c, esc := range map[byte]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '<': `\u003c`, '>': `\u003e`, '&': `\u0026`} {
		out[c] = esc
	}
	return out
}()
