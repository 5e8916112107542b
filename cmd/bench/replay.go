package main

import (
	"math"
	"runtime"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// The window of the traces, in seconds: five weeks to learn, four to measure.
const (
	daySeconds = 24 * 3600.0
	learnFor   = 35 * daySeconds
	measureTo  = 63 * daySeconds
)

// decide returns in how many seconds a policy asks a source again that was
// asked at now, when the new items of that poll were published at news.
type decide func(now float64, news []float64) float64

// replayed is one source under one policy.
type replayed struct {
	trace
	next  float64 // time of the next poll
	seen  int     // of T, how many were published by the last poll
	ask   decide
	first bool

	requests, items, lost int
	delays                []float64
}

// to polls the source up to a moment. An item waits from its publication to
// the first poll after it; one that was pushed out of the document by then is
// lost.
func (s *replayed) to(end float64) {
	for s.next < end {
		now := s.next
		upto := s.seen + sort.SearchFloat64s(s.T[s.seen:], math.Nextafter(now, math.Inf(1)))
		visible := max(s.seen, upto-s.Win)
		if !s.first {
			s.measure(now, upto, visible)
		}
		news := s.T[visible:upto]
		s.seen, s.first = upto, false
		s.next = now + max(s.ask(now, news), 1)
	}
}

// measure books what a poll found.
func (s *replayed) measure(now float64, upto, visible int) {
	if now >= learnFor && now < measureTo {
		s.requests++
	}
	for i := s.seen; i < upto; i++ {
		if s.T[i] < learnFor || s.T[i] >= measureTo {
			continue
		}
		s.items++
		if i < visible {
			s.lost++
		} else {
			s.delays = append(s.delays, now-s.T[i])
		}
	}
}

// result is what a policy came to.
type result struct {
	perDay    float64 // requests a source and day
	mean, p90 float64 // of the delays, in seconds
	lost      float64 // share of items
}

// start makes the sources ready. Asked from the first quarter of an hour on,
// each at its own offset, unless the policy asks all at once.
func start(sources []trace, together bool, policy func(trace) decide) []*replayed {
	all := make([]*replayed, len(sources))
	for i, t := range sources {
		all[i] = &replayed{trace: t, first: true, ask: policy(t)}
		if !together {
			all[i].next = float64(i*7919%len(sources)) / float64(len(sources)) * 900
		}
	}
	return all
}

// advance polls all sources up to a moment, on every processor.
func advance(all []*replayed, to float64) {
	var next atomic.Int64
	var g sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(all); i = next.Add(1) - 1 {
				all[i].to(to)
			}
		})
	}
	g.Wait()
}

// sum adds the sources up. Each item counts once.
func sum(all []*replayed) result {
	var delays []float64
	requests, items, lost := 0, 0, 0
	for _, s := range all {
		delays = append(delays, s.delays...)
		requests, items, lost = requests+s.requests, items+s.items, lost+s.lost
	}
	slices.Sort(delays)
	total := 0.0
	for _, d := range delays {
		total += d
	}
	n := max(len(delays), 1)
	r := result{mean: total / float64(n), lost: float64(lost) / float64(max(items, 1))}
	r.perDay = float64(requests) / float64(len(all)) / ((measureTo - learnFor) / daySeconds)
	if len(delays) > 0 {
		r.p90 = delays[len(delays)*9/10]
	}
	return r
}

// fit finds the constant with which a policy makes as many requests as the
// budget allows, to half a percent, or the nearest that it can.
func fit(c rival, sources []trace, budget float64) result {
	run := func(x float64) result {
		all := start(sources, c.together, func(t trace) decide { return c.policy(t, math.Exp2(x)) })
		advance(all, measureTo+2*daySeconds)
		return sum(all)
	}
	// Every policy asks less with a greater constant.
	low, high := c.low, c.high
	best := result{perDay: math.Inf(-1)}
	for range 14 {
		mid := (low + high) / 2
		r := run(mid)
		if math.Abs(r.perDay-budget) < math.Abs(best.perDay-budget) {
			best = r
		}
		if math.Abs(r.perDay-budget) < budget/200 {
			break
		}
		if r.perDay > budget {
			low = mid
		} else {
			high = mid
		}
	}
	return best
}
