package schedule

import (
	"math"
	"time"
)

// The numbers of the estimate. On recorded times of publication each may be
// half or twice as large for a few percent of the delay.
const (
	halfLife   = 28 * day   // half-life of an item's weight, in the rate and in the profile
	burstFade  = time.Hour  // how fast a burst is over
	burstShare = 0.15       // share of items that come as the echo of another
	priorItems = 0.5        // what is assumed of a source before anything is known:
	priorTime  = 5 * day    // half an item in five days (a gamma prior)
	hourPrior  = 12.0       // items spread evenly over the day that the profile starts with
	dayPrior   = 7.0        // the same over the week
	freePrior  = 50.0       // items spread as over the whole week that work days and free days start with
	carefulCut = 4          // of a 429's longer interval, each success takes off one part in so many
	memoryMax  = 3650 * day // older items say nothing
)

// rhythm is what is remembered of a source from poll to poll.
//
// The sums count items that fade: each weighs one when it appears and half of
// that a half-life later. They are kept as of the last poll that brought
// something new and faded when they are read, so that a 304 changes nothing.
type rhythm struct {
	at     time.Time   // the sums are as of then; zero: nothing learned yet
	oldest time.Time   // since when items are counted
	items  float64     // sum for the rate
	hours  [24]float64 // sums for the profile, by hour of the day in UTC, Monday to Friday
	free   [24]float64 // the same for Saturday and Sunday
	days   [7]float64  // sums for the profile, by day of the week in UTC
	burst  float64     // items that the last ones are expected to bring after them

	window  int           // how many items of ours a document holds; 0: unknown
	careful time.Duration // not more often than that, after a 429 (P18); 0: no such word
	said    words         // of the last document that was read
}

// words is what a document says about when to come back.
type words struct {
	ttl, period time.Duration
	skipHours   uint32 // bit h: hour h
	skipDays    uint32 // bit d: weekday d
}

// since returns the time from a to b, not less than nothing: clocks are set
// back.
func since(a, b time.Time) time.Duration { return max(b.Sub(a), 0) }

// halved is the weight left after a time.
func halved(age time.Duration) float64 {
	return math.Exp2(-age.Seconds() / halfLife.Seconds())
}

// faded is a burst's weight left after a time.
func faded(age time.Duration) float64 { return math.Exp(-age.Seconds() / burstFade.Seconds()) }

// learn adds the new items of a poll that brought a document.
//
// An item that was not there at the previous poll appeared after it, whatever
// its date: feeds that date by the day, or publish late, would teach us hours
// at which nothing ever comes. In a first document an item without a date says
// nothing about its hour, and neither do dates on full hours, which most often
// are days.
func (r *rhythm) learn(o Outcome) {
	first := r.at.IsZero()
	if first {
		r.at, r.oldest = o.Now, o.Now
	}
	shape := !first || !fullHours(o.News)
	counted := false
	for _, t := range o.News {
		switch {
		case first && !t.Before(o.Now):
			continue
		case t.After(o.Now):
			t = o.Now
		case !first && t.Before(o.Previous):
			t = o.Previous.Add(since(o.Previous, o.Now) / 2)
		}
		if o.Now.Sub(t) > memoryMax {
			continue
		}
		if !counted {
			r.fadeTo(o.Now)
			counted = true
		}
		r.add(t, shape)
	}
}

// fadeTo moves the moment that the sums stand for.
func (r *rhythm) fadeTo(now time.Time) {
	age := since(r.at, now)
	f := halved(age)
	r.items *= f
	r.burst *= faded(age)
	for h := range r.hours {
		r.hours[h] *= f
		r.free[h] *= f
	}
	for d := range r.days {
		r.days[d] *= f
	}
	r.at = now
}

// add counts one item that appeared at t, at or before r.at.
func (r *rhythm) add(t time.Time, shape bool) {
	t = t.UTC()
	if t.Before(r.oldest) {
		r.oldest = t
	}
	age := since(t, r.at)
	w := halved(age)
	r.items += w
	r.burst += burstShare * faded(age)
	if shape {
		if weekend(t.Weekday()) {
			r.free[t.Hour()] += w
		} else {
			r.hours[t.Hour()] += w
		}
		r.days[t.Weekday()] += w
	}
}

func weekend(d time.Weekday) bool { return d == time.Saturday || d == time.Sunday }

// fullHours reports whether all dates of several are on the full hour.
func fullHours(dates []time.Time) bool {
	for _, t := range dates {
		if t.Minute() != 0 || t.Second() != 0 {
			return false
		}
	}
	return len(dates) > 1
}

// rate is how many items a second the source brings on average: the items
// counted over the time that they were counted for, fading as they do,
// together with the prior.
func (r *rhythm) rate(now time.Time) float64 {
	items := r.items * halved(since(r.at, now))
	counted := halfLife.Seconds() / math.Ln2 * (1 - halved(since(r.oldest, now)))
	return (items + priorItems) / (counted + priorTime.Seconds())
}
