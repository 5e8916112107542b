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
	ready lanes         // whose turn has come: long ones first, then the one with most jobs
	later lanes         // whose turn comes, the next one at the head
	away  int           // jobs that workers have
	share time.Duration // what each worker would have to do if all had the same; a lane that takes longer is long
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
	takes  time.Duration // what its jobs have left to take, by their last answers
	after  time.Time     // the next begins no earlier, by the runtime's clock
	flying int
	at     int  // its place in the heap
	listed bool // in a heap
}

// newTurns splits jobs into lanes, keeping their order, for so many workers.
func newTurns(jobs []job, conns int, gap time.Duration, workers int) *turns {
	t := &turns{conns: conns, gap: gap, next: make(chan turn), back: make(chan given)}
	t.ready.first = t.before
	t.later.first = func(a, b *lane) bool { return a.after.Before(b.after) }
	byKey := map[string]*lane{}
	var all []*lane
	for i := range jobs {
		j := &jobs[i] // one is half a kilobyte
		j.key = fetch.Key(j.source.URL)
		l := byKey[j.key]
		if l == nil {
			l = &lane{}
			byKey[j.key] = l
			all = append(all, l)
		}
		l.jobs = append(l.jobs, j)
		l.takes += j.answer()
		t.share += j.answer()
	}
	t.share /= time.Duration(max(1, min(workers/conns, len(all)))) // a lane may have conns workers
	for _, l := range all {
		heap.Push(&t.ready, l)
	}
	return t
}

// most returns how many jobs can be under way together.
func (t *turns) most() int {
	n := 0
	for _, l := range t.ready.list {
		n += min(len(l.jobs), t.conns)
	}
	return n
}

// before decides which of two lanes goes first: the one that would be the last
// to end, and the run with it. By time that is asked of long lanes only, the
// longest first. There are fewer of them than workers, so that the others need
// not wait until a dead server's time is up.
func (t *turns) before(a, b *lane) bool {
	la, lb := t.long(a), t.long(b)
	if la != lb {
		return la > lb
	}
	return len(a.jobs) > len(b.jobs)
}

// long is what a lane takes if that is long, else 0.
func (t *turns) long(l *lane) time.Duration {
	if l.takes <= t.share {
		return 0
	}
	return l.takes
}

// run serves workers until all jobs are done or ctx ended, and closes next.
func (t *turns) run(ctx context.Context) {
	defer close(t.next)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil { // a select might go on with a turn
		t.ripen(timer)
		var next chan<- turn // nil, on which nothing is sent, while no turn has come
		var first turn
		switch {
		case len(t.ready.list) > 0:
			l := t.ready.list[0]
			next, first = t.next, turn{job: l.jobs[0], lane: l}
			first.job.last = len(l.jobs) == 1
		case len(t.later.list)+t.away == 0:
			return
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

// ripen moves lanes whose turn has come, and sets the timer to the next.
func (t *turns) ripen(timer *time.Timer) {
	for len(t.later.list) > 0 {
		l := t.later.list[0]
		if wait := time.Until(l.after); wait > 0 {
			timer.Reset(wait)
			return
		}
		heap.Pop(&t.later)
		heap.Push(&t.ready, l)
	}
}

// gave books that a worker has the first job of a lane.
func (t *turns) gave(l *lane) {
	heap.Remove(&t.ready, l.at)
	t.away++
	l.flying++
	l.takes -= l.jobs[0].answer()
	l.jobs = l.jobs[1:]
	l.after = time.Now().Add(t.gap)
	t.list(l)
}

// took books that a job of a lane is done with. One that was left without
// asking the server costs no gap. A lane that goes on beside it has its turn
// already, and the Fetcher sees to the rest.
func (t *turns) took(l *lane, asked bool) {
	t.away--
	l.flying--
	if l.listed {
		return
	}
	l.after = time.Now()
	if asked {
		l.after = l.after.Add(t.gap)
	}
	t.list(l)
}

// list lines a lane up for its next turn, if it may have one now.
func (t *turns) list(l *lane) {
	if len(l.jobs) > 0 && l.flying < t.conns {
		heap.Push(&t.later, l)
	}
}

// done gives a turn back, for its lane to go on.
func (t *turns) done(ctx context.Context, l *lane, asked bool) {
	select {
	case t.back <- given{l, asked}:
	case <-ctx.Done():
	}
}

// lanes is a heap of them, for package container/heap.
type lanes struct {
	list  []*lane
	first func(a, b *lane) bool // a goes before b
}

func (h *lanes) Len() int           { return len(h.list) }
func (h *lanes) Less(i, j int) bool { return h.first(h.list[i], h.list[j]) }

func (h *lanes) Swap(i, j int) {
	h.list[i], h.list[j] = h.list[j], h.list[i]
	h.list[i].at, h.list[j].at = i, j
}

// Push appends a lane.
func (h *lanes) Push(x any) {
	l := x.(*lane)
	l.at, l.listed = len(h.list), true
	h.list = append(h.list, l)
}

// Pop takes the last lane off.
func (h *lanes) Pop() any {
	last := len(h.list) - 1
	l := h.list[last]
	l.listed = false
	h.list[last] = nil
	h.list = h.list[:last]
	return l
}
