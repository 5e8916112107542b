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

// probeLine is a line of "check --probe --json"; its keys stay.
type probeLine struct {
	Source  string `json:"source"`
	Verdict string `json:"verdict"` // ok, failed or skipped
	Status  int    `json:"status"`  // of HTTP; 0: no answer came
	Items   int    `json:"items"`   // in the document
	Error   string `json:"error"`
	Note    string `json:"note"`
}

// probe fetches every source once and reports. What active sources send is
// stored, so that the first run need not ask again; of paused ones nothing is
// kept. The ledger keeps the floor as for every other poll.
func (a *app) probe(ctx context.Context, cfg *config.Config, asJSON bool) error {
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	polls, err := w.probeAll(ctx)
	if err := errors.Join(err, w.close()); err != nil {
		return err
	}
	lines := make([]probeLine, 0, len(cfg.Sources))
	failed := 0
	for _, s := range cfg.Sources {
		p, asked := polls[s.ID]
		l := probeLine{Source: s.ID, Verdict: "ok", Status: p.Status, Items: p.Seen, Error: p.Error, Note: p.Note}
		switch {
		case !asked:
			l.Verdict, l.Note = "skipped", "asked less than fetch.floor ago"
		case p.Outcome == news.OutcomeFailed:
			l.Verdict = "failed"
			failed++
		}
		lines = append(lines, l)
	}
	if asJSON {
		err = writeJSONLines(a.out, lines)
	} else {
		err = a.printProbe(lines, len(polls)-failed, len(polls))
	}
	if err == nil && failed > 0 {
		err = fmt.Errorf("%s failed the probe", plural(failed, "source"))
	}
	return err
}

// printProbe is the table for people.
func (a *app) printProbe(lines []probeLine, good, asked int) error {
	tab := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		verdict, detail := l.Verdict, plural(l.Items, "item")
		switch {
		case verdict == "skipped":
			detail = l.Note + "; \"rightswire sources show " + l.Source + "\" tells what came"
		case verdict == "failed":
			verdict, detail = "FAILED", brief(l.Error)
		case l.Note != "":
			detail += "; " + l.Note
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\n", l.Source, verdict, detail)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.out, "%d of %s answered with a feed\n", good, plural(asked, "source"))
	return err
}

// probeAll polls every source and returns the ledger rows by source.
func (w *wire) probeAll(ctx context.Context) (map[string]news.Poll, error) {
	unlock, err := w.lockRun(ctx, 0)
	if errors.Is(err, storage.ErrHeld) {
		return nil, w.busy("probe when it has ended, or read \"rightswire sources list\"")
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
