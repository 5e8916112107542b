package dedupe

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
)

// unwrap returns the address that an address of a known wrapper (AMP cache,
// search engine, link filter, archive) leads to, or "" when it is no wrapper's
// or names no target.
func (r *ruleset) unwrap(where []string, u *url.URL) string {
	for _, h := range where {
		for i := range r.wraps[h] {
			if t := r.wraps[h][i].target(u); t != "" {
				return t
			}
		}
	}
	return ""
}

// target reads the target out of a wrapper's address, "" if it has none.
func (w *wrap) target(u *url.URL) string {
	rest, ok := strings.CutPrefix(u.EscapedPath(), w.path)
	// "/url" is not the start of "/urls".
	if !ok || rest != "" && rest[0] != '/' {
		return ""
	}
	q := u.Query()
	for _, at := range w.targets {
		t := q.Get(at.param)
		switch {
		case at.param == "*" && at.data:
			t = dataTarget(rest[strings.LastIndexByte(rest, '/')+1:])
		case at.param == "?":
			t = plain(u.RawQuery)
			if isAbsolute(u.RawQuery) {
				t = u.RawQuery
			}
		case at.param == "*":
			t = tailTarget(rest, u.RawQuery)
		case at.data:
			t = dataTarget(t)
		}
		if isAbsolute(t) {
			return t
		}
	}
	return ""
}

// tailTarget reads a target out of the rest of a wrapper's path: "s/host/path"
// as AMP caches write it, or an address after some key, as archives do.
func tailTarget(tail, query string) string {
	tail = strings.TrimPrefix(tail, "/")
	if query != "" {
		query = "?" + query
	}
	low := strings.ToLower(tail)
	for _, scheme := range []string{"https", "http"} {
		if i := strings.Index(low, scheme+":/"); i >= 0 {
			return scheme + "://" + strings.TrimLeft(tail[i+len(scheme)+1:], "/") + query
		}
		if i := strings.Index(low, scheme+"%3a/"); i >= 0 {
			return scheme + "://" + strings.TrimLeft(tail[i+len(scheme)+3:], "/") + query
		}
		if i := strings.Index(low, scheme+"%3a%2f%2f"); i >= 0 {
			// All slashes of the target are escaped; what follows a plain one is
			// the wrapper's again.
			t, _, _ := strings.Cut(tail[i:], "/")
			if t, err := url.PathUnescape(t); err == nil {
				return t
			}
		}
	}
	scheme := "http://"
	if rest, ok := strings.CutPrefix(tail, "s/"); ok {
		tail, scheme = rest, "https://"
	}
	if host, _, _ := strings.Cut(tail, "/"); isHost(strings.ToLower(host)) {
		return scheme + tail + query
	}
	return ""
}

// urlAlphabet turns base64 into its form for addresses.
var urlAlphabet = strings.NewReplacer("+", "-", "/", "_")

// dataTarget returns the first address in base64 data, "" if there is none.
// The data may have two characters in front that say its kind, as Bing's "a1".
func dataTarget(s string) string {
	s = urlAlphabet.Replace(strings.TrimRight(s, "="))
	for _, skip := range []int{0, 2} {
		data, err := base64.RawURLEncoding.DecodeString(s[min(skip, len(s)):])
		if err != nil {
			continue
		}
		i := bytes.Index(data, []byte("http"))
		if i < 0 {
			continue
		}
		data = data[i:]
		// What ends a string in a record is no character of an address.
		end := bytes.IndexFunc(data, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' || r == '<' || r == '>' })
		if end >= 0 {
			data = data[:end]
		}
		if isAbsolute(string(data)) {
			return string(data)
		}
	}
	return ""
}

// isAbsolute reports an absolute http or https URL.
func isAbsolute(s string) bool {
	low := strings.ToLower(s[:min(len(s), 8)])
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://")
}
