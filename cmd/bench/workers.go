package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/rightswire/rightswire/storage/postgrestest"
)

// workersOptions are the flags of "bench workers".
type workersOptions struct {
	sources, hosts, workers, slots int
	kills                          int
	every, interval, latency       time.Duration
	gap, timeout                   time.Duration
	seed                           uint64
	durable                        bool
	table                          string
	dsn, bin, dir                  string
}

// killWorkers is the command "bench workers": several worker processes and a
// publisher share one PostgreSQL, and are killed at random while they work. The
// origin watches that no host is asked by two at a time or too soon, whoever
// asks, and the ledger is read for sources that were asked before they were due.
// With -table it measures instead how polls grow with the number of workers.
func killWorkers(ctx context.Context, args []string) error {
	var o workersOptions
	f := flag.NewFlagSet("bench workers", flag.ExitOnError)
	f.IntVar(&o.sources, "sources", 5000, "sources")
	f.IntVar(&o.hosts, "hosts", 1000, "loopback hosts they are on")
	f.IntVar(&o.workers, "workers", 3, "worker processes")
	f.IntVar(&o.slots, "concurrency", 32, "fetch.concurrency of each")
	f.IntVar(&o.kills, "kills", 50, "times that a process is killed, a worker or the publisher")
	f.DurationVar(&o.every, "every", 5*time.Second, "pause between two kills, half of it to one and a half")
	f.DurationVar(&o.interval, "interval", time.Minute, "how often a source is asked")
	f.DurationVar(&o.latency, "latency", 50*time.Millisecond, "of an answer")
	f.DurationVar(&o.gap, "gap", 500*time.Millisecond, "fetch.per_domain.gap")
	f.DurationVar(&o.timeout, "timeout", 5*time.Second, "fetch.timeout")
	f.Uint64Var(&o.seed, "seed", 1, "of kills and news")
	f.BoolVar(&o.durable, "durable", true, "let the server that is started sync its commits to the disk")
	f.StringVar(&o.table, "table", "", "numbers of workers to measure, such as 1,2,3; empty: kill instead")
	f.StringVar(&o.dsn, "postgres", "", "an empty database; empty: start a server")
	f.StringVar(&o.bin, "bin", "", "rightswire binary to measure; empty: build it")
	f.StringVar(&o.dir, "dir", "", "work `folder`, kept; empty: a temporary one")
	if err := f.Parse(args); err != nil {
		return err
	}
	base := options{bin: o.bin, dir: o.dir}
	clean, err := base.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	o.bin, o.dir = base.bin, base.dir
	if o.table != "" {
		return o.measureTable(ctx)
	}
	stop, err := o.database()
	if err != nil {
		return err
	}
	defer stop()
	return o.killing(ctx)
}

// database starts a server unless one was named.
func (o *workersOptions) database() (stop func(), err error) {
	if o.dsn != "" {
		return func() {}, nil
	}
	settings := []string{"autovacuum=on", "shared_buffers=256MB"}
	if o.durable {
		settings = append(settings, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
	}
	o.dsn, stop, err = postgrestest.Serve(settings...)
	return stop, err
}

// config is the configuration of every process.
func (o *workersOptions) config(org *growing) (string, error) {
	taxonomy, err := filepath.Abs("taxonomy.yaml")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: Crowd, url: 'http://127.0.0.1:8080', language: en, contact: desk@example.org}\ndatabase: %q\n", o.dsn)
	fmt.Fprintf(&b, "fetch: {concurrency: %d, timeout: %v, floor: %v, interval: {min: %v, default: %v, max: %v}, per_domain: {connections: 1, gap: %v}, allow: [127.0.0.0/8]}\n",
		o.slots, o.timeout, o.interval/2, o.interval, o.interval, o.interval, o.gap)
	fmt.Fprintf(&b, "publish: {to: %q}\ninclude: [%q]\nsources:\n", filepath.Join(o.dir, "public"), taxonomy)
	for i := range o.sources {
		fmt.Fprintf(&b, "  - {id: desk-%d, title: Desk %d, url: %q, scope: all}\n", i, i, org.url(i))
	}
	path := filepath.Join(o.dir, "workers.yaml")
	return path, os.WriteFile(path, []byte(b.String()), 0o644)
}

// killing runs the processes, kills them at random, lets them come to rest,
// and looks what was lost or doubled.
func (o *workersOptions) killing(ctx context.Context) error {
	org, err := startGrowing(*o)
	if err != nil {
		return err
	}
	defer org.close()
	conf, err := o.config(org)
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", o.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	fmt.Printf("%d sources on %d hosts, every %v, gap %v; %d workers and a publisher, %d kills, seed %d\n",
		o.sources, o.hosts, o.interval, o.gap, o.workers, o.kills, o.seed)
	c := &crew{bin: o.bin, conf: conf, dir: o.dir}
	defer c.killAll()
	for range o.workers {
		if err := c.start("poll,work"); err != nil {
			return err
		}
	}
	if err := c.start("publish"); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(o.seed, 7))
	for range o.kills {
		if err := pause(ctx, o.every/2+rand.N(o.every)); err != nil {
			return err
		}
		if err := c.kill(rng.IntN(o.workers + 1)); err != nil {
			return err
		}
	}
	org.freeze()
	frozen := time.Now()
	a := audit{o: o, org: org, db: db}
	if err := a.rest(ctx, frozen); err != nil {
		return err
	}
	if err := c.end(ctx); err != nil {
		return err
	}
	return a.verdict(ctx, conf)
}

// pause sleeps, unless ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
