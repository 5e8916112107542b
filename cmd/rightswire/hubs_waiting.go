package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/aggregator/websub"
	"github.com/rightswire/rightswire/news"
)

// waitingKey is the setting that keeps what hubs sent during a long pass.
const waitingKey = "hub messages"

// maxWaiting bounds the setting, in bytes.
const maxWaiting = 64 << 20

// errFull says that no more can wait.
var errFull = errors.New("too much waits to be read already")

// waiting is a message that is stored and not read yet.
type waiting struct {
	At      time.Time
	Message websub.Message
}

// wait stores a message until the pass under way has ended. What its hub
// believes to be taken in must not be lost with the process.
func (h *hubs) wait(ctx context.Context, m websub.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	list, err := h.waiting(ctx)
	if err != nil {
		return err
	}
	return h.setWaiting(ctx, append(list, waiting{h.wire.app.now(), m}))
}

// waiting returns what waits, oldest first.
func (h *hubs) waiting(ctx context.Context) ([]waiting, error) {
	text, err := h.wire.store.Setting(ctx, waitingKey)
	if errors.Is(err, news.ErrNotFound) || err == nil && text == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []waiting
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil, nil // of another version: polls bring what was in it
	}
	return list, nil
}

func (h *hubs) setWaiting(ctx context.Context, list []waiting) error {
	var text []byte
	if len(list) > 0 {
		var err error
		if text, err = json.Marshal(list); err != nil {
			return err
		}
	}
	if len(text) > maxWaiting {
		return errFull
	}
	return h.wire.store.SetSetting(ctx, waitingKey, string(text))
}

// takeWaiting reads what waits and reports whether anything is new. A message
// goes when what it brought is stored. One whose source was polled after it
// came has nothing more to say, and may be older than what the poll found.
func (h *hubs) takeWaiting(ctx context.Context) (fresh bool, err error) {
	list, err := h.listWaiting(ctx)
	if err != nil || len(list) == 0 {
		return false, err
	}
	states, err := h.wire.store.States(ctx)
	if err != nil {
		return false, err
	}
	polled := map[string]time.Time{}
	for _, st := range states {
		polled[st.Source] = st.LastOK
	}
	for _, m := range list {
		if !polled[m.Message.Source].After(m.At) {
			more, err := h.take(ctx, message{m.Message, make(chan error, 1)})
			if err != nil {
				return fresh, fmt.Errorf("read what a hub sent: %w", err)
			}
			fresh = fresh || more
		}
		if err := h.dropWaiting(ctx); err != nil {
			return fresh, err
		}
	}
	return fresh, nil
}

func (h *hubs) listWaiting(ctx context.Context) ([]waiting, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.waiting(ctx)
}

// dropWaiting forgets the oldest message. Others may have come meanwhile.
func (h *hubs) dropWaiting(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	list, err := h.waiting(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	return h.setWaiting(ctx, list[1:])
}
