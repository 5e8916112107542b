package health

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Exam looks at the sources of a wire one after another and keeps the findings
// only, so that many sources take little room. The zero value is not ready for
// use: call [NewExam].
type Exam struct {
	now     time.Time
	policy  Policy
	found   []Finding
	polled  int // sources that take part in the wire
	refused int
	late    []Finding
	spared  int // whose last poll failed while nobody answered
	asked   time.Time
	sparedT time.Time
}

// NewExam returns an exam of a wire at a moment.
func NewExam(now time.Time, p Policy) *Exam { return &Exam{now: now, policy: p} }

// Add looks at a source and returns what is wrong with it.
func (e *Exam) Add(f Facts) []Finding {
	found := Judge(f, e.now, e.policy)
	if !f.Source.Polled() {
		e.found = append(e.found, found...)
		return found
	}
	e.polled++
	if f.State.LastPoll.After(e.asked) {
		e.asked = f.State.LastPoll
	}
	if len(f.Polls) > 0 && strings.Contains(f.Polls[0].Note, notCounted+": nobody answers") {
		e.spared++
		if e.sparedT.IsZero() || f.Polls[0].At.Before(e.sparedT) {
			e.sparedT = f.Polls[0].At
		}
	}
	for _, x := range found {
		switch {
		case x.Kind == Overdue && !x.Since.IsZero():
			e.late = append(e.late, x)
			continue
		case x.Kind == Refused:
			e.refused++
		}
		e.found = append(e.found, x)
	}
	return found
}

// Own adds a finding about the wire itself that only its caller can know.
func (e *Exam) Own(f Finding) { e.found = append(e.found, f) }

// Fresh reports whether a spell that somebody else follows was seen so lately
// that it holds at the moment of the exam.
func (e *Exam) Fresh(s Spell) bool { return s.Ended.IsZero() && e.now.Sub(s.Seen) < 3*time.Hour }

// Findings returns everything that was found, worst first. What is so for most
// of the sources is said once, of the wire: nobody polls, our network is down,
// or we are on a list of unwanted guests.
func (e *Exam) Findings() []Finding {
	out := slices.Clone(e.found)
	if n := len(e.late); n >= 3 && 2*n > e.polled || n > 0 && n == e.polled {
		worst := slices.MinFunc(e.late, func(a, b Finding) int { return a.Since.Compare(b.Since) })
		out = append(out, Finding{Kind: Idle, Severity: Problem, Since: worst.Since,
			Says: fmt.Sprintf("%s of %d should have been asked and were not; the last poll of any was on %s.", news.Count(n, "source"), e.polled, e.asked.UTC().Format("2 January 2006 at 15:04")),
			Do:   "See that \"rightswire serve\" or a cron job with \"rightswire run\" is at work, and what its log says."})
	} else {
		out = append(out, e.late...)
	}
	if e.spared > 0 && 2*e.spared >= e.polled {
		out = append(out, Finding{Kind: Network, Severity: Problem, Since: e.sparedT,
			Says: fmt.Sprintf("Nobody answers: at the last look none of %s did, so the trouble is ours. No source is blamed for it.", news.Count(e.spared, "source")),
			Do:   "See that this machine has a connection and a working name service, and that fetch.proxy works if one is set."})
	}
	if e.refused >= 5 && 5*e.refused >= e.polled {
		out = append(out, Finding{Kind: Blocked, Severity: Problem,
			Says: fmt.Sprintf("%s of %d let us in no more (401, 403 or 451). So many at once are hardly their own decision.", news.Count(e.refused, "source"), e.polled),
			Do:   "This machine's address is probably on a list of unwanted guests, as those of large hosting firms often are. Ask your hosting firm for another address, or set fetch.proxy."})
	}
	Sort(out)
	return out
}

// Polled returns how many of the sources looked at take part in the wire.
func (e *Exam) Polled() int { return e.polled }
