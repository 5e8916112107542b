package storage

import (
	"errors"
	"fmt"
	"time"
)

// holdOff is how long a full disk or a locked file is believed without
// trying again, so that a thousand queued polls fail once and not one by one.
const holdOff = 5 * time.Second

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
//
// Calls hardly ever fail, and a savepoint for each costs more than what a poll
// without news writes. So all run without one first; if one fails half way,
// everything is taken back and run again, each in a savepoint.
func (w *writer) transact(batch []*job) (map[*job]error, error) {
	live := make([]*job, 0, len(batch))
	for _, j := range batch {
		if j.state.CompareAndSwap(waiting, claimed) {
			live = append(live, j) // the caller of any other has gone
		}
	}
	errs, err := w.persist(live, (*txn).callPlain)
	if err == errHalfDone && len(live) > 1 {
		errs, err = w.persist(live, (*txn).callApart)
	}
	if err == errHalfDone {
		err = nil // the only call, and all of it was taken back
	}
	return errs, err
}

// persistence is how often a transaction is tried that fails for a reason which
// may have gone, such as a server that is started anew; the pause before the
// next try grows.
const persistence = 4

// persist is attempt, and again where nothing was written and that may help.
func (w *writer) persist(batch []*job, call func(*txn, *job) error) (map[*job]error, error) {
	for n := 1; ; n++ {
		errs, err := w.attempt(batch, call)
		if n == persistence || w.s.dialect.again == nil || !w.s.dialect.again(err) {
			return errs, err
		}
		w.drop()
		time.Sleep(time.Duration(n*n) * 50 * time.Millisecond)
	}
}

// attempt runs calls in one transaction. It returns errHalfDone, with nothing
// written, if one of them failed and left something behind.
func (w *writer) attempt(batch []*job, call func(*txn, *job) error) (map[*job]error, error) {
	if err := w.connect(); err != nil {
		return nil, err
	}
	if err := w.session.run(w.ctx, w.s.dialect.begin(w.s.opt)); err != nil {
		return nil, err
	}
	t := &txn{w: w, names: w.s.names, fresh: map[cut]int64{}, last: map[string]int64{}, polls: w.polls[:0]}
	defer func() { w.polls = t.polls[:0] }()
	errs := map[*job]error{}
	for _, j := range batch {
		err := call(t, j)
		if err == nil {
			continue
		}
		half := errors.Is(err, errHalfDone)
		if half {
			err = errors.Unwrap(err)
		}
		errs[j] = err
		fatal := w.s.dialect.classify(w.s.path, err) != nil || errors.Is(err, errBroken)
		if !fatal && !half {
			continue
		}
		_, back := w.session.conn.ExecContext(w.ctx, "ROLLBACK")
		switch {
		case fatal:
			return nil, err
		case back != nil:
			return nil, errors.Join(err, back)
		}
		return errs, errHalfDone
	}
	if err := t.writePolls(); err != nil {
		w.session.conn.ExecContext(w.ctx, "ROLLBACK")
		if w.s.dialect.classify(w.s.path, err) != nil || len(batch) == 1 {
			return nil, err
		}
		return errs, errHalfDone // whose row it was shows when they run apart
	}
	if err := w.session.run(w.ctx, "COMMIT"); err != nil {
		w.session.conn.ExecContext(w.ctx, "ROLLBACK")
		return errs, commitError{err}
	}
	t.names.learn(t.fresh)
	return errs, nil
}

// errBroken marks a transaction that cannot go on.
var errBroken = errors.New("transaction broke")

// errHalfDone marks the error of a call that wrote something before it failed.
var errHalfDone = errors.New("half done")

// commitError marks an error of the commit itself: it may have been done.
type commitError struct{ error }

func (e commitError) Unwrap() error { return e.error }

// halfDone is that error.
type halfDone struct{ error }

func (h halfDone) Unwrap() error     { return h.error }
func (h halfDone) Is(err error) bool { return err == errHalfDone }

// call runs a call.
func (t *txn) call(j *job) error {
	if err := j.run(t); err != nil {
		return err
	}
	return t.flush()
}

// callPlain runs a call that shares the transaction with others as it is.
func (t *txn) callPlain(j *job) error {
	before, rows := t.wrote, len(t.polls)
	err := t.call(j)
	if err != nil {
		t.polls = t.polls[:rows]
	}
	if err != nil && (t.wrote > before || t.w.s.dialect.spoilt(err)) {
		return halfDone{err}
	}
	return err
}

// callApart runs a call in a savepoint, so that its failure takes nothing
// else back.
func (t *txn) callApart(j *job) error {
	if _, err := t.exec("SAVEPOINT call"); err != nil {
		return errors.Join(errBroken, err)
	}
	before := len(t.undo)
	err := t.call(j)
	if err == nil {
		err = t.writePolls()
	}
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

func (w *writer) connect() (err error) {
	if w.session != nil {
		return nil
	}
	if w.session, err = newSession(w.ctx, w.db, &w.s.dialect); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return nil
}

// drop closes the connection for good, and with it what it had prepared.
func (w *writer) drop() {
	clear(w.lots)
	if w.session != nil {
		w.session.close()
		w.session = nil
	}
}
