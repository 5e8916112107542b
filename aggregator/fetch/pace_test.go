package fetch

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// visit takes n turns at once, each lasting a while, and returns when they
// started, counted from now.
func visit(t *testing.T, p *pace, key string, n int, lasting time.Duration) []time.Duration {
	t.Helper()
	begin := time.Now()
	var mu sync.Mutex
	var starts []time.Duration
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := p.acquire(t.Context(), key); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			starts = append(starts, time.Since(begin))
			mu.Unlock()
			time.Sleep(lasting) // the bubble's clock
			p.release(key)
		})
	}
	wg.Wait()
	return starts
}

func wantStarts(t *testing.T, got []time.Duration, want ...time.Duration) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("starts = %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("starts = %v, want %v", got, want)
		}
	}
}

func TestP21_TheGapCountsFromTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, 2*time.Second)
		wantStarts(t, visit(t, p, "a.example", 3, 5*time.Second), 0, 7*time.Second, 14*time.Second)
		wantStarts(t, visit(t, p, "a.example", 1, 0), 2*time.Second) // the last one ended just now
	})
}

func TestP21_ConnectionsShareTheGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(2, 2*time.Second)
		wantStarts(t, visit(t, p, "a.example", 2, 10*time.Second), 0, 2*time.Second)
		wantStarts(t, visit(t, p, "b.example", 3, time.Second), 0, 3*time.Second, 6*time.Second)
	})
}

func TestKeysDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Minute)
		var wg sync.WaitGroup
		for _, key := range []string{"a.example", "b.example", "c.example"} {
			wg.Go(func() { wantStarts(t, visit(t, p, key, 1, time.Second), 0) })
		}
		wg.Wait()
	})
}

func TestNoGapNoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(4, 0)
		wantStarts(t, visit(t, p, "a.example", 8, time.Second), 0, 0, 0, 0, time.Second, time.Second, time.Second, time.Second)
		wantLanes(t, p, 0)
	})
}

// wantLanes checks how many keys are remembered.
func wantLanes(t *testing.T, p *pace, want int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.lanes) != want {
		t.Errorf("%d lanes are remembered, want %d", len(p.lanes), want)
	}
}

func TestALaneIsForgottenAfterItsGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, 2*time.Second)
		visit(t, p, "a.example", 3, time.Second)
		wantLanes(t, p, 1)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		wantLanes(t, p, 0)
	})
}

func TestWhoGivesUpLosesOnlyTheirOwnTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Second)
		begin := time.Now()
		if err := p.acquire(t.Context(), "a.example"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := p.acquire(ctx, "a.example"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("acquire = %v, want the context's error", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if err := p.acquire(t.Context(), "a.example"); err != nil {
				t.Error(err)
			}
			if got := time.Since(begin); got != 4*time.Second {
				t.Errorf("the next started after %v, want 4s", got)
			}
			p.release("a.example")
		})
		time.Sleep(3 * time.Second)
		p.release("a.example")
		wg.Wait()
	})
}

// Leaving takes a waiter out of the queue, or gives back the turn that came in
// the same moment. Nothing else changes.
func TestLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, 0)
		if err := p.acquire(t.Context(), "a.example"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := make(chan error)
		go func() { cancelled <- p.acquire(ctx, "a.example") }()
		synctest.Wait()
		cancel()
		if err := <-cancelled; !errors.Is(err, context.Canceled) {
			t.Errorf("acquire = %v, want context.Canceled", err)
		}
		if l := p.lanes["a.example"]; len(l.queue) != 0 || l.flying != 1 {
			t.Errorf("%d wait and %d fly, want none and 1", len(l.queue), l.flying)
		}
		p.leave("a.example", make(chan struct{})) // a turn that is not in the queue was given
		wantLanes(t, p, 0)
	})
}

// A chain of redirects within one key takes a turn per hop, keeps the gap and
// does not wait for itself; waiting is not counted against the timeout.
func TestP21_ARedirectWaitsForItsTurn(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Redirect(302, "/b")).On("/b", fetchtest.Redirect(302, "/feed")).On("/feed", fetchtest.Answer{Body: rss})
	const gap = 80 * time.Millisecond
	c := newClient(t, func(o *Options) { o.Gap, o.Timeout = gap, 130*time.Millisecond })
	get(t, c, Request{URL: o.URL("/a")})
	seen := o.Requests()
	for i := 1; i < len(seen); i++ {
		if d := seen[i].At.Sub(seen[i-1].At); d < gap {
			t.Errorf("hop %d came %v after the one before, want %v at least", i, d, gap)
		}
	}
}

func TestP21_OneConnectionPerKey(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss, Delay: 5 * time.Millisecond})
	n := fetchtest.NewNames().On("a.test.example", "127.0.0.1").On("b.test.example", "127.0.0.1")
	c := newClient(t, func(o *Options) { o.Resolver = n.Resolver() })
	var wg sync.WaitGroup
	for i := range 8 {
		host := []string{"a.test.example", "b.test.example"}[i%2]
		wg.Go(func() {
			if _, err := c.Get(t.Context(), Request{URL: "http://" + host + ":" + o.Port() + "/feed"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := o.Most(""); n != 1 {
		t.Errorf("%d requests were in flight at one time, want 1", n)
	}
}
