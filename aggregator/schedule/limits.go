package schedule

import (
	"fmt"
	"math"
	"net/http"
	"time"
)

// limits returns the longest wait that anybody asks for: the house, the
// server, the feed. interval is what the adaptive rule proposed.
func (p Policy) limits(o Outcome, interval time.Duration) wait {
	var w wait
	w.asks(p.Floor, "floor ") // P22
	if !o.OK {
		p.failed(o, interval, &w)
	}
	if o.RetryAfter > 0 { // P15, P16
		capped := min(o.RetryAfter, p.RetryAfterMax)
		why := "Retry-After " + show(o.RetryAfter)
		if capped < o.RetryAfter { // P17
			why += ", honoured for " + show(capped)
		}
		w.atLeast(capped, why)
	}
	w.asks(min(o.Fresh, p.FreshnessMax), "fresh for ") // P09, P10
	w.asks(min(o.TTL, p.FreshnessMax), "ttl ")         // P12
	if o.Cron == "" {
		// A hint and no more: never beyond what we would do ourselves (P13).
		w.asks(min(o.UpdatePeriod, p.Max, p.FreshnessMax), "updatePeriod ")
		// The desk that writes a cron expression has set less (P23, P46).
		if o.OK && !o.HasValidators {
			w.asks(p.NoValidators, "no validators: ")
		}
		if lease := min(o.Covered.Sub(o.Now), p.Max); o.OK && lease > 0 {
			// What a hub sends comes at once, the poll is for what it forgets.
			w.atLeast(jitter(o.Source, lease, 0, lease), "its hub sends its news")
		}
	}
	return w
}

// failed adds the waits of a poll that brought no document. None of them is
// for ever: feeds do come back.
func (p Policy) failed(o Outcome, interval time.Duration, w *wait) {
	what := "" // the error that stands beside it says more
	if o.Status != 0 {
		what = fmt.Sprintf("status %d, ", o.Status)
	}
	switch {
	case o.Gone >= 2: // P32
		w.atLeast(p.RetryAfterMax, "gone twice")
		return
	case o.Status == http.StatusGone: // P32: the second look is on another day
		w.atLeast(day, "gone")
		return
	case o.Status == http.StatusTooManyRequests && o.RetryAfter <= 0:
		// adapt has doubled the interval already (P18).
		why := fmt.Sprintf("status 429: %s", show(interval))
		w.atLeast(interval+spread(o.Source, interval/10), why)
		return
	}
	limit := p.Max
	if o.Status == http.StatusNotFound {
		limit = max(limit, week) // P33
	}
	d := backoff(interval, float64(o.Failures)*weight(o.Status), limit)
	why := fmt.Sprintf("%sfailure %d: %s", what, o.Failures, show(d))
	w.atLeast(jitter(o.Source, d, interval, limit), why)
}

// weight says how much a failure counts (P35): a hiccup of the network or the
// server little, a refusal more, an answer that will not change by itself
// fully.
func weight(status int) float64 {
	switch {
	case status == 0, status >= 502 && status <= 504:
		return 0.25
	case status >= 500, status < 400:
		return 0.5 // also a document that could not be read, a login page
	case status == http.StatusUnauthorized, status == http.StatusForbidden, // P34
		status == http.StatusNotFound, // P33
		status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return 0.5
	}
	return 1
}

// backoff returns base doubled steps times, or limit where that is less. It
// compares exponents before it multiplies: an overflow would be a negative
// delay, and a negative delay is a busy loop.
func backoff(base time.Duration, steps float64, limit time.Duration) time.Duration {
	base = max(base, time.Millisecond)
	if base >= limit || steps >= math.Log2(float64(limit)/float64(base)) {
		return limit
	}
	return min(time.Duration(float64(base)*math.Exp2(max(steps, 0))), limit)
}

// show writes a duration for people: whole seconds, or as it is when shorter.
func show(d time.Duration) string {
	if d >= time.Second {
		d = d.Round(time.Second)
	}
	return d.String()
}
