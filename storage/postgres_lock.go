package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// lockKey is the number of an advisory lock. They are kept apart by database,
// not by schema: the archive has a database of its own.
func lockKey(name string) int64 { return hash64("rightswire lock " + name) }

// lockPostgres holds an advisory lock in a session of its own. It is free as
// soon as the server sees that the session ended.
func lockPostgres(ctx context.Context, s *Store, name string, wait time.Duration) (func(), error) {
	conn, err := s.lockSession(ctx, name, false, wait)
	if err != nil {
		return nil, err
	}
	return func() { unlockPostgres(conn) }, nil
}

// standBy is how often those ask who wait for a lock for as long as it takes. A
// statement that waited in the server would keep VACUUM from what has died since.
const standBy = 2 * time.Second

// lockSession opens a session and takes a lock in it, which is free when the
// session ends. A negative wait has no end.
func (s *Store) lockSession(ctx context.Context, name string, shared bool, wait time.Duration) (*sql.Conn, error) {
	text := `SELECT pg_try_advisory_lock($1)`
	if shared {
		text = `SELECT pg_try_advisory_lock_shared($1)`
	}
	what := fmt.Sprintf("lock %q of %s", name, s.path)
	pool, err := s.lockPool()
	if err != nil {
		return nil, s.wrap(what, err)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, s.wrap(what, err)
	}
	for end := time.Now().Add(wait); ; {
		ok := false
		if err := conn.QueryRowContext(ctx, text, lockKey(name)).Scan(&ok); err != nil {
			conn.Close()
			return nil, s.wrap(what, err)
		}
		if ok {
			return conn, nil
		}
		pause := min(time.Until(end), lockRetry)
		if wait < 0 {
			pause = standBy
		}
		if pause <= 0 {
			conn.Close()
			return nil, fmt.Errorf("%s: %w", what, ErrHeld)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			conn.Close()
			return nil, s.wrap(what, ctx.Err())
		}
	}
}

// unlockPostgres gives the locks of a session back, and ends it.
func unlockPostgres(conn *sql.Conn) {
	// Now, and not when the server sees that we have gone.
	ctx, cancel := context.WithTimeout(context.Background(), holdCheck)
	defer cancel()
	conn.ExecContext(ctx, `SELECT pg_advisory_unlock_all()`)
	conn.Close()
}

// lockPool returns the pool of the sessions that hold locks.
func (s *Store) lockPool() (*sql.DB, error) {
	s.locking.Lock()
	defer s.locking.Unlock()
	if s.locks == nil {
		db, err := s.dialect.open(s.dsn, s.opt, forLocking)
		if err != nil {
			return nil, err
		}
		s.locks = db
	}
	return s.locks, nil
}
