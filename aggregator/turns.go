package aggregator

import (
	"container/heap"
	"context"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
)

// turns hands jobs to workers, each when its politeness key may be asked
// again. [fetch.Client] keeps the gap whoever asks; to know of it here too
// means that no worker waits for it: ten thousand sources on a thousand
// domains need as many workers as requests may be in flight, not one per
// domain.
type turns struct {
	conns int           // polls under way per key
	gap   time.Duration // from the start and from the end of one to the start of the next
	lanes lanes         // those that may give a job, a heap
	away  int           // jobs that workers have
	next  chan turn
	back  chan given
}

// turn is a job that may begin.
type turn struct {
	job  *job
	lane *lane
}

// given is a turn that a worker gives back.
type given struct {
	lane  *lane
	asked bool // the server was
}

// lane is the queue of one politeness key.
type lane struct {
	jobs   []*job
	ready  time.Time // the next begins no earlier, by the runtime's clock
	flying int
	at     int // its place in the heap; -1: not there
}

// newTurns splits jobs into lanes, keeping their order.
func newTurns(jobs []job, conns int, gap time.Duration) *turns {
	t := &turns{conns: conns, gap: gap, next: make(chan turn), back: make(chan given)}
	byKey := map[string]*lane{}
	for i := range jobs {
		j := &jobs[i] // one is half a kilobyte
		key := fetch.Key(j.source.URL)
		l := byKey[key]
		if l == nil {
			l = &lane{at: len(t.lanes)}
			byKey[key] = l
			t.lanes = append(t.lanes, l) // all are ready, which is a heap
		}
		l.jobs = append(l.jobs, j)
	}
	return t
}

// run serves workers until all jobs are done or ctx ended, and closes next.
func (t *turns) run(ctx context.Context) {
	defer close(t.next)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for len(t.lanes)+t.away > 0 {
		var next chan<- turn // nil, on which nothing is sent, until a lane is ready
		var first turn
		if len(t.lanes) > 0 {
			l := t.lanes[0]
			first = turn{job: l.jobs[0], lane: l}
			if wait := time.Until(l.ready); wait > 0 {
				timer.Reset(wait)
			} else {
				next = t.next
			}
		}
		select {
		case next <- first:
			t.gave(first.lane)
		case g := <-t.back:
			t.took(g.lane, g.asked)
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// gave books that a worker has the first job of a lane.
func (t *turns) gave(l *lane) {
	t.away++
	l.flying++
	l.jobs = l.jobs[1:]
	l.ready = time.Now().Add(t.gap)
	if len(l.jobs) == 0 || l.flying >= t.conns {
		heap.Remove(&t.lanes, l.at)
		return
	}
	heap.Fix(&t.lanes, l.at)
}

// took books that a job of a lane is done with. One that was left without
// asking the server costs no gap.
func (t *turns) took(l *lane, asked bool) {
	t.away--
	l.flying--
	l.ready = time.Now()
	if asked {
		l.ready = l.ready.Add(t.gap)
	}
	switch {
	case l.at >= 0:
		heap.Fix(&t.lanes, l.at)
	case len(l.jobs) > 0:
		heap.Push(&t.lanes, l)
	}
}

// done gives a turn back, for its lane to go on.
func (t *turns) done(ctx context.Context, l *lane, asked bool) {
	select {
	case t.back <- given{l, asked}:
	case <-ctx.Done():
	}
}

// lanes is a heap: the lane that is ready first is at its head.
type lanes []*lane

func (h lanes) Len() int           { return len(h) }
func (h lanes) Less(i, j int) bool { return h[i].ready.Before(h[j].ready) }

func (h lanes) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push is for package heap.
func (h *lanes) Push(x any) {
	l := x.(*lane)
	l.at = len(*h)
	*h = append(*h, l)
}

// Pop is for package heap.
func (h *lanes) Pop() any {
	last := len(*h) - 1
	l := (*h)[last]
	l.at = -1
	(*h)[last] = nil
	*h = (*h)[:last]
	return l
}
