package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/rightswire/rightswire/news"
)

// cut is a value that stories are listed by.
type cut struct{ kind, value string }

// The kinds of cuts.
const (
	cutAll      = "all"
	cutCategory = "category"
	cutCountry  = "country"
	cutLanguage = "language"
	cutSource   = "source"
)

// allID is the cut that every visible story is in; the first migration makes
// it.
const allID = 1

// names remembers the ids of cuts and sources, which never change.
type names struct {
	mu      sync.RWMutex
	cuts    map[cut]int64
	sources map[string]int64

	// The other way round, for readers; see [Store.named].
	cutOf    map[int64]cut
	sourceOf map[int64]string
}

func newNames() *names {
	return &names{cuts: map[cut]int64{}, sources: map[string]int64{}, cutOf: map[int64]cut{}, sourceOf: map[int64]string{}}
}

func (n *names) cut(c cut) (int64, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	id, ok := n.cuts[c]
	return id, ok
}

func (n *names) source(name string) (int64, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	id, ok := n.sources[name]
	return id, ok
}

// learn adds cuts that are committed.
func (n *names) learn(fresh map[cut]int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	maps.Copy(n.cuts, fresh)
}

// count returns how many sources are remembered.
func (n *names) count() int {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return len(n.sources)
}

func (n *names) learnSource(name string, id int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sources[name] = id
}

// cut returns the id of a cut, making it if need be.
func (t *txn) cut(c cut) (int64, error) {
	if id, ok := t.names.cut(c); ok {
		return id, nil
	}
	if id, ok := t.fresh[c]; ok {
		return id, nil
	}
	var id int64
	err := t.row([]any{&id}, `
INSERT INTO cut (kind, value) VALUES ($1, $2)
ON CONFLICT (kind, value) DO UPDATE SET value = excluded.value
RETURNING id`, c.kind, c.value)
	if err != nil {
		return 0, fmt.Errorf("make cut %s %q: %w", c.kind, c.value, err)
	}
	t.fresh[c] = id
	t.undo = append(t.undo, c)
	return id, nil
}

// languageCuts returns the cuts of a language: "pt-BR" is also listed under
// "pt".
func languageCuts(tag string) []cut {
	if tag == "" {
		return nil
	}
	cuts := []cut{{cutLanguage, tag}}
	for i := strings.LastIndexByte(tag, '-'); i > 0; i = strings.LastIndexByte(tag[:i], '-') {
		cuts = append(cuts, cut{cutLanguage, tag[:i]})
	}
	return cuts
}

// sourceID returns the id of a source, or [news.ErrNotFound].
func (s *Store) sourceID(ctx context.Context, q querier, name string) (int64, error) {
	if id, ok := s.names.source(name); ok {
		return id, nil
	}
	id := int64(0)
	err := each(ctx, q, func(rows *rows) error { return rows.Scan(&id) },
		`SELECT id FROM source WHERE name = $1`, name)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		return 0, fmt.Errorf("source %q: %w", name, news.ErrNotFound)
	}
	if _, inTxn := q.(*txn); !inTxn {
		s.names.learnSource(name, id) // a row that only this transaction sees may be rolled back
	}
	return id, nil
}

// noRows reports whether a single-row query found nothing.
func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
