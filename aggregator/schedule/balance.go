package schedule

import (
	"math"
	"time"
)

// Balanced returns the policy with the Patience at which sources with these
// rhythms, of which Default is to be the average interval, are asked that
// often together: as many requests as if each were asked once per Default, but
// spent where they save most waiting.
//
// With T = sqrt(2 patience / l) within the bounds of each source, it finds the
// patience at which the sum of 1/T is the number of sources over Default.
// What others ask for (freshness, ttl, failures, a month of silence) only
// makes it fewer requests: what one source does not use is not spent on
// another. Sources never read are left out; without any that was, the policy
// is returned as it is.
func (p Policy) Balanced(now time.Time, rhythms [][]byte) Policy {
	p = p.sane()
	all := make([]bounded, 0, len(rhythms))
	for _, b := range rhythms {
		if r := unpack(b); !r.at.IsZero() {
			all = append(all, p.bounded(&r, now))
		}
	}
	if len(all) == 0 {
		return p
	}
	budget := float64(len(all)) / p.Default.Seconds()
	// 2^-20 to 2^60 seconds: from the busiest source every second to the
	// quietest once in an age.
	low, high := -20.0, 60.0
	for range 40 {
		mid := (low + high) / 2
		spent, waits := 0.0, math.Sqrt(2*math.Exp2(mid))
		for _, s := range all {
			spent += s.requests(waits)
		}
		if spent > budget {
			low = mid
		} else {
			high = mid
		}
	}
	p.Patience = max(seconds(math.Exp2(high)), time.Nanosecond)
	return p
}

// bounded is what the balance needs of a source.
type bounded struct {
	pace      float64 // average of the square root of its l
	low, high float64 // bounds of its interval in seconds
}

func (p Policy) bounded(r *rhythm, now time.Time) bounded {
	f := r.forecast(now)
	b := bounded{low: max(p.Min, p.Floor).Seconds(), high: p.Max.Seconds()}
	even := 0.0
	for d := range f.profile {
		for _, x := range f.profile[d] {
			even += math.Sqrt(x) / (7 * 24)
		}
	}
	b.pace = math.Sqrt(r.rate(now)) * even
	if r.window > 0 {
		b.high = min(b.high, float64(r.window)/2/r.rate(now))
	}
	b.high = max(b.high, b.low)
	return b
}

// requests is how often a second the source is asked at a patience of which
// waits is the square root of the double, in seconds.
func (b bounded) requests(waits float64) float64 {
	return 1 / min(max(waits/b.pace, b.low), b.high)
}
