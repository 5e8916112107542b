package web_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

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
