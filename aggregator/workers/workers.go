// Package workers shares the polls out among several processes, by a queue of
// River (github.com/riverqueue/river) in the PostgreSQL that holds the news.
//
// It decides who polls: there is one job for each politeness key, which polls
// what is due of it and then sleeps until the next source of the key is. The
// job's row never ends, and since it is unique, it is the lock of that key
// among all machines. It does not decide when a source is due: that is stored
// with the source, by the same function that a single process polls with
// ([aggregator.Aggregator.RunKey]).
//
// It is a package of its own because a newsroom with one process needs nothing
// of it, and because everything that is true of many machines only (jobs of
// dead workers, results that come too late, keys that nobody asks) should be
// read in one place.
package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// Store is what the workers need of the database beyond what a poll does.
type Store interface {
	aggregator.Archive
	// KeyStates returns the states of the sources of a key, and those of former
	// ones.
	KeyStates(ctx context.Context, key string) (states, former []news.SourceState, err error)
	// CommitPollIf stores a poll in a transaction in which may returned no error.
	CommitPollIf(ctx context.Context, may func(context.Context, pgx.Tx) error, r news.PollResult) error
	// KeysWithoutJob returns keys with sources to be asked and no live job.
	KeysWithoutJob(ctx context.Context, kind string) ([]string, error)
	// Rhythms returns what the schedule remembers of about most sources.
	Rhythms(ctx context.Context, most int) ([][]byte, error)
	// ForgetTurns forgets turns of politeness keys that ended long ago.
	ForgetTurns(ctx context.Context) error
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// Newsroom is what a worker works by at the moment.
type Newsroom struct {
	Aggregator *aggregator.Aggregator
	Sources    func(key string) []news.Source // the active list's sources of a key
	Policy     schedule.Policy                // as configured, not balanced
	Gap        time.Duration                  // between two requests to a key
}

// Options configures [New]. All but Observe are required.
type Options struct {
	Pool     *pgxpool.Pool // of the database of the Store
	Store    Store
	Newsroom func() Newsroom // asked at the start of each job
	Workers  int             // jobs under way in this process
	Timeout  time.Duration   // of one request, from which that of a job is derived
	Now      func() time.Time
	Logger   *slog.Logger
	// Alone keeps the other processes from what one at a time does, until unlock
	// is called; ok says whether it could.
	Alone func(context.Context) (unlock func(), ok bool, err error)
	// Away is told that the database did not answer, every second or two for as
	// long as it does not, instead of the log.
	Away    func(error)
	Observe func(Pass) // called after each job, by several goroutines; may be nil
}

// Pass is one turn of a job.
type Pass struct {
	Key  string
	Sum  aggregator.Summary
	Late time.Duration // how long after it was due the job began
	Took time.Duration
	Err  error // nil also when a source failed, which is nothing of the job's
}

// Workers polls what the queue gives this process.
type Workers struct {
	o       Options
	client  *river.Client[pgx.Tx]
	limits  limits
	ending  chan struct{} // closed when no further poll is to begin
	balance balance
}

// pollQueue is the one queue of the polls: each more costs every idle worker.
const pollQueue = "poll"

// How long what has ended stays for people to look at. A live job never ends,
// so these are few; a table with many dead rows would hold the scheduler up.
const (
	keepEnded  = 10 * time.Minute
	keepFailed = 24 * time.Hour
)

// New returns workers that do not work yet.
func New(o Options) (*Workers, error) {
	w := &Workers{o: o, limits: limitsFor(o.Timeout), ending: make(chan struct{})}
	bundle := river.NewWorkers()
	if err := errors.Join(
		river.AddWorkerSafely(bundle, &pollWorker{w: w}),
		river.AddWorkerSafely(bundle, &nudgeWorker{w: w}),
	); err != nil {
		return nil, fmt.Errorf("set up the workers: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(o.Pool), &river.Config{
		Queues:  map[string]river.QueueConfig{pollQueue: {MaxWorkers: o.Workers}},
		Workers: bundle, Logger: slog.New(quietHandler{o.Logger.Handler(), o.Away}),
		JobTimeout: w.limits.job, RescueStuckJobsAfter: w.limits.rescue, RetryPolicy: soon{},
		FetchCooldown: 20 * time.Millisecond, FetchPollInterval: time.Second,
		CompletedJobRetentionPeriod: keepEnded, CancelledJobRetentionPeriod: keepEnded, DiscardedJobRetentionPeriod: keepFailed,
		SoftStopTimeout: softStop,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the queue: %w", err)
	}
	w.client = client
	return w, nil
}

// Migrate makes the tables of the queue, or brings them up to date. One process
// at a time may do so: see [Store].
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err != nil {
		return fmt.Errorf("make the tables of the queue: %w", err)
	}
	return nil
}

// softStop is how long jobs may go on once the process is told to end: a poll
// that is under way ends, and no other begins.
const softStop = 5 * time.Second

// hardStop is how long it may take after that to hand the jobs back.
const hardStop = 10 * time.Second

// Run works until ctx ends, then ends the polls that are under way or hands
// their jobs back. The error is nil unless the queue could not be worked at.
func (w *Workers) Run(ctx context.Context) error {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if err := w.tend(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	if err := w.client.Start(working); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			err := w.tend(ctx)
			switch {
			case err == nil || ctx.Err() != nil:
			case isAway.MatchString(err.Error()):
				w.o.Away(err)
			default:
				w.o.Logger.LogAttrs(ctx, slog.LevelError, "keys without a job were not looked for", slog.Any("err", err))
			}
		}
	}
	close(w.ending)
	end, stop := context.WithTimeout(context.WithoutCancel(ctx), softStop+hardStop)
	defer stop()
	if err := w.client.Stop(end); err != nil {
		return fmt.Errorf("end the workers: %w", err)
	}
	return nil
}

// limits bound one turn of a job. A request of a worker that froze can come
// late by no more than these; what it brings is refused.
type limits struct {
	begin  time.Duration // no poll begins later
	job    time.Duration // its context ends
	rescue time.Duration // it is given to another worker
}

// limitsFor derives them from how long a request may take: a poll is most often
// one, at times some (redirects, older pages).
func limitsFor(timeout time.Duration) limits {
	begin := min(timeout, 15*time.Second)
	job := begin + 3*timeout
	return limits{begin: begin, job: job, rescue: job + max(timeout/2, 2*time.Second)}
}
