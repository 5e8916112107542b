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
	"github.com/riverqueue/river/rivertype"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/news"
)

// pollArgs are those of the one job of a politeness key.
type pollArgs struct {
	Key string `json:"key" river:"unique"`
}

// pollKind names the jobs in the queue's table.
const pollKind = "poll"

// Kind implements [river.JobArgs].
func (pollArgs) Kind() string { return pollKind }

// alive are the states of a job that will be worked at again.
var alive = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// manyAttempts is as good as any number: a job that is worked at for years must
// not be given up because its workers were killed some dozens of times.
const manyAttempts = 30_000

// InsertOpts implements [river.JobArgsWithInsertOpts].
func (pollArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: pollQueue, MaxAttempts: manyAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive}}
}

// pollWorker polls what is due of a key.
type pollWorker struct {
	river.WorkerDefaults[pollArgs]
	w *Workers
}

// How long a job sleeps at least and at most. One of which nothing is due any
// more, such as that of a feed that is gone for good, looks once in a while.
const (
	minSleep = time.Second
	maxSleep = 24 * time.Hour
	cutSleep = time.Minute
	// listSleep is how soon a job is worked at again that has met a worker whose
	// list of sources is not the one in the database: it has not read the
	// changed one yet, or another machine has an older one.
	listSleep = 20 * time.Second
)

// Work implements [river.Worker]. That a source fails is not the job's error:
// the schedule has backed off already. An error is trouble of ours, and the job
// is tried again soon.
func (p *pollWorker) Work(ctx context.Context, job *river.Job[pollArgs]) error {
	w := p.w
	began := w.o.Now()
	room := w.o.Newsroom()
	sources, archive := room.Sources(job.Args.Key), &keyArchive{Store: w.o.Store, key: job.Args.Key, job: job.JobRow}
	until := began.Add(w.limits.begin)
	sum, next, err := room.Aggregator.RunKey(ctx, aggregator.KeyRun{
		Sources: sources, Archive: archive, Policy: w.balance.policy(room.Policy),
		Enough: func() bool { return w.o.Now().After(until) || w.isEnding() },
	})
	if w.o.Observe != nil && ctx.Err() == nil {
		w.o.Observe(Pass{Key: job.Args.Key, Sum: sum, Late: began.Sub(job.ScheduledAt), Took: w.o.Now().Sub(began), Err: err})
	}
	switch {
	case err == nil && archive.hasOthers(sources):
		return river.JobSnooze(min(sleep(sum.Polled > 0, next, w.o.Now(), room.Gap), listSleep))
	case err == nil && len(sources) == 0:
		return nil // they have left the list; who adds one again adds the job
	case err == nil:
		return river.JobSnooze(sleep(sum.Polled > 0, next, w.o.Now(), room.Gap))
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		w.o.Logger.LogAttrs(ctx, slog.LevelWarn, "polls of a domain took too long and are tried again", slog.String("domain", job.Args.Key),
			slog.Duration("after", w.limits.job))
		return river.JobSnooze(cutSleep)
	}
	return err
}

// sleep is how long a job sleeps whose next source is due then. One that has
// more to do than one turn allows lets others have a turn; one that found
// nothing to do although something is due must not spin.
func sleep(polled bool, next, now time.Time, gap time.Duration) time.Duration {
	switch {
	case next.IsZero():
		return maxSleep
	case polled && !next.After(now):
		return gap
	}
	return min(max(next.Sub(now), gap, minSleep), maxSleep)
}

func (w *Workers) isEnding() bool {
	select {
	case <-w.ending:
		return true
	default:
		return false
	}
}

// ErrGivenUp is returned for the result of a job that was given to another
// worker meanwhile: whatever it brought, the other one asks for again.
var ErrGivenUp = errors.New("the job was given to another worker")

// keyArchive is the archive as the job of a key sees it.
type keyArchive struct {
	Store
	key string
	job *rivertype.JobRow

	states, former []news.SourceState // as read last
}

// hasOthers reports whether the database has sources of the key that a list
// lacks.
func (a *keyArchive) hasOthers(sources []news.Source) bool {
	ours := map[string]bool{}
	for _, s := range sources {
		ours[s.ID] = true
	}
	return slices.ContainsFunc(a.states, func(st news.SourceState) bool { return !ours[st.Source] })
}

// States returns the states of the key's sources.
func (a *keyArchive) States(ctx context.Context) (states []news.SourceState, err error) {
	a.states, a.former, err = a.KeyStates(ctx, a.key)
	return slices.Clone(a.states), err
}

// FormerStates returns those that were read with the last States.
func (a *keyArchive) FormerStates(context.Context) ([]news.SourceState, error) { return a.former, nil }

// CommitPoll stores a poll only if the job is still this worker's: a process
// that was frozen must not write over what another one has stored since.
func (a *keyArchive) CommitPoll(ctx context.Context, r news.PollResult) error {
	return a.CommitPollIf(ctx, a.isOurs, r)
}

// isOurs keeps the job as it is until the transaction ends, or returns
// [ErrGivenUp]. When it was attempted last tells this attempt from another.
func (a *keyArchive) isOurs(ctx context.Context, tx pgx.Tx) error {
	one := 0
	err := tx.QueryRow(ctx, `SELECT 1 FROM river_job WHERE id = $1 AND state = 'running' AND attempted_at = $2 FOR SHARE`,
		a.job.ID, a.job.AttemptedAt).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w (domain %s)", ErrGivenUp, a.key)
	}
	return err
}

// soon tries failed jobs again in a little while, however often they failed:
// that is trouble with the database, and not with what was asked.
type soon struct{}

// NextRetry implements [river.ClientRetryPolicy].
func (soon) NextRetry(job *rivertype.JobRow) time.Time {
	if len(job.Errors) > 0 && job.State != rivertype.JobStateRunning {
		return time.Now().Add(5 * time.Second)
	}
	return time.Now().Add(time.Second)
}
