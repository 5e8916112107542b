package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"text/tabwriter"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// probe fetches every source once and reports. What active sources send is
// stored, so that the first run need not ask again; of paused and proposed
// ones nothing is kept. The ledger keeps the floor as for every other poll.
func (a *app) probe(ctx context.Context, cfg *config.Config) error {
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	polls, err := w.probeAll(ctx)
	if err := errors.Join(err, w.close()); err != nil {
		return err
	}
	failed := 0
	tab := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, s := range cfg.Sources {
		p, asked := polls[s.ID]
		verdict, detail := "ok", fmt.Sprintf("%d items", p.Seen)
		switch {
		case !asked:
			verdict, detail = "skipped", "asked less than fetch.floor ago; \"rightswire sources show "+s.ID+"\" tells what came"
		case p.Outcome == news.OutcomeFailed:
			failed++
			verdict, detail = "FAILED", p.Error
		case p.Note != "":
			detail += "; " + p.Note
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\n", s.ID, verdict, detail)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%d of %d sources answered with a feed\n", len(polls)-failed, len(polls))
	if failed > 0 {
		return fmt.Errorf("%s failed the probe", plural(failed, "source"))
	}
	return nil
}

// probeAll polls every source and returns the ledger rows by source.
func (w *wire) probeAll(ctx context.Context) (map[string]news.Poll, error) {
	unlock, err := w.lockRun(ctx, 0)
	if errors.Is(err, storage.ErrHeld) {
		return nil, fmt.Errorf("%w: a daemon or a run is at work on this database; probe when it has ended, or read \"rightswire sources list\"", err)
	}
	if err != nil {
		return nil, err
	}
	defer unlock()
	var mu sync.Mutex
	polls := map[string]news.Poll{}
	w.app.polls.also.Store(new(func(p news.Poll) {
		mu.Lock()
		defer mu.Unlock()
		polls[p.Source] = p
	}))
	defer w.app.polls.also.Store(nil)
	stop := w.app.progress("probing", len(w.cfg.Sources))
	_, err = w.pass(ctx, w.cfg.Sources, aggregator.Selection{Probe: true, All: true})
	stop()
	return polls, err
}
