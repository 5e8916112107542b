package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// leftKey is the setting that keeps what "sources add" has read of feeds whose
// first poll is to be made by a daemon or a later run.
const leftKey = "found"

// maxLeft bounds the setting, in bytes.
const maxLeft = 64 << 20

// leftover is an answer that waits for its source's first poll.
type leftover struct {
	At    time.Time
	Found *aggregator.Found
}

// leave keeps an answer for whoever polls its address first.
func (w *wire) leave(ctx context.Context, found *aggregator.Found) error {
	list, err := w.left(ctx)
	if err != nil {
		return err
	}
	now := leftover{w.app.now(), found}
	text, err := json.Marshal(append(list, now))
	if err == nil && len(text) > maxLeft {
		text, err = json.Marshal([]leftover{now})
	}
	if err != nil {
		return fmt.Errorf("keep what was read of the feed: %w", err)
	}
	return w.store.SetSetting(ctx, leftKey, string(text))
}

// left returns what waits, as written.
func (w *wire) left(ctx context.Context) ([]leftover, error) {
	text, err := w.store.Setting(ctx, leftKey)
	if errors.Is(err, news.ErrNotFound) || err == nil && text == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []leftover
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil, nil // of another version: the feeds are asked for again
	}
	return list, nil
}

// findLeft returns what waits for the sources of a pass. It stays until
// [wire.dropLeft]: the pass may leave a source for later, or end early.
func (w *wire) findLeft(ctx context.Context, sources []news.Source) ([]leftover, error) {
	list, err := w.left(ctx)
	return slices.DeleteFunc(list, func(l leftover) bool {
		return w.stale(l) || !slices.ContainsFunc(sources, func(s news.Source) bool { return s.Polled() && l.Found.Answers(s.URL) })
	}), err
}

// stale reports what has waited for so long that the feed may be asked for
// again.
func (w *wire) stale(l leftover) bool {
	return l.Found == nil || w.app.now().Sub(l.At).Abs() >= w.cfg.Fetch.Floor.Std()
}

// dropLeft throws away what a pass has used of what it was given, and what is
// stale.
func (w *wire) dropLeft(ctx context.Context, given []leftover) error {
	list, err := w.left(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	n := len(list)
	list = slices.DeleteFunc(list, func(l leftover) bool {
		used := func(g leftover) bool { return g.At.Equal(l.At) && g.Found.Used() }
		return w.stale(l) || slices.ContainsFunc(given, used)
	})
	if len(list) == n {
		return nil
	}
	var text []byte
	if len(list) > 0 {
		if text, err = json.Marshal(list); err != nil {
			return err
		}
	}
	return w.store.SetSetting(ctx, leftKey, string(text))
}

// mailbox answers with what was found before it asks anybody.
type mailbox struct {
	mu   sync.Mutex
	ask  aggregator.Fetcher // by way of what was found
	last aggregator.Fetcher // who is asked in the end
}

func newMailbox(last aggregator.Fetcher) *mailbox { return &mailbox{ask: last, last: last} }

// put replaces what was found.
func (m *mailbox) put(found []leftover) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ask = m.last
	for _, l := range found {
		m.ask = l.Found.Fetcher(m.ask)
	}
}

// Get implements [aggregator.Fetcher].
func (m *mailbox) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	m.mu.Lock()
	ask := m.ask
	m.mu.Unlock()
	return ask.Get(ctx, r)
}
