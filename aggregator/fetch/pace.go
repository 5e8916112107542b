package fetch

import (
	"context"
	"sync"
	"time"
)

// pace lets requests out, one politeness key at a time (P21).
//
// Of the requests to a key at most conns are in flight, and one starts no
// earlier than gap after the last one started and after the last one that has
// ended, ended. Counting from the end is the polite reading: a server that
// takes ten seconds to answer gets its pause too. Requests of a key start in
// the order they asked.
//
// A redirect hop is a request like any other and asks for a turn again, after
// its predecessor gave its own back, so a chain within one key cannot wait for
// itself.
//
// Turns are kept by the runtime's clock, whose timers wake those who wait.
type pace struct {
	conns int
	gap   time.Duration

	mu    sync.Mutex
	lanes map[string]*lane // only keys that are in use or in their gap
}

// lane is the state of one key.
type lane struct {
	flying int
	ready  time.Time       // the next request starts no earlier
	queue  []chan struct{} // those who wait, first come first; closed to let one go
	timer  *time.Timer     // set while the lane has to be looked at when ready comes
}

func newPace(conns int, gap time.Duration) *pace {
	return &pace{conns: conns, gap: gap, lanes: map[string]*lane{}}
}

// acquire waits for a turn and returns when it has one, or with the context's
// error. Each acquire that returned nil needs one release.
func (p *pace) acquire(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	l := p.lanes[key]
	if l == nil {
		l = &lane{}
		p.lanes[key] = l
	}
	now := time.Now()
	if len(l.queue) == 0 && l.flying < p.conns && !now.Before(l.ready) {
		p.start(l, now)
		p.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	l.queue = append(l.queue, turn)
	p.settle(key, l, now)
	p.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		p.leave(key, turn)
		return ctx.Err()
	}
}

// leave takes a waiter that gave up out of the queue, or gives back the turn
// that it was given in the same moment.
func (p *pace) leave(key string, turn chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[key]
	for i, w := range l.queue {
		if w == turn {
			l.queue = append(l.queue[:i], l.queue[i+1:]...)
			p.settle(key, l, time.Now())
			return
		}
	}
	l.flying-- // nothing was sent: the gap that start set is enough
	p.settle(key, l, time.Now())
}

// release ends a turn.
func (p *pace) release(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[key]
	now := time.Now()
	l.flying--
	l.ready = now.Add(p.gap)
	p.settle(key, l, now)
}

func (p *pace) start(l *lane, now time.Time) {
	l.flying++
	l.ready = now.Add(p.gap)
}

// settle lets go whoever may go, sees that the lane is looked at again when
// its gap is over, and forgets a lane that nobody uses. The caller holds mu.
func (p *pace) settle(key string, l *lane, now time.Time) {
	for len(l.queue) > 0 && l.flying < p.conns && !now.Before(l.ready) {
		p.start(l, now)
		close(l.queue[0])
		l.queue = l.queue[1:]
	}
	if l.flying >= p.conns {
		return // the release comes back here
	}
	if wait := l.ready.Sub(now); wait > 0 {
		// Also without a queue: it is how an idle lane leaves the map.
		if l.timer == nil {
			l.timer = time.AfterFunc(wait, func() { p.wake(key, l) })
		} else {
			l.timer.Reset(wait)
		}
		return
	}
	if l.flying == 0 && len(l.queue) == 0 {
		if l.timer != nil {
			l.timer.Stop()
		}
		delete(p.lanes, key)
	}
}

func (p *pace) wake(key string, l *lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lanes[key] == l { // else a late timer of a lane that is gone
		p.settle(key, l, time.Now())
	}
}
