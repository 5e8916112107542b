// Package hub is the WebSub hub of our own feeds (F31): who asks for a feed
// here gets it sent when it changes, instead of asking for it again and again.
//
// It decides who may subscribe to what and for how long (W3C WebSub section
// 5), what is sent to whom and when a failed delivery is tried again (section
// 7). It reads the site and never changes it, keeps its state with the caller's
// store, and reaches callbacks through the caller's transport, which has to
// refuse private addresses when it dials: a callback is an address that a
// stranger chose. It is a room of its own because it is the one part of the
// server that takes state from strangers and sends requests at their wish.
//
// There is no queue. A subscription remembers the hash of what it was sent
// last, and is owed the feed while the feed's hash is another: whatever is
// killed or fails in between, the latest bytes arrive at least once.
package hub

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// Path is where the hub is below the address of the site.
const Path = "/hub"

// Store is what keeps subscriptions, and wishes that wait to be confirmed.
type Store interface {
	HubSubscriptions(context.Context) ([]news.HubSubscription, error)
	HubRequests(context.Context) ([]news.HubRequest, error) // oldest first
	// HubPlaces counts both, all of them and those at a callback's host.
	HubPlaces(ctx context.Context, host string) (all, ofHost int, err error)
	HubSubscribed(ctx context.Context, topic, callback string) (bool, error)
	AddHubRequest(context.Context, news.HubRequest) error
	DropHubRequest(context.Context, news.HubRequest) error
	ConfirmHubRequest(ctx context.Context, r news.HubRequest, expires time.Time, sent string) error
	SaveHubDelivery(context.Context, news.HubSubscription) error
	EndHubSubscription(context.Context, news.HubSubscription) error
	ExpireHub(ctx context.Context, now time.Time) error
}

// Limits bound what strangers can make the hub do. The zero value of each
// stands for the number named.
type Limits struct {
	Subscriptions int           // in all, wishes that wait included; 10,000
	PerHost       int           // of callbacks at one host; 500
	PerMinute     int           // requests of one client, and of all clients for callbacks at one host; 30
	LeaseMin      time.Duration // 1 h
	Lease         time.Duration // of who names none; 10 days
	LeaseMax      time.Duration // 30 days
	Timeout       time.Duration // of one request to a callback; 10 s
	Concurrency   int           // callbacks that are spoken to at one time; 16
	GiveUp        time.Duration // after failing for so long a subscription is ended; 7 days
}

func (l Limits) withDefaults() Limits {
	const day = 24 * time.Hour
	l.Subscriptions, l.PerHost, l.PerMinute = cmp.Or(l.Subscriptions, 10_000), cmp.Or(l.PerHost, 500), cmp.Or(l.PerMinute, 30)
	l.LeaseMin, l.Lease, l.LeaseMax = cmp.Or(l.LeaseMin, time.Hour), cmp.Or(l.Lease, 10*day), cmp.Or(l.LeaseMax, 30*day)
	l.Timeout, l.Concurrency, l.GiveUp = cmp.Or(l.Timeout, 10*time.Second), cmp.Or(l.Concurrency, 16), cmp.Or(l.GiveUp, 7*day)
	return l
}

// Options configures a [Hub]. Site, Store and Transport are required.
type Options struct {
	Site      string // public address without a slash at its end; the hub is at Site + [Path]
	Store     Store
	Transport http.RoundTripper // has to refuse private addresses
	Agent     string            // User-Agent of requests to callbacks
	Limits    Limits
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger     // nil: silent
}

// Hub is the handler at [Path], and with [Hub.Run] the sender. It is safe for
// concurrent use.
type Hub struct {
	o        Options
	site     atomic.Pointer[publisher.Site]
	clients  *buckets // by client
	targets  *buckets // by host of the callback
	requests chan struct{}
	healthy  chan struct{} // a feed may be owed to somebody
	failing  chan struct{}
	jitter   func(time.Duration) time.Duration // up to half more
}

// New returns a hub that answers 503 until [Hub.Swap] gives it a site.
func New(o Options) *Hub {
	o.Limits = o.Limits.withDefaults()
	o.Site = strings.TrimRight(o.Site, "/")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Hub{
		o: o, clients: newBuckets(o.Limits.PerMinute), targets: newBuckets(o.Limits.PerMinute),
		requests: make(chan struct{}, 1), healthy: make(chan struct{}, 1), failing: make(chan struct{}, 1),
		jitter: func(d time.Duration) time.Duration { return d + rand.N(d/2+1) },
	}
}

