package schedule

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// adapt proposes an interval in [Min, Max] from the one in use and what the
// poll brought. It returns the interval to use, the one to remember, and why.
//
// News halves the interval; nothing new adds a quarter of the default. Halving
// and adding settle where the interval goes with one over the square root of
// the rate of news, which is the best that intervals can do; a failed poll
// says nothing about news and changes nothing.
func (p Policy) adapt(o Outcome) (interval, remember time.Duration, why string) {
	now, known := decode(o.Rhythm)
	switch {
	case known:
	case o.Interval > 0:
		now, known = o.Interval, true
	default:
		now = p.Default
	}
	now = min(max(now, p.Min), p.Max)
	switch {
	case !o.OK && o.Status == http.StatusTooManyRequests && o.RetryAfter <= 0:
		// P18: we asked too often, so the doubling is remembered.
		now = min(max(now, backoff(now, 1, p.Max), time.Hour), p.Max)
		return now, now, fmt.Sprintf("status 429: %s", show(now))
	case !o.OK:
		return now, now, fmt.Sprintf("interval %s", show(now))
	case !known:
		// The first document is all new: that is no rate yet.
		return now, now, fmt.Sprintf("first poll: %s", show(now))
	case o.New > 0:
		now = max(now/2, p.Min)
		return now, now, fmt.Sprintf("news: %s", show(now))
	}
	now = min(now+p.Default/4, p.Max)
	if !o.LastNew.IsZero() && o.Now.Sub(o.LastNew) >= month { // P25
		quiet := max(now, min(day, p.Max))
		return quiet, now, fmt.Sprintf("nothing new for 30 days: %s", show(quiet))
	}
	return now, now, fmt.Sprintf("nothing new: %s", show(now))
}

// rhythmVersion starts a Rhythm written by this rule. Another rule's memory is
// not read.
const rhythmVersion = "interval "

func encode(d time.Duration) []byte { return []byte(rhythmVersion + d.String()) }

func decode(b []byte) (time.Duration, bool) {
	if len(b) > 64 {
		return 0, false
	}
	s, ok := strings.CutPrefix(string(b), rhythmVersion)
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d > 0
}
