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
	bytes int
	alone bool // has a transaction of its own
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
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	failed  error     // why the last transaction could not be written
	retryAt time.Time // until then, callers are answered with failed
}

// holdOff is how long a full disk or a locked file is believed without
// trying again, so that a thousand queued polls fail once and not one by one.
const holdOff = 5 * time.Second

func newWriter(s *Store, db *sql.DB) *writer {
	w := &writer{s: s, db: db, jobs: make(chan *job, 1024), ctx: context.Background(), idle: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	go w.loop()
	return w
}

// write queues a call and waits for its commit. A context that ends before
// the call's turn comes leaves nothing written; after that the call is
// carried out, and the answer is the truth.
func (s *Store) write(ctx context.Context, what string, bytes int, run func(*txn) error) error {
	return s.queue(ctx, &job{what: what, bytes: bytes, run: run})
}

// writeAlone is write for calls that touch much of the archive. A savepoint
// keeps a copy of every page that it changes, in a list that SQLite walks for
// every statement: fine for a poll, quadratic for ten thousand placements.
func (s *Store) writeAlone(ctx context.Context, what string, run func(*txn) error) error {
	return s.queue(ctx, &job{what: what, alone: true, run: run})
}

func (s *Store) queue(ctx context.Context, j *job) error {
	what := j.what
	if s.writer == nil {
		return s.wrap(what, ErrReadOnly)
	}
	j.done = make(chan error, 1) // buffered: the writer never waits for a caller
	if err := s.writer.send(ctx, j); err != nil {
		return s.wrap(what, err)
	}
	select {
	case err := <-j.done:
		return s.wrap(what, err)
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, abandoned) {
			return s.wrap(what, ctx.Err())
		}
		return s.wrap(what, <-j.done)
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
	w.drop()
	return w.db.Close()
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

// gather collects the calls that share a transaction. A call that comes alone
// is not kept waiting; when several came together, more are probably on their
// way.
func (w *writer) gather(first *job) []*job {
	batch, bytes := []*job{first}, first.bytes
	var timeout <-chan time.Time
	for len(batch) < w.s.opt.BatchPolls && bytes < w.s.opt.BatchBytes {
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return batch
			}
			batch, bytes = append(batch, j), bytes+j.bytes
			continue
		default:
		}
		if len(batch) == 1 {
			return batch
		}
		if timeout == nil {
			timer := time.NewTimer(w.s.opt.BatchDelay)
			defer timer.Stop()
			timeout = timer.C
		}
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return batch
			}
			batch, bytes = append(batch, j), bytes+j.bytes
		case <-timeout:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction and answers every caller.
func (w *writer) commit(batch []*job) {
	if w.failed != nil && time.Now().Before(w.retryAt) {
		answer(batch, nil, w.failed)
		return
	}
	errs, err := w.transact(batch)
	answer(batch, errs, err)
	w.failed = nil
	if err == nil {
		return
	}
	// Whatever went wrong, start the next transaction on a new connection:
	// nothing of this one can be left over there.
	w.drop()
	switch reason := w.s.dialect.classify(w.s.path, err); reason {
	case nil:
	case ErrDamaged:
		w.failed, w.retryAt = err, time.Now().Add(365*24*time.Hour)
	default:
		w.failed, w.retryAt = err, time.Now().Add(holdOff)
	}
}

// answer tells every caller how its call ended: with its own error, if it
// has one, or else with that of the whole transaction.
func answer(batch []*job, errs map[*job]error, err error) {
	for _, j := range batch {
		if own := errs[j]; own != nil {
			j.done <- own
		} else {
			j.done <- err
		}
	}
}

// transact returns the errors of single calls, which leave the others
// untouched, and the error that took the whole transaction down.
func (w *writer) transact(batch []*job) (map[*job]error, error) {
	if err := w.connect(); err != nil {
		return nil, err
	}
	if _, err := w.conn.ExecContext(w.ctx, w.s.dialect.begin); err != nil {
		return nil, err
	}
	t := &txn{w: w, names: w.s.names, fresh: map[cut]int64{}}
	errs := map[*job]error{}
	for _, j := range batch {
		if !j.state.CompareAndSwap(waiting, claimed) {
			continue // its caller has gone
		}
		var err error
		if len(batch) == 1 {
			err = t.call(j) // no savepoint: what fails is rolled back as a whole
		} else {
			err = t.callApart(j)
		}
		if err == nil {
			continue
		}
		errs[j] = err
		fatal := w.s.dialect.classify(w.s.path, err) != nil || errors.Is(err, errBroken)
		if fatal || len(batch) == 1 {
			_, back := w.conn.ExecContext(w.ctx, "ROLLBACK")
			if fatal || back != nil {
				return nil, err
			}
			return errs, nil
		}
	}
	if _, err := w.conn.ExecContext(w.ctx, "COMMIT"); err != nil {
		w.conn.ExecContext(w.ctx, "ROLLBACK")
		return errs, err
	}
	t.names.learn(t.fresh)
	return errs, nil
}

// errBroken marks a transaction that cannot go on.
var errBroken = errors.New("transaction broke")

// call runs a call.
func (t *txn) call(j *job) error {
	if err := j.run(t); err != nil {
		return err
	}
	return t.flush()
}

// callApart runs a call in a savepoint, so that its failure takes nothing
// else back.
func (t *txn) callApart(j *job) error {
	if _, err := t.exec("SAVEPOINT call"); err != nil {
		return errors.Join(errBroken, err)
	}
	before := len(t.undo)
	err := t.call(j)
	if err != nil {
		t.forget(before)
		if _, back := t.exec("ROLLBACK TO call"); back != nil {
			return errors.Join(errBroken, err, back)
		}
	}
	if _, rel := t.exec("RELEASE call"); rel != nil {
		return errors.Join(errBroken, err, rel)
	}
	return err
}

func (w *writer) connect() error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Conn(w.ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	w.conn = conn
	return nil
}

// drop closes the connection for good, and with it what it had prepared.
func (w *writer) drop() {
	for text, st := range w.stmts {
		st.Close()
		delete(w.stmts, text)
	}
	if w.conn == nil {
		return
	}
	w.conn.Raw(func(any) error { return errBadConn })
	w.conn.Close()
	w.conn = nil
}
