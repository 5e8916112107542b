package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/rightswire/rightswire/storage"
)

// ghost is how long a server may need to see that a connection of ours has
// gone, which still holds the lock for so long.
const ghost = time.Minute

// mostPause bounds the pauses before a server that is away is asked again.
const mostPause = 30 * time.Second

// errAway is returned for what is not begun without the lock.
var errAway = errors.New("the connection to the database that keeps other processes from polling is lost; it is asked for again")

// runLock keeps others from polling, for as long as a daemon or a run lives:
// beside workers together with them, or else alone. On PostgreSQL it hangs on a
// connection, which may be lost while the site is still to be served. A nil one
// keeps out nobody.
type runLock struct {
	w      *wire
	shared bool
	unlock func()                       // of a file's lock, which is not lost; nil: it is a hold
	hold   atomic.Pointer[storage.Hold] // nil: it is lost
}

// lockPolls is lockRun for long: what hangs on a connection is watched.
func (w *wire) lockPolls(ctx context.Context, wait time.Duration) (*runLock, error) {
	l := &runLock{w: w}
	if storage.IsPostgres(w.app.archive(w.cfg)) {
		return l, l.take(ctx, wait)
	}
	var err error
	l.unlock, err = w.lockRun(ctx, wait)
	return l, err
}

// awaitPolls is lockPolls for those who wait until others have ended, and say
// that they do.
func (w *wire) awaitPolls(ctx context.Context) (*runLock, error) {
	lock, err := w.lockPolls(ctx, 0)
	if errors.Is(err, storage.ErrHeld) {
		w.app.log.LogAttrs(ctx, slog.LevelInfo, "waiting for a daemon, a run or workers on this database to end", slog.Duration("at_most", handover))
		lock, err = w.lockPolls(ctx, handover)
	}
	return lock, err
}

func (l *runLock) take(ctx context.Context, wait time.Duration) error {
	hold, err := l.w.store.Hold(ctx, "run", l.shared, wait)
	if err == nil {
		l.hold.Store(hold)
	}
	return err
}

// release gives the lock back. Nobody keeps it then.
func (l *runLock) release() {
	if l.unlock != nil {
		l.unlock()
	}
	if hold := l.hold.Swap(nil); hold != nil {
		hold.Release()
	}
}

// keep takes a lock that is lost again, until ctx ends or another process has
// it.
func (l *runLock) keep(ctx context.Context) error {
	if l == nil || l.unlock != nil {
		return nil
	}
	for {
		hold := l.hold.Load()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hold.Lost():
		}
		l.hold.Store(nil)
		hold.Release()
		l.w.app.log.LogAttrs(ctx, slog.LevelWarn, "the connection that keeps other processes from polling is lost, trying again")
		if err := l.retake(ctx); err != nil {
			return err
		}
		l.w.app.log.LogAttrs(ctx, slog.LevelInfo, "other processes are kept from polling again")
	}
}

// retake tries until it has the lock.
func (l *runLock) retake(ctx context.Context) error {
	for pause := time.Second; ; pause = min(2*pause, mostPause) {
		err := l.take(ctx, ghost)
		if errors.Is(err, storage.ErrHeld) {
			return l.w.busy("it began while the database was away; end one of them, and start again")
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// during does what only the one that holds the lock alone may do, and ends it
// when the lock is lost.
func (l *runLock) during(ctx context.Context, do func(context.Context) error) error {
	if l == nil || l.shared || l.unlock != nil {
		return do(ctx)
	}
	hold := l.hold.Load()
	if hold == nil {
		return errAway
	}
	return holding(ctx, hold, do)
}

// once is during for what is not tried again by itself.
func (l *runLock) once(ctx context.Context, do func(context.Context) error) error {
	err := l.during(ctx, do)
	if errors.Is(err, errHoldLost) {
		return errRunLost
	}
	return err
}

// besideWorkers reports whether the lock, which somebody has, is that of
// workers, who share it.
func (w *wire) besideWorkers(ctx context.Context) bool {
	if !storage.IsPostgres(w.app.archive(w.cfg)) {
		return false
	}
	hold, err := w.store.Hold(ctx, "run", true, 0)
	if err != nil {
		return false
	}
	hold.Release()
	return true
}
