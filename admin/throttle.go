package admin

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// How passwords may be tried. One client has a few, then waits twice as long
// each time. Of all clients together a hundred an hour are refused nothing;
// beyond, those that never logged in wait, and those that did do not: somebody
// who tries from a thousand addresses must not lock the desk out.
const (
	ownTries = 5
	allTries = 100
	ownMax   = 15 * time.Minute
	allMax   = time.Minute
	forgive  = time.Hour // after the last failure
	clients  = 10_000    // that are remembered
)

// tally counts failures.
type tally struct {
	n     int
	last  time.Time
	until time.Time // nothing is tried before
}

// throttle slows the guessing of passwords down (S36).
type throttle struct {
	now func() time.Time

	mu    sync.Mutex
	all   tally
	own   *lru.Cache[netip.Prefix, *tally]
	known *lru.Cache[netip.Prefix, bool] // have logged in
}

func newThrottle(now func() time.Time) *throttle {
	own, err := lru.New[netip.Prefix, *tally](clients)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	known, err := lru.New[netip.Prefix, bool](clients)
	if err != nil {
		panic(err)
	}
	return &throttle{now: now, own: own, known: known}
}

// take asks for one try of a client. It is counted as failed at once, or many
// at the same time would all be let through; [throttle.clear] takes that back.
// A wait above zero means that there is none now, and is not counted.
func (t *throttle) take(client netip.Prefix) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	own, ok := t.own.Get(client)
	if !ok {
		own = &tally{}
		t.own.Add(client, own)
	}
	known := t.known.Contains(client)
	wait = own.wait(now)
	if !known {
		wait = max(wait, t.all.wait(now))
	}
	if wait > 0 {
		return wait
	}
	own.fail(now, ownTries, 1, ownMax)
	if !known {
		t.all.fail(now, allTries, 20, allMax)
	}
	return 0
}

// clear is told that the try was right.
func (t *throttle) clear(client netip.Prefix) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own.Remove(client)
	if !t.known.Contains(client) {
		t.all.n = max(t.all.n-1, 0)
	}
	t.known.Add(client, true)
}

func (t *tally) wait(now time.Time) time.Duration { return t.until.Sub(now) }

// fail counts a failure. From the one after free on, the next try has to wait a
// second, and twice as long after every step more.
func (t *tally) fail(now time.Time, free, step int, limit time.Duration) {
	if now.Sub(t.last) >= forgive {
		t.n = 0
	}
	t.n, t.last = t.n+1, now
	if t.n < free {
		return
	}
	d := time.Second
	for i := 0; i < (t.n-free)/step && d < limit; i++ {
		d *= 2
	}
	t.until = now.Add(min(d, limit))
}

// clientOf returns who asks: an IPv4 address, or the network of an IPv6
// address, of which one household has as many as it likes. What X-Forwarded-For
// says counts only if a proxy that the desk has named asks, and of it only what
// that proxy has added itself, at the end.
func clientOf(r *http.Request, proxies []netip.Prefix) netip.Prefix {
	ip := peer(r)
	if trusted(ip, proxies) {
		if lines := r.Header.Values("X-Forwarded-For"); len(lines) > 0 {
			list := strings.Split(lines[len(lines)-1], ",")
			if said, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
				ip = said.Unmap().WithZone("")
			}
		}
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}

func trusted(ip netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if ip.IsValid() && p.Contains(ip) {
			return true
		}
	}
	return false
}
