package fetch

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"sync/atomic"
)

// turn is what one request holds while it is under way: its key's turn, and a
// slot among all requests.
type turn struct {
	c           *Client
	key         string
	paced, slot bool   // whether the key's turn and the slot are held
	shared      func() // gives the turn among all machines back; nil: not held
}

// take waits for both. The slot comes after the turn: what only waits for its
// host's gap must not keep others from being asked.
func (t *turn) take(ctx context.Context) error {
	if err := t.c.pace.acquire(ctx, t.key); err != nil {
		return err
	}
	t.paced = true
	if err := t.share(ctx); err != nil {
		t.leave()
		return err
	}
	select {
	case t.c.slots <- struct{}{}:
		t.slot = true
		return nil
	case <-ctx.Done():
		t.leave()
		return ctx.Err()
	}
}

// share waits for the turn among all machines, if there are others.
func (t *turn) share(ctx context.Context) error {
	if t.c.opt.Turns == nil {
		return nil
	}
	give, err := t.c.opt.Turns.Take(ctx, t.key)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrTurns, err)
	}
	t.shared = give
	return err
}

// leave gives back what is held.
func (t *turn) leave() {
	if t.slot {
		t.slot = false
		<-t.c.slots
	}
	if t.shared != nil {
		t.shared()
		t.shared = nil
	}
	if t.paced {
		t.paced = false
		t.c.pace.release(t.key)
	}
}

// handOver returns what gives the slot back, and keeps it until then.
func (t *turn) handOver() func() {
	t.slot = false
	return func() { <-t.c.slots }
}

// watch makes a second attempt wait for a turn of its own. net/http sends a
// GET again, at once and by itself, when a kept connection was closed before
// the first byte of an answer: most often a server's idle timeout, sometimes a
// server that hangs up on us, and then it has seen two requests without a gap
// (P21). GetConn is called by the goroutine of the request, so that waiting
// there holds the attempt up. The wait counts into the request's time.
func (t *turn) watch(ctx context.Context) context.Context {
	var sent atomic.Bool // the writing goroutine says so, before the first byte leaves
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { sent.Store(true) },
		GetConn: func(string) {
			if sent.Swap(false) {
				t.leave()
				_ = t.take(ctx) // only ctx ends it, and with it the request
			}
		},
	})
}
