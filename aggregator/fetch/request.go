package fetch

import "net/http"

// accept names what we read, best first (P37).
const accept = "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, " +
	"application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"

// acceptPage is asked of a page for people.
const acceptPage = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

// acceptEncoding names what decode.go decodes, and nothing else (S19).
const acceptEncoding = "gzip, br, zstd, deflate"

// acceptDelta asks for a feed with only what is new (P45, RFC 3229 section
// 10.5.3). A server that does not know it ignores it.
const acceptDelta = "feed, gzip"

// fixedHeader holds the values that are the same in every request; net/http
// does not write to them, so they are made once.
type fixedHeader struct{ accept, encoding, agent, delta []string }

func newFixedHeader(agent string) fixedHeader {
	return fixedHeader{
		accept:   []string{accept},
		encoding: []string{acceptEncoding},
		agent:    []string{agent},
		delta:    []string{acceptDelta},
	}
}

// header builds the header of the next request: who we are, what we read, what
// we have, and at the source's own origin what the source wants to see. No
// Cookie, no Referer (P37, P38).
func (x *exchange) header() http.Header {
	f := &x.c.fixed
	h := make(http.Header, 8)
	h["Accept"], h["Accept-Encoding"], h["User-Agent"] = f.accept, f.encoding, f.agent
	// Both validators when we have both: the server prefers If-None-Match
	// (P03, RFC 9110 section 13.1.3).
	if x.req.Page {
		h["Accept"] = []string{acceptPage}
	}
	if headerSafe(x.req.ETag, maxValidator) {
		h["If-None-Match"] = []string{x.req.ETag}
		h["A-Im"] = f.delta
	}
	if headerSafe(x.req.LastModified, maxValidator) {
		h["If-Modified-Since"] = []string{x.req.LastModified}
	}
	if !x.own {
		return h // P31
	}
	if x.auth != "" {
		h["Authorization"] = []string{x.auth}
	}
	for _, e := range x.extra {
		h[e.name] = []string{e.value} // net/http refuses what is not a header value
	}
	return h
}

// conditional reports whether the requests of x carry a validator.
func (x *exchange) conditional() bool {
	return headerSafe(x.req.ETag, maxValidator) || headerSafe(x.req.LastModified, maxValidator)
}

// managed reports whether a header belongs to the connection, the codings or
// the conditions, which are ours to keep consistent with what we read.
func managed(name string) bool {
	switch name {
	case "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Te", "Trailer",
		"Transfer-Encoding", "Content-Length", "Upgrade", "Expect", "Accept-Encoding", "A-Im", "Range",
		"If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range":
		return true
	}
	return false
}
