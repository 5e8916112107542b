package feed

import "strings"

// plainURL is webURL for addresses that need no parser, as most are: there is
// nothing in them to encode, to lower, to leave out or to resolve but the host
// in front of a path. ok is false for all others.
func plainURL(ref string, bases []string) (url string, ok bool) {
	if n := plainOrigin(ref); n > 0 {
		return ref, len(ref) <= maxURL && (n == len(ref) || ref[n] == '/' && plainPath(ref[n:]))
	}
	if len(bases) == 0 || ref[0] != '/' || strings.HasPrefix(ref, "//") || !plainPath(ref) {
		return "", false
	}
	// Segments of dots and empty ones are a matter for the resolver.
	if strings.Contains(ref, "/.") || strings.Contains(ref, "//") {
		return "", false
	}
	base := bases[0]
	n := plainOrigin(base)
	if n == 0 || len(base) > maxURL || n < len(base) && (base[n] != '/' || !plainPath(base[n:])) || n+len(ref) > maxURL {
		return "", false
	}
	return base[:n] + ref, true
}

// plainOrigin returns the length of the scheme, the host and the port that s
// begins with, 0 if it does not, or if they could be written otherwise.
func plainOrigin(s string) int {
	i := len("https://")
	if !strings.HasPrefix(s, "https://") {
		if i--; !strings.HasPrefix(s, "http://") {
			return 0
		}
	}
	host := i
	for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == '-') {
		i++
	}
	if i == host {
		return 0
	}
	if i < len(s) && s[i] == ':' {
		port := i + 1
		for i = port; i < len(s) && s[i] >= '0' && s[i] <= '9'; {
			i++
		}
		if i == port {
			return 0
		}
	}
	return i
}

// plainPath reports whether a path with its query has nothing to encode and no
// fragment.
func plainPath(s string) bool {
	for i := range len(s) {
		if !plainPathBytes[s[i]] {
			return false
		}
	}
	return true
}

var plainPathBytes = func() (t [256]bool) {
	for c := range 0x80 {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	for _, c := range "-._~/?&=+,:;@$*" {
		t[c] = true
	}
	return t
}()