// URL is the hub's public address.
func (h *Hub) URL() string { return h.o.Site + Path }

// Swap gives the hub the site as it is served from now on. What changed in it
// is sent to whom it is owed.
func (h *Hub) Swap(site *publisher.Site) {
	h.site.Store(site)
	wake(h.requests)
	wake(h.healthy)
	wake(h.failing)
}

// wake leaves a lane a wish; one that is there already is enough.
func wake(lane chan<- struct{}) {
	select {
	case lane <- struct{}{}:
	default:
	}
}

// topic returns the feed that a topic names; ok is false if it is none of ours.
// The topic of a feed is exactly its rel=self.
func (h *Hub) topic(url string) (f *publisher.File, ok bool) {
	site := h.site.Load()
	at, ours := strings.CutPrefix(url, h.o.Site)
	if site == nil || !ours || !publisher.IsFeed(at) {
		return nil, false
	}
	f, ok = site.Files[at]
	return f, ok
}

// gone reports whether a topic is none any more. A feed that could not be made
// is not gone (F39).
func (h *Hub) gone(url string) bool {
	site := h.site.Load()
	if site == nil {
		return false
	}
	_, ok := h.topic(url)
	return !ok && !slices.Contains(site.Missing, strings.TrimPrefix(url, h.o.Site))
}

// Run confirms wishes and delivers until ctx ends.
//
// Three lanes go side by side, so that callbacks that answer late keep nobody
// waiting but themselves: wishes, deliveries to who took the last one, and
// deliveries that failed before.
func (h *Hub) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.lane(ctx, h.requests, h.verifyAll) })
	g.Go(func() error { return h.lane(ctx, h.healthy, h.deliverHealthy) })
	g.Go(func() error { return h.lane(ctx, h.failing, h.deliverFailing) })
	return g.Wait()
}

// Between two rounds without a reason there is this at most and at least: a
// lease may have ended, or the clock may have been set.
const (
	roundMax = 10 * time.Minute
	roundMin = time.Second
)

// lane calls round when it is kicked, and when round says that something is
// due. An error of the store is logged, and tried again later.
func (h *Hub) lane(ctx context.Context, kicked <-chan struct{}, round func(context.Context) (time.Time, error)) error {
	timer := time.NewTimer(roundMax)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-kicked:
		case <-timer.C:
		}
		if h.site.Load() == nil {
			continue // a topic cannot be told from another yet; Swap kicks
		}
		due, err := round(ctx)
		if err != nil && ctx.Err() == nil {
			h.o.Logger.LogAttrs(ctx, slog.LevelError, "hub failed, trying again", slog.Any("err", err))
			due = h.o.Now().Add(time.Minute)
		}
		wait := roundMax
		if !due.IsZero() {
			wait = min(max(due.Sub(h.o.Now()), roundMin), roundMax)
		}
		timer.Reset(wait)
	}
}

// hostTurn is how long one host may take in a round; what is left comes in the
// next one.
const hostTurn = 30 * time.Second

// byHost does work on a list, side by side for different hosts and one after
// another for one host: many subscriptions at one host must neither take every
// place nor flood it. A host where two in a row got no answer, or that takes
// long, is left alone for this round. It returns the first error of our own.
func byHost[T any](ctx context.Context, h *Hub, list []T, host func(T) string, work func(context.Context, T) (answered bool, err error)) error {
	var hosts []string
	at := map[string][]T{}
	for _, x := range list {
		k := host(x)
		if at[k] == nil {
			hosts = append(hosts, k)
		}
		at[k] = append(at[k], x)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(h.o.Limits.Concurrency/3, 1)) // of each lane
	for _, k := range hosts {
		g.Go(func() error {
			silent, end := 0, h.o.Now().Add(hostTurn)
			for _, x := range at[k] {
				if err := ctx.Err(); err != nil {
					return err
				}
				answered, err := work(ctx, x)
				if err != nil {
					return err
				}
				if silent++; answered {
					silent = 0
				}
				if silent == 2 || h.o.Now().After(end) {
					return nil
				}
			}
			return nil
		})
	}
	return g.Wait()
}
