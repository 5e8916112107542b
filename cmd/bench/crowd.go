package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// crowd is the command "bench crowd": one run over many due sources on many
// slow and faulty hosts, held against the shortest time that the manners and
// the number of slots allow. The origin watches the manners; a breach of them
// fails the measurement.
func crowd(ctx context.Context, args []string) error {
	var o crowdOptions
	f := flag.NewFlagSet("bench crowd", flag.ExitOnError)
	f.IntVar(&o.sources, "sources", 10_000, "due sources")
	f.IntVar(&o.hosts, "hosts", 500, "loopback hosts they are on")
	f.IntVar(&o.slots, "concurrency", 64, "fetch.concurrency")
	f.DurationVar(&o.gap, "gap", 2*time.Second, "fetch.per_domain.gap, from the end of a request to the start of the next")
	f.DurationVar(&o.timeout, "timeout", 10*time.Second, "fetch.timeout")
	f.IntVar(&o.items, "items", 5, "items of a feed")
	f.Float64Var(&o.share, "faults", 0.02, "share of sources that have a fault")
	f.BoolVar(&o.each, "each", false, "the share is of every kind of fault, not of all together")
	f.Uint64Var(&o.seed, "seed", 1, "of latencies and faults")
	f.BoolVar(&o.publish, "publish", false, "publish to a folder too")
	f.StringVar(&o.bin, "bin", "", "rightswire binary to measure; empty: build it")
	f.StringVar(&o.dir, "dir", "", "work `folder`, kept; empty: a temporary one")
	if err := f.Parse(args); err != nil {
		return err
	}
	if o.hosts > 250*250 || o.hosts < 1 || o.sources < 1 || o.slots < 1 {
		return fmt.Errorf("a crowd has at least one source, host and slot, and at most %d hosts", 250*250)
	}
	base := options{bin: o.bin, dir: o.dir}
	clean, err := base.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	o.bin, o.dir = base.bin, base.dir
	p := newPlan(o)
	org, err := startCrowd(p)
	if err != nil {
		return err
	}
	defer org.close()
	return p.measure(ctx, org)
}

// measure makes the run and prints what came of it.
func (p plan) measure(ctx context.Context, org *crowdOrigin) error {
	slowest, shared := p.theory()
	bound := max(slowest, shared)
	fmt.Printf("%d sources, %d hosts, gap %v, %d slots, timeout %v, %d items a feed, seed %d\n",
		p.sources, p.hosts, p.gap, p.slots, p.timeout, p.items, p.seed)
	fmt.Printf("theory: slowest host %.1fs, all over the slots %.1fs\n", slowest.Seconds(), shared.Seconds())
	db, conf := filepath.Join(p.dir, "crowd.db"), filepath.Join(p.dir, "crowd.yaml")
	if err := removeDatabase(db); err != nil {
		return err
	}
	if err := os.WriteFile(conf, p.config(org, db), 0o644); err != nil {
		return err
	}
	args := []string{"--config", conf, "--log-level", "error", "run"}
	if !p.publish {
		args = append(args, "--no-publish")
	}
	c, err := measure(ctx, p.bin, args...)
	if err != nil {
		return err
	}
	fmt.Printf("wall %.1fs, ratio %.2f, CPU %.1fs, peak %.0f MB\n",
		c.wall.Seconds(), c.wall.Seconds()/bound.Seconds(), c.cpu.Seconds(), float64(c.peak)/1e6)
	if err := p.stored(ctx, db); err != nil {
		return err
	}
	return org.ledger.verdict(p.sources)
}

// config is the configuration of the run, with the newsroom's taxonomy.
func (p plan) config(org *crowdOrigin, db string) []byte {
	taxonomy, err := filepath.Abs("taxonomy.yaml")
	if err != nil {
		taxonomy = "taxonomy.yaml"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: Crowd, url: 'http://127.0.0.1:8080', language: en, contact: desk@example.org}\ndatabase: %q\n", db)
	fmt.Fprintf(&b, "fetch: {concurrency: %d, timeout: %v, per_domain: {connections: 1, gap: %v}, allow: [127.0.0.0/8]}\n", p.slots, p.timeout, p.gap)
	fmt.Fprintf(&b, "publish: {to: %q}\ninclude: [%q]\nsources:\n", filepath.Join(p.dir, "public"), taxonomy)
	for i := range p.answers {
		fmt.Fprintf(&b, "  - {id: desk-%d, title: Desk %d, url: %q, scope: all}\n", i, i, org.url(i))
	}
	return []byte(b.String())
}

// stored prints what the run left in its database, failures by the fault
// behind them.
func (p plan) stored(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer db.Close()
	var items, grouped int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*), COUNT(story_id) FROM item").Scan(&items, &grouped); err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, "SELECT s.name FROM poll p JOIN source s ON s.id = p.source_id WHERE p.outcome = 'failed'")
	if err != nil {
		return err
	}
	defer rows.Close()
	failed := map[fault]int{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		var i int
		if _, err := fmt.Sscanf(id, "desk-%d", &i); err != nil {
			return err
		}
		failed[p.answers[i].fault]++
	}
	fmt.Printf("items stored %d, of these in stories %d\nfailed polls by fault (of sources that have it):", items, grouped)
	have := p.counts()
	for _, f := range slices.Concat(faults, []fault{faultNone}) {
		name := string(f)
		if f == faultNone {
			name = "no fault"
		}
		fmt.Printf(" %s %d/%d;", name, failed[f], have[f])
	}
	fmt.Println()
	return rows.Err()
}

// verdict prints what the hosts saw, and is an error if one was treated
// badly or a source was not asked.
func (l *ledger) verdict(sources int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Printf("requests %d, shortest gap seen %v, breaches of manners %d\n", l.requests, l.least.Round(time.Millisecond), len(l.breaches))
	for _, b := range l.breaches[:min(len(l.breaches), 10)] {
		fmt.Println("  " + b)
	}
	switch {
	case len(l.breaches) > 0:
		return fmt.Errorf("%d breaches of manners", len(l.breaches))
	case l.requests < sources: // more: a request is repeated when a kept connection is reset
		return fmt.Errorf("%d requests for %d sources", l.requests, sources)
	}
	return nil
}
