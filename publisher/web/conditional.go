package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// fresh reports whether the reader has this very form already, by the rules
// of RFC 9110 section 13 (F12).
func fresh(h http.Header, etag string, modified time.Time) bool {
	if match, ok := h["If-None-Match"]; ok {
		// If-Modified-Since must not be looked at then (section 13.1.3).
		for _, list := range match {
			if listed(list, etag) {
				return true
			}
		}
		return false
	}
	since, ok := h["If-Modified-Since"]
	if !ok || modified.IsZero() || len(since) != 1 {
		return false
	}
	t, err := http.ParseTime(since[0])
	return err == nil && !modified.Truncate(time.Second).After(t)
}

// listed reports whether a list of entity tags has one that is weakly equal
// to etag, or is "*". It reads the grammar rather than split at commas, which
// may stand in a tag.
func listed(list, etag string) bool {
	for {
		list = strings.TrimLeft(list, " \t,")
		if list == "" {
			return false
		}
		if list[0] == '*' {
			return true
		}
		list = strings.TrimPrefix(list, "W/")
		if list == "" || list[0] != '"' {
			return false // not a list of tags; the rest cannot be trusted
		}
		end := strings.IndexByte(list[1:], '"')
		if end < 0 {
			return false
		}
		if list[:end+2] == etag {
			return true
		}
		list = list[end+2:]
	}
}

// accepts reports whether Brotli and gzip are welcome, by RFC 9110 section
// 12.5.3. Brotli is preferred wherever it is welcome at all: it is the
// smaller form, and whoever names it can read it.
func accepts(header []string) (br, gz bool) {
	if len(header) == 1 {
		if w, ok := usual[header[0]]; ok {
			return w.br, w.gz
		}
	}
	return parseAccepts(header)
}

// usual are the headers that most readers send, so that they need not be
// parsed.
var usual = map[string]struct{ br, gz bool }{}

func init() {
	for _, line := range []string{
		"gzip", "gzip, deflate", "gzip,deflate", "gzip, deflate, br", "gzip,deflate,br", "gzip, deflate, br, zstd", "br, gzip", "br, gzip, deflate",
		"br", "identity", "deflate, gzip", "gzip, br", "gzip,br",
	} {
		br, gz := parseAccepts([]string{line})
		usual[line] = struct{ br, gz bool }{br, gz}
	}
}

func parseAccepts(header []string) (br, gz bool) {
	star, named := false, map[string]bool(nil)
	for _, line := range header {
		for line != "" {
			var part string
			part, line, _ = strings.Cut(line, ",")
			coding, params, _ := strings.Cut(part, ";")
			ok := quality(params) > 0
			switch coding = strings.TrimSpace(coding); {
			case strings.EqualFold(coding, "br"):
				br = ok
			case strings.EqualFold(coding, "gzip"), strings.EqualFold(coding, "x-gzip"):
				gz = ok
			case coding == "*":
				star = ok
				continue
			default:
				continue
			}
			if named == nil && !ok {
				named = map[string]bool{}
			}
			if !ok {
				named[strings.ToLower(coding)] = true
			}
		}
	}
	if star { // everything that was not refused by name
		br, gz = br || !named["br"], gz || !named["gzip"]
	}
	return br, gz
}

// quality reads the q parameter; 1 if there is none, 0 if it cannot be read.
func quality(params string) float64 {
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		k, v, ok := strings.Cut(strings.TrimSpace(p), "=")
		if ok && strings.EqualFold(strings.TrimSpace(k), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}
