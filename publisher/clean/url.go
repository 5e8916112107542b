package clean

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// maxURL bounds a published address in bytes; beyond it no reader follows.
const maxURL = 8 << 10

// maxHost bounds a host in bytes: the longest name that there can be (RFC 1035
// section 2.3.4).
const maxHost = 253

// URL returns an address as it may be published: absolute, http or https, in
// ASCII as RFC 3986 writes it (an IDN host in punycode, everything else
// percent-encoded), without user and password (F27, S03, S15). It returns ""
// for whatever is not or cannot be made such an address.
func URL(s string) string {
	s = strings.TrimSpace(s)
	if plainURL(s) {
		return s
	}
	return longURL(s)
}

// longURL is [URL] for addresses that have to be taken apart.
func longURL(s string) string {
	if s == "" || len(s) > maxURL {
		return ""
	}
	u, err := url.Parse(percent(s))
	// The scheme is looked at before the host: javascript://host/%0a… has a
	// host too (S04).
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	host := u.Hostname()
	if strings.Contains(host, ":") {
		ip, err := netip.ParseAddr(host)
		if err != nil || ip.Zone() != "" { // a zone means something on one machine only
			return ""
		}
		host = "[" + ip.String() + "]"
	} else if host, err = idna.ToASCII(strings.ToLower(host)); err != nil || strings.ContainsFunc(host, notHost) {
		return ""
	}
	if len(host) > maxHost {
		return ""
	}
	if p := u.Port(); p != "" {
		host += ":" + p
	}
	out := u.Scheme + "://" + host + escape(u.EscapedPath())
	if u.RawQuery != "" {
		out += "?" + escape(u.RawQuery)
	}
	if f := u.EscapedFragment(); f != "" {
		out += "#" + escape(f)
	}
	if len(out) > maxURL {
		return "" // encoding made it too long
	}
	return out
}

// plainURL reports whether an address is one that [URL] leaves as it is, and
// that it need not take apart: a name in small letters, a path and a query of
// characters that stand for themselves.
func plainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "http://"); !ok {
			return false
		}
	}
	host := 0
	for host < len(rest) && !notHost(rune(rest[host])) {
		host++
	}
	if host == 0 || host > maxHost || len(s) > maxURL || strings.Contains(rest[:host], "xn--") {
		return false
	}
	if rest = rest[host:]; rest == "" {
		return true
	}
	query := false
	for i := range len(rest) {
		switch c := rest[i]; {
		case letter(c), c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == '~', c == '/':
		case c == '?' && i+1 < len(rest):
			query = true
		case query && (c == '=' || c == '&'):
		default:
			return false
		}
	}
	return rest[0] == '/' || rest[0] == '?'
}

func notHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
}

// percent writes a % that starts no escape as %25, which url.Parse would
// otherwise refuse the whole address for.
func percent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] == '%' && (i+2 >= len(s) || !hex(s[i+1]) || !hex(s[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

func hex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// escape percent-encodes the bytes that net/url leaves as they are although
// RFC 3986 does not allow them there: non-ASCII and brackets, mostly.
func escape(s string) string {
	const digits = "0123456789ABCDEF"
	if !strings.ContainsFunc(s, unsafe) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 || unsafe(rune(c)) {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unsafe reports whether a character must be encoded in a path, a query or a
// fragment.
func unsafe(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(";/?:@&=+$.-_!~*'(),%", r)
}
