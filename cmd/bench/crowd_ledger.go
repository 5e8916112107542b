package main

import (
	"fmt"
	"sync"
	"time"
)

// slack is what two clocks' readings of one moment may differ by: the origin
// hears of the end of a request that was given up a little after the client.
const slack = 50 * time.Millisecond

// ledger is what the origin sees of the guest's manners, host by host.
type ledger struct {
	gap time.Duration

	mu       sync.Mutex
	hosts    []visit
	requests int
	least    time.Duration // the shortest gap seen
	breaches []string
}

// visit is what one host sees.
type visit struct {
	asking, connections int
	ended               time.Time
}

func newLedger(hosts int, gap time.Duration) *ledger {
	return &ledger{gap: gap, hosts: make([]visit, hosts), least: 1 << 62}
}

// begin books the start of a request.
func (l *ledger) begin(host int, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := &l.hosts[host]
	v.asking++
	l.requests++
	if v.asking > 1 {
		l.breach("%s: %d requests at once", address(host), v.asking)
	}
	if v.ended.IsZero() {
		return
	}
	d := now.Sub(v.ended)
	l.least = min(l.least, d)
	if d < l.gap-slack {
		l.breach("%s: asked %v after the end of the last request", address(host), d)
	}
}

// end books the end of a request: its answer was sent, or was given up.
func (l *ledger) end(host int, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hosts[host].asking--
	l.hosts[host].ended = now
}

// connect books a connection that was opened (1) or closed (-1).
func (l *ledger) connect(host, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := &l.hosts[host]
	v.connections += n
	if v.connections > 1 {
		l.breach("%s: %d connections at once", address(host), v.connections)
	}
}

func (l *ledger) breach(format string, args ...any) {
	l.breaches = append(l.breaches, fmt.Sprintf(format, args...))
}
