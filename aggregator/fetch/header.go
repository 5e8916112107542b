package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxValidator bounds an ETag or Last-Modified that we would send back (S33).
	maxValidator = 1 << 10
	// maxValue bounds a header value that is handed on.
	maxValue = 8 << 10
	// maxSeconds is where delta-seconds stop counting (RFC 9111 section
	// 1.2.2); it also keeps them far from overflowing a Duration.
	maxSeconds = 1 << 31
)

// headerSafe reports whether s can be a header value of at most limit bytes:
// not empty, no control characters. Bytes above ASCII pass; net/http sends
// them as they are.
func headerSafe(s string, limit int) bool {
	if s == "" || len(s) > limit {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// validator returns the value of a header byte for byte, or "" when it cannot
// be sent back (P01, P02, S33).
func validator(h http.Header, name string) string {
	v := h[name]
	if len(v) == 0 || !headerSafe(v[0], maxValidator) {
		return ""
	}
	return v[0]
}

// sanitize drops what must not travel on: cookies (P38), and values that are
// long or carry control characters. The total is bounded by MaxHeader.
func sanitize(h http.Header) http.Header {
	delete(h, "Set-Cookie")
	delete(h, "Set-Cookie2")
	for name, values := range h {
		for i := 0; i < len(values); i++ {
			if values[i] != "" && !headerSafe(values[i], maxValue) {
				values = append(values[:i], values[i+1:]...)
				h[name] = values
				i--
			}
		}
		if len(values) == 0 {
			delete(h, name)
		}
	}
	return h
}

// freshness returns for how long the response may count as fresh (P09 to P11,
// RFC 9111 section 4.2.1): max-age less the Age it has already, or Expires
// less Date. We are a private cache: s-maxage is not for us.
func freshness(h http.Header, now time.Time) time.Duration {
	age, found, forbidden := cacheControl(h["Cache-Control"])
	switch {
	case forbidden:
		return 0 // P11: the configured interval stays
	case found:
		spent, _ := seconds(h.Get("Age"))
		return max(0, age-spent)
	}
	expires, ok := httpTime(h.Get("Expires"))
	if !ok {
		return 0 // P10: "0" and "-1" say nothing
	}
	date, ok := httpTime(h.Get("Date"))
	if !ok {
		date = now
	}
	return clampSeconds(expires.Sub(date))
}

// cacheControl reads the directives that concern us. The first max-age
// counts; one that is no number counts as absent.
func cacheControl(values []string) (age time.Duration, found, forbidden bool) {
	for _, v := range values {
		for v != "" {
			var d string
			d, v, _ = strings.Cut(v, ",")
			name, arg, _ := strings.Cut(strings.TrimSpace(d), "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-store", "no-cache":
				// no-cache="Field" restricts one field only.
				forbidden = forbidden || arg == ""
			case "max-age":
				if s, ok := seconds(strings.Trim(strings.TrimSpace(arg), `"`)); ok && !found {
					age, found = s, true
				}
			}
		}
	}
	return age, found, forbidden
}

// retryAfter reads both forms of Retry-After (P15, P16, RFC 9110 section
// 10.2.3). It returns 0 for what is negative, past or unreadable.
func retryAfter(v string, now time.Time) time.Duration {
	v = strings.TrimSpace(v)
	if s, ok := seconds(v); ok {
		return s
	}
	if t, ok := httpTime(v); ok {
		return clampSeconds(t.Sub(now))
	}
	return 0
}

// seconds reads delta-seconds. Numbers of any length are numbers: they stop
// at maxSeconds.
func seconds(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > maxSeconds {
		n = maxSeconds
	}
	return time.Duration(n) * time.Second, true
}

func clampSeconds(d time.Duration) time.Duration {
	return min(max(0, d), maxSeconds*time.Second)
}

// looseTimes are HTTP dates as servers get them wrong.
var looseTimes = []string{
	"Mon, 2 Jan 2006 15:04:05 MST",
	time.RFC1123Z,
	"Mon, 02-Jan-2006 15:04:05 MST",
	time.RFC3339,
}

// httpTime reads an HTTP date, in the three forms of RFC 9110 section 5.6.7
// and some near misses.
func httpTime(s string) (time.Time, bool) {
	if len(s) < 10 || len(s) > 64 {
		return time.Time{}, false
	}
	if t, err := http.ParseTime(s); err == nil {
		return t, true
	}
	for _, layout := range looseTimes {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// isDelta reports whether a 226 was made the way we asked for (P45).
func isDelta(h http.Header) bool {
	delta := false
	for _, v := range h["Im"] {
		for im := range strings.SplitSeq(v, ",") {
			name, _, _ := strings.Cut(im, ";")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "feed":
				delta = true
			case "gzip": // decode.go recognises gzip by its first bytes
			default:
				return false
			}
		}
	}
	return delta
}
