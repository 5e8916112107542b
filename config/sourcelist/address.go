package sourcelist

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// feedScheme is what some programs put before an address: feed://, feed:https://,
// Feedly's feed/http://.
var feedScheme = regexp.MustCompile(`(?i)^feed(:(//)?|/)(https?:)?`)

// address tidies an address as lists write it; "" if it is no web address, or
// none that may be published.
func address(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if m := feedScheme.FindStringSubmatch(s); m != nil {
		scheme := m[3]
		if scheme == "" {
			scheme = "http:"
		}
		s = scheme + "//" + strings.TrimLeft(s[len(m[0]):], "/")
	}
	bare := strings.TrimPrefix(s, "//")
	if strings.HasPrefix(bare, "/") || strings.HasPrefix(bare, ".") {
		return "" // beside a page that the list does not name
	}
	if !strings.Contains(s, ":") && strings.Contains(s, ".") && !strings.ContainsAny(s, " \t\n") {
		s = "https://" + bare
	}
	s = strings.ReplaceAll(s, " ", "%20")
	u, err := url.Parse(s)
	if err != nil || len(s) > maxURL || u.Hostname() == "" || u.User != nil {
		return ""
	}
	if scheme := strings.ToLower(u.Scheme); scheme != "http" && scheme != "https" {
		return ""
	} else if scheme != u.Scheme {
		s = scheme + s[len(scheme):]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) {
			return -1
		}
		return r
	}, s)
}

// Same returns the form of a feed's address by which two are compared: without
// what makes no difference to where a request goes (scheme, case of the host,
// the port that is usual, a slash at the end, the fragment). Nothing of the
// query goes: feeds are told apart by it.
func Same(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if port := u.Port(); port != "" && (u.Scheme != "http" || port != "80") && (u.Scheme != "https" || port != "443") {
		host += ":" + port
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return host + path
}
