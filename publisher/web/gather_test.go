package web_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

// countingListener counts what is written to its connections, one call after
// the other.
type countingListener struct {
	net.Listener
	writes atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countingConn{c, &l.writes}, nil
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

// sized is a site with a file of each of some sizes.
func sized(sizes []int) *publisher.Site {
	s := &publisher.Site{Files: map[string]*publisher.File{}}
	for _, n := range sizes {
		path := fmt.Sprintf("/%d.txt", n)
		body := bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n]
		s.Files[path] = publisher.NewFile(path, "text/plain; charset=utf-8", body, time.Time{})
	}
	return s
}

// serveOn serves a site until the test ends.
func serveOn(t *testing.T, s *publisher.Site, wrap func(net.Listener) net.Listener) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := web.NewServer(handler(s), "")
	go func() { _ = srv.Serve(web.Gather(wrap(ln))) }()
	t.Cleanup(func() { _ = srv.Close() })
	return ln.Addr().String()
}

func TestAnswersOfAnySizeArriveWhole(t *testing.T) {
	sizes := []int{1, 2 << 10, 2<<10 + 1, 64 << 10, 1 << 20}
	for n := 3000; n < 9000; n += 37 { // around the buffers of net/http and our own
		sizes = append(sizes, n)
	}
	s := sized(sizes)
	addr := serveOn(t, s, func(ln net.Listener) net.Listener { return ln })
	for path, f := range s.Files {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} { // over one connection
			req, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", "identity")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(res.Body)
			res.Body.Close()
			want := f.Body
			if method == http.MethodHead {
				want = nil
			}
			if err != nil || !bytes.Equal(got, want) || res.ContentLength != int64(len(f.Body)) {
				t.Errorf("%s %s: %d bytes of %d, %v", method, path, len(got), len(want), err)
			}
		}
	}
}

// Answers that fit into two of its buffers net/http writes in two pieces.
func TestAnAnswerGoesOutAtOnce(t *testing.T) {
	for _, size := range []int{100, 3000, 4096, 6000} {
		var l *countingListener
		addr := serveOn(t, sized([]int{size}), func(ln net.Listener) net.Listener {
			l = &countingListener{Listener: ln}
			return l
		})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s/%d.txt", addr, size), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "identity")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if n := l.writes.Load(); n != 1 {
			t.Errorf("%d bytes went out in %d pieces, want 1", size, n)
		}
	}
}

// Over a connection the headers of a file are bytes that were written once; they
// have to say what the handler says everywhere else.
func TestOverAConnectionTheHeadersAreThoseOfTheHandler(t *testing.T) {
	s := site("news")
	s.Hub, s.URL = "https://hub.example/", "https://wire.example"
	s.Files["/embed/labor.html"] = publisher.NewFile("/embed/labor.html", "text/html; charset=utf-8", []byte("<ul>"+strings.Repeat("<li>news", 900)), changed)
	h := handler(s)
	addr := serveOn(t, s, func(ln net.Listener) net.Listener { return ln })
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	for _, path := range []string{"/", "/category/labor/", "/feeds/all.rss", "/feeds/all.json", "/feeds/empty.atom", "/sources.opml", "/embed/labor.html", "/feeds/no.rss", "/healthz"} {
		for _, coding := range []string{"identity", "gzip", "br"} {
			for _, ask := range []struct{ method, match string }{{"GET", ""}, {"HEAD", ""}, {"GET", "*"}, {"GET", ""}, {"GET", "*"}, {"OPTIONS", ""}, {"POST", ""}} {
				req, err := http.NewRequestWithContext(t.Context(), ask.method, "http://"+addr+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Accept-Encoding", coding)
				if ask.match != "" {
					req.Header.Set("If-None-Match", ask.match)
				}
				got, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				sent := body(t, got)
				got.Body.Close()
				got.Header.Del("Date")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, req)
				want := w.Result()
				if diff := cmp.Diff(want.Header, got.Header); diff != "" || got.StatusCode != want.StatusCode || sent != body(t, want) {
					t.Errorf("%s %s in %s, If-None-Match %q: status %d, want %d, headers %s", ask.method, path, coding, ask.match, got.StatusCode, want.StatusCode, diff)
				}
			}
		}
	}
}

// Requests may come all at once, and old ones by an old protocol.
func TestEveryAnswerOfAConnectionHasItsOwnHeaders(t *testing.T) {
	s := site("news")
	addr := serveOn(t, s, func(ln net.Listener) net.Listener { return ln })
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tag := s.Files["/feeds/all.rss"].ETag
	fmt.Fprint(c, "GET /feeds/all.rss HTTP/1.1\r\nHost: x\r\n\r\n"+
		"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"+
		"GET /feeds/all.rss HTTP/1.1\r\nHost: x\r\nIf-None-Match: "+tag+"\r\n\r\n"+
		"GET / HTTP/1.0\r\n\r\n")
	in := bufio.NewReader(c)
	for i, want := range []struct {
		code          int
		tag, policies bool
	}{{200, true, true}, {404, false, true}, {304, true, false}, {200, true, true}} {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		got := res.Header
		if res.StatusCode != want.code || (got.Get("ETag") != "") != want.tag || (got.Get("Content-Security-Policy") != "") != want.policies || len(got["Etag"]) > 1 {
			t.Errorf("answer %d: status %d, %v, want %+v", i, res.StatusCode, got, want)
		}
	}
	if rest, err := io.ReadAll(in); len(rest) > 0 || err != nil {
		t.Errorf("behind the last answer: %q, %v", rest, err)
	}
}

// What counts the answers, say, stands between the server and the handler.
func TestAnAnswerGoesOutAtOnceThroughAWrapper(t *testing.T) {
	type wrapper struct{ http.ResponseWriter }
	for _, wrap := range []func(http.ResponseWriter) http.ResponseWriter{
		func(w http.ResponseWriter) http.ResponseWriter { return unwrapper{w} },
		func(w http.ResponseWriter) http.ResponseWriter { return wrapper{w} }, // whole all the same
	} {
		site := handler(sized([]int{5000}))
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l := &countingListener{Listener: ln}
		srv := web.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(wrap(w), r) }), "")
		go func() { _ = srv.Serve(web.Gather(l)) }()
		t.Cleanup(func() { _ = srv.Close() })
		res, err := (&http.Client{Transport: &http.Transport{DisableCompression: true}}).Get("http://" + ln.Addr().String() + "/5000.txt")
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		res.Body.Close()
		_, unwraps := wrap(nil).(unwrapper)
		if n != 5000 || err != nil || res.Header.Get("ETag") == "" || unwraps && l.writes.Load() != 1 {
			t.Errorf("%d bytes in %d pieces, %v, %v", n, l.writes.Load(), res.Header, err)
		}
	}
}

type unwrapper struct{ http.ResponseWriter }

func (u unwrapper) Unwrap() http.ResponseWriter { return u.ResponseWriter }

func TestAReaderWhoHangsUpCostsNobodyElse(t *testing.T) {
	s := sized([]int{8 << 20, 5000})
	addr := serveOn(t, s, func(ln net.Listener) net.Listener { return ln })
	for range 20 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET /%d.txt HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n", 8<<20)
		_, _ = io.ReadFull(c, make([]byte, 10))
		c.Close()
		res, err := http.Get(fmt.Sprintf("http://%s/5000.txt", addr))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !bytes.Equal(got, s.Files["/5000.txt"].Body) {
			t.Fatalf("the next reader got %d bytes, %v", len(got), err)
		}
	}
}
