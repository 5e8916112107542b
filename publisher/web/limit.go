package web

import (
	"net/netip"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// How often one client may search: what a person does, and a feed reader with
// some dozens of searches among its feeds.
const (
	searchesPerSecond = 1
	searchBurst       = 30
	// clients is how many are remembered; of one that is forgotten the burst
	// begins anew.
	clients = 10_000
)

// limiter counts the searches of each client.
type limiter struct {
	seen *lru.Cache[netip.Prefix, *rate.Limiter]
	now  func() time.Time
}

func newLimiter(now func() time.Time) limiter {
	seen, err := lru.New[netip.Prefix, *rate.Limiter](clients)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	return limiter{seen, now}
}

// wait returns how long the client has to wait before it may ask; 0: it may.
func (l limiter) wait(client netip.Prefix) time.Duration {
	own, ok := l.seen.Get(client)
	if !ok {
		own = rate.NewLimiter(searchesPerSecond, searchBurst)
		if other, had, _ := l.seen.PeekOrAdd(client, own); had {
			own = other
		}
	}
	now := l.now()
	r := own.ReserveN(now, 1)
	d := r.DelayFrom(now)
	if d > 0 {
		r.CancelAt(now)
	}
	return d
}
