package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// growing is an origin whose feeds have something new at every second look or
// so, until it is frozen, and list all that they ever had: what a killed worker
// was given and did not store, the next one is given again.
type growing struct {
	o      workersOptions
	ledger *ledger
	srv    *http.Server
	port   int
	frozen atomic.Bool

	mu    sync.Mutex
	items []int         // by source
	asked [][]time.Time // by source
}

// startGrowing listens on every host's address, all on one port.
func startGrowing(o workersOptions) (*growing, error) {
	g := &growing{o: o, ledger: newLedger(o.hosts, o.gap), items: make([]int, o.sources), asked: make([][]time.Time, o.sources)}
	for i := range g.items {
		g.items[i] = 1
	}
	local := hostOf(o.hosts)
	g.srv = &http.Server{
		Handler: g, ReadHeaderTimeout: 10 * time.Second,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, hostKey{}, local(c))
		},
	}
	var err error
	g.port, err = listenHosts(g.srv, o.hosts)
	return g, err
}

func (g *growing) close() { _ = g.srv.Close() }

// freeze ends the news.
func (g *growing) freeze() { g.frozen.Store(true) }

// url returns the address of a source.
func (g *growing) url(i int) string {
	return fmt.Sprintf("http://%s:%d/feed/%d", address(i%g.o.hosts), g.port, i)
}

// ServeHTTP books the visit and answers with all that the feed has.
func (g *growing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.Context().Value(hostKey{}).(int)
	g.ledger.begin(host, time.Now())
	defer func() { g.ledger.end(host, time.Now(), r.Context().Err() != nil) }()
	i, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/feed/"))
	if err != nil || i < 0 || i >= g.o.sources {
		http.NotFound(w, r)
		return
	}
	g.mu.Lock()
	g.asked[i] = append(g.asked[i], time.Now())
	if !g.frozen.Load() && rand.IntN(2) == 0 {
		g.items[i]++
	}
	n := g.items[i]
	g.mu.Unlock()
	select {
	case <-time.After(g.o.latency):
	case <-r.Context().Done():
		return
	}
	etag := fmt.Sprintf(`"%d-%d"`, i, n)
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	w.Header().Set("Content-Encoding", "gzip")
	zw, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
	fmt.Fprintf(zw, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Desk %d</title><link>https://desk%d.example/</link><description>Generated news</description>`, i, i)
	for k := n - 1; k >= 0; k-- {
		rng := rand.New(rand.NewPCG(uint64(i), uint64(k)))
		link := fmt.Sprintf("https://desk%d.example/2026/%d", i, k)
		fmt.Fprintf(zw, `<item><title>%s</title><link>%s</link><guid>%s</guid><pubDate>%s</pubDate><description>%s</description></item>`,
			sentence(rng, 9), link, link, epoch.Add(time.Duration(k)*time.Minute).Format(time.RFC1123Z), sentence(rng, 25))
	}
	fmt.Fprint(zw, "</channel></rss>")
	zw.Close()
}

// served returns how many items each source has ever had, how many requests
// there were, and how many of them came sooner than the floor after the one
// before for the same feed.
func (g *growing) served(floor time.Duration) (items []int, requests, soon int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	items = append(items, g.items...)
	for _, times := range g.asked {
		requests += len(times)
		for n := 1; n < len(times); n++ {
			if times[n].Sub(times[n-1]) < floor {
				soon++
			}
		}
	}
	return items, requests, soon
}
