package main

import (
	"context"
	"sync"
	"time"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
)

// checkupAge is how long a look at all sources is good for the desk's pages: it
// reads some rows of each.
const checkupAge = time.Minute

// deskHealth is what the desk's pages see of how the sources are doing.
type deskHealth struct {
	*deskPages
	mu   sync.Mutex // one look at a time
	last admin.Checkup
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
	found, fine, err := d.app.examine(ctx, d.cfg.Load(), d.store, sources)
	if err != nil {
		return admin.Checkup{}, err
	}
	d.last = admin.Checkup{At: now, Sources: len(sources), Fine: len(fine), Findings: found}
	return d.last, nil
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
