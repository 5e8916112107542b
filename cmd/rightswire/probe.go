package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// probe asks sources once and reports; only are the ids of those that are
// meant, nil all. What active sources send is stored, so that the first run
// need not ask again; of others nothing is kept. The ledger keeps the floor as
// for every other poll: of sources that were not asked it tells what they said
// last.
func (a *app) probe(ctx context.Context, cfg *config.Config, only map[string]bool, asJSON bool) error {
	l, err := a.openProbe(ctx, cfg)
	if err != nil {
		return err
	}
	unlock, err := l.lockRun(ctx, 0)
	switch {
	case errors.Is(err, storage.ErrHeld):
		fmt.Fprintln(a.err, "note: a daemon, a run or a worker is at work on the database, so that nobody was asked now; this is what the last polls said")
		err = nil
	case err == nil:
		err = l.ask(ctx, only)
		unlock()
	}
	var lines []probeLine
	if err == nil {
		lines, err = l.report(ctx, only)
	}
	if err := errors.Join(err, l.close()); err != nil {
		return err
	}
	return a.tell(lines, asJSON)
}

// tell prints a report. Sources that do not work are an error.
func (a *app) tell(lines []probeLine, asJSON bool) error {
	var err error
	if asJSON {
		err = writeJSONLines(a.out, lines)
	} else {
		err = a.printProbe(lines)
	}
	bad := len(keep(lines, func(l probeLine) bool { return l.Verdict.bad() }))
	unknown := len(keep(lines, func(l probeLine) bool { return l.Verdict == notAsked }))
	switch {
	case err != nil:
	case bad > 0:
		err = fmt.Errorf("%s of %d cannot be read", news.Count(bad, "source"), len(lines))
	case unknown > 0:
		err = fmt.Errorf("%s of %d could not be asked yet", news.Count(unknown, "source"), len(lines))
	}
	return err
}

// prober is a probe under way.
type prober struct {
	*wire
	guest *fetch.Client
	seen  *witness
	polls map[string]news.Poll // that were made now, by source
}

// openProbe puts the rooms together for a probe. The caller closes it.
func (a *app) openProbe(ctx context.Context, cfg *config.Config) (*prober, error) {
	fetcher, err := a.fetcher(cfg)
	if err != nil {
		return nil, err
	}
	store, err := a.openStore(ctx, cfg, false)
	if err != nil {
		fetcher.Close()
		return nil, err
	}
	l := &prober{guest: fetcher, seen: &witness{next: fetcher}, polls: map[string]news.Poll{}}
	l.wire = &wire{app: a, store: store, guest: l.seen}
	if err := l.configure(ctx, cfg); err != nil {
		fetcher.Close()
		return nil, errors.Join(err, store.Close())
	}
	return l, nil
}

// close lets go of everything.
func (l *prober) close() error {
	l.guest.Close()
	return l.wire.close()
}

// ask polls the sources that are meant, as far as they may be asked.
func (l *prober) ask(ctx context.Context, only map[string]bool) error {
	var mu sync.Mutex
	l.app.polls.also.Store(new(func(p news.Poll) {
		mu.Lock()
		defer mu.Unlock()
		l.polls[p.Source] = p
	}))
	defer l.app.polls.also.Store(nil)
	total := len(l.cfg.Sources)
	if only != nil {
		total = len(only)
	}
	stop := l.app.progress("probing", total)
	defer stop()
	_, err := l.pass(ctx, l.cfg.Sources, aggregator.Selection{Probe: true, All: true, Among: only})
	return err
}

// report says of each source that is meant what its last poll came to.
func (l *prober) report(ctx context.Context, only map[string]bool) ([]probeLine, error) {
	states, err := l.lastAsked(ctx)
	if err != nil {
		return nil, err
	}
	var lines []probeLine
	for _, s := range l.cfg.Sources {
		if only != nil && !only[s.ID] {
			continue
		}
		p, asked := l.polls[s.ID]
		if !asked {
			last, err := l.store.Ledger(ctx, s.ID, 1)
			if err != nil {
				return nil, err
			}
			if len(last) > 0 {
				p = last[0]
			}
		}
		line := judge(s, states[s.ID], p, l.seen.at(inUse(s, states[s.ID])))
		for _, f := range line.Feeds {
			if of := listedAs(l.cfg.Sources, s.ID, f); of != "" {
				line.listed = append(line.listed, f+" is in the list already, as "+of)
			}
		}
		if s.Status != news.Proposed {
			line.Note = strings.TrimSuffix(strings.TrimSuffix(line.Note, aggregator.ProposedNote), "; ")
		}
		if may := l.again(states[s.ID]); !asked && may.After(l.app.now()) {
			line.Again = ahead(may)
		}
		lines = append(lines, line)
	}
	markDuplicates(lines, l.cfg.Sources, states)
	return lines, nil
}

// again is when a source may be asked again: after the floor, and not before
// its server wants it (P15, P22).
func (l *prober) again(st news.SourceState) time.Time {
	may := st.LastPoll.Add(l.cfg.Fetch.Floor.Std())
	if st.NotBefore.After(may) {
		may = st.NotBefore
	}
	return may
}
