package pages

import (
	"strings"
	"time"
)

// markup is HTML that grows. What is no literal of ours enters it by a method
// that escapes as html/template does in the same place; a test and a fuzz
// target compare the two.
type markup []byte

// raw writes what is HTML already.
func (m *markup) raw(html string) { *m = append(*m, html...) }

// text writes text of an element, of title, or of an attribute in quotes.
func (m *markup) text(s string) {
	b, last := *m, 0
	for i := 0; i < len(s); i++ {
		esc := ""
		switch s[i] {
		case 0:
			esc = "\uFFFD"
		case '"':
			esc = "&#34;"
		case '&':
			esc = "&amp;"
		case '\'':
			esc = "&#39;"
		case '+':
			esc = "&#43;"
		case '<':
			esc = "&lt;"
		case '>':
			esc = "&gt;"
		default:
			continue
		}
		b = append(append(b, s[last:i]...), esc...)
		last = i + 1
	}
	*m = append(b, s[last:]...)
}

// address writes an address that an attribute in quotes begins with. One whose
// scheme is none of http, https and mailto becomes an anchor that leads
// nowhere.
func (m *markup) address(url string) {
	if scheme, _, ok := strings.Cut(url, ":"); ok && !strings.Contains(scheme, "/") &&
		!strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "mailto") {
		m.raw("#ZgotmplZ")
		return
	}
	m.rest(url)
}

// rest writes what follows the beginning of an address: bytes that may not
// stand in one are percent-encoded, escapes that it has are left.
func (m *markup) rest(url string) {
	const hex = "0123456789abcdef"
	b := *m
	for i := 0; i < len(url); i++ {
		switch c := url[i]; {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '+':
			b = append(b, "&#43;"...)
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("!#$*,/:;=?@[]-._~", c) >= 0,
			c == '%' && i+2 < len(url) && isHex(url[i+1]) && isHex(url[i+2]):
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	*m = b
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// lang writes the attribute of that name, if the language is known.
func (m *markup) lang(tag string) {
	if tag != "" {
		m.raw(` lang="`)
		m.text(tag)
		m.raw(`"`)
	}
}

// machine and stamp write times as the functions of these names do: neither
// form has a byte to escape.
func (m *markup) machine(t time.Time) { *m = t.UTC().AppendFormat(*m, time.RFC3339) }

func (m *markup) stamp(t time.Time) { *m = t.UTC().AppendFormat(*m, stampLayout) }

// time writes the element of that name.
func (m *markup) time(t time.Time, attributes string) {
	m.raw(`<time datetime="`)
	m.machine(t)
	m.raw(`"` + attributes + `>`)
	m.stamp(t)
	m.raw(`</time>`)
}
