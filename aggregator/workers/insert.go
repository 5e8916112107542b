package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// insertLot is how many jobs one statement inserts.
const insertLot = 1000

// Inserter adds jobs in other people's transactions.
type Inserter struct {
	client *river.Client[pgx.Tx]
	later  time.Duration
}

// NewInserter returns an Inserter. timeout is that of a request, as workers
// have it.
func NewInserter(timeout time.Duration) (*Inserter, error) {
	client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("set up the queue: %w", err)
	}
	return &Inserter{client: client, later: limitsFor(timeout).job + 5*time.Second}, nil
}

// Due sees to it that the sources of keys are looked at at once, in the
// transaction that changed them. A key that has a job already is pulled
// forward; where the job is being worked at, it may have looked already, so
// that it is pulled forward again when that is over. A database in which no
// worker has ever worked has no queue, and nothing is done.
func (i *Inserter) Due(ctx context.Context, tx pgx.Tx, keys []string) error {
	var queue *string
	if err := tx.QueryRow(ctx, `SELECT CAST(to_regclass('river_job') AS TEXT)`).Scan(&queue); err != nil || queue == nil {
		return err
	}
	for lot := range slices.Chunk(keys, insertLot) {
		results, err := i.client.InsertManyTx(ctx, tx, jobsFor(lot))
		if err != nil {
			return err
		}
		for _, r := range results {
			if !r.UniqueSkippedAsDuplicate {
				continue
			}
			if r.Job.State == rivertype.JobStateRunning {
				_, err = i.client.InsertTx(ctx, tx, nudgeArgs{Job: r.Job.ID}, &river.InsertOpts{ScheduledAt: time.Now().Add(i.later)})
			} else {
				_, err = i.client.JobRetryTx(ctx, tx, r.Job.ID)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func jobsFor(keys []string) []river.InsertManyParams {
	jobs := make([]river.InsertManyParams, len(keys))
	for i, key := range keys {
		jobs[i] = river.InsertManyParams{Args: pollArgs{Key: key}}
	}
	return jobs
}

// nudgeArgs are those of a job that pulls another one forward.
type nudgeArgs struct {
	Job int64 `json:"job" river:"unique"`
}

// Kind implements [river.JobArgs].
func (nudgeArgs) Kind() string { return "nudge" }

// InsertOpts implements [river.JobArgsWithInsertOpts].
func (nudgeArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: pollQueue, MaxAttempts: 100, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive}}
}

// nudgeWorker pulls jobs forward.
type nudgeWorker struct {
	river.WorkerDefaults[nudgeArgs]
	w *Workers
}

// Work implements [river.Worker].
func (n *nudgeWorker) Work(ctx context.Context, job *river.Job[nudgeArgs]) error {
	other, err := n.w.client.JobGet(ctx, job.Args.Job)
	if err == nil && other.State == rivertype.JobStateScheduled {
		_, err = n.w.client.JobRetry(ctx, job.Args.Job)
	}
	if errors.Is(err, river.ErrNotFound) {
		return nil
	}
	return err
}
