package demo

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Origin is the web server of the newsroom: each outlet below a path of its
// own, with ETag and Last-Modified, so that a second look costs a 304. It is
// an http.Handler, safe for concurrent use.
type Origin struct {
	mux  *http.ServeMux
	wave atomic.Int32

	mu     sync.Mutex
	server *http.Server
	served chan error // the server's end; nil before Listen
}

// NewOrigin renders the whole newsroom for a start time. An error means that
// the start is missing or that the program was built from a broken feed file.
func NewOrigin(opts Options) (*Origin, error) {
	if opts.Start.IsZero() {
		return nil, errors.New("make the demo's newsroom: no start time given")
	}
	opts = opts.withDefaults()
	o := &Origin{mux: http.NewServeMux()}
	for _, out := range outlets {
		h, err := o.handler(out, opts)
		if err != nil {
			return nil, fmt.Errorf("make the demo's newsroom: %w", err)
		}
		o.mux.Handle("GET "+out.feedPath(), h)
		if out.path != "" {
			o.mux.Handle("GET "+out.path, http.RedirectHandler(out.feedPath(), http.StatusMovedPermanently))
		}
	}
	return o, nil
}

// Wave returns the wave that the feeds show now.
func (o *Origin) Wave() int { return int(o.wave.Load()) }

// SetWave makes the feeds show a wave; one out of range counts as the nearest.
func (o *Origin) SetWave(n int) { o.wave.Store(int32(min(max(n, 0), waves-1))) }

// Advance moves the feeds on to the next wave and reports whether there was
// one.
func (o *Origin) Advance() bool {
	for {
		n := o.wave.Load()
		if n >= waves-1 {
			return false
		}
		if o.wave.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// ServeHTTP answers like the outlet whose path is asked for.
func (o *Origin) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.mux.ServeHTTP(w, r) }

// handler is the server of one outlet.
func (o *Origin) handler(out outlet, opts Options) (http.Handler, error) {
	switch {
	case out.gone:
		return answer(http.StatusGone, "text/plain; charset=utf-8", "The bulletin has ceased publication.\n"), nil
	case out.page:
		return answer(http.StatusOK, "text/html; charset=utf-8", portal), nil
	}
	eds, err := editions(out.file, opts)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := o.Wave()
		if n < out.busy {
			w.Header().Set("Retry-After", strconv.Itoa(int(opts.RetryAfter/time.Second)))
			http.Error(w, "too many readers, come back later", http.StatusTooManyRequests)
			return
		}
		w.Header().Set("Content-Type", out.media)
		w.Header().Set("ETag", eds[n].etag)
		// ServeContent answers If-None-Match, If-Modified-Since and HEAD.
		http.ServeContent(w, r, "", eds[n].modified, bytes.NewReader(eds[n].body))
	}), nil
}

// portal is what an outlet says that put a login page where its feed was.
const portal = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Civic Portal</title></head>
<body><h1>Please sign in</h1><p>The news of the ministry is now available to registered visitors.</p></body></html>
`

// answer is a handler that says one thing.
func answer(status int, media, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // a reader who hung up needs no answer
	})
}

// Listen serves the newsroom on a free port of 127.0.0.1 and returns its
// address, "http://127.0.0.1:PORT", for [Sources]. Call [Origin.Close] to end.
func (o *Origin) Listen() (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.server != nil {
		return "", errors.New("serve the demo's newsroom: it is being served already")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("serve the demo's newsroom: %w", err)
	}
	o.server = &http.Server{Handler: o, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	o.served = make(chan error, 1)
	go func(s *http.Server, done chan<- error) { done <- s.Serve(l) }(o.server, o.served)
	return "http://" + l.Addr().String(), nil
}

// Close ends what Listen began and waits for it; without Listen it does
// nothing. Requests in flight are cut off.
func (o *Origin) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.server == nil {
		return nil
	}
	err := o.server.Close()
	if end := <-o.served; err == nil && !errors.Is(end, http.ErrServerClosed) {
		err = end
	}
	o.server, o.served = nil, nil
	if err != nil {
		return fmt.Errorf("end the demo's newsroom: %w", err)
	}
	return nil
}
