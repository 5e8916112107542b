package workers

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/rivertype"

	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	postgrestest.Stop()
	os.Exit(code)
}

func TestAJobSleepsUntilTheNextSourceIsDue(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	const gap = 2 * time.Second
	for _, tt := range []struct {
		name   string
		polled bool
		next   time.Time
		want   time.Duration
	}{
		{"until then", true, now.Add(time.Hour), time.Hour},
		{"no less than the gap", true, now.Add(time.Second), gap},
		{"the gap, when there is more to do at once", true, now.Add(-time.Hour), gap},
		{"a moment, when nothing could be done of what is due", false, now, gap},
		{"a day, when nothing will be", true, time.Time{}, maxSleep},
		{"no longer than a day", true, now.Add(7 * 24 * time.Hour), maxSleep},
	} {
		if got := sleep(tt.polled, tt.next, now, gap); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := sleep(false, now, now, 0); got != minSleep {
		t.Errorf("without a gap it spins: sleeps %v", got)
	}
}

// A job that is given to another worker has ended before: its context, and any
// request that began in time.
func TestJobsEndBeforeTheyAreGivenAway(t *testing.T) {
	for _, timeout := range []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute} {
		l := limitsFor(timeout)
		if l.job < l.begin+timeout || l.rescue <= l.job || l.begin <= 0 {
			t.Errorf("of requests of %v: %+v", timeout, l)
		}
	}
}

// queue is a database with a queue, as workers have it.
type queue struct {
	t     *testing.T
	dsn   string
	pool  *pgxpool.Pool
	store *storage.Store
}

func newQueue(t *testing.T) *queue {
	q := &queue{t: t, dsn: postgrestest.New(t)}
	jobs, err := NewInserter(time.Second)
	if err != nil {
		t.Fatal(err)
	}
	q.store, err = storage.Open(t.Context(), q.dsn, storage.Options{Key: func(url string) string { return url }, Due: jobs.Due})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.store.Close() })
	if q.pool, err = pgxpool.New(t.Context(), q.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.pool.Close)
	return q
}

func (q *queue) migrate() {
	q.t.Helper()
	if err := Migrate(q.t.Context(), q.pool); err != nil {
		q.t.Fatal(err)
	}
}

// workers returns workers that are not started.
func (q *queue) workers() *Workers {
	q.t.Helper()
	w, err := New(Options{
		Pool: q.pool, Store: q.store, Workers: 1, Timeout: time.Second, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		Newsroom: func() Newsroom { return Newsroom{Policy: schedule.Default()} },
		Alone:    func(context.Context) (func(), bool, error) { return func() {}, true, nil },
		Away:     func(error) {},
	})
	if err != nil {
		q.t.Fatal(err)
	}
	return w
}

func (q *queue) sync(urls ...string) {
	q.t.Helper()
	var list []news.Source
	for _, url := range urls {
		s := storagetest.Source("of "+url, 1)
		s.URL = url
		list = append(list, s)
	}
	if err := q.store.SyncSources(q.t.Context(), list); err != nil {
		q.t.Fatal(err)
	}
}

// jobs returns "key state" of the polls' jobs.
func (q *queue) jobs() (list []string) {
	q.t.Helper()
	rows, err := q.pool.Query(q.t.Context(), `SELECT kind || ' ' || COALESCE(args ->> 'key', '') || ' ' || state FROM river_job ORDER BY 1`)
	if err != nil {
		q.t.Fatal(err)
	}
	if list, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		q.t.Fatal(err)
	}
	return list
}

func (q *queue) exec(text string) {
	q.t.Helper()
	if _, err := q.pool.Exec(q.t.Context(), text); err != nil {
		q.t.Fatal(err)
	}
}

func (q *queue) want(what string, jobs ...string) {
	q.t.Helper()
	if got := q.jobs(); !slices.Equal(got, jobs) {
		q.t.Errorf("%s: jobs %q, want %q", what, got, jobs)
	}
}

// A source gets its key's job with its row; one whose key has a job pulls that
// forward.
func TestAChangedListChangesTheQueue(t *testing.T) {
	q := newQueue(t)
	q.sync("a") // no worker has worked on this database yet
	q.migrate()
	q.sync("a", "b")
	q.want("a new source", "poll b available")
	if err := q.workers().tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	q.want("what was there before the queue", "poll a available", "poll b available")
	q.exec(`UPDATE river_job SET state = 'scheduled', scheduled_at = now() + INTERVAL '1 day' WHERE args ->> 'key' = 'a'`)
	q.exec(`UPDATE river_job SET state = 'running', attempted_at = now() WHERE args ->> 'key' = 'b'`)
	q.sync("c")
	q.want("their sources have gone, which their jobs are to see", "nudge  scheduled", "poll a available", "poll b running", "poll c available")
	q.exec(`DELETE FROM river_job WHERE args ->> 'key' = 'c'`)
	if err := q.workers().tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	q.want("a job that somebody took out comes back", "nudge  scheduled", "poll a available", "poll b running", "poll c available")
}

// What a worker brings whose job was given to another is not stored.
func TestAJobThatWasGivenAwayStoresNothing(t *testing.T) {
	for _, tt := range []struct {
		name, meanwhile string
		stored          bool
	}{
		{"it is still ours", `SELECT 1`, true},
		{"another one works at it", `UPDATE river_job SET attempted_at = attempted_at + INTERVAL '1 minute'`, false},
		{"it waits for another one", `UPDATE river_job SET state = 'retryable'`, false},
		{"it is gone", `DELETE FROM river_job`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := newQueue(t)
			q.migrate()
			q.sync("a")
			q.exec(`UPDATE river_job SET state = 'running', attempted_at = now()`)
			job := &rivertype.JobRow{}
			if err := q.pool.QueryRow(t.Context(), `SELECT id, attempted_at FROM river_job`).Scan(&job.ID, &job.AttemptedAt); err != nil {
				t.Fatal(err)
			}
			q.exec(tt.meanwhile)
			archive := &keyArchive{Store: q.store, key: "a", job: job}
			err := archive.CommitPoll(t.Context(), storagetest.Poll("of a", storagetest.Item("of a", "k", 1)))
			polls, bad := q.store.Ledger(t.Context(), "of a", 0)
			if bad != nil || tt.stored != (err == nil) || !tt.stored && !errors.Is(err, ErrGivenUp) || tt.stored != (len(polls) == 1) {
				t.Errorf("CommitPoll = %v with %d polls stored (%v), want it stored: %v", err, len(polls), bad, tt.stored)
			}
		})
	}
}

// All workers share requests out in the same way: the balance is made by one,
// and taken over by the others.
func TestTheBalanceIsThatOfAll(t *testing.T) {
	q := newQueue(t)
	q.migrate()
	q.exec(`INSERT INTO turn (key, until) VALUES ('old', 1)`)
	first, second := q.workers(), q.workers()
	second.o.Alone = func(context.Context) (func(), bool, error) { return nil, false, nil }
	for _, w := range []*Workers{first, second} {
		if err := w.tend(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	turns := -1
	if err := q.pool.QueryRow(t.Context(), `SELECT count(*) FROM turn`).Scan(&turns); err != nil || turns != 0 {
		t.Errorf("%d turns of long ago are kept (%v), want none", turns, err)
	}
	if first.balance.at().IsZero() || !first.balance.at().Equal(second.balance.at()) {
		t.Errorf("balances of %v and %v, want one", first.balance.at(), second.balance.at())
	}
}
