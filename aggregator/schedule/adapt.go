package schedule

import (
	"fmt"
	"math"
	"net/http"
	"time"
)

// adapt brings a rhythm up to date with a poll and proposes an interval in
// [Min, Max] and why.
//
// The interval is that of [forecast.wait]: short where news is frequent and at
// the hours and days at which it comes, longer by the square root where it is
// rare. It also ends before half of a document is expected to be new, so that
// nothing falls out of it unseen. A failed poll says nothing about news.
func (p Policy) adapt(o Outcome, r *rhythm) (time.Duration, string) {
	known := !r.at.IsZero()
	if o.OK {
		r.learn(o)
		if r.careful -= r.careful / carefulCut; r.careful <= p.Min {
			r.careful = 0
		}
		if o.Window > 0 {
			r.window = o.Window
		}
	}
	interval, why := p.Default, "first poll"
	if known || r.items > 0 { // a first document without dates is no rate yet
		interval, why = p.expect(o.Now, r)
	}
	if r.careful > interval {
		interval, why = r.careful, "slower since status 429"
	}
	interval = min(max(interval, p.Min), p.Max)
	switch {
	case !o.OK && o.Status == http.StatusTooManyRequests && o.RetryAfter <= 0:
		// P18: we asked too often, so the doubling is remembered.
		interval = min(max(backoff(interval, 1, p.Max), time.Hour), p.Max)
		r.careful, why = interval.Round(time.Second), "status 429"
	case o.OK && !o.LastNew.IsZero() && o.Now.Sub(o.LastNew) >= month: // P25
		interval, why = max(interval, min(day, p.Max)), "nothing new for 30 days"
	}
	return interval, fmt.Sprintf("%s: %s", why, show(interval))
}

// expect returns the interval that the forecast asks for, and the rate for
// people.
func (p Policy) expect(now time.Time, r *rhythm) (time.Duration, string) {
	f := r.forecast(now)
	items := math.Inf(1)
	if r.window > 0 {
		items = float64(r.window) / 2
	}
	rate := r.rate(now)
	why := "about " + often(rate)
	switch l := f.now(now); {
	case l > 2*rate:
		why += ", more at this hour"
	case l < rate/2:
		why += ", less at this hour"
	}
	return seconds(f.wait(now, p.Patience.Seconds(), items, p.Max.Seconds())), why
}

// often says a rate of items a second in words.
func often(rate float64) string {
	for _, unit := range []struct {
		d    time.Duration
		name string
	}{{day, "day"}, {week, "week"}, {month, "month"}} {
		switch n := rate * unit.d.Seconds(); {
		case n >= 1.5:
			return fmt.Sprintf("%.0f items a %s", n, unit.name)
		case n >= 0.95:
			return "1 item a " + unit.name
		}
	}
	return "an item in months"
}

// seconds makes a duration of a number of seconds, at most the longest that
// there is.
func seconds(s float64) time.Duration {
	if s >= math.MaxInt64/float64(time.Second) {
		return math.MaxInt64
	}
	return time.Duration(s * float64(time.Second))
}

// heed makes what the last document said count where this poll brought none:
// a 304 repeals neither ttl nor skipHours (P12, P14). It remembers what a new
// document says.
func (r *rhythm) heed(o Outcome) Outcome {
	if o.Read {
		r.said = words{ttl: max(o.TTL, 0), period: max(o.UpdatePeriod, 0)}
		for _, h := range o.SkipHours {
			if h >= 0 && h <= 24 {
				r.said.skipHours |= 1 << (h % 24)
			}
		}
		for _, d := range o.SkipDays {
			if d >= time.Sunday && d <= time.Saturday {
				r.said.skipDays |= 1 << d
			}
		}
	}
	o.TTL, o.UpdatePeriod = r.said.ttl, r.said.period
	return o
}
