package aggregator

import (
	"errors"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// outage tells our own broken network from broken sources (P36): when key
// after key that was fine does not answer, and nobody does in between, the
// trouble is ours. Failures without an answer are held back until somebody
// answers, or the run ends: only then is it known whose they are.
//
// Sources that failed before are no sign of anything: at the end of every run
// those are left that take longest to fail.
type outage struct {
	limit int // keys; 0: never
	*network
	held []result // of this run, since somebody answered
}

// network is what all runs of a process know of their own network.
type network struct {
	mu     sync.Mutex
	heard  bool            // somebody has answered, ever
	silent map[string]bool // keys that did not answer since somebody did; true for those that were fine
	off    bool            // found to be down, and nobody has answered since
}

// begin starts a run. The silent keys are remembered from earlier ones, so
// that a wire of which three sources are due at a time notices too.
func (u *outage) begin() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.held = nil
}

// hear takes in what came of a request to a key. It returns the results that
// can be stored now, each as it stands.
func (u *outage) hear(key string, err error, results []result) []result {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, refused := errors.AsType[*fetch.StatusError](err)
	switch {
	case u.limit <= 0:
		return results
	case fetch.Unreachable(err):
		u.miss(key, results)
		return nil
	case err == nil || refused:
		if len(u.held) > 0 {
			results = append(u.held, results...)
		}
		u.heard, u.off, u.held, u.silent = true, false, nil, nil
	}
	return results
}

// miss books a key that did not answer.
func (u *outage) miss(key string, results []result) {
	if u.silent == nil {
		u.silent = map[string]bool{}
	}
	fine := u.silent[key]
	for _, r := range results {
		fine = fine || !r.job.state.LastOK.IsZero() && r.job.state.Error == ""
	}
	u.silent[key] = fine
	u.held = append(u.held, results...)
	surprises := 0
	for _, fine := range u.silent {
		if fine {
			surprises++
		}
	}
	u.off = u.off || surprises >= u.limit
}

// end returns what was held back to the end, spared if our network was down,
// or if the end came too early to tell.
func (u *outage) end(floor time.Duration, early bool) (results []result, down bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	// Who has heard nobody yet cannot know who was fine.
	u.off = u.off || u.limit > 0 && !u.heard && len(u.silent) >= u.limit
	results, down = u.held, u.off && len(u.held) > 0
	u.held = nil
	for i := range results {
		switch {
		case down:
			results[i].PollResult = spared(results[i], floor)
		case early:
			results[i].PollResult = untold(results[i])
		}
	}
	return results, down
}

// spared is a failure that is not counted against its source: the state is as
// it was before, except for what the desk is shown and for the floor.
func spared(r result, floor time.Duration) news.PollResult {
	p, st := r.Poll, *r.job.state
	st.Source, st.URL, st.LastPoll, st.Error = r.job.source.ID, r.job.source.URL, p.At, p.Error
	st.NextDue, st.NextWhy = p.At.Add(floor), "nobody answers: our own network seems to be down"
	p.NextDue, p.NextWhy = st.NextDue, st.NextWhy
	p.Note = join(p.Note, "not counted against the source: nobody answers")
	return news.PollResult{Poll: p, State: st}
}

// untold is a failure of which nobody knows whose it is: that the request was
// made counts for the floor (P22), and the source is due as it was.
func untold(r result) news.PollResult {
	p, st := r.Poll, *r.job.state
	st.Source, st.URL, st.LastPoll = r.job.source.ID, r.job.source.URL, p.At
	p.NextDue, p.NextWhy = st.NextDue, st.NextWhy
	p.Note = join(p.Note, "not counted against the source: the run ended before anybody answered")
	return news.PollResult{Poll: p, State: st}
}
