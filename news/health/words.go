package health

import (
	"time"

	"github.com/rightswire/rightswire/news"
)

// Span says a length of time in its largest unit, for people.
func Span(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d >= 2*day:
		return news.Count(int(d/day), "day")
	case d >= time.Hour:
		return news.Count(int(d/time.Hour), "hour")
	}
	return news.Count(int(d/time.Minute), "minute")
}

// date writes the day of a time.
func date(t time.Time) string { return t.UTC().Format("2 January 2006") }
