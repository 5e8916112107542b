package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// job is one call that writes, waiting for its turn.
type job struct {
	what  string
	of    string // what is done to it, quoted behind what; "": what says all
	bytes int
	alone bool // has a transaction of its own
	poll  bool // more of its kind are likely, and nobody looks at the clock
	run   func(*txn) error
	state atomic.Int32
	done  chan error
}

// The states of a job: whoever moves it out of waiting owns it, so that a
// caller that gave up knows for certain that nothing was written.
const (
	waiting int32 = iota
	claimed
	abandoned
)

// writer owns the only connection that writes.
type writer struct {
	s    *Store
	db   *sql.DB
	jobs chan *job

	// What has begun is carried out, so statements run without a context
	// that ends; it would also cost a goroutine for each of them.
	ctx  context.Context
	idle chan struct{} // closed when the loop has ended

	mu     sync.RWMutex // guards closed against sends on jobs
	closed bool

	// Only the loop uses these.
	session *session               // nil: not connected
	lots    map[rowsText]*prepared // of the session
	polls   []any                  // room for the ledger's rows of a transaction
	stream  bool                   // polls come one after another
	failed  error                  // why the last transaction could not be written
	retryAt time.Time              // until then, callers are answered with failed
}

func newWriter(s *Store, db *sql.DB) *writer {
	w := &writer{s: s, db: db, jobs: make(chan *job, 1024), ctx: context.Background(), idle: make(chan struct{}),
		lots: map[rowsText]*prepared{}}
	go w.loop()
	return w
}

// write queues a call and waits for its commit. A context that ends before
// the call's turn comes leaves nothing written; after that the call is
// carried out, and the answer is the truth.
func (s *Store) write(ctx context.Context, what string, bytes int, run func(*txn) error) error {
	return s.queue(ctx, &job{what: what, bytes: bytes, run: run})
}

// writeAlone is write for calls that touch much of the archive: others would
// wait for them, and one that fails among them would have them run twice.
func (s *Store) writeAlone(ctx context.Context, what string, run func(*txn) error) error {
	return s.queue(ctx, &job{what: what, alone: true, run: run})
}

func (s *Store) queue(ctx context.Context, j *job) error {
	err := s.await(ctx, j)
	if err == nil || j.of == "" {
		return s.wrap(j.what, err)
	}
	return s.wrap(fmt.Sprintf("%s %q", j.what, j.of), err)
}

// await is queue with the error as it comes.
func (s *Store) await(ctx context.Context, j *job) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	j.done = make(chan error, 1) // buffered: the writer never waits for a caller
	if err := s.writer.send(ctx, j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, abandoned) {
			return ctx.Err()
		}
		return <-j.done
	}
}

func (w *writer) send(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop lets the loop finish what is queued and waits for it.
func (w *writer) stop() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.jobs)
	}
	w.mu.Unlock()
	<-w.idle
}

func (w *writer) close() error {
	var err error
	if w.session != nil && w.failed == nil && w.s.dialect.finish != "" {
		// Closing writes the log back too, but keeps a full disk to itself.
		_, err = w.session.conn.ExecContext(w.ctx, w.s.dialect.finish)
	}
	w.drop()
	return errors.Join(err, w.db.Close())
}

func (w *writer) loop() {
	defer close(w.idle)
	for first := range w.jobs {
		batch := w.gather(first)
		for len(batch) > 0 {
			n := together(batch)
			w.commit(batch[:n])
			batch = batch[n:]
		}
	}
}

// together returns how many jobs at the head of a batch share a transaction.
func together(batch []*job) int {
	for n, j := range batch {
		if j.alone {
			return max(n, 1)
		}
	}
	return len(batch)
}

// How long a transaction waits for more: polls, which come for minutes and which
// nobody waits for, pollDelays times a BatchDelay; and patience times as long at
// most, however fast calls follow one another.
const (
	patience   = 8
	pollDelays = 10
)

// gather collects the calls that share a transaction. A call that comes alone
// is not kept waiting; when several came together, more are probably on their
// way, until none has come for a while. Of polls that is so also when the last
// transaction had several: a page of an index is written once for all of them.
func (w *writer) gather(first *job) []*job {
	batch, bytes, polls := []*job{first}, first.bytes, first.poll
	defer func() {
		if polls {
			w.stream = len(batch) > 1
		}
	}()
	var timer *time.Timer
	var began time.Time
	for len(batch) < w.s.opt.BatchPolls && bytes < w.s.opt.BatchBytes {
		var j *job
		ok := true
		select {
		case j, ok = <-w.jobs:
		default:
			delay := w.s.opt.BatchDelay
			if len(batch) == 1 && !(polls && w.stream) {
				return batch
			}
			if polls {
				delay *= pollDelays
			}
			if timer == nil {
				began, timer = time.Now(), time.NewTimer(delay)
				defer timer.Stop()
			} else if time.Since(began) > patience*delay {
				return batch
			} else {
				timer.Reset(delay)
			}
			select {
			case j, ok = <-w.jobs:
			case <-timer.C:
				return batch
			}
		}
		if !ok {
			return batch
		}
		batch, bytes, polls = append(batch, j), bytes+j.bytes, polls && j.poll
	}
	return batch
}
