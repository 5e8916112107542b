package schedule

import (
	"math"
	"time"
)

// forecast is how many items a second a source is expected to bring:
//
//	l(u) = base profile(u) + burst/fade e^(-u/fade)
//
// u seconds from now.
type forecast struct {
	base    float64        // items a second, over all hours alike
	profile [7][24]float64 // factor of each hour of the week in UTC; they average about 1
	burst   float64        // items that are still to come of a burst
}

// forecast makes one of what is remembered. The share of items that come in
// bursts is taken off the base, as it is in the burst.
func (r *rhythm) forecast(now time.Time) (f forecast) {
	f.base = (1 - burstShare) * r.rate(now)
	f.burst = r.burst * faded(since(r.at, now))
	r.profile(halved(since(r.at, now)), &f.profile)
	return f
}

// profile fills in how much more or less than the average comes at each hour of
// the week, from sums that have faded to a part of what they were.
//
// There are too few items for 168 hours each by itself. So it starts even,
// learns the hours of a day and the days of the week, then what work days and
// free days do differently: each step begins with the one before as its prior,
// and needs more items to depart from it. Hours are smoothed with their
// neighbours.
func (r *rhythm) profile(fade float64, p *[7][24]float64) {
	n := 0.0
	for _, d := range r.days {
		n += d
	}
	n *= fade
	var day [7]float64
	for d := range day {
		day[d] = 7 * (fade*r.days[d] + dayPrior/7) / (n + dayPrior)
	}
	for h := range 24 {
		work, free := fade*smooth(&r.hours, h), fade*smooth(&r.free, h)
		hour := 24 * (work + free + hourPrior/24) / (n + hourPrior)
		for d := range 7 {
			own := work / 5
			if weekend(time.Weekday(d)) {
				own = free / 2
			}
			p[d][h] = (7*24*own + freePrior*hour*day[d]) / (n + freePrior)
		}
	}
}

// smooth returns the sum of an hour, half of it from its neighbours.
func smooth(sums *[24]float64, h int) float64 {
	return sums[h]/2 + sums[(h+23)%24]/4 + sums[(h+1)%24]/4
}

// now is l(0).
func (f *forecast) now(t time.Time) float64 {
	t = t.UTC()
	return f.base*f.profile[t.Weekday()][t.Hour()] + f.burst/burstFade.Seconds()
}

// wait returns after how many seconds the items that are expected from now on
// will together have waited for patience seconds, or when that many items
// are expected, or limit, whichever comes first. It solves
//
//	integral from 0 to T of l(u) (T - u) du = patience
//
// for T, which at a constant l is T = sqrt(2 patience / l). Of all ways to
// spend a number of requests this gives the least delay: at the moment of the
// request every source has the same waiting on its account (Sia, Cho and Cho,
// "Efficient Monitoring Algorithm for Fast News Alerts", TKDE 2007, where the
// rate is constant). Within an hour of the profile the integral is closed.
func (f *forecast) wait(now time.Time, patience, items, limit float64) float64 {
	now = now.UTC()
	hour, weekday := now.Hour(), int(now.Weekday())
	a := account{burst: f.burst}
	step := now.Truncate(time.Hour).Add(time.Hour).Sub(now).Seconds()
	for a.t < limit {
		a.rate = f.base * f.profile[weekday][hour]
		step = min(step, limit-a.t)
		if a.reached(step, patience, items) {
			return a.t + a.when(step, patience, items)
		}
		a.pass(step)
		step = time.Hour.Seconds()
		if hour = (hour + 1) % 24; hour == 0 {
			weekday = (weekday + 1) % 7
		}
	}
	return limit
}

// account is what has gathered t seconds after a poll.
type account struct {
	t      float64
	rate   float64 // of the hour that t is in, without the burst
	count  float64 // items expected until t, without the burst
	waited float64 // seconds that they have waited together
	burst  float64 // items to come of the burst, as of the poll
}

// reached reports whether patience or items are reached s seconds on.
func (a *account) reached(s, patience, items float64) bool {
	gone, waited := 0.0, 0.0 // of the burst
	if a.burst > 0 {
		fade, t := burstFade.Seconds(), a.t+s
		gone = a.burst * -math.Expm1(-t/fade)
		waited = a.burst*t - gone*fade
	}
	return a.waited+a.count*s+a.rate*s*s/2+waited >= patience || a.count+a.rate*s+gone >= items
}

// when returns at which second up to step patience or items are reached.
func (a *account) when(step, patience, items float64) float64 {
	low, high := 0.0, step
	for range 20 { // an hour to 3 milliseconds
		if mid := (low + high) / 2; a.reached(mid, patience, items) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// pass moves on by s seconds.
func (a *account) pass(s float64) {
	a.waited += a.count*s + a.rate*s*s/2
	a.count += a.rate * s
	a.t += s
}
