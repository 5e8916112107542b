package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/rightswire/rightswire/storage"
)

// tryAgain is the pause after what failed.
const tryAgain = 2 * time.Second

// alone does something that one process does at a time, whenever no other
// does, until ctx ends. The lock hangs on a connection: whoever loses it stops,
// and asks again.
func (w *wire) alone(ctx context.Context, name string, do func(context.Context) error) error {
	for ctx.Err() == nil {
		hold, err := w.store.Hold(ctx, name, false, -1)
		if err == nil {
			w.app.log.LogAttrs(ctx, slog.LevelInfo, "taken over", slog.String("role", name))
			err = holding(ctx, hold, do)
			hold.Release()
		}
		if errors.Is(err, storage.ErrDamaged) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			if errors.Is(err, errHoldLost) || errors.Is(err, storage.ErrUnreachable) {
				w.away.note(err)
			} else {
				w.app.log.LogAttrs(ctx, slog.LevelError, "trying again", slog.String("role", name), slog.Any("err", err))
			}
			select {
			case <-ctx.Done():
			case <-time.After(tryAgain):
			}
		}
	}
	return ctx.Err()
}

// errHoldLost ends what is done under a lock that is held no more.
var errHoldLost = errors.New("the connection that held the lock is lost")

// holding does something for as long as a lock is held.
func holding(ctx context.Context, hold *storage.Hold, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-hold.Lost():
			cancel(errHoldLost)
		case <-ctx.Done():
		}
	})
	err := do(ctx)
	if errors.Is(context.Cause(ctx), errHoldLost) {
		err = errHoldLost
	}
	cancel(nil)
	watching.Wait()
	return err
}
