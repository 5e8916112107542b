package health

import (
	"fmt"
	"time"
)

// Span says a length of time in its largest unit, for people.
func Span(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d >= 2*day:
		return count(int(d/day), "day")
	case d >= time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/time.Minute), "minute")
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// date writes the day of a time.
func date(t time.Time) string { return t.UTC().Format("2 January 2006") }
