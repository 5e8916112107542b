package aggregator

import (
	"sync"
	"sync/atomic"

	"github.com/rightswire/rightswire/news"
)

// tally adds polls up; many workers share it.
type tally struct {
	mu   sync.Mutex
	sum  Summary
	lost atomic.Int64
}

func (t *tally) add(r *news.PollResult) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := &r.Poll
	t.sum.Polled++
	if !r.Preview { // which nobody reads
		t.sum.New += p.New
		t.sum.Changed += p.Changed
	}
	t.sum.LeftOut += p.LeftOut
	switch p.Outcome {
	case news.OutcomeFailed:
		t.sum.Failed++
	case news.OutcomeUnchanged:
		t.sum.Unchanged++
	}
}

func (t *tally) summary() Summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sum
	s.Lost = int(t.lost.Load())
	return s
}
