package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// pingsKey is the setting that keeps what hubs of others are still to be told.
const pingsKey = "hub pings"

// pingTimeout is the deadline of one ping.
const pingTimeout = 10 * time.Second

// ping is a word that a hub is owed: a feed has changed, into what has a hash.
type ping struct{ Hub, Feed, Hash string }

// pings tells the hub that publish.hub names which feeds have changed (F31).
// What it is owed is stored before it is known that the feeds changed, and
// forgotten when the hub has taken it, so that no kill loses a ping.
type pings struct {
	store interface {
		Setting(ctx context.Context, key string) (string, error)
		SetSetting(ctx context.Context, key, value string) error
	}
	transport http.RoundTripper
	log       *slog.Logger
	mu        sync.Mutex // of the list
	kick      chan struct{}
}

func newPings(w *wire) *pings {
	return &pings{store: w.store, transport: w.outward, log: w.app.log, kick: make(chan struct{}, 1)}
}

// owe adds the feeds whose bytes are others than those that were published
// before. Of an empty feed nothing is known: its first entry is a change.
func (p *pings) owe(ctx context.Context, hub, site string, changed []news.EditionState, before map[string]news.EditionState) error {
	var more []ping
	for _, st := range changed {
		if before[st.Path].Hash != st.Hash && publisher.IsFeed(st.Path) {
			more = append(more, ping{hub, strings.TrimRight(site, "/") + st.Path, st.Hash})
		}
	}
	if len(more) == 0 {
		return nil
	}
	return p.edit(ctx, func(list []ping) []ping {
		for _, x := range more {
			// What a ping under way tells is the state before this one.
			list = slices.DeleteFunc(list, func(y ping) bool { return x.Hub == y.Hub && x.Feed == y.Feed })
		}
		return append(list, more...)
	})
}

// sendAll tells the hubs all that they are owed. What cannot be told now stays;
// an error says that there is such, or that the store failed.
func (p *pings) sendAll(ctx context.Context, agent string) error {
	list, err := p.list(ctx)
	if err != nil {
		return err
	}
	return p.send(ctx, list, agent)
}

func (p *pings) send(ctx context.Context, list []ping, agent string) error {
	for _, x := range list {
		again, err := p.tell(ctx, x, agent)
		if err != nil && (again || ctx.Err() != nil) {
			return err
		}
		if err != nil {
			p.log.LogAttrs(ctx, slog.LevelWarn, "hub refuses to hear of a feed", slog.String("feed", x.Feed), slog.Any("err", err))
		}
		if err := p.edit(ctx, func(list []ping) []ping {
			return slices.DeleteFunc(list, func(y ping) bool { return x == y })
		}); err != nil {
			return err
		}
	}
	return nil
}

// tell posts one ping, as the public hubs want it (W3C WebSub section 6). again
// says whether an error may be gone later.
func (p *pings) tell(ctx context.Context, x ping, agent string) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	form := url.Values{"hub.mode": {"publish"}, "hub.url": {x.Feed}, "hub.topic": {x.Feed}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, x.Hub, strings.NewReader(form.Encode()))
	if err != nil {
		return false, errors.New("publish.hub is no URL that can be asked")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", agent)
	if u := r.URL.User; u != nil {
		password, _ := u.Password()
		r.SetBasicAuth(u.Username(), password)
	}
	res, err := p.transport.RoundTrip(r)
	if err != nil {
		return true, fmt.Errorf("ping hub at %s: %w", r.URL.Host, err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10) // so that the connection can be used again
	switch code := res.StatusCode; {
	case code/100 == 2:
		return false, nil
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		return true, fmt.Errorf("ping hub at %s: status %d", r.URL.Host, code)
	default:
		return false, fmt.Errorf("ping hub at %s: status %d; is publish.hub right?", r.URL.Host, code)
	}
}

// run sends whenever it is kicked, and what could not be sent later and later.
// What is owed since the last kick waits for the next one: its files may not be
// where the hub will look.
func (p *pings) run(ctx context.Context, agent string) error {
	const first, last = time.Minute, time.Hour
	again, wait := time.NewTimer(last), first
	again.Stop()
	defer again.Stop()
	var list []ping
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.kick:
			list, err = p.list(ctx)
		case <-again.C:
		}
		if err == nil {
			err = p.send(ctx, list, agent)
		}
		if err != nil && ctx.Err() == nil {
			p.log.LogAttrs(ctx, slog.LevelWarn, "hub was not told of changed feeds, trying again", slog.Duration("in", wait), slog.Any("err", err))
			again.Reset(wait)
			wait = min(2*wait, last)
		} else {
			wait = first
		}
	}
}

func (p *pings) list(ctx context.Context) (list []ping, err error) {
	text, err := p.store.Setting(ctx, pingsKey)
	if err != nil || text == "" || json.Unmarshal([]byte(text), &list) != nil {
		return nil, err // of another version: the hub hears of the next change
	}
	return list, nil
}

func (p *pings) edit(ctx context.Context, change func([]ping) []ping) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, err := p.list(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(change(list))
	if err != nil {
		return err
	}
	return p.store.SetSetting(ctx, pingsKey, string(text))
}
