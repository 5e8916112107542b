package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// tellAgain is how soon the log may say again that the database has gone: one
// that comes and goes all the time is one piece of news.
const tellAgain = time.Minute

// absence says once that the database does not answer, and once that it does
// again, whoever of a process finds out, and however often.
type absence struct {
	ctx context.Context // of the process
	log *slog.Logger
	ask func(context.Context) error // nil once the database answers
	now func() time.Time

	mu      sync.Mutex
	waiting bool      // for it to come back
	told    time.Time // when the log last said that it has gone
}

// newAbsence watches the database of a wire until ctx ends.
func (w *wire) newAbsence(ctx context.Context) *absence {
	return &absence{ctx: ctx, log: w.app.log, now: w.app.now, ask: func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, readyWithin)
		defer cancel()
		_, err := w.store.Setting(ctx, "ready")
		return err
	}}
}

// note takes in that the database did not answer. It asks beside the caller
// until it does, or the process ends.
func (a *absence) note(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting || a.ctx.Err() != nil {
		return
	}
	since := a.now()
	a.waiting = true
	tell := a.told.IsZero() || since.Sub(a.told) >= tellAgain
	if tell {
		a.told = since
		a.log.LogAttrs(a.ctx, slog.LevelWarn, "the database does not answer, trying again until it does", slog.Any("err", err))
	}
	go a.await(since, tell)
}

// await asks until the database answers, and says so if it was said to be away.
func (a *absence) await(since time.Time, tell bool) {
	for {
		select {
		case <-a.ctx.Done():
			return
		case <-time.After(tryAgain):
		}
		if a.ask(a.ctx) != nil {
			continue
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.waiting = false
		if tell {
			a.log.LogAttrs(a.ctx, slog.LevelWarn, "the database answers again", slog.Duration("after", a.now().Sub(since)))
		}
		return
	}
}
