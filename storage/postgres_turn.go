package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// turnConns is how many connections of a process take turns at once.
const turnConns = 4

// takeTurn books a turn from now on for $2 microseconds, by the server's clock,
// and returns its end; where another's has not ended, how long that takes.
const takeTurn = `
WITH clock AS (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now),
took AS (
  INSERT INTO turn (key, until) SELECT CAST($1 AS TEXT), now + CAST($2 AS BIGINT) FROM clock
  ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE turn.until <= (SELECT now FROM clock)
  RETURNING until
)
SELECT until, 0 FROM took
UNION ALL SELECT 0, GREATEST(turn.until - now, 1) FROM turn, clock WHERE turn.key = $1 AND NOT EXISTS (SELECT 1 FROM took)`

// giveTurn ends a turn that is still ours; the next begins $2 microseconds on.
const giveTurn = `
UPDATE turn SET until = CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) + CAST($2 AS BIGINT) WHERE key = $1 AND until = $3`

// turnRetry is the longest pause before a turn is asked for again: whoever has
// it may give it back long before it would end by itself.
const turnRetry = 250 * time.Millisecond

// TakeTurn waits until nobody, on any machine, has the turn of a politeness
// key, and takes it for at most lease. give ends it; the next begins no earlier
// than gap later. A process that is killed leaves its turn to end by itself.
// PostgreSQL only: one process needs no such thing.
func (s *Store) TakeTurn(ctx context.Context, key string, lease, gap time.Duration) (give func(), err error) {
	what := "wait for the turn of " + key
	if s.dialect.file {
		return nil, fmt.Errorf("%s: only PostgreSQL keeps turns", what)
	}
	db, err := s.turnPool()
	if err != nil {
		return nil, s.wrap(what, err)
	}
	for {
		var until, wait int64
		err := db.QueryRowContext(ctx, takeTurn, key, lease.Microseconds()).Scan(&until, &wait)
		if err == sql.ErrNoRows { // it was made while we looked
			continue
		}
		if err != nil {
			return nil, s.wrap(what, err)
		}
		if wait == 0 {
			return func() {
				// Whatever ended what it was for: others wait for it.
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				defer cancel()
				db.ExecContext(ctx, giveTurn, key, gap.Microseconds(), until)
			}, nil
		}
		select {
		case <-time.After(min(time.Duration(wait)*time.Microsecond, turnRetry)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// forgetTurns removes what ended an hour ago: hosts that a redirect led to once
// would stay for good.
const forgetTurns = `
DELETE FROM turn WHERE until < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) - 3600000000`

// ForgetTurns forgets turns that ended more than an hour ago. PostgreSQL only.
func (s *Store) ForgetTurns(ctx context.Context) error {
	const what = "forget old turns"
	if s.dialect.file {
		return fmt.Errorf("%s: only PostgreSQL keeps turns", what)
	}
	db, err := s.turnPool()
	if err == nil {
		_, err = db.ExecContext(ctx, forgetTurns)
	}
	return s.wrap(what, err)
}

// turnPool returns the pool that turns are taken by.
func (s *Store) turnPool() (*sql.DB, error) {
	s.locking.Lock()
	defer s.locking.Unlock()
	if s.turns == nil {
		db, err := s.dialect.open(s.dsn, s.opt, forTurns)
		if err != nil {
			return nil, err
		}
		s.turns = db
	}
	return s.turns, nil
}
