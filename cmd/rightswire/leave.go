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

// takeLeft takes what waits for the sources of a pass, and throws away what
// has waited for so long that the feed may be asked for again.
func (w *wire) takeLeft(ctx context.Context, sources []news.Source) ([]*aggregator.Found, error) {
	list, err := w.left(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var mine []*aggregator.Found
	rest := slices.DeleteFunc(list, func(l leftover) bool {
		if l.Found == nil || w.app.now().Sub(l.At).Abs() >= w.cfg.Fetch.Floor.Std() {
			return true
		}
		ours := slices.ContainsFunc(sources, func(s news.Source) bool { return s.Polled() && l.Found.Answers(s.URL) })
		if ours {
			mine = append(mine, l.Found)
		}
		return ours
	})
	text, err := json.Marshal(rest)
	if len(rest) == 0 {
		text = nil
	}
	if err != nil {
		return nil, err
	}
	return mine, w.store.SetSetting(ctx, leftKey, string(text))
}

// mailbox answers with what was found before it asks anybody.
type mailbox struct {
	mu   sync.Mutex
	ask  aggregator.Fetcher // by way of what was found
	last aggregator.Fetcher // who is asked in the end
}

func newMailbox(last aggregator.Fetcher) *mailbox { return &mailbox{ask: last, last: last} }

// put replaces what was found.
func (m *mailbox) put(found []*aggregator.Found) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ask = m.last
	for _, f := range found {
		m.ask = f.Fetcher(m.ask)
	}
}

// Get implements [aggregator.Fetcher].
func (m *mailbox) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	m.mu.Lock()
	ask := m.ask
	m.mu.Unlock()
	return ask.Get(ctx, r)
}
