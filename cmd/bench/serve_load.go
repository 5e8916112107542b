package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// request is what a reader sends, ready to be written.
func request(path, etag string) []byte {
	r := "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nUser-Agent: bench\r\n"
	if etag != "" {
		r += "If-None-Match: " + etag + "\r\n"
	}
	return []byte(r + "\r\n")
}

// reader is one connection that asks. It parses no more than it must, so that
// the time of a round is the server's.
type reader struct {
	conn net.Conn
	in   *bufio.Reader
}

func dialReader(addr string) (*reader, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &reader{conn, bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (r *reader) close() { _ = r.conn.Close() }

// reply is what a reader looks at.
type reply struct {
	status, etag string
	gzip         bool
	body         []byte
}

var (
	contentLength = []byte("Content-Length: ")
	etagHeader    = []byte("ETag: ")
	goEtagHeader  = []byte("Etag: ")
	gzipHeader    = []byte("Content-Encoding: gzip")
)

// ask sends a request and reads the answer; of its parts only the status,
// unless keep is set.
func (r *reader) ask(req []byte, keep bool) (a reply, err error) {
	if _, err := r.conn.Write(req); err != nil {
		return a, err
	}
	length := 0
	for first := true; ; first = false {
		line, err := r.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first && len(line) < 12:
			return a, fmt.Errorf("no status line: %q", line)
		case first:
			a.status = string(line[9:12])
		case len(line) == 0:
			return a, r.body(&a, length, keep)
		case bytes.HasPrefix(line, contentLength):
			if length, err = strconv.Atoi(string(line[len(contentLength):])); err != nil {
				return a, err
			}
		case keep && (bytes.HasPrefix(line, etagHeader) || bytes.HasPrefix(line, goEtagHeader)):
			a.etag = string(line[len(etagHeader):])
		case keep && bytes.Equal(line, gzipHeader):
			a.gzip = true
		}
	}
}

func (r *reader) body(a *reply, length int, keep bool) error {
	if !keep {
		_, err := r.in.Discard(length)
		return err
	}
	a.body = make([]byte, length)
	_, err := io.ReadFull(r.in, a.body)
	return err
}

// load asks for a while on some connections, and returns the number of
// answers.
func load(addr string, asks [][]byte, status string, readers int, turn time.Duration) (n int64, took time.Duration, err error) {
	var all atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	began := time.Now()
	until := began.Add(turn)
	for i := range readers {
		wg.Go(func() {
			got, err := loadOne(addr, asks, i*len(asks)/readers, status, until)
			all.Add(got)
			if err != nil {
				failed.Store(&err)
			}
		})
	}
	wg.Wait()
	if e := failed.Load(); e != nil {
		return 0, 0, *e
	}
	return all.Load(), time.Since(began), nil
}

func loadOne(addr string, asks [][]byte, at int, status string, until time.Time) (n int64, err error) {
	r, err := dialReader(addr)
	if err != nil {
		return 0, err
	}
	defer r.close()
	for ; time.Now().Before(until); n++ {
		a, err := r.ask(asks[at%len(asks)], false)
		if err != nil {
			return n, err
		}
		if a.status != status {
			return n, fmt.Errorf("%w: %s", errStatus, a.status)
		}
		at++
	}
	return n, nil
}
