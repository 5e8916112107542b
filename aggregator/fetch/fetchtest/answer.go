package fetchtest

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is a way to misbehave.
type Fault int

// The faults of an [Answer].
const (
	None     Fault = iota
	Silent         // accepts the request and never says anything
	Reset          // resets the connection instead of answering
	Truncate       // announces the whole body, sends half of it, hangs up
	Drip           // sends the body a byte at a time, Delay apart (0: 50 ms)
	Endless        // repeats the body for ever
)

// Answer is what an origin says to one request.
type Answer struct {
	Status int               // 0: 200, or a 304 where the validators below are matched
	Header map[string]string // "" removes one that net/http adds, such as Date
	Body   string
	Gzip   bool // compress the body and say so
	Delay  time.Duration
	Fault  Fault

	ETag, LastModified string // sent with the answer, and compared with the request's

	// Sees is what the request that gets this answer must carry: header names
	// with their values, "" for one that must not be there. A request that
	// differs fails the test.
	Sees map[string]string
}

// differs says what a request carries other than what the answer must see, ""
// if nothing.
func (a Answer) differs(h http.Header) string {
	var b strings.Builder
	for name, want := range a.Sees {
		if got := strings.Join(h.Values(name), ", "); got != want {
			fmt.Fprintf(&b, "; %s: %q, want %q", name, got, want)
		}
	}
	return strings.TrimPrefix(b.String(), "; ")
}

// Redirect is an answer that sends the guest to another URL.
func Redirect(status int, location string) Answer {
	return Answer{Status: status, Header: map[string]string{"Location": location}}
}

// play answers; done ends the answers that would never end.
func (a Answer) play(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
	switch a.Fault {
	case Silent:
		wait(r, done, time.Hour)
		return
	case Reset:
		reset(w)
		return
	}
	if a.Delay > 0 && a.Fault != Drip && !wait(r, done, a.Delay) {
		return
	}
	body := a.Body
	h := w.Header()
	if a.Gzip {
		body = Gzip(body)
		h.Set("Content-Encoding", "gzip")
	}
	if a.ETag != "" {
		h["Etag"] = []string{a.ETag}
	}
	if a.LastModified != "" {
		h["Last-Modified"] = []string{a.LastModified}
	}
	for name, value := range a.Header {
		if value == "" {
			h[http.CanonicalHeaderKey(name)] = nil
			continue
		}
		h.Set(name, value)
	}
	if a.Status == 0 && a.matches(r) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if h.Get("Content-Length") == "" && a.Fault != Endless {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(cmp.Or(a.Status, http.StatusOK))
	a.send(w, r, body, done)
}

// matches compares validators the way RFC 9110 section 13.2.2 orders them.
func (a Answer) matches(r *http.Request) bool {
	if inm := r.Header.Get("If-None-Match"); inm != "" {
		return a.ETag != "" && inm == a.ETag
	}
	return a.LastModified != "" && r.Header.Get("If-Modified-Since") == a.LastModified
}

func (a Answer) send(w http.ResponseWriter, r *http.Request, body string, done <-chan struct{}) {
	flush := http.NewResponseController(w).Flush
	switch a.Fault {
	case Truncate:
		io.WriteString(w, body[:len(body)/2])
		flush()
		panic(http.ErrAbortHandler) // net/http's way to hang up
	case Drip:
		for i := range len(body) {
			if _, err := io.WriteString(w, body[i:i+1]); err != nil || flush() != nil {
				return
			}
			if !wait(r, done, cmp.Or(a.Delay, 50*time.Millisecond)) {
				return
			}
		}
	case Endless:
		for {
			select {
			case <-done:
				return
			default:
			}
			if _, err := io.WriteString(w, body); err != nil {
				return
			}
		}
	default:
		io.WriteString(w, body) // a guest that hung up shows in the test, not here
	}
}

// wait reports whether d went by before the guest or the test was gone.
func wait(r *http.Request, done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-done:
	case <-r.Context().Done():
	}
	return false
}

// reset closes the connection so that the guest sees a reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: resets the stream
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// Gzip returns s compressed.
func Gzip(s string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close() // a strings.Builder does not fail
	return b.String()
}
