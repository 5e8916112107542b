package main

import (
	"math"
	"math/rand/v2"
	"time"
)

// fault is what a server does wrong; "" is an answer as it should be.
type fault string

const (
	faultNone     fault = ""
	faultReset    fault = "reset"
	faultHang     fault = "hang"
	faultDrip     fault = "slow body" // a byte now and then, for ever
	faultCutGzip  fault = "truncated gzip"
	faultBadGzip  fault = "no gzip at all"
	faultLength   fault = "wrong length"
	fault500      fault = "500"
	fault503      fault = "503 Retry-After"
	faultHTML     fault = "HTML"
	faultEmpty    fault = "empty body"
	faultGarbage  fault = "no HTTP"
	faultLoop     fault = "redirect to itself"
	latencyMedian       = 100 * time.Millisecond
	latencyP99          = 2 * time.Second
)

var faults = []fault{
	faultReset, faultHang, faultDrip, faultCutGzip, faultBadGzip, faultLength, fault500, fault503, faultHTML, faultEmpty, faultGarbage, faultLoop,
}

// answer is how the server of one source answers, drawn before the run.
type answer struct {
	fault   fault
	latency time.Duration // until the first byte
}

// crowdOptions are the flags of "bench crowd".
type crowdOptions struct {
	sources, hosts, slots, items int
	gap, timeout                 time.Duration
	share                        float64 // of sources that have a fault
	each                         bool    // the share is of every kind, not of all kinds together
	seed                         uint64
	publish                      bool
	bin, dir                     string
}

// plan is what the origin will do and how soon a run can be over.
type plan struct {
	crowdOptions
	answers []answer // by source
}

// newPlan draws every source's latency and fault. Latencies are log-normal
// with the median and the 99th percentile of the issue.
func newPlan(o crowdOptions) plan {
	rng := rand.New(rand.NewPCG(o.seed, 2))
	sigma := math.Log(latencyP99.Seconds()/latencyMedian.Seconds()) / 2.3263 // the normal distribution's 99%
	p := plan{o, make([]answer, o.sources)}
	share := o.share
	if o.each {
		share *= float64(len(faults))
	}
	for i := range p.answers {
		a := &p.answers[i]
		a.latency = time.Duration(float64(latencyMedian) * math.Exp(sigma*rng.NormFloat64()))
		if rng.Float64() < share {
			a.fault = faults[rng.IntN(len(faults))]
		}
	}
	return p
}

// takes is how long the exchange with a source lasts at least.
func (p plan) takes(i int) time.Duration {
	a := p.answers[i]
	if a.fault == faultHang || a.fault == faultDrip {
		return p.timeout
	}
	return min(a.latency, p.timeout)
}

// host is the host of a source, from 0.
func (p plan) host(i int) int { return i % p.hosts }

// theory returns the two bounds that no order of requests can beat: the
// slowest host's requests with the gaps between them, and all requests shared
// out over the slots.
func (p plan) theory() (slowest, shared time.Duration) {
	hosts := make([]time.Duration, p.hosts)
	for i := range p.answers {
		h := p.host(i)
		if hosts[h] > 0 {
			hosts[h] += p.gap
		}
		hosts[h] += p.takes(i)
		shared += p.takes(i)
	}
	for _, d := range hosts {
		slowest = max(slowest, d)
	}
	return slowest, shared / time.Duration(p.slots)
}

// counts says how many sources have each fault.
func (p plan) counts() map[fault]int {
	n := map[fault]int{}
	for _, a := range p.answers {
		n[a.fault]++
	}
	return n
}
