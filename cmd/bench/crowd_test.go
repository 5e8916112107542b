package main

import (
	"testing"
	"time"
)

func TestLedgerSeesBadManners(t *testing.T) {
	at := func(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	for _, tt := range []struct {
		name  string
		visit func(*ledger)
		want  int
	}{
		{"one after the other", func(l *ledger) { l.begin(0, at(0)); l.end(0, at(500), false); l.begin(0, at(2500)) }, 0},
		{"the gap counts from the end", func(l *ledger) { l.begin(0, at(0)); l.end(0, at(500), false); l.begin(0, at(2000)) }, 1},
		{"two at once", func(l *ledger) { l.begin(0, at(0)); l.begin(0, at(9000)) }, 1},
		{"two hosts at once", func(l *ledger) { l.begin(0, at(0)); l.begin(1, at(0)) }, 0},
		{"two connections", func(l *ledger) { l.connect(0, 1); l.connect(0, 1) }, 1},
		{"a new connection after the old one", func(l *ledger) { l.connect(0, 1); l.connect(0, -1); l.connect(0, 1) }, 0},
		{"the end of one given up is heard late", func(l *ledger) { l.begin(0, at(0)); l.end(0, at(500), true); l.begin(0, at(2400)) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLedger(2, 2*time.Second)
			tt.visit(l)
			if len(l.breaches) != tt.want {
				t.Errorf("breaches %q, want %d", l.breaches, tt.want)
			}
		})
	}
}

func TestTheoryOfACrowd(t *testing.T) {
	p := plan{crowdOptions{hosts: 2, slots: 2, gap: time.Second, timeout: 5 * time.Second}, []answer{
		{latency: time.Second}, {latency: 3 * time.Second}, {fault: faultHang}, {latency: 9 * time.Second}, {latency: time.Second},
	}}
	slowest, shared := p.theory()
	// Host 0: 1 + 5 + 1 and two gaps; host 1: 3 + 5 and one.
	if slowest != 9*time.Second || shared != 7500*time.Millisecond {
		t.Errorf("theory = %v, %v, want 9s, 7.5s", slowest, shared)
	}
}

// The plan's latencies are what the flags promise, and the same each time.
func TestPlanDrawsWhatItSays(t *testing.T) {
	o := crowdOptions{sources: 20_000, hosts: 500, slots: 64, share: 0.02, timeout: 10 * time.Second, seed: 1}
	p, again, slow, late, faulty := newPlan(o), newPlan(o), 0, 0, 0
	for i, a := range p.answers {
		if again.answers[i] != a {
			t.Fatalf("answer %d differs the second time", i)
		}
		if a.latency > latencyMedian {
			slow++
		}
		if a.latency > latencyP99 {
			late++
		}
		if a.fault != faultNone {
			faulty++
		}
	}
	for _, c := range []struct {
		what      string
		n, lo, hi int
	}{{"above the median", slow, 9_700, 10_300}, {"above the 99th percentile", late, 150, 250}, {"faulty", faulty, 330, 470}} {
		if c.n < c.lo || c.n > c.hi {
			t.Errorf("%s: %d of 20,000, want %d to %d", c.what, c.n, c.lo, c.hi)
		}
	}
}
