package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// serving compares how many requests a second the site's handler answers with
// a bare net/http handler that writes the same compressed bytes, and with
// nginx and its gzip_static where that is installed. All of them serve the
// same site to the same readers, in turn within every round; each has one
// processor, as far as it can be told. The ratios are medians over the rounds.
func serving(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	rounds := flags.Int("rounds", 25, "rounds; the median is printed")
	turn := flags.Duration("turn", 300*time.Millisecond, "how long a server is asked for at a time")
	readers := flags.Int("readers", 16, "connections that ask at the same time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rightswire-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	paths, err := publishBench(ctx, filepath.Join(dir, "site"))
	if err != nil {
		return err
	}
	servers, err := startServers(ctx, dir)
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	if err != nil {
		return err
	}
	b := &serveBench{readers: *readers, turn: *turn, servers: servers}
	for _, s := range servers {
		if err := b.learn(s, paths); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for range *rounds {
		if err := b.round(); err != nil {
			return err
		}
	}
	return b.print()
}

// publishBench delivers feeds of 50 entries and pages, as large as the
// product's, and returns their paths.
func publishBench(ctx context.Context, dir string) (paths []string, err error) {
	site := &publisher.Site{Files: map[string]*publisher.File{}}
	press := newPress(1, 2000)
	add := func(path, media, head, entry string) {
		var b strings.Builder
		b.WriteString(head)
		for range 50 {
			l := press.next()
			fmt.Fprintf(&b, entry, l.Title, l.URL, l.Text[:min(len(l.Text), 600)])
		}
		site.Files[path] = publisher.NewFile(path, media, []byte(b.String()), epoch)
		paths = append(paths, strings.TrimSuffix(path, "index.html"))
	}
	for i := range 40 {
		add(fmt.Sprintf("/feeds/cut-%d.rss", i), "application/rss+xml; charset=utf-8", "<rss version=\"2.0\"><channel>\n",
			"<item><title>%s</title><link>%s</link><guid isPermaLink=\"false\">urn:uuid:00000000-0000-4000-8000-000000000000</guid><description>%s</description></item>\n")
		add(fmt.Sprintf("/category/cut-%d/index.html", i), "text/html; charset=utf-8", "<!doctype html>\n", "<article><h2>%s</h2><a href=\"%s\">read</a><p>%s</p></article>\n")
	}
	_, err = deliver.Deliver(ctx, site, deliver.Options{To: dir, Compress: []deliver.Encoding{deliver.Gzip}})
	return paths, err
}

// kinds are what readers ask for.
var kinds = []string{"200", "304"}

// serveBench is the measurement.
type serveBench struct {
	readers int
	turn    time.Duration
	servers []*benchServer
}

// learn asks a server for everything once, keeps the requests that readers
// will send it, and checks that it sends what the others send.
func (b *serveBench) learn(s *benchServer, paths []string) error {
	s.asks, s.rate, s.cpu = map[string][][]byte{}, map[string][]float64{}, map[string][]float64{}
	r, err := dialReader(s.addr)
	if err != nil {
		return err
	}
	defer r.close()
	for i, path := range paths {
		plain := request(path, "")
		a, err := r.ask(plain, true)
		if err != nil {
			return fmt.Errorf("GET %s: %w", path, err)
		}
		if a.status != "200" || a.etag == "" || !a.gzip {
			return fmt.Errorf("GET %s: status %s, ETag %q, gzip %v; want 200, a tag, gzip", path, a.status, a.etag, a.gzip)
		}
		s.bodies = append(s.bodies, string(a.body))
		if first := b.servers[0].bodies[i]; string(a.body) != first {
			return fmt.Errorf("GET %s: other bytes than those of %s (%d and %d)", path, b.servers[0].name, len(a.body), len(first))
		}
		again := request(path, a.etag)
		if a, err = r.ask(again, false); err != nil || a.status != "304" {
			return fmt.Errorf("GET %s with its tag: status %s, %w; want 304", path, a.status, err)
		}
		s.asks["200"], s.asks["304"] = append(s.asks["200"], plain), append(s.asks["304"], again)
	}
	return nil
}

// round gives every server its turns, each time another one first.
func (b *serveBench) round() error {
	for _, kind := range kinds {
		for _, s := range b.servers {
			before, _ := cpuOf(s.pid)
			n, took, err := load(s.addr, s.asks[kind], kind, b.readers, b.turn)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", s.name, kind, err)
			}
			after, _ := cpuOf(s.pid)
			s.rate[kind] = append(s.rate[kind], float64(n)/took.Seconds())
			s.cpu[kind] = append(s.cpu[kind], float64((after-before).Microseconds())/float64(n))
		}
	}
	b.servers = append(b.servers[1:], b.servers[0])
	return nil
}

// print prints the medians, and the medians of the ratios within a round.
func (b *serveBench) print() error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "server\tanswer\trequests/s\tCPU µs each\tto bare\tCPU of bare\tto nginx")
	byName := map[string]*benchServer{}
	for _, s := range b.servers {
		byName[s.name] = s
	}
	for _, kind := range kinds {
		for _, name := range serverNames {
			s := byName[name]
			if s == nil {
				fmt.Fprintf(w, "%s\t%s\tnot installed\n", name, kind)
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%.0f\t%.1f\t%s\t%s\t%s\n", name, kind, mid(s.rate[kind]), mid(s.cpu[kind]),
				ratio(s.rate[kind], byName["bare"], func(o *benchServer) []float64 { return o.rate[kind] }),
				ratio(s.cpu[kind], byName["bare"], func(o *benchServer) []float64 { return o.cpu[kind] }),
				ratio(s.rate[kind], byName["nginx"], func(o *benchServer) []float64 { return o.rate[kind] }))
		}
	}
	return w.Flush()
}

// ratio is the median of the ratios to another server, round by round.
func ratio(own []float64, other *benchServer, of func(*benchServer) []float64) string {
	if other == nil {
		return "-"
	}
	var all []float64
	for i, v := range of(other) {
		all = append(all, own[i]/v)
	}
	return fmt.Sprintf("%.2fx", mid(all))
}

func mid(all []float64) float64 {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

var errStatus = errors.New("another status than asked for")
