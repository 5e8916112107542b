package workers

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator/schedule"
)

// tendEvery is how often somebody looks for keys that nobody asks, and for a
// new balance of the requests.
const tendEvery = time.Minute

// tend sees to it that each key with sources to be asked has a job, that turns
// of long ago are forgotten, and that the balance is not old. Whoever is not the one to do it takes the balance
// over.
func (w *Workers) tend(ctx context.Context) error {
	unlock, ok, err := w.o.Alone(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return w.takeBalance(ctx)
	}
	defer unlock()
	if err := w.reconcile(ctx); err != nil {
		return err
	}
	if err := w.takeBalance(ctx); err != nil || w.o.Now().Sub(w.balance.at()).Abs() < balanceFor {
		return err
	}
	if err := w.o.Store.ForgetTurns(ctx); err != nil { // as often as there is a new balance
		return err
	}
	return w.rebalance(ctx)
}

// reconcile inserts the jobs that are missing: before the queue was made, keys
// were added without one, and what somebody removes from it by hand must not
// silence a host for good.
func (w *Workers) reconcile(ctx context.Context) error {
	keys, err := w.o.Store.KeysWithoutJob(ctx, pollKind)
	if err != nil {
		return err
	}
	for lot := range slices.Chunk(keys, insertLot) {
		if _, err := w.client.InsertMany(ctx, jobsFor(lot)); err != nil {
			return fmt.Errorf("insert %d jobs: %w", len(lot), err)
		}
	}
	if len(keys) > 0 {
		w.o.Logger.LogAttrs(ctx, slog.LevelInfo, "jobs added for domains that had none", slog.Int("domains", len(keys)))
	}
	return nil
}

const (
	// balanceKey is the setting that all workers have the balance from.
	balanceKey = "workers' balance"
	// balanceFor is how long one holds.
	balanceFor = time.Hour
	// balanceOf is how many sources it is made from, at most: of a million, a
	// sample says as much.
	balanceOf = 20_000
)

// balance is how the requests are shared out among all sources.
type balance struct {
	mu   sync.Mutex
	kept balanceSetting
}

type balanceSetting struct {
	At       time.Time
	Patience time.Duration
}

func (b *balance) at() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.kept.At
}

// policy returns a policy with the balance of all.
func (b *balance) policy(p schedule.Policy) schedule.Policy {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.Patience = b.kept.Patience
	return p
}

// takeBalance reads what was made last, by whoever.
func (w *Workers) takeBalance(ctx context.Context) error {
	text, err := w.o.Store.Setting(ctx, balanceKey)
	if err != nil || text == "" {
		return err
	}
	var kept balanceSetting
	if json.Unmarshal([]byte(text), &kept) != nil {
		return nil // of another version
	}
	w.balance.mu.Lock()
	defer w.balance.mu.Unlock()
	w.balance.kept = kept
	return nil
}

// rebalance makes a new balance, for all.
func (w *Workers) rebalance(ctx context.Context) error {
	rhythms, err := w.o.Store.Rhythms(ctx, balanceOf)
	if err != nil {
		return err
	}
	now := w.o.Now()
	text, err := json.Marshal(balanceSetting{At: now, Patience: w.o.Newsroom().Policy.Balanced(now, rhythms).Patience})
	if err != nil {
		return err
	}
	if err := w.o.Store.SetSetting(ctx, balanceKey, string(text)); err != nil {
		return err
	}
	return w.takeBalance(ctx)
}
