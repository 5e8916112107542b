package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/aggregator/workers"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// queue is the command "bench queue": what the queue of the polls costs by its
// size alone. It fills a database with sources and sleeping jobs, one a domain,
// and measures the look for domains without a job, what an idle worker costs,
// and how fast jobs pass that have nothing to poll.
func queue(ctx context.Context, args []string) error {
	var o workersOptions
	f := flag.NewFlagSet("bench queue", flag.ExitOnError)
	keys := f.Int("keys", 1_000_000, "domains, each with a source and a job")
	due := f.Int("due", 20_000, "jobs that become due at once")
	idle := f.Duration("idle", 30*time.Second, "how long an idle worker is watched")
	f.BoolVar(&o.durable, "durable", true, "let the server that is started sync its commits to the disk")
	f.StringVar(&o.dsn, "postgres", "", "an empty database; empty: start a server")
	if err := f.Parse(args); err != nil {
		return err
	}
	stop, err := o.database()
	if err != nil {
		return err
	}
	defer stop()
	store, err := storage.Open(ctx, o.dsn, storage.Options{Key: func(url string) string { return url }})
	if err != nil {
		return err
	}
	defer store.Close()
	pool, err := pgxpool.New(ctx, o.dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	db, err := sql.Open("pgx", o.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := workers.Migrate(ctx, pool); err != nil {
		return err
	}
	if err := fill(ctx, db, *keys); err != nil {
		return err
	}
	return measureQueue(ctx, store, pool, db, *due, *idle)
}

// fill adds sources and jobs that sleep for hours.
func fill(ctx context.Context, db *sql.DB, keys int) error {
	for _, text := range []string{
		`INSERT INTO source (name, config, rank, key, address, next_due, last_poll, url, etag, rhythm)
SELECT 'desk-' || i, '{"ID":"desk-' || i || '"}', 5, 'host' || i || '.example', 'https://host' || i || '.example/feed', 9e15, 1, 'https://host' || i || '.example/feed', '"v1"', NULL
FROM generate_series(1, $1::int) i`,
		`INSERT INTO river_job (state, attempt, max_attempts, scheduled_at, args, kind, queue)
SELECT 'scheduled', 0, 30000, now() + INTERVAL '6 hours' * random() + INTERVAL '2 hours', jsonb_build_object('key', 'host' || i || '.example'), 'poll', 'poll'
FROM generate_series(1, $1::int) i`,
	} {
		if _, err := db.ExecContext(ctx, text, keys); err != nil {
			return err
		}
	}
	_, err := db.ExecContext(ctx, `VACUUM ANALYZE`)
	fmt.Printf("%d domains, each with a source and a job that sleeps\n", keys)
	return err
}

func measureQueue(ctx context.Context, store *storage.Store, pool *pgxpool.Pool, db *sql.DB, due int, idle time.Duration) error {
	pid, err := serverOf(ctx, db)
	if err != nil {
		return err
	}
	began, cpu := time.Now(), cpuOfServer(pid)
	missing, err := store.KeysWithoutJob(ctx, "poll")
	if err != nil {
		return err
	}
	fmt.Printf("look for domains without a job: %d found in %.2fs, %.2fs CPU of PostgreSQL\n", len(missing), time.Since(began).Seconds(), (cpuOfServer(pid) - cpu).Seconds())
	passed := make(chan struct{}, due)
	none := aggregator.New(aggregator.Options{Archive: store, Now: time.Now})
	w, err := workers.New(workers.Options{
		Pool: pool, Store: store, Workers: 128, Timeout: 30 * time.Second, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		Alone: func(context.Context) (func(), bool, error) { return func() {}, true, nil },
		Newsroom: func() workers.Newsroom {
			return workers.Newsroom{Aggregator: none, Policy: schedule.Default(), Sources: func(string) []news.Source { return nil }}
		},
		Away:    func(error) {},
		Observe: func(workers.Pass) { passed <- struct{}{} },
	})
	if err != nil {
		return err
	}
	working, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(working) }()
	if err := pause(ctx, 10*time.Second); err != nil { // the start is over
		end()
		return err
	}
	began, cpu = time.Now(), cpuOfServer(pid)
	if err := pause(ctx, idle); err != nil {
		end()
		return err
	}
	fmt.Printf("an idle worker: %.1f%% of a core of PostgreSQL\n", 100*(cpuOfServer(pid)-cpu).Seconds()/time.Since(began).Seconds())
	if _, err := db.ExecContext(ctx, `UPDATE river_job SET state = 'available', scheduled_at = now() WHERE id IN (SELECT id FROM river_job ORDER BY id LIMIT $1)`, due); err != nil {
		end()
		return err
	}
	began, cpu = time.Now(), cpuOfServer(pid)
	for range due {
		select {
		case <-passed:
		case <-ctx.Done():
		}
	}
	fmt.Printf("%d jobs passed: %.0f/s, %v CPU of PostgreSQL each\n", due, float64(due)/time.Since(began).Seconds(), ((cpuOfServer(pid) - cpu) / time.Duration(due)).Round(10*time.Microsecond))
	end()
	return <-ended
}
