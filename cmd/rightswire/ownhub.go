package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher/web/hub"
)

// isHub reports whether a newsroom is the WebSub hub of its own feeds.
func isHub(cfg *config.Config) bool { return cfg.Publish.Hub == "self" }

// hubURL is where the feeds of a newsroom are pushed from; "": nowhere.
func hubURL(cfg *config.Config) string {
	if isHub(cfg) {
		return strings.TrimRight(cfg.Site.URL, "/") + hub.Path
	}
	return cfg.Publish.Hub
}

// newHub returns the hub of our own feeds; nil if the newsroom has none.
func newHub(w *wire) *hub.Hub {
	if !isHub(w.cfg) {
		return nil
	}
	l := w.cfg.Publish.HubLimits
	return hub.New(hub.Options{
		Site: w.cfg.Site.URL, Store: w.store, Transport: w.outward, Agent: userAgent(w.cfg), Now: w.app.now, Logger: w.app.log,
		Limits: hub.Limits{
			Subscriptions: l.Subscriptions, PerHost: l.PerHost, PerMinute: l.PerMinute,
			LeaseMin: l.Lease.Min.Std(), Lease: l.Lease.Default.Std(), LeaseMax: l.Lease.Max.Std(),
			Timeout: l.Timeout.Std(), Concurrency: l.Concurrency, GiveUp: l.GiveUp.Std(),
		},
	})
}

// mountHub puts our own hub beside the site.
func mountHub(site http.Handler, h *hub.Hub) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == hub.Path {
			h.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// runHub confirms and delivers until ctx ends.
func (d *daemon) runHub(ctx context.Context) error {
	if d.ownHub == nil {
		return nil
	}
	return d.ownHub.Run(ctx)
}

// outward is a transport to hubs and callbacks, behind the guard that the
// fetcher has. A reload gives it another one while requests are under way.
type outward struct {
	now atomic.Pointer[http.RoundTripper]
}

// RoundTrip sends a request through the transport of the configuration in use.
func (o *outward) RoundTrip(r *http.Request) (*http.Response, error) {
	return (*o.now.Load()).RoundTrip(r)
}

// set takes the configuration's limits over.
func (o *outward) set(opt fetch.Options) error {
	next, err := fetch.NewTransport(fetch.Options{Timeout: opt.Timeout, Allow: opt.Allow, Proxy: opt.Proxy, Connections: 4})
	if err != nil {
		return fmt.Errorf("set up requests to hubs: %w", err)
	}
	if last := o.now.Swap(&next); last != nil {
		closeIdle(*last)
	}
	return nil
}

// close closes the connections that nobody uses.
func (o *outward) close() {
	if last := o.now.Load(); last != nil {
		closeIdle(*last)
	}
}

func closeIdle(t http.RoundTripper) {
	if c, ok := t.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
