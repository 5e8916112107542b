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

// take waits for all of them. The slot comes after the key's turn: what only
// waits for its host's gap must not keep others from being asked. The turn among
// all machines comes last, for it ends by itself: one that waited for a slot
// might be another's before the request begins.
func (t *turn) take(ctx context.Context) error {
	if err := t.c.pace.acquire(ctx, t.key); err != nil {
		return err
	}
	t.paced = true
	select {
	case t.c.slots <- struct{}{}:
		t.slot = true
	case <-ctx.Done():
		t.leave()
		return ctx.Err()
	}
	if err := t.share(ctx); err != nil {
		t.leave()
		return err
	}
	return nil
}

// share waits for the turn among all machines, if there are others.
func (t *turn) share(ctx context.Context) error {
	if t.c.opt.Turns == nil {
		return nil
	}
	give, err := t.c.opt.Turns.Take(ctx, t.key)
	switch {
	case err == nil:
		t.shared = give
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", ErrTurns, err)
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

// handOver returns what gives the slot back, and keeps it until then. A turn
// that was lost on the way has none to give: it would be another's.
func (t *turn) handOver() func() {
	if !t.slot {
		return func() {}
	}
	t.slot = false
	return func() { <-t.c.slots }
}

// watch makes a second attempt wait for a turn of its own. net/http sends a
// GET again, at once and by itself, when a kept connection was closed before
// the first byte of an answer: most often a server's idle timeout, sometimes a
// server that hangs up on us, and then it has seen two requests without a gap
// (P21). GetConn is called by the goroutine of the request, so that waiting
// there holds the attempt up. The wait counts into the request's time. Without
// its turn the attempt is not made: the context ends, with why as its cause, and
// so does a connection that was found in spite of that. The caller ends watching.
func (t *turn) watch(ctx context.Context) (watched context.Context, end context.CancelCauseFunc) {
	ctx, end = context.WithCancelCause(ctx)
	var sent atomic.Bool // the writing goroutine says so, before the first byte leaves
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { sent.Store(true) },
		GetConn: func(string) {
			if sent.Swap(false) {
				t.leave()
				if err := t.take(ctx); err != nil {
					end(err)
				}
			}
		},
		GotConn: func(info httptrace.GotConnInfo) {
			if ctx.Err() != nil { // net/http may take either, the connection or the end
				info.Conn.Close()
			}
		},
	}), end
}
