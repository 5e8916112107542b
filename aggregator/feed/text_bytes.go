package feed

import (
	"html"
	"strings"
	"unicode/utf8"
)

// isPlain reports whether text is printable ASCII with line breaks that means
// the same in HTML and in itself.
func isPlain(text []byte) bool {
	for _, c := range text {
		if !plainBytes[c] {
			return false
		}
	}
	return true
}

var plainBytes = func() (t [256]bool) {
	for c := byte(0x20); c < 0x7f; c++ {
		t[c] = c != '&' && c != '<' && c != '>' && c != '"' && c != '\''
	}
	t['\n'] = true
	return t
}()

// appendHTML appends s as HTML writes it, as text or as a quoted attribute
// value, with spaces for tabs.
func appendHTML(dst []byte, s string) []byte {
	done := 0
	for i := range len(s) {
		var ref string
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&#34;"
		case '\'':
			ref = "&#39;"
		case '\t':
			ref = " "
		default:
			continue
		}
		dst = append(dst, s[done:i]...)
		dst = append(dst, ref...)
		done = i + 1
	}
	return append(dst, s[done:]...)
}

// appendUnescaped writes text with its references decoded.
func appendUnescaped(b *strings.Builder, text []byte) {
	if isPlain(text) {
		b.Write(text)
		return
	}
	b.WriteString(html.UnescapeString(string(text)))
}

// cutString is cut for strings.
func cutString(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
