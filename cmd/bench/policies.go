package main

import (
	"math"
	"time"

	"github.com/rightswire/rightswire/aggregator/schedule"
)

// rival is a policy with one free constant, which is 2 to the power of
// something from low to high.
type rival struct {
	name      string
	together  bool // every source is asked at the same moments
	low, high float64
	policy    func(t trace, constant float64) decide
}

// The bounds of every policy's interval, in seconds.
const shortest, longest = 5 * 60.0, daySeconds

func rivals() []rival {
	return []rival{
		{"fixed", true, 8, 17, fixed},
		{"round_robin", false, 8, 17, fixed},
		{"entry_frequency", false, -14, 14, entryFrequency},
		{"AIMD", false, 0, 17, aimd},
		{"square root", false, -10, 30, squareRoot},
		{"ours", false, -10, 30, func(t trace, c float64) decide { return ours(t, c) }},
	}
}

// fixed asks every source after the same time, as most readers do and as
// Miniflux does by default, where it is called round_robin: there each source
// counts from its own last poll, while a cron job asks all at once.
func fixed(_ trace, c float64) decide { return func(float64, []float64) float64 { return c } }

// entryFrequency is Miniflux's other policy: a week over the number of items
// of the last week times a factor, here 1/c; without an item or with one, the
// longest interval.
func entryFrequency(_ trace, c float64) decide {
	var week []float64
	return func(now float64, news []float64) float64 {
		week = append(week, news...)
		for len(week) > 0 && week[0] < now-7*daySeconds {
			week = week[1:]
		}
		if len(week) <= 1 {
			return longest
		}
		return bound(7 * daySeconds / float64(len(week)) * c)
	}
}

// aimd halves its interval when there was news and else adds a constant. It
// settles near one over the square root of the rate without measuring it.
func aimd(_ trace, c float64) decide {
	interval, first := 3600.0, true
	return func(_ float64, news []float64) float64 {
		if len(news) > 0 && !first {
			interval = bound(interval / 2)
		} else {
			interval = bound(interval + c)
		}
		first = false
		return interval
	}
}

// squareRoot is c over the square root of the average rate, estimated as ours
// is: fading by half in two weeks, from half an item in five days.
func squareRoot(_ trace, c float64) decide {
	const half = 14 * daySeconds
	items, last, oldest := 0.0, 0.0, math.Inf(1)
	return func(now float64, news []float64) float64 {
		items *= math.Exp2((last - now) / half)
		for _, t := range news {
			items += math.Exp2((t - now) / half)
			oldest = min(oldest, t)
		}
		last, oldest = now, min(oldest, now)
		counted := half / math.Ln2 * (1 - math.Exp2((oldest-now)/half))
		return bound(c / math.Sqrt((items+0.5)/(counted+5*daySeconds)))
	}
}

func bound(s float64) float64 { return min(max(s, shortest), longest) }

// ours is the schedule of the product with the bounds of the others.
func ours(t trace, c float64) decide {
	p := schedule.Policy{Min: span(shortest), Default: time.Hour, Max: span(longest), Patience: span(c)}
	o := outcome(t)
	return func(now float64, news []float64) float64 {
		tell(&o, now, news)
		return keep(&o, p.Next(o))
	}
}

// outcome is a poll without trouble.
func outcome(t trace) schedule.Outcome {
	return schedule.Outcome{Source: t.Name, OK: true, Status: 200, HasValidators: true, Window: t.Win}
}

// tell says what the poll at now brought, as the aggregator does.
func tell(o *schedule.Outcome, now float64, news []float64) {
	o.Now, o.News = at(now), o.News[:0]
	for _, t := range news {
		o.News = append(o.News, at(t))
	}
}

// keep remembers what the aggregator stores, and returns the seconds to wait.
func keep(o *schedule.Outcome, d schedule.Decision) float64 {
	o.Previous, o.Rhythm = o.Now, d.Rhythm
	return d.Interval.Seconds()
}

// asConfigured is the schedule as the product runs it: bounds and floor of a
// quarter of an hour, once a day after a month of silence, and patience
// balanced every day so that the average source is asked once per default.
func asConfigured(sources []trace, budget float64) result {
	base := schedule.Default()
	base.Default = span(daySeconds / budget)
	p := base
	var known []*schedule.Outcome
	all := start(sources, false, func(t trace) decide {
		o := outcome(t)
		known = append(known, &o)
		return func(now float64, news []float64) float64 {
			tell(&o, now, news)
			if len(news) > 0 {
				o.LastNew = o.Now
			}
			return keep(&o, p.Next(o))
		}
	})
	rhythms := make([][]byte, len(known))
	for end := daySeconds / 4; end <= measureTo+2*daySeconds; end += daySeconds / 4 {
		advance(all, end)
		for i, o := range known {
			rhythms[i] = o.Rhythm
		}
		p = base.Balanced(at(end), rhythms)
	}
	return sum(all)
}

func span(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
