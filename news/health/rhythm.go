package health

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Cadence is how often a source has news, by its own past.
type Cadence struct {
	Pauses  int           // between two days with news that are known
	Usual   time.Duration // the middle one
	Longest time.Duration // the 95th percentile: longer ones are rare
	PerDay  int           // items on a busy day with news: the 95th percentile
	Last    time.Time     // the last day with news; zero: none
}

// CadenceOf returns the cadence of days with news, oldest first. The last lull
// is not among the pauses: whether it is one is what is asked.
func CadenceOf(days []Day) Cadence {
	var c Cadence
	var pauses []time.Duration
	var items []int
	for i, d := range days {
		if i > 0 {
			pauses = append(pauses, d.Day.Sub(days[i-1].Day))
		}
		items = append(items, d.Items)
		c.Last = d.Day
	}
	if c.Pauses = len(pauses); c.Pauses > 0 {
		c.Usual, c.Longest = quantile(pauses, 0.5), quantile(pauses, 0.95)
	}
	if len(items) > 0 {
		c.PerDay = quantile(items, 0.95)
	}
	return c
}

// quantile returns the smallest value that a share q of the values does not
// exceed (nearest rank: with few values the highest). It sorts them.
func quantile[T int | time.Duration](values []T, q float64) T {
	slices.Sort(values)
	rank := int(math.Ceil(q * float64(len(values))))
	return values[max(rank, 1)-1]
}

// Limit returns how long a source may be silent before it is found; false if
// too little is known of it.
func (c Cadence) Limit(p Policy) (time.Duration, bool) {
	if c.Pauses < p.QuietGaps || c.Pauses == 0 {
		return 0, false
	}
	return max(p.Quiet, time.Duration(float64(c.Longest)*p.QuietTimes)), true
}

// silent judges a source that answers and has nothing to say. What counts is
// the time up to its last answer: what we did not hear is no silence.
func silent(f Facts, _ time.Time, p Policy) (Finding, bool) {
	c := CadenceOf(f.Days)
	limit, ok := c.Limit(p)
	if !ok || f.State.Failures > 0 {
		return Finding{}, false
	}
	last := c.Last.Add(day) // the end of that day: its hour is not known
	for _, it := range f.Latest {
		if it.Published.After(last) {
			last = it.Published
		}
	}
	quiet := f.State.LastOK.Sub(last)
	if quiet <= limit {
		return Finding{}, false
	}
	out := Finding{
		Kind: Silent, Severity: Warning, Since: last,
		Says: fmt.Sprintf("It answers, and has had nothing new for %s. It usually has news every %s, and hardly ever paused for longer than %s.",
			Span(quiet), Span(c.Usual), Span(c.Longest)),
		Do: "Look at its site: if news is there, the feed has moved or stands still, and \"rightswire sources discover\" may find another. If not, it is a holiday or the end of the outlet.",
	}
	if f.Source.Scope == news.ScopeFilter {
		out.Do += " It is filtered (scope: filter), so it may also have written of other subjects only."
	}
	if quiet > 2*limit && quiet > 30*day {
		out.Severity = Problem
	}
	return out, true
}

// document reports whether a poll read a document, rather than hearing that
// nothing has changed.
func document(p news.Poll) bool {
	return p.Outcome != news.OutcomeFailed && p.Status == 200 && !strings.Contains(p.Note, "same bytes as last time")
}

// empty judges feeds without items.
func empty(f Facts, now time.Time, _ Policy) (Finding, bool) {
	if f.State.Failures > 0 {
		return Finding{}, false
	}
	var since time.Time
	before := 0 // items of the last document that had any
	for _, p := range f.Polls {
		if !document(p) {
			continue
		}
		if p.Seen > 0 {
			before = p.Seen
			break
		}
		since = p.At
	}
	if since.IsZero() {
		return Finding{}, false
	}
	out := Finding{Kind: Empty, Severity: Warning, Since: since,
		Do: "Look at its site: a feed that is empty beside a site with news is broken, and its people should know. It is asked as before."}
	switch {
	case before > 0:
		out.Says = fmt.Sprintf("Its feed is empty since %s; before, it held %s.", date(since), news.Count(before, "item"))
	case len(f.Days) > 0:
		out.Says = fmt.Sprintf("Its feed is empty since %s or longer; it had items before.", date(since))
	case now.Sub(f.First) < 7*day:
		out.Severity, out.Says = Notice, "Its feed can be read and holds no item yet."
	default:
		out.Says = fmt.Sprintf("Its feed can be read and has not held a single item in %s.", Span(now.Sub(f.First)))
	}
	return out, true
}

// flood judges a day on which far more came than on the source's busy days. Of
// its first day nothing is said: the first document brings the past.
func flood(f Facts, now time.Time, p Policy) (Finding, bool) {
	came := 0
	var since time.Time
	for _, x := range f.Polls {
		if now.Sub(x.At) > day || x.At.After(now) {
			continue
		}
		if x.New > 0 {
			came, since = came+x.New, x.At
		}
	}
	if came < p.FloodMin || since.IsZero() || f.First.IsZero() || since.Sub(f.First) < day {
		return Finding{}, false
	}
	past := f.Days
	for len(past) > 0 && now.Sub(past[len(past)-1].Day) < 2*day {
		past = past[:len(past)-1] // the flood itself
	}
	usual := CadenceOf(past).PerDay
	if len(past) < p.FloodDays || came <= p.Flood*usual {
		return Finding{}, false
	}
	return Finding{
		Kind: Flood, Severity: Warning, Since: since,
		Says: fmt.Sprintf("%s came within a day; on its busy days there are about %d.", news.Count(came, "item"), usual),
		Do:   "Look at what came (\"rightswire items list --source " + f.Source.ID + "\"). If the outlet has turned general, write scope: filter; if it has put its archive into the feed, it will pass. No feed of ours lists more than publish.per_source of one source.",
	}, true
}

// overdue judges whether we did what we said we would do.
func overdue(f Facts, now time.Time, p Policy) (Finding, bool) {
	st := f.State
	if st.LastPoll.IsZero() {
		return Finding{Kind: Overdue, Severity: Notice, Says: "It has not been asked yet.",
			Do: "Nothing, if it was added just now. Otherwise see that \"rightswire serve\" or a cron job with \"rightswire run\" is at work."}, true
	}
	due := st.NextDue
	if st.NotBefore.After(due) {
		due = st.NotBefore
	}
	late := now.Sub(due)
	if st.NextDue.IsZero() || late <= p.Overdue {
		return Finding{}, false
	}
	out := Finding{Kind: Overdue, Severity: Warning, Since: due,
		Says: fmt.Sprintf("It should have been asked %s ago and was not; it was asked last on %s.", Span(late), date(st.LastPoll)),
		Do:   "See that \"rightswire serve\" or a cron job with \"rightswire run\" is at work, and what its log says."}
	if late > max(day, 4*p.Overdue) {
		out.Severity = Problem
	}
	return out, true
}
