package storage_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
)

// Of many that want the turn of a key, in several processes, one has it at a
// time, and the next begins no earlier than the gap after the end.
func TestTurnsOfAKeyDoNotOverlap(t *testing.T) {
	const gap = 20 * time.Millisecond
	stores := several(t, 3)
	var at atomic.Int32
	var mu sync.Mutex
	var ended time.Time
	var all sync.WaitGroup
	for n := range 9 {
		all.Go(func() {
			for range 3 {
				give, err := stores[n%3].TakeTurn(t.Context(), "a.example", time.Minute, gap)
				if err != nil {
					t.Error(err)
					return
				}
				if at.Add(1) != 1 {
					t.Error("two have the turn of one key")
				}
				mu.Lock()
				if wait := time.Since(ended); !ended.IsZero() && wait < gap {
					t.Errorf("a turn began %v after the end of the last one, before the gap of %v", wait, gap)
				}
				mu.Unlock()
				at.Add(-1)
				mu.Lock()
				ended = time.Now()
				mu.Unlock()
				give()
			}
		})
	}
	all.Wait()
}

// A turn of another key is free meanwhile; one whose holder has gone without a
// word is free when its time is over, and what he does later does not end the
// turn of the next.
func TestATurnThatIsNotGivenBackEnds(t *testing.T) {
	stores := several(t, 2)
	late, err := stores[0].TakeTurn(t.Context(), "a.example", 300*time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	other, err := stores[1].TakeTurn(t.Context(), "b.example", time.Minute, 0)
	if err != nil {
		t.Fatalf("the turn of another key: %v", err)
	}
	other()
	if _, err = stores[1].TakeTurn(t.Context(), "a.example", time.Minute, 0); err != nil {
		t.Fatalf("a turn whose time is over: %v", err)
	}
	late()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := stores[0].TakeTurn(ctx, "a.example", time.Minute, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a turn that another has: %v, want to wait", err)
	}
}

// Those who share a lock keep out who wants it alone, and he them.
func TestASharedLockKeepsOutWhoWantsItAlone(t *testing.T) {
	stores := several(t, 3)
	one, err := stores[0].Hold(t.Context(), "run", true, 0)
	if err != nil {
		t.Fatal(err)
	}
	two, err := stores[1].Hold(t.Context(), "run", true, 0)
	if err != nil {
		t.Fatalf("a shared lock is held by two: %v", err)
	}
	one.Release()
	if _, err := stores[2].Lock(t.Context(), "run", 0); !errors.Is(err, storage.ErrHeld) {
		t.Errorf("alone, while another has it: %v, want ErrHeld", err)
	}
	two.Release()
	unlock, err := stores[2].Lock(t.Context(), "run", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stores[0].Hold(t.Context(), "run", true, 0); !errors.Is(err, storage.ErrHeld) {
		t.Errorf("shared, while another has it alone: %v, want ErrHeld", err)
	}
	unlock()
}

// Whose connection is ended has lost the lock, and hears of it.
func TestALostLockIsNoticed(t *testing.T) {
	dsn := postgrestest.New(t)
	s := open(t, dsn, storage.Options{})
	hold, err := s.Hold(t.Context(), "publish", false, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Release()
	postgrestest.Exec(t, dsn, `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	select {
	case <-hold.Lost():
	case <-time.After(time.Minute):
		t.Error("the loss was not noticed")
	}
	again, err := s.Hold(t.Context(), "publish", false, 0)
	if err != nil {
		t.Fatalf("the lock is not free: %v", err)
	}
	again.Release()
}

// Who stands by has the lock soon after it is given back, and stops waiting
// when he is told to.
func TestWhoStandsByGetsTheLock(t *testing.T) {
	stores := several(t, 2)
	first, err := stores[0].Hold(t.Context(), "group", false, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := stores[1].Hold(ctx, "group", false, -1); !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop waiting: %v, want the context's error", err)
	}
	time.AfterFunc(100*time.Millisecond, first.Release)
	second, err := stores[1].Hold(t.Context(), "group", false, -1)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
}

// A turn of long ago is forgotten, one that is not is kept.
func TestTurnsOfLongAgoAreForgotten(t *testing.T) {
	dsn := postgrestest.New(t)
	s := open(t, dsn, storage.Options{})
	postgrestest.Exec(t, dsn, `INSERT INTO turn (key, until) SELECT CAST(m AS TEXT), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) - CAST(m AS BIGINT) * 60000000 FROM generate_series(-1, 70, 3) m`)
	if err := s.ForgetTurns(t.Context()); err != nil {
		t.Fatal(err)
	}
	postgrestest.Exec(t, dsn, `DO $$ BEGIN ASSERT (SELECT array_agg(key ORDER BY until) FROM turn) = (SELECT array_agg(CAST(m AS TEXT) ORDER BY m DESC) FROM generate_series(-1, 59, 3) m); END $$`)
}
