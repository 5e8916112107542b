package health

import (
	"fmt"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// notCounted marks rows of the ledger that say nothing of their source.
const notCounted = "not counted against the source"

// fails judges failures in a row, or many of them.
func fails(f Facts, now time.Time, p Policy) (Finding, bool) {
	st := f.State
	if st.Failures == 0 {
		return flaky(f)
	}
	cause, why := causeNow(f)
	since := st.LastOK
	if since.IsZero() {
		since = f.First
	}
	var out Finding
	if !since.IsZero() {
		out.Since = since
	}
	for_ := now.Sub(since)
	switch {
	case st.LastOK.IsZero():
		out.Kind, out.Severity = NeverWorked, Warning
	case st.Failures >= 2:
		out.Kind, out.Severity = kindOf(cause), Warning
	default: // one failure is everyday
		return flaky(f)
	}
	lasting := st.Failures >= p.Failures && !since.IsZero() && for_ >= p.Failing
	if lasting || st.Gone >= 2 {
		out.Severity = Problem
	}
	out.Says = failSentence(f, out.Kind, cause, why, now)
	out.Do = failAdvice(f, cause, for_)
	return out, true
}

// causeNow returns why the last poll that counts failed, and its error.
func causeNow(f Facts) (Cause, string) {
	for _, p := range f.Polls {
		if p.Outcome == news.OutcomeFailed && !strings.Contains(p.Note, notCounted) {
			return CauseOf(p.Status, p.Error), p.Error
		}
	}
	// The row has been pruned: the state has the text, and a status begins it.
	status := 0
	if _, err := fmt.Sscanf(f.State.Error, "status %d", &status); err != nil {
		status = 0
	}
	return CauseOf(status, f.State.Error), f.State.Error
}

func kindOf(c Cause) Kind {
	switch c {
	case CauseName, CauseSilence, CauseCut, CauseTLS:
		return Unreachable
	case CauseRefused:
		return Refused
	case CauseGone:
		return Gone
	case CauseNotAFeed:
		return NotAFeed
	}
	return Failing
}

func failSentence(f Facts, kind Kind, cause Cause, why string, now time.Time) string {
	st := f.State
	text := fmt.Sprintf("%s in a row failed: ", news.Count(st.Failures, "poll"))
	switch {
	case kind == NeverWorked:
		text = fmt.Sprintf("It has never worked; %s failed: ", news.Count(st.Failures, "poll"))
	case now.Sub(st.LastOK) >= time.Hour:
		text = fmt.Sprintf("It has not worked for %s; %s in a row failed: ", Span(now.Sub(st.LastOK)), news.Count(st.Failures, "poll"))
	}
	text += cause.sentence()
	if kindOf(cause) == Unreachable || cause == CauseRefused {
		text += ". Whether it is down or only closed to us cannot be told from here"
	}
	if st.Gone >= 2 {
		text += ". It said \"gone for good\" on two days, so it is not asked any more"
	}
	return text + ". The last error was: " + why
}

// failAdvice says what to do, with what the poll itself has found.
func failAdvice(f Facts, cause Cause, long time.Duration) string {
	do := cause.advice()
	if f.State.Proposal != "" {
		do = "Its site now names " + f.State.Proposal + " as a feed: if it is the same, write that as url:. Otherwise: " + do
	}
	if f.Source.Proxy != "" && cause.FromHere() {
		do = "It is asked through its own proxy: see first that the proxy works. " + do
	}
	if cause == CauseName && long >= 60*day {
		do += " A name that nobody has known for two months was probably given up."
	}
	return do
}

// flaky judges failures that are not in a row.
func flaky(f Facts) (Finding, bool) {
	polls, failed := 0, 0
	var first time.Time
	for _, p := range f.Polls {
		if strings.Contains(p.Note, notCounted) {
			continue
		}
		polls++
		if p.Outcome == news.OutcomeFailed {
			failed++
			first = p.At
		}
	}
	if polls < 20 || failed*10 < polls*3 || f.State.LastOK.IsZero() {
		return Finding{}, false
	}
	cause, why := causeNow(f)
	return Finding{
		Kind: Flaky, Severity: Notice, Since: first,
		Says: fmt.Sprintf("%d of its last %d polls failed, most lately because %s: %s", failed, polls, cause.sentence(), why),
		Do:   "Nothing is lost while polls in between succeed. If it grows worse, it will be reported as failing.",
	}, true
}
