package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// deskItems is what the desk's pages see of the archive and correct in it; the
// lists come from the archive itself.
type deskItems struct {
	*storage.Store
	desk *deskPages
}

// Explain implements [admin.Items].
func (d deskItems) Explain(ctx context.Context, id int64) (admin.Explained, error) {
	it, err := d.Item(ctx, id)
	if err != nil {
		return admin.Explained{}, err
	}
	e := admin.Explained{Item: it, Text: feed.PlainText(it.Content)}
	if it.Story != 0 {
		story, err := d.FindStory(ctx, it.Story)
		if err != nil {
			return e, err
		}
		e.Story = &story
		if e.Decisions, err = decisionsOf(ctx, d.Store, it); err != nil {
			return e, err
		}
	}
	if e.Withdrawn, err = d.Withdrawal(ctx, id); err != nil {
		return e, err
	}
	rulings, err := d.Rulings(ctx, id)
	if err != nil {
		return e, err
	}
	e.Rulings = keep(lastRulings(rulings), func(r news.Ruling) bool { return r.Said != news.SaidUndecided })
	revs, err := d.Revisions(ctx, id)
	for i, r := range revs {
		e.Changes = append(e.Changes, admin.Change{Until: stamp(r.At), What: changed(r, after(it, revs, i))})
	}
	return e, err
}

// File implements [admin.Items].
func (d deskItems) File(ctx context.Context, id int64, who string, in, out []string) (news.Item, error) {
	cfg := d.desk.cfg.Load()
	if err := existing(cfg, "category", in); err != nil {
		return news.Item{}, err
	}
	it, err := d.desk.app.correct(ctx, d.Store, cfg, id, who, deskWords{in: in, out: out})
	return it, d.desk.done(err)
}

// Forget implements [admin.Items].
func (d deskItems) Forget(ctx context.Context, id int64, who, category string) (news.Item, error) {
	it, err := d.desk.app.correct(ctx, d.Store, d.desk.cfg.Load(), id, who, deskWords{forget: []string{category}})
	return it, d.desk.done(err)
}

// Hide implements [admin.Items].
func (d deskItems) Hide(ctx context.Context, id int64, who, why string) error {
	return d.desk.done(d.Store.Hide(ctx, id, who, why))
}

// Unhide implements [admin.Items].
func (d deskItems) Unhide(ctx context.Context, id int64, who string) error {
	err := d.Store.Unhide(ctx, id, who)
	if errors.Is(err, storage.ErrBySource) {
		return fmt.Errorf("item %d was withdrawn by its own source; it stays away", id)
	}
	return d.desk.done(err)
}

// Categories implements [admin.Items].
func (d deskItems) Categories() []news.Category { return d.desk.cfg.Load().Categories }
