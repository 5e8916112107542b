package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// deskSources is what the desk's pages see of the source list and do to it.
type deskSources struct {
	*deskPages
	known *deskStates
}

// deskStates keeps what polls have taught us, and follows the ledger: to read
// it of thousands of sources for each page would make every page slow.
type deskStates struct {
	mu  sync.Mutex
	row int64
	of  map[string]*news.SourceState // replaced, never changed
}

// read returns the states as they are now, by source.
func (k *deskStates) read(ctx context.Context, store *storage.Store) (map[string]*news.SourceState, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	states, row, err := store.StatesSince(ctx, k.row)
	if err != nil {
		return nil, err
	}
	if len(states) > 0 || k.of == nil {
		now := make(map[string]*news.SourceState, max(len(k.of), len(states)))
		maps.Copy(now, k.of)
		for i := range states {
			now[states[i].Source] = &states[i]
		}
		k.of = now
	}
	k.row = row
	return k.of, nil
}

// Sources implements [admin.Sources].
func (d deskSources) Sources(ctx context.Context) ([]admin.SourceLine, error) {
	known, err := d.known.read(ctx, d.store)
	if err != nil {
		return nil, err
	}
	list := *d.sources.Load()
	lines := make([]admin.SourceLine, len(list))
	for i, s := range list {
		lines[i].Source = s
		lines[i].Status = cmp.Or(s.Status, news.Active)
		if st := known[s.ID]; st != nil {
			lines[i].State = *st
		}
	}
	return lines, nil
}

// Complete implements [admin.Sources].
func (d deskSources) Complete(l admin.SourceLine) admin.SourceLine {
	s, st := l.Source, l.State
	l.InUse, l.Expected = fetch.Redact(inUse(s, st)), schedule.Cadence(st.Rhythm, d.app.now())
	s.Headers, s.Proxy, s.URL = nil, "", fetch.Redact(s.URL)
	s.Status = cmp.Or(s.Status, news.Active)
	st.Moved, st.Learned, st.Proposal = fetch.Redact(st.Moved), fetch.Redact(st.Learned), fetch.Redact(st.Proposal)
	l.Source, l.State = s, st
	return l
}

// Source implements [admin.Sources].
func (d deskSources) Source(ctx context.Context, id string) (admin.SourceLine, error) {
	for _, s := range *d.sources.Load() {
		if s.ID != id {
			continue
		}
		known, err := d.known.read(ctx, d.store)
		l := admin.SourceLine{Source: s}
		if st := known[id]; st != nil {
			l.State = *st
		}
		return d.Complete(l), err
	}
	return admin.SourceLine{}, fmt.Errorf("source %s: %w", id, news.ErrNotFound)
}

// Recent implements [admin.Sources].
func (d deskSources) Recent(ctx context.Context, ids []string, n int) (map[string][]news.Poll, error) {
	return d.store.RecentPolls(ctx, ids, n)
}

// Ledger implements [admin.Sources].
func (d deskSources) Ledger(ctx context.Context, id string, limit int) ([]news.Poll, error) {
	polls, err := d.store.Ledger(ctx, id, limit)
	if errors.Is(err, news.ErrNotFound) {
		return nil, nil // it is new in the list, and the daemon has not read that yet
	}
	for i := range polls {
		polls[i].URL = fetch.Redact(polls[i].URL)
	}
	return polls, err
}

// Preview implements [admin.Sources].
func (d deskSources) Preview(ctx context.Context, id string) ([]news.Item, error) {
	items, err := preview(ctx, d.store, id)
	slices.SortStableFunc(items, func(x, y news.Item) int { return y.Published.Compare(x.Published) })
	return items, err
}

// SetStatus implements [admin.Sources].
func (d deskSources) SetStatus(_ context.Context, id string, status news.Status) (admin.SourceEdit, error) {
	return d.edit(config.WithStatus(id, status))
}

// RemoveSource implements [admin.Sources].
func (d deskSources) RemoveSource(_ context.Context, id string) (admin.SourceEdit, error) {
	return d.edit(config.Removing(id))
}

// SetFields implements [admin.Sources].
func (d deskSources) SetFields(_ context.Context, id string, fields map[string]admin.FieldEdit) (admin.SourceEdit, error) {
	var changes []config.Change
	names := slices.Sorted(maps.Keys(fields))
	for _, name := range names {
		changes = append(changes, config.Setting(id, name, fields[name].Now))
	}
	return d.edit(config.Together(changes...), func(edit *config.Edit) error {
		at := slices.IndexFunc(edit.Was, func(s news.Source) bool { return s.ID == id })
		if at < 0 {
			return fmt.Errorf("source %s: %w", id, news.ErrNotFound)
		}
		now := d.Complete(admin.SourceLine{Source: edit.Was[at]})
		for _, name := range names {
			if is := now.Field(name); is != fields[name].Was && is != fields[name].Now {
				return fmt.Errorf("somebody else has made the %s of %s %q meanwhile; reload its page, and change that if you still want to", name, id, is)
			}
		}
		return nil
	})
}

// edit changes the list, unless one of the checks refuses; the pages show it at
// once, whenever the daemon takes it over.
func (d *deskPages) edit(change config.Change, checks ...func(*config.Edit) error) (admin.SourceEdit, error) {
	d.editing.Lock()
	defer d.editing.Unlock()
	edit, err := config.Make(d.app.config, change, func(edit *config.Edit) error {
		for _, check := range checks {
			if err := check(edit); err != nil {
				return err
			}
		}
		return d.deskMaySources(edit.Sources)
	}, options()...)
	if err != nil {
		return admin.SourceEdit{}, unchanged(err)
	}
	d.sources.Store(&edit.Sources)
	return admin.SourceEdit{File: edit.File, Diff: edit.Diff()}, nil
}
