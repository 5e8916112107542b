package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// firstPatience is how long a new source waits for a run to end: one that has
// little to do does soon, and a daemon never.
const firstPatience = 2 * time.Second

// firstPoll writes a source into the list and polls it with the answer that
// found it: the feed is asked for once (P40). The lock comes before the list,
// so that nobody polls in between. Who holds it finds the answer in the
// database. Publishing is left to the next run.
func (a *app) firstPoll(ctx context.Context, cfg *config.Config, s news.Source, f addFlags, c aggregator.Candidate, last aggregator.Fetcher) error {
	store, err := a.openStore(ctx, cfg, false)
	if err != nil {
		return unchanged(err)
	}
	w := &wire{app: a, store: store, guest: c.Found.Fetcher(last)}
	return errors.Join(w.addFirst(ctx, s, f.file, c), w.close())
}

func (w *wire) addFirst(ctx context.Context, s news.Source, file string, c aggregator.Candidate) error {
	unlock, err := w.lockRun(ctx, firstPatience)
	held := errors.Is(err, storage.ErrHeld)
	switch {
	case held && c.Found != nil:
		err = w.leave(ctx, c.Found)
	case held:
		err = nil
	case err == nil:
		defer unlock()
	}
	if err != nil {
		return unchanged(err)
	}
	a := w.app
	edited, err := a.edit(config.Adding(file, s))
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "added %s to %s: %s, %s, newest %s\n%s\n", s.ID, edited.File, s.Title,
		news.Count(len(c.Document.Entries), "entry"), since(c.Newest(), a.now()), s.URL)
	if held {
		fmt.Fprintln(a.out, "a daemon, a run or a worker is at work on the database: a daemon or a worker takes the source over now, after a run the next one does, with what was read of the feed")
		return nil
	}
	if err := w.pollFirst(ctx, s.ID); err != nil {
		return fmt.Errorf("%s is in the list, but was not polled: %w", s.ID, err)
	}
	return nil
}

// pollFirst polls the source with an id, which is in the list by now.
func (w *wire) pollFirst(ctx context.Context, id string) error {
	cfg, err := w.app.load()
	if err != nil {
		return err
	}
	if err := w.configure(ctx, cfg); err != nil {
		return err
	}
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
