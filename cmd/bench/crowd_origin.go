package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// crowdOrigin is many hosts on loopback addresses that answer as planned.
type crowdOrigin struct {
	plan   plan
	ledger *ledger
	port   int
	srv    *http.Server
}

// hostKey is where a request's context has the number of its host.
type hostKey struct{}

// startCrowd listens on every host's address, all on one port.
func startCrowd(p plan) (*crowdOrigin, error) {
	o := &crowdOrigin{plan: p, ledger: newLedger(p.hosts, p.gap)}
	local := hostOf(p.hosts)
	o.srv = &http.Server{
		Handler: o, ReadHeaderTimeout: 10 * time.Second,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, hostKey{}, local(c))
		},
		ConnState: func(c net.Conn, s http.ConnState) {
			switch s {
			case http.StateNew:
				o.ledger.connect(local(c), 1)
			case http.StateClosed, http.StateHijacked: // who takes one over closes it at once
				o.ledger.connect(local(c), -1)
			}
		},
	}
	var err error
	o.port, err = listenHosts(o.srv, p.hosts)
	return o, err
}

func (o *crowdOrigin) close() { _ = o.srv.Close() }

// url returns the address of a source.
func (o *crowdOrigin) url(i int) string {
	return fmt.Sprintf("http://%s:%d/feed/%d", address(o.plan.host(i)), o.port, i)
}

// ServeHTTP answers as drawn, and books the visit.
func (o *crowdOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.Context().Value(hostKey{}).(int)
	o.ledger.begin(host, time.Now())
	defer func() { o.ledger.end(host, time.Now(), r.Context().Err() != nil) }()
	i, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/feed/"))
	if err != nil || i < 0 || i >= len(o.plan.answers) {
		http.NotFound(w, r)
		return
	}
	a := o.plan.answers[i]
	select {
	case <-time.After(a.latency):
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	if a.fault == faultNone {
		body := smallFeed(i, o.plan.items)
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, i))
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body)
		return
	}
	misbehave(w, r, a.fault, i, o.plan.items)
}

// misbehave answers with a fault.
func misbehave(w http.ResponseWriter, r *http.Request, f fault, i, items int) {
	h := w.Header()
	switch f {
	case faultReset, faultGarbage:
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		if f == faultGarbage {
			fmt.Fprint(c, "220 mail.example ESMTP\r\n\r\n")
		} else {
			c.(*net.TCPConn).SetLinger(0)
		}
		c.Close()
	case faultHang:
		<-r.Context().Done()
	case faultDrip:
		for r.Context().Err() == nil {
			fmt.Fprint(w, " ")
			w.(http.Flusher).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	case faultCutGzip:
		body := smallFeed(i, items)
		h.Set("Content-Encoding", "gzip")
		w.Write(body[:len(body)/2])
	case faultBadGzip:
		h.Set("Content-Encoding", "gzip")
		fmt.Fprint(w, "<rss><channel/></rss>")
	case faultLength:
		body := smallFeed(i, items)
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(2*len(body)))
		w.Write(body)
	case fault500:
		http.Error(w, "broken", http.StatusInternalServerError)
	case fault503:
		h.Set("Retry-After", "3600")
		http.Error(w, "later", http.StatusServiceUnavailable)
	case faultHTML:
		h.Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>Welcome</title><p>Our site has a new look.</p>")
	case faultLoop:
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	case faultEmpty: // says 200 and no more
	}
}

// smallFeed is a gzipped feed of a few items; the same number gives the same.
func smallFeed(i, items int) []byte {
	rng := rand.New(rand.NewPCG(uint64(i), 3))
	var buf bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
	fmt.Fprintf(zw, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Desk %d</title><link>https://desk%d.example/</link><description>Generated news</description>`, i, i)
	for k := range items {
		at := epoch.Add(-time.Duration(k)*time.Hour - time.Duration(i)*time.Second)
		link := fmt.Sprintf("https://desk%d.example/2026/%d", i, k)
		fmt.Fprintf(zw, `<item><title>%s</title><link>%s</link><guid>%s</guid><pubDate>%s</pubDate><description>%s</description></item>`,
			sentence(rng, 8), link, link, at.Format(time.RFC1123Z), sentence(rng, 25))
	}
	fmt.Fprint(zw, "</channel></rss>")
	zw.Close()
	return buf.Bytes()
}
