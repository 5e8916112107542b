package main

import (
	"fmt"
	"sync"
	"time"
)

// The product counts the gap from where it has read the answer, or has given
// it up, to where it sends the next request (aggregator/fetch/pace.go). The
// origin counts from where its answer was written, which is a little earlier
// or later by its scheduler's mood; that a request was given up it hears when
// the connection's end has made its way through the system.
const (
	slack        = 50 * time.Millisecond
	slackGivenUp = 250 * time.Millisecond
)

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
	slack               time.Duration // of ended
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
	if d < l.gap-v.slack {
		l.breach("%s: asked %v after the end of the last request", address(host), d)
	}
}

// end books the end of a request: its answer was sent, or the guest gave up.
func (l *ledger) end(host int, now time.Time, gaveUp bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := &l.hosts[host]
	v.asking--
	v.ended, v.slack = now, slack
	if gaveUp {
		v.slack = slackGivenUp
	}
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
