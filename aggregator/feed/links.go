package feed

import (
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// maxURL bounds an address, in bytes; servers refuse longer ones.
const maxURL = 4096

// resolve returns ref as an absolute URL of any scheme, starting from base; ""
// if there is none. The result is a valid URI (RFC 3986): what is not ASCII is
// percent-encoded, the host in punycode.
func resolve(base, ref string) string {
	u, err := parseURL(ref)
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		b, err := parseURL(base)
		if err != nil || !b.IsAbs() || b.Opaque != "" {
			return ""
		}
		u = b.ResolveReference(u)
	}
	return u.String()
}

// webURL returns ref as an absolute http or https URL, starting from the first
// base that is one, and "" for anything else: nothing that could run a script
// or reach into a machine is ever stored (S03, S04).
func webURL(ref string, bases ...string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	if u, ok := plainURL(ref, bases); ok {
		return u
	}
	return parsedURL(ref, bases)
}

// parsedURL is webURL for addresses written in any way.
func parsedURL(ref string, bases []string) string {
	u, err := parseURL(ref)
	if err != nil {
		return ""
	}
	for _, base := range bases {
		if u.IsAbs() {
			break
		}
		if b, err := parseURL(base); err == nil && isWeb(b) {
			u = b.ResolveReference(u)
		}
	}
	if !isWeb(u) {
		return ""
	}
	u.User = nil // a name and a password are nobody's business (S15)
	// A reference may carry a host that passes until there is a scheme in
	// front of it: what comes out must go in again.
	s := u.String()
	if again, err := url.Parse(s); err != nil || !isWeb(again) || strings.ContainsAny(again.Host, badInHost) || len(s) > maxURL {
		return ""
	}
	return s
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Hostname() != ""
}

// parseURL parses what feeds write where a URL belongs: with spaces, line
// breaks, stray percent signs, letters of any script.
func parseURL(s string) (*url.URL, error) {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return -1 // as browsers do (WHATWG URL, section 4.4)
		}
		return r
	}, strings.TrimSpace(s))
	if len(s) > 2*maxURL {
		return nil, &url.Error{Op: "parse", URL: s[:64], Err: url.InvalidHostError("too long")}
	}
	head, host, tail := splitHost(s)
	if head != "" {
		ascii, err := asciiHost(host)
		if err != nil {
			return nil, err
		}
		host = ascii
	}
	if strings.HasPrefix(tail, `\`) && head != "" {
		tail = "/" + tail[1:] // as browsers do; never part of the host
	}
	return url.Parse(head + host + percentEncode(tail))
}

// splitHost cuts s around the host, with its port, if it has one.
func splitHost(s string) (head, host, tail string) {
	i := strings.Index(s, "//")
	if i < 0 || strings.ContainsAny(s[:i], "/?#") || (i > 0 && s[i-1] != ':') {
		return "", "", s
	}
	i += 2
	end := strings.IndexAny(s[i:], `/?#\`)
	if end < 0 {
		end = len(s) - i
	}
	head, host, tail = s[:i], s[i:i+end], s[i+end:]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		head, host = head+percentEncode(host[:at+1]), host[at+1:]
	}
	return head, host, tail
}

const badInHost = " \"'<>\\^`{|}%"

// asciiHost writes a host name in punycode (RFC 3490).
func asciiHost(host string) (string, error) {
	ascii := true
	for i := range len(host) {
		ascii = ascii && host[i] < 0x80
	}
	if ascii {
		if host == "" {
			return "", url.InvalidHostError(host)
		}
		// What no host name and no address holds, and what would end the host
		// for a reader that is less strict than the next one.
		if strings.ContainsAny(host, badInHost) {
			return "", url.InvalidHostError(host)
		}
		return strings.ToLower(host), nil
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, ""
	}
	name, err = idna.Lookup.ToASCII(name)
	if err != nil {
		return "", err
	}
	if port != "" {
		return net.JoinHostPort(name, port), nil
	}
	return name, nil
}

// percentEncode encodes every byte that no URI may hold, and a "%" that
// encodes nothing.
func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])),
			c <= ' ', c >= 0x7f, strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
