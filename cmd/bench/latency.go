package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"text/tabwriter"
	"time"
)

// latency is the command "bench latency": runs over feeds that each have a host
// of their own, of which half answer after more than 100 ms and one in a hundred
// after more than a second, beside the floor with as many fetches in flight.
// What counts here is the time that it takes, not the processor's.
func latency(ctx context.Context, args []string) error {
	var o options
	flags := flag.NewFlagSet("bench latency", flag.ExitOnError)
	flags.IntVar(&o.feeds, "feeds", 1000, "number of feeds, each at a host of its own")
	flags.IntVar(&o.slots, "slots", 256, "fetches in flight")
	flags.IntVar(&o.runs, "runs", 3, "times that each phase is measured; the median is printed")
	flags.StringVar(&o.bin, "bin", "", "rightswire binary to measure; empty: build it")
	flags.StringVar(&o.dir, "dir", "", "work `folder`, kept; empty: a temporary one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	clean, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	org, err := (&origin{feeds: o.feeds, hosts: o.feeds, delay: hostDelay}).start()
	if err != nil {
		return err
	}
	defer org.close()
	floor, err := floorContender(o, org)
	if err != nil {
		return err
	}
	wire, err := wireContender(o, org, false)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%d hosts, %d fetches in flight, %d runs each, medians; ratio is time to the floor's\n", o.feeds, o.slots, o.runs)
	fmt.Fprintln(w, "phase\tprogram\twall s\tratio\tCPU s\tpeak MB\t")
	names := []string{"cold", "warm"}
	took := map[string][]cost{}
	for range o.runs {
		for _, c := range []contender{floor, wire} {
			if err := c.reset(); err != nil {
				return err
			}
			for _, phase := range names {
				got, err := c.run(ctx)
				if err != nil {
					return err
				}
				took[phase+c.name] = append(took[phase+c.name], got)
			}
		}
	}
	for _, phase := range names {
		ref := median(took[phase+floor.name])
		for _, c := range []contender{floor, wire} {
			m := median(took[phase+c.name])
			fmt.Fprintf(w, "%s\t%s\t%.2f\t%.2f\t%.2f\t%.0f\t\n", phase, c.name,
				m.wall.Seconds(), m.wall.Seconds()/ref.wall.Seconds(), m.cpu.Seconds(), float64(m.peak)/1e6)
		}
	}
	return w.Flush()
}

// hostDelay is how long the host of a feed thinks, always the same: lognormal,
// with half of them above 100 ms and one in a hundred above a second.
func hostDelay(feed int) time.Duration {
	spread := math.Log(10) / 2.326 // the 99th percentile of a normal distribution
	z := rand.New(rand.NewPCG(uint64(feed), 77)).NormFloat64()
	return time.Duration(float64(100*time.Millisecond) * math.Exp(spread*z))
}
