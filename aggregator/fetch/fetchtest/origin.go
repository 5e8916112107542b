// Package fetchtest is a scripted origin for tests of whoever fetches: a real
// server on loopback that answers what the test wrote down, misbehaves where
// it says so, and remembers what it was asked.
//
// It decides nothing about fetching and imports nothing of ours. It is a
// package of its own because the poll, the commands and the fetcher are all
// tested against it.
//
//	o := fetchtest.New(t)
//	o.On("/feed", fetchtest.Answer{Body: rss, ETag: `"v1"`}) // 304 by itself when asked with "v1"
//	o.On("/busy", fetchtest.Answer{Status: 503}, fetchtest.Answer{Body: rss})
//	o.On("/slow", fetchtest.Answer{Body: rss, Fault: fetchtest.Drip})
//	o.On("/seen", fetchtest.Answer{Body: rss, ETag: `"v1"`, Sees: map[string]string{"If-None-Match": ""}},
//		fetchtest.Answer{Status: 304, Sees: map[string]string{"If-None-Match": `"v1"`}})
package fetchtest

import (
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Origin is a server that plays a script. It is closed when the test ends.
type Origin struct {
	srv  *httptest.Server
	done chan struct{}
	t    testing.TB

	mu     sync.Mutex
	came   *sync.Cond // a request arrived
	script map[string][]Answer
	seen   []Seen
	flying map[string]int
	most   map[string]int
}

// Seen is a request that arrived.
type Seen struct {
	At     time.Time
	Method string
	Host   string // with port, as asked
	Path   string // with query
	Header http.Header
	Body   string // of a POST, at most 1 MiB
	Proto  string
}

// New starts an origin on http.
func New(t testing.TB) *Origin {
	o := newOrigin(t)
	o.srv.Start()
	return o
}

// NewTLS starts an origin on https, with HTTP/2; see [Origin.CA].
func NewTLS(t testing.TB) *Origin {
	o := newOrigin(t)
	o.srv.EnableHTTP2 = true
	o.srv.StartTLS()
	return o
}

// NewAt starts an origin on http at an address, such as "[::1]:0", and skips
// the test on a machine that has no such address.
func NewAt(t testing.TB, address string) *Origin {
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("no %s on this machine: %v", address, err)
	}
	o := newOrigin(t)
	o.srv.Listener.Close()
	o.srv.Listener = l
	o.srv.Start()
	return o
}

func newOrigin(t testing.TB) *Origin {
	o := &Origin{
		t:      t,
		done:   make(chan struct{}),
		script: map[string][]Answer{},
		flying: map[string]int{},
		most:   map[string]int{},
	}
	o.came = sync.NewCond(&o.mu)
	o.srv = httptest.NewUnstartedServer(http.HandlerFunc(o.serve))
	o.srv.Config.ErrorLog = quiet()
	t.Cleanup(o.close)
	return o
}

// quiet keeps what guests do to the server, such as refusing its certificate,
// out of the test's output.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func (o *Origin) close() {
	close(o.done) // first: Close waits for the answers that never end
	o.srv.Close()
}

// CA returns the certificates to trust for an origin on https. Its
// certificate is for 127.0.0.1 and example.com.
func (o *Origin) CA() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(o.srv.Certificate())
	return p
}

// URL returns the absolute URL of a path.
func (o *Origin) URL(path string) string { return o.srv.URL + path }

// Port returns the port it listens on, for URLs with another host name.
func (o *Origin) Port() string { return o.srv.URL[strings.LastIndexByte(o.srv.URL, ':')+1:] }

// On sets the answers of a path: one per request in this order, the last one
// for ever. A path that has none answers 404. It returns o.
func (o *Origin) On(path string, answers ...Answer) *Origin {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.script[path] = answers
	return o
}

// Requests returns what was asked so far, in order of arrival; with paths
// given, only requests for these.
func (o *Origin) Requests(paths ...string) []Seen {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []Seen
	for _, s := range o.seen {
		path, _, _ := strings.Cut(s.Path, "?")
		if len(paths) == 0 || contains(paths, path) {
			out = append(out, s)
		}
	}
	return out
}

// Await returns when n requests have arrived.
func (o *Origin) Await(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.seen) < n {
		o.came.Wait()
	}
}

// Most returns how many requests with this Host were answered at one time, at
// most. With "" it counts all of them.
func (o *Origin) Most(host string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.most[host]
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// serve notes the request and plays the next answer of its path.
func (o *Origin) serve(w http.ResponseWriter, r *http.Request) {
	a := o.arrive(r)
	defer o.leave(r.Host)
	a.play(w, r, o.done)
}

func (o *Origin) arrive(r *http.Request) Answer {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // what did not arrive shows in the test
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = append(o.seen, Seen{At: time.Now(), Method: r.Method, Host: r.Host,
		Path: r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body), Proto: r.Proto})
	o.came.Broadcast()
	for _, host := range []string{r.Host, ""} {
		o.flying[host]++
		o.most[host] = max(o.most[host], o.flying[host])
	}
	left := o.script[r.URL.Path]
	if len(left) == 0 {
		return Answer{Status: http.StatusNotFound}
	}
	if len(left) > 1 {
		o.script[r.URL.Path] = left[1:]
	}
	if d := left[0].differs(r.Header); d != "" {
		o.t.Errorf("request %d, for %s, came with %s", len(o.seen), r.URL.Path, d)
	}
	return left[0]
}

func (o *Origin) leave(host string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flying[host]--
	o.flying[""]--
}
