package dedupe

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxURL bounds the work on one address. Longer ones are data, not addresses
// of articles, and get no canonical form.
const maxURL = 8 << 10

// maxSteps bounds how often the rules are applied to one address: taking one
// layer off (a wrapper, "/index.html/amp") can lay the next one bare.
const maxSteps = 10

// Canonical returns the form of an article's address that is used to compare
// it with others, or "" when rawURL is not an absolute http or https URL.
//
// Two addresses with one canonical form are taken for one article, so a rule
// is here only if it cannot join two articles: the scheme, the port, mobile
// and AMP variants, index files, session ids, known tracking parameters and
// spelling are normalised; every other parameter is kept, and a query is never
// dropped as a whole. The result is an address that mostly still works, but
// it is for comparing: [news.Item] keeps the address as published in URL.
//
// Canonical(Canonical(u)) == Canonical(u).
func Canonical(rawURL string) string {
	s := tidy(rawURL)
	for range maxSteps {
		next, target := normalize(s)
		// A form that is to be tidied once more is not the last one.
		if next = tidy(cmp.Or(target, next)); next == s && target == "" {
			return s
		}
		s = next
	}
	// An address that keeps changing is not one we understand.
	return ""
}

// normalize applies every rule once. When the address only wraps another one,
// target is that other one and c is "".
func normalize(s string) (c, target string) {
	if len(s) > maxURL {
		return "", ""
	}
	u, err := url.Parse(s)
	if err != nil {
		// A stray percent sign is the one mistake that still leaves an
		// address which browsers open.
		if u, err = url.Parse(escapeStray(s)); err != nil {
			return "", ""
		}
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Opaque != "" {
		return "", ""
	}
	if t := inner(s); t != "" {
		return "", t
	}
	host, ok := canonicalHost(u)
	if !ok {
		return "", ""
	}
	r, where := rules(), sections(host)
	if t := r.unwrap(where, u); t != "" {
		return "", t
	}
	if to, ok := r.aliases[host]; ok {
		host, where = to, sections(to)
	}
	if isBlogger(u.Path) {
		where = append([]string{"blogspot.*"}, where...)
	}
	path, query := r.splitCampaign(where, u.EscapedPath(), u.RawQuery)
	path, query = r.withoutForms(where, canonicalPath(path)), r.query(where, query)
	if host == "youtu.be" && strings.Count(path, "/") == 1 && len(path) > 1 && !strings.Contains(query, "v=") {
		host, query, path = "youtube.com", joinQuery("v="+path[1:], query), "/watch"
	}
	var b strings.Builder
	b.WriteString("https://")
	b.WriteString(host)
	b.WriteString(path)
	if query != "" {
		b.WriteByte('?')
		b.WriteString(query)
	}
	if f := r.fragment(where, u.EscapedFragment()); f != "" {
		b.WriteByte('#')
		b.WriteString(f)
	}
	if b.Len() > maxURL {
		return "", ""
	}
	return b.String(), ""
}

// joinQuery puts two query strings together.
func joinQuery(a, b string) string {
	if b == "" {
		return a
	}
	return a + "&" + b
}

// escapedAnd undoes what feeds make of a "&" that they escape twice.
var escapedAnd = strings.NewReplacer("&amp;", "&", "&#038;", "&", "&#38;", "&", "&#x26;", "&")

// tidy repairs what copying and careless templates do to an address: space and
// quotes around it, back slashes, HTML entities, a user name, an upper-case
// scheme.
func tidy(s string) string {
	if len(s) > maxURL {
		return ""
	}
	if !isTidy(s) {
		s = trimmed(s)
	}
	// Some templates escape an address as a whole.
	if low := strings.ToLower(s[:min(len(s), 8)]); strings.HasPrefix(low, "http%3a") || strings.HasPrefix(low, "https%3a") {
		s = plain(s)
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = escapedAnd.Replace(s)
	}
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !strings.HasPrefix(rest, "//") {
		return s
	}
	rest = strings.ReplaceAll(strings.TrimLeft(rest, "/"), " ", "%20")
	// A user name is no part of an article's address, and often not even
	// valid.
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@')
	return strings.ToLower(scheme) + "://" + rest[at+1:]
}

// around are the characters that copying leaves around an address, beside
// space.
const around = "<>\"'`\u200b\u00ad\ufeff"

// isTidy reports a text that trimmed would return as it is.
func isTidy(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '\\' {
			return false
		}
	}
	return s != "" && strings.IndexByte(around, s[0]) < 0 && strings.IndexByte(around, s[len(s)-1]) < 0
}

// trimmed turns back slashes round and takes control characters, and space and
// quotes at both ends, off.
func trimmed(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case r < ' ', r == 0x7f:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(around, r)
	})
}

// inner returns the address behind a doubled scheme ("http://http://a.example").
func inner(s string) string {
	_, rest, _ := strings.Cut(s, "://")
	low := strings.ToLower(rest[:min(len(rest), 8)])
	if strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") {
		return rest
	}
	return ""
}

// escapeStray escapes each percent sign that does not start an escape.
func escapeStray(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && !(i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0) {
			b.WriteString("%25")
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unhex is the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// respell gives every spelling of one string of an address the same form
// (RFC 3986 section 6.2.2): bytes that need no escape stand as they are, all
// others as an upper-case escape. Bytes in reserved keep the meaning they have
// in s: written out they stay written out, escaped they stay escaped.
func respell(s, reserved string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c, escaped := s[i], false
		if c == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			c, escaped = byte(unhex(s[i+1])<<4|unhex(s[i+2])), true
			i += 2
		}
		plain := c < utf8.RuneSelf && (isUnreserved(c) || strings.IndexByte("!$'()*,:;@", c) >= 0)
		if strings.IndexByte(reserved, c) >= 0 {
			plain = !escaped
		}
		if plain {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// isUnreserved reports the characters that never need an escape (RFC 3986
// section 2.3).
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
