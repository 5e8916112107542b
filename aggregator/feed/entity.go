package feed

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf8"
)

// appendDecoded appends src with its character references decoded once. HTML's
// names count too, because feeds use them although XML does not know them; what
// is no reference stays as it is written. References to characters that XML
// forbids vanish (S22).
func appendDecoded(dst, src []byte, rep *repairs) []byte {
	for {
		i := bytes.IndexByte(src, '&')
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		n := referenceLen(src)
		if n == 0 {
			rep.add(repairAmpersand)
			dst = append(dst, '&')
			src = src[1:]
			continue
		}
		dst = appendReference(dst, src[:n], rep)
		src = src[n:]
	}
}

// maxReference is longer than the longest name of HTML, which has 33 bytes
// with "&" and ";".
const maxReference = 40

// referenceLen returns the length of the reference at the front of src, with
// "&" and ";", or 0 if there is none.
func referenceLen(src []byte) int {
	for i := 1; i < len(src) && i < maxReference; i++ {
		switch c := src[i]; {
		case c == ';':
			if i == 1 {
				return 0
			}
			return i + 1
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
		case c == '#' && i == 1:
		default:
			return 0
		}
	}
	return 0
}

// appendReference appends what ref stands for.
func appendReference(dst, ref []byte, rep *repairs) []byte {
	switch string(ref) {
	case "&amp;":
		return append(dst, '&')
	case "&lt;":
		return append(dst, '<')
	case "&gt;":
		return append(dst, '>')
	case "&quot;":
		return append(dst, '"')
	case "&apos;":
		return append(dst, '\'')
	}
	if r := numbered(ref); r >= 0xa0 {
		return utf8.AppendRune(dst, r)
	}
	s := html.UnescapeString(string(ref))
	if ref[1] != '#' {
		rep.add(repairEntities)
		// HTML also knows some names without ";": in "&copy=2;" or "&notin2;"
		// only a prefix would match, and the text is no reference at all.
		if s == html.UnescapeString(string(ref[:len(ref)-1]))+";" {
			return append(dst, ref...)
		}
		return append(dst, s...)
	}
	if r, _ := utf8.DecodeRuneInString(s); s == string(ref) || r == utf8.RuneError || firstForbidden([]byte(s)) >= 0 {
		rep.add(repairControls)
		return dst
	}
	return append(dst, s...)
}

// numbered returns the character of a plain decimal or hexadecimal reference, 0
// for those that need a closer look.
func numbered(ref []byte) rune {
	if len(ref) < 4 || len(ref) > 9 || ref[1] != '#' {
		return 0
	}
	digits, base := string(ref[2:len(ref)-1]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n < 0xa0 || n > 0x10ffff || n >= 0xd800 && n < 0xe000 || n == 0xfeff || n == 0xfffe || n == 0xffff {
		return 0
	}
	return rune(n)
}

// appendText appends s as the text of an element. Markup goes into a CDATA
// section where it can: gofeed reads that several times faster than escapes.
func appendText(dst, s []byte) []byte {
	if bytes.IndexByte(s, '<') < 0 || bytes.Contains(s, []byte("]]>")) {
		return appendEscaped(dst, s)
	}
	dst = append(dst, "<![CDATA["...)
	dst = append(dst, s...)
	return append(dst, "]]>"...)
}

// appendEscaped appends s so that an XML parser reads s again, as text or as a
// quoted attribute value.
func appendEscaped(dst, s []byte) []byte {
	for {
		i := bytes.IndexAny(s, `&<>"`)
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		switch s[i] {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&#34;"...)
		}
		s = s[i+1:]
	}
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s []byte, n int) []byte {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
