package schedule

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/robfig/cron/v3"
)

// skipSpread is the stretch after a skipped window over which sources are
// spread: those that share one would all come at its first second. It is less
// than an hour, so that it cannot reach the next window.
const skipSpread = 10 * time.Minute

// unit maps a source to a number in [0, 1), always the same (P26).
func unit(source string) float64 {
	h := fnv.New64a()
	h.Write([]byte(source)) // does not fail
	// FNV moves its upper bits little between names that differ at the end.
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// spread returns the source's offset in [0, window).
func spread(source string, window time.Duration) time.Duration {
	return time.Duration(unit(source) * float64(max(window, 0)))
}

// jitter lengthens or shortens d by up to a twentieth, so that sources that
// once were asked together drift apart (P26). At a bound the whole range moves
// inside instead of being cut off there: the busiest sources all stand at the
// lower one, and they have to drift too.
func jitter(source string, d, low, high time.Duration) time.Duration {
	const half = 0.05
	mid := max(min(float64(d), float64(high)/(1+half)), float64(low)/(1-half))
	j := time.Duration(mid * (1 - half + 2*half*unit(source)))
	return min(max(j, low), high)
}

// skip returns the first time at or after due that the feed's skipHours and
// skipDays, a bit for each, leave free (P14). Windows that leave nothing free are ignored.
func skip(due time.Time, hours, days uint32) time.Time {
	t := due.UTC()
	for range 8 * 24 { // a free hour of a free day, if there is one, is less than eight days on
		if hours>>t.Hour()&1 == 0 && days>>t.Weekday()&1 == 0 {
			return t
		}
		t = t.Truncate(time.Hour).Add(time.Hour)
	}
	return due
}

// tick returns the first tick of the source's cron expression that comes no
// earlier than the limits allow. An expression that cannot be read or never
// ticks leaves the adaptive time in place and says so: a source must not stop
// because of a spelling.
func (p Policy) tick(o Outcome, limits wait, adaptive time.Time) (time.Time, string) {
	s, err := cron.ParseStandard(o.Cron)
	if err != nil {
		return adaptive, fmt.Sprintf("schedule %q is no cron expression", o.Cron)
	}
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	if every, ok := s.(cron.ConstantDelaySchedule); ok { // "@every 6h" counts from the poll
		if limits.d > every.Delay {
			return o.Now.Add(limits.d), limits.why
		}
		return o.Now.Add(every.Delay), fmt.Sprintf("schedule %q", o.Cron)
	}
	// A tick that the limits leave out is left out, not made up for. Next
	// looks for a tick after a time, and one right at the limit is fine.
	after := o.Now
	why := fmt.Sprintf("schedule %q", o.Cron)
	if next := s.Next(o.Now.In(zone)); limits.d > 0 && next.Before(o.Now.Add(limits.d)) {
		after = o.Now.Add(limits.d - time.Nanosecond)
		why += " after " + limits.why
	}
	due := s.Next(after.In(zone))
	if due.IsZero() {
		return adaptive, fmt.Sprintf("schedule %q never comes", o.Cron)
	}
	return due.UTC(), why
}
