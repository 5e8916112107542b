// Command bench measures whole runs of rightswire beside a floor program in
// the same run, and prints ratios.
//
// The floor (floor.go) does the least that any aggregator must do: GET with
// keep-alive, gzip and validators, gofeed over the bytes, one batched insert
// into SQLite. It files, groups and publishes nothing. Both are child
// processes whose processor time and peak memory the operating system
// accounts; the origin that serves the feeds lives in this process, so its
// cost is charged to neither.
//
// The other measurements are named: "bench polling" replays recorded times of
// publication, "bench crowd" runs over many slow and faulty hosts, "bench
// group" groups up to a million articles, "bench search" indexes, "bench serve"
// serves beside a bare handler and nginx, "bench filing" files, "bench
// publish" publishes a million items, "bench latency" asks hosts that take
// their time, "bench workers" kills workers that share one PostgreSQL, "bench
// queue" fills their queue. Each file of this package begins with what it
// measures.
//
// Absolute times depend on the machine; only the ratios are worth quoting.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

// named are the measurements other than that of whole runs, and the parts of
// this program that they start as processes of their own.
var named = map[string]func(context.Context, []string) error{
	"polling": func(_ context.Context, args []string) error { return polling(args) },
	"crowd":   crowd,
	"group":   group,
	"search":  searching,
	"serve":   serving,
	"filing":  filing,
	"publish": publishing,
	"workers": killWorkers,
	"queue":   queue,
	"latency": latency,

	"launch":         launch,
	"floor":          func(_ context.Context, args []string) error { return floor(args) },
	"served":         func(_ context.Context, args []string) error { return serveFolder(args) },
	"publish-phases": publishPhases,
	"filing-part":    func(_ context.Context, args []string) error { return filingPart(args) },
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) > 1 {
		if run, ok := named[os.Args[1]]; ok {
			exitOn(run(ctx, os.Args[2:]))
			return
		}
	}
	exitOn(bench(ctx, os.Args[1:]))
}

// options are the flags.
type options struct {
	feeds, runs int
	slots       int // fetches in flight
	bin, dir    string
}

// parse reads the flags of a measurement of whole runs.
func (o *options) parse(name string, args []string) error {
	flags := flag.NewFlagSet(name, flag.ExitOnError)
	flags.IntVar(&o.feeds, "feeds", 1000, "number of feeds")
	flags.IntVar(&o.runs, "runs", 3, "times that each phase is measured; the median is printed")
	flags.IntVar(&o.slots, "slots", o.slots, "fetches in flight")
	flags.StringVar(&o.bin, "bin", "", "rightswire binary to measure; empty: build it")
	flags.StringVar(&o.dir, "dir", "", "work `folder`, kept; empty: a temporary one")
	return flags.Parse(args)
}

// bench sets up the origin and the two programs, and measures.
func bench(ctx context.Context, args []string) error {
	o := options{slots: floorSlots}
	if err := o.parse("bench", args); err != nil {
		return err
	}
	clean, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	org, err := startOrigin(o.feeds, fewHosts)
	if err != nil {
		return err
	}
	defer org.close()
	floor, err := floorContender(o, org)
	if err != nil {
		return err
	}
	quiet, err := wireContender(o, org, false)
	if err != nil {
		return err
	}
	whole, err := wireContender(o, org, true)
	if err != nil {
		return err
	}
	return table(ctx, o, org, phases, []contender{floor, quiet, whole})
}

// prepare makes the work folder and the binary unless they were named. The
// caller calls clean when it is done with them.
func (o *options) prepare(ctx context.Context) (clean func(), err error) {
	clean = func() {}
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "rightswire-bench-")
		if err != nil {
			return clean, err
		}
		clean, o.dir = func() { os.RemoveAll(dir) }, dir
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return clean, err
	}
	if o.bin == "" {
		o.bin = filepath.Join(o.dir, "rightswire")
		build := exec.CommandContext(ctx, "go", "build", "-o", o.bin, "./cmd/rightswire")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			clean()
			return clean, fmt.Errorf("build rightswire (run this in the checkout, or pass -bin): %w", err)
		}
	}
	return clean, nil
}

// exitOn ends the program with a message when err is not nil.
func exitOn(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}
