package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxLocation bounds a redirect target, in bytes.
const maxLocation = 8 << 10

// follow checks where a redirect leads and makes it the next URL (P27, P28,
// P30). Whether a permanent one is ever saved is not decided here.
func (x *exchange) follow(status int, location string) error {
	next, err := target(x.url, location)
	if err != nil {
		return err
	}
	if x.url.Scheme == "https" && next.Scheme == "http" && !x.c.opt.Downgrade {
		return fmt.Errorf("%w: %s", ErrDowngrade, redact(next))
	}
	if len(x.hops) >= x.c.opt.MaxRedirects {
		return fmt.Errorf("%w: %d followed", ErrTooManyRedirects, len(x.hops))
	}
	to := next.String()
	if to == x.first.String() {
		return fmt.Errorf("%w: back to %s", ErrRedirectLoop, redact(next))
	}
	for _, h := range x.hops {
		if h.To == to {
			return fmt.Errorf("%w: back to %s", ErrRedirectLoop, redact(next))
		}
	}
	// Once away from the origin it was meant for, a secret stays home, also
	// when the chain comes back: the way was laid by somebody else (P31, S15).
	x.own = x.own && sameOrigin(x.url, next)
	x.hops = append(x.hops, Hop{Status: status, From: x.url.String(), To: to})
	x.url = next
	return nil
}

// target resolves a Location against the URL that sent it. Fragments are
// dropped, and credentials too: a server does not get to choose with which we
// knock at another door.
func target(base *url.URL, location string) (*url.URL, error) {
	if !headerSafe(location, maxLocation) { // S33
		return nil, fmt.Errorf("redirect to %.100q: %w", location, ErrScheme)
	}
	u, err := base.Parse(strings.TrimSpace(location))
	if err != nil {
		return nil, fmt.Errorf("redirect to %.100q: %w", location, ErrScheme)
	}
	u = bare(u)
	if err := checkScheme(u); err != nil {
		return nil, fmt.Errorf("redirect to %.100q: %w", redact(u), err)
	}
	// The parser lets a host such as "0:00:" through that reads back as none.
	if again, err := url.Parse(u.String()); err != nil || again.Host != u.Host {
		return nil, fmt.Errorf("redirect to %.100q: %w", redact(u), ErrScheme)
	}
	return u, nil
}

// checkScheme lets absolute http and https URLs through.
func checkScheme(u *url.URL) error {
	if (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.Opaque == "" {
		return nil
	}
	return ErrScheme
}

// sameOrigin reports whether credentials for a may be sent to b: same host and
// port, or the same host moving from http to https on their usual ports.
func sameOrigin(a, b *url.URL) bool {
	if !strings.EqualFold(a.Hostname(), b.Hostname()) {
		return false
	}
	pa, pb := port(a), port(b)
	return a.Scheme == b.Scheme && pa == pb ||
		a.Scheme == "http" && b.Scheme == "https" && pa == "80" && pb == "443"
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// permanent returns where the row of permanent redirects at the start of the
// chain ends. One temporary hop ends the row: what comes after it is not what
// the source moved to (P27, P28).
func permanent(hops []Hop) string {
	to := ""
	for _, h := range hops {
		if h.Status != http.StatusMovedPermanently && h.Status != http.StatusPermanentRedirect {
			break
		}
		to = h.To
	}
	return to
}

// bare returns u without credentials and fragment, and with a query that is
// fit for a request line: net/http writes spaces and bytes beyond ASCII there
// as they stand in a sloppy Location. The rest of a URL is escaped by its
// String method.
func bare(u *url.URL) *url.URL {
	b := *u
	b.User, b.Fragment, b.RawFragment = nil, "", ""
	b.RawQuery = escapeQuery(b.RawQuery)
	return &b
}

// escapeQuery percent-encodes what may not stand in a query, and leaves what
// may exactly as it is.
func escapeQuery(q string) string {
	clean := func(c byte) bool { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' }
	ok := true
	for i := range len(q) {
		ok = ok && clean(q[i])
	}
	if ok {
		return q
	}
	var b strings.Builder
	for i := range len(q) {
		if c := q[i]; clean(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// Redact returns a URL as it may be shown in logs, errors and pages: without
// user and password, and without the value of a query parameter that is a
// secret by its name (S32). It returns "invalid URL" for what cannot be read.
func Redact(rawURL string) string {
	if isPlain(rawURL) {
		return rawURL
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return "invalid URL"
	}
	return redact(bare(u))
}

// isPlain reports whether a URL is one of those that most are: of a host, a port
// and a path of plain characters, of which nothing is hidden and nothing escaped.
func isPlain(rawURL string) bool {
	rest, ok := strings.CutPrefix(rawURL, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(rawURL, "http://")
	}
	host, path, slash := strings.Cut(rest, "/")
	host, port, _ := strings.Cut(host, ":")
	return ok && slash && host != "" && strings.Trim(port, "0123456789") == "" && plainWords(host, ".-") && plainWords(path, "./-_")
}

// plainWords reports whether a text holds nothing but letters and digits of
// ASCII and some other characters.
func plainWords(s, others string) bool {
	for i := range len(s) {
		if c := s[i]; (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// redact is [Redact] of a bare URL.
func redact(u *url.URL) string {
	if u.RawQuery == "" {
		return u.String()
	}
	parts := strings.Split(u.RawQuery, "&")
	for i, p := range parts {
		name, value, _ := strings.Cut(p, "=")
		if value != "" && secretName(name) {
			parts[i] = name + "=xxxxx"
		}
	}
	c := *u
	c.RawQuery = strings.Join(parts, "&")
	return c.String()
}

// secretName recognises the parameters that private feeds carry their key in.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, s := range []string{"token", "secret", "passw", "apikey", "api_key", "api-key", "auth", "signature", "session"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	switch name {
	case "key", "sig", "pwd", "pass", "sid", "code":
		return true
	}
	return false
}
