package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/websub"
	"github.com/rightswire/rightswire/news"
)

// hubPath is where hubs reach the daemon.
const hubPath = "/websub/"

// hubs keeps the daemon's WebSub subscriptions (P46).
type hubs struct {
	wire       *wire
	subscriber *websub.Subscriber
	messages   chan message  // without a buffer: what nobody has taken is still its hub's
	patience   time.Duration // until a message that nobody takes is stored to be read later
	mu         sync.Mutex    // of the messages that wait
	ended      chan struct{} // closed by end: nobody will take a message any more
	end        func()
}

// message is what a hub sent. Who takes it out of the channel owes done one
// word: nil when it is stored.
type message struct {
	websub.Message
	done chan<- error
}

// errEnded is why a hub has to send its message again.
var errEnded = errors.New("the daemon ends")

// newHubs returns the subscriptions of a wire.
func newHubs(w *wire) *hubs {
	h := &hubs{wire: w, messages: make(chan message), patience: 5 * time.Second, ended: make(chan struct{})}
	h.end = sync.OnceFunc(func() { close(h.ended) })
	h.subscriber = websub.New(websub.Options{
		Callback: strings.TrimSuffix(w.cfg.Site.URL, "/") + hubPath, Store: w.store, MaxBody: int64(w.cfg.Fetch.MaxBody),
		// The fetcher is another one after a reload, which happens in the
		// goroutine that posts.
		Post: func(ctx context.Context, src news.Source, hub string, form url.Values) error {
			return w.fetcher.Post(ctx, hub, src.Proxy, form)
		},
		Deliver: h.deliver, Now: w.app.now, Logger: w.app.log,
	})
	return h
}

// deliver hands a message to the loop and returns when what it brought is
// stored, or the message itself: what a hub believes to be taken in it does not
// send again.
func (h *hubs) deliver(ctx context.Context, m websub.Message) error {
	done := make(chan error, 1)
	patience := time.NewTimer(h.patience)
	defer patience.Stop()
	select {
	case h.messages <- message{m, done}:
		return <-done // at the end of ctx too: the message takes memory until then
	case <-h.ended:
		return errEnded
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		err := h.wait(ctx, m)
		if err != nil {
			h.wire.app.log.LogAttrs(ctx, slog.LevelWarn, "message was sent back to its hub for now", slog.String("source", m.Source), slog.Any("err", err))
		}
		return err
	}
}

// mount puts the callbacks beside the site.
func (h *hubs) mount(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, hubPath) {
			h.subscriber.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// askedPerPass bounds the requests to hubs between two passes. Each may last as
// long as the timeout, and polls and readers wait; who was left out comes next.
const askedPerPass = 3

// keep sees that every source whose publisher names a hub is subscribed, a few
// at a time. A hub that cannot be asked costs its own sources the hub and
// nothing else, and is left alone until the next pass.
func (h *hubs) keep(ctx context.Context) error {
	if !h.wire.cfg.Fetch.WebSub {
		return nil
	}
	states, err := h.wire.store.States(ctx)
	if err != nil {
		return err
	}
	subs, err := h.wire.store.Subscriptions(ctx)
	if err != nil {
		return err
	}
	have := map[string]news.Subscription{}
	for _, sub := range subs {
		have[sub.Source] = sub
	}
	left, dead := askedPerPass, map[string]bool{}
	for _, st := range states {
		src, err := findSource(h.wire.cfg, st.Source)
		key := fetch.Key(st.Hub)
		if err != nil || !src.Polled() || st.Hub == "" || dead[key] {
			continue
		}
		asked, err := h.subscriber.Keep(ctx, src, websub.Offer{Hub: st.Hub, Topic: st.Topic}, have[st.Source])
		if err != nil && (!asked || ctx.Err() != nil) {
			return err // of ours
		}
		if asked {
			left--
		}
		if err != nil {
			dead[key] = true
			h.wire.app.log.LogAttrs(ctx, slog.LevelWarn, "hub was not subscribed to", slog.String("source", st.Source), slog.Any("err", err))
		}
		if left == 0 {
			break
		}
	}
	return nil
}

// take reads what a hub sent, tells the hub, and reports whether anything is
// new.
func (h *hubs) take(ctx context.Context, m message) (bool, error) {
	src, err := findSource(h.wire.cfg, m.Source)
	if err != nil || !src.Polled() || !h.wire.cfg.Fetch.WebSub {
		m.done <- nil // not wanted any more
		return false, nil
	}
	p, err := h.wire.agg.Push(ctx, src, m.Message)
	m.done <- err
	if err != nil || p.New+p.Changed == 0 {
		return false, err
	}
	_, err = h.wire.grouping.Run(ctx)
	return true, err
}

// refresh notes how long a hub looks after which source, for the polls of a
// pass.
func (h *hubs) refresh(ctx context.Context) error {
	h.wire.covered = nil
	if !h.wire.cfg.Fetch.WebSub {
		return nil
	}
	subs, err := h.wire.store.Subscriptions(ctx)
	if err != nil {
		return err
	}
	h.wire.covered = map[string]time.Time{}
	for _, sub := range subs {
		h.wire.covered[sub.Source] = sub.Expires
	}
	return nil
}
