package main

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// How long the hosts take to answer: half of the requests at most slowMedian,
// one of a hundred more than slowP99, as a log-normal law has it.
const (
	slowMedian = 100 * time.Millisecond
	slowP99    = time.Second
	// manySlots is how many fetches both programs have in flight, and as many
	// hosts there are, since rightswire asks each for one document at a time.
	manySlots = 256
)

// latency measures runs in which waiting is most of the work: the wall time
// says whether the slots are kept busy, the memory what it costs to have so
// many answers on their way.
func latency(ctx context.Context, args []string) error {
	o := options{slots: manySlots}
	if err := o.parse("bench latency", args); err != nil {
		return err
	}
	clean, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	org, err := startOrigin(o.feeds, manySlots)
	if err != nil {
		return err
	}
	defer org.close()
	org.delay = slowly
	floor, err := floorContender(o, org)
	if err != nil {
		return err
	}
	wire, err := wireContender(o, org, false)
	if err != nil {
		return err
	}
	return table(ctx, o, org, phases[:2], []contender{floor, wire})
}

// slowly is how long a feed's answer takes: the same at each run.
func slowly(feed int) time.Duration {
	const z99 = 2.326347874 // of the standard normal distribution, 99 of 100 are below
	sigma := math.Log(float64(slowP99)/float64(slowMedian)) / z99
	rng := rand.New(rand.NewPCG(uint64(feed), 7))
	return time.Duration(float64(slowMedian) * math.Exp(sigma*rng.NormFloat64()))
}
