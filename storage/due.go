package storage

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/rightswire/rightswire/news"
)

// KeyStates returns what polls taught us of the sources of one politeness key:
// of those in the configuration, and of those that have left it. It is
// [Store.States] and [Store.FormerStates] for whoever polls one key.
func (s *Store) KeyStates(ctx context.Context, key string) (states, former []news.SourceState, err error) {
	if states, err = s.states(ctx, 0, "key = $1 AND removed = FALSE", key); err != nil {
		return nil, nil, err
	}
	former, err = s.states(ctx, 0, "key = $1 AND removed = TRUE", key)
	return states, former, err
}

// Rhythms returns what the schedule remembers of the sources that are asked by
// themselves: of all, or of about most of them, evenly spread over the list.
func (s *Store) Rhythms(ctx context.Context, most int) (rhythms [][]byte, err error) {
	const what = "read how often sources have news"
	all := 0
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&all) }, `SELECT COUNT(*) FROM source WHERE address <> ''`)
	if err != nil {
		return nil, s.wrap(what, err)
	}
	err = each(ctx, s.read, func(rows *rows) error {
		var b []byte
		err := rows.Scan(&b)
		rhythms = append(rhythms, b)
		return err
	}, `SELECT rhythm FROM source WHERE address <> '' AND id % $1 = 0 AND rhythm IS NOT NULL ORDER BY id`, max(1, (all+most-1)/max(most, 1)))
	return rhythms, s.wrap(what, err)
}

// KeysWithoutJob returns the politeness keys with sources to be asked for which
// the queue of River has no job of a kind that is alive: what was lost between
// the two, should that ever happen. PostgreSQL alone has the queue.
func (s *Store) KeysWithoutJob(ctx context.Context, kind string) (keys []string, err error) {
	err = each(ctx, s.read, func(rows *rows) error {
		var key string
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	}, `
SELECT key FROM source WHERE address <> ''
EXCEPT SELECT args ->> 'key' FROM river_job
WHERE kind = $1 AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`, kind)
	return keys, s.wrap("look for keys that nobody asks", err)
}

// CommitPollIf is [Store.CommitPoll] in a transaction in which may returned no
// error before; else nothing is stored, and the error is that one. It is how a
// worker that was given up while it worked is kept from writing what another
// has written since. PostgreSQL only.
func (s *Store) CommitPollIf(ctx context.Context, may func(context.Context, pgx.Tx) error, r news.PollResult) error {
	return s.commitPoll(ctx, r, func(t *txn) error { return t.joined(func(tx pgx.Tx) error { return may(t.w.ctx, tx) }) })
}

// due tells [Options].Due of keys.
func (t *txn) due(keys []string) error {
	due := t.w.s.opt.Due
	if due == nil || t.w.s.dialect.file || len(keys) == 0 {
		return nil
	}
	seen, once := map[string]bool{}, make([]string, 0, len(keys))
	for _, key := range keys {
		if key != "" && !seen[key] {
			seen[key] = true
			once = append(once, key)
		}
	}
	if err := t.joined(func(tx pgx.Tx) error { return due(t.w.ctx, tx, once) }); err != nil {
		return fmt.Errorf("jobs of the polls: %w", err)
	}
	return nil
}
