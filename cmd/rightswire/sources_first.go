package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/storage"
)

// firstPatience is how long a new source waits for a run to end: one that has
// little to do does soon, and a daemon never.
const firstPatience = 2 * time.Second

// firstPoll polls a source that has just been added, by way of the fetcher that
// found it and has its feed: the feed is asked for once (P40). Who is at work
// on the database polls it instead. Publishing is left to the next run.
func (a *app) firstPoll(ctx context.Context, id string, guest aggregator.Fetcher) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	w, err := a.openWith(ctx, cfg, guest)
	if err != nil {
		return err
	}
	return errors.Join(w.pollFirst(ctx, id), w.close())
}

func (w *wire) pollFirst(ctx context.Context, id string) error {
	unlock, err := w.lockRun(ctx, firstPatience)
	if errors.Is(err, storage.ErrHeld) {
		fmt.Fprintln(w.app.out, "a daemon or a run is at work on the database: a daemon takes the source over and polls it now, after a run the next one does")
		return nil
	}
	if err != nil {
		return err
	}
	defer unlock()
	sum, err := w.pass(ctx, w.cfg.Sources, aggregator.Selection{Source: id})
	if err != nil {
		return err
	}
	fmt.Fprintln(w.app.out, describe(sum)+lookUp(sum))
	switch {
	case sum.Lost > 0:
		return errors.New("what came could not be stored; the next run asks again")
	case sum.Polled == 0:
		return w.explainIdle(ctx, runFlags{source: id})
	}
	return nil
}
