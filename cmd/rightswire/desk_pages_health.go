package main

import (
	"context"
	"sync"
	"time"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/digest"
	"github.com/rightswire/rightswire/news/health"
)

const (
	// checkupAge is how long a look at all sources is good for the desk's pages: it
	// reads some rows of each.
	checkupAge = time.Minute
	// fewSources are looked at when a page is asked for; of more, the page shows
	// what the daemon has found at its hourly look.
	fewSources = 300
	lookAge    = 2 * time.Hour
)

// deskHealth is what the desk's pages see of how the sources are doing.
type deskHealth struct {
	*deskPages
	mu   sync.Mutex // one look at a time
	last admin.Checkup
	week digest.Digest
}

// Digest implements [admin.Health]. It is kept for a while, as the look at all
// sources is: of thousands it takes seconds.
func (d *deskHealth) Digest(ctx context.Context) (digest.Digest, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.app.now()
	if !d.week.Until.IsZero() && now.Sub(d.week.Until) < checkupAge {
		return d.week, nil
	}
	// Findings are of the list as it is written, as those of the other pages are.
	cfg := *d.cfg.Load()
	cfg.Sources = *d.sources.Load()
	week, err := d.app.gather(ctx, &cfg, d.store, now.Add(-week), now, nil)
	if err == nil {
		d.week = week
	}
	return week, err
}

// Examine implements [admin.Health].
func (d *deskHealth) Examine(ctx context.Context) (admin.Checkup, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.app.now()
	if !d.last.At.IsZero() && now.Sub(d.last.At) < checkupAge {
		return d.last, nil
	}
	sources := *d.sources.Load()
	if len(sources) > fewSources {
		if c, ok, err := d.lastLook(ctx, now, len(sources)); err != nil || ok {
			return c, err
		}
	}
	found, fine, err := d.app.examine(ctx, d.cfg.Load(), d.store, sources)
	if err != nil {
		return admin.Checkup{}, err
	}
	d.last = admin.Checkup{At: now, Sources: len(sources), Fine: len(fine), Findings: found}
	return d.last, nil
}

// lastLook is what the daemon has found at its last look; false: that is long
// ago.
func (d *deskHealth) lastLook(ctx context.Context, now time.Time, sources int) (c admin.Checkup, ok bool, err error) {
	w := &wire{app: d.app, store: d.store}
	at, err := w.timeSetting(ctx, lookKey)
	if err != nil || at.IsZero() || now.Sub(at) > lookAge {
		return c, false, err
	}
	spells, err := d.store.OpenSpells(ctx)
	if err != nil {
		return c, false, err
	}
	bad := map[string]bool{}
	c = admin.Checkup{At: at, Sources: sources}
	for _, s := range spells {
		if s.Seen.Before(at.Truncate(time.Microsecond)) {
			continue // it was over at that look, and may come back
		}
		c.Findings = append(c.Findings, s.Finding)
		bad[s.Source] = true
	}
	delete(bad, "") // the wire itself
	health.Sort(c.Findings)
	c.Fine = sources - len(bad)
	return c, true, nil
}

// Judge implements [admin.Health].
func (d *deskHealth) Judge(ctx context.Context, source string) (found []health.Finding, err error) {
	for _, s := range *d.sources.Load() {
		if s.ID != source {
			continue
		}
		now := d.app.now()
		err = d.store.EachFacts(ctx, []news.Source{s}, now, func(f health.Facts) error {
			found = health.Judge(f, now, health.Default())
			return nil
		})
	}
	return found, err
}
