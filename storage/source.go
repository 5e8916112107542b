package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/news"
)

// sourceRow is what the table mirrors of the configuration.
type sourceRow struct {
	id      int64
	config  string
	rank    int
	removed bool
	key     string // politeness key
	address string // "": it is not asked by itself
}

// SyncSources makes the table of sources mirror the configuration: new and
// changed ones are written, absent ones are marked as removed and keep their
// items and state. When nothing differs, nothing is written. A changed rank
// counts for a story from its next change on.
func (s *Store) SyncSources(ctx context.Context, sources []news.Source) error {
	const what = "sync sources"
	have, err := sourceRows(ctx, brief{s.read})
	if err != nil {
		return s.wrap(what, err)
	}
	for name, row := range have {
		s.names.learnSource(name, row.id) // or each poll would look it up
	}
	if s.mirrored(have, sources) {
		return nil
	}
	want, order := map[string]sourceRow{}, make([]string, 0, len(sources))
	for _, src := range sources {
		if _, twice := want[src.ID]; twice {
			return fmt.Errorf("%s: source %q: %w", what, src.ID, news.ErrConflict)
		}
		row, err := s.mirror(src)
		if err != nil {
			return fmt.Errorf("%s: source %q: %w", what, src.ID, err)
		}
		want[src.ID] = row
		order = append(order, src.ID)
	}
	ids := map[string]int64{}
	err = s.writeAlone(ctx, what, func(t *txn) error {
		have, err := sourceRows(ctx, t)
		if err != nil {
			return err
		}
		var keys []string
		for _, name := range diffSources(have, want, order) {
			row, ok := want[name]
			if !ok {
				row = have[name]
				row.removed, row.address = true, ""
			}
			keys = append(keys, row.key)
			if _, err := t.exec(`
INSERT INTO source (name, config, rank, removed, key, address) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (name) DO UPDATE SET config = excluded.config, rank = excluded.rank, removed = excluded.removed,
  key = excluded.key, address = excluded.address`,
				name, row.config, row.rank, row.removed, row.key, row.address); err != nil {
				return fmt.Errorf("source %q: %w", name, err)
			}
			if row.removed {
				if err := t.dropPreview(name); err != nil {
					return fmt.Errorf("preview of source %q: %w", name, err)
				}
			}
		}
		if err := t.due(keys); err != nil {
			return err
		}
		return each(ctx, t, func(rows *rows) error {
			var name string
			var id int64
			err := rows.Scan(&name, &id)
			ids[name] = id
			return err
		}, `SELECT name, id FROM source`)
	})
	if err != nil {
		return err
	}
	for name, id := range ids {
		s.names.learnSource(name, id)
	}
	return nil
}

// mirrored reports whether the table has the sources as they are, and no others.
// It takes out of have what it has found. Most often nothing differs, so it makes
// no rows.
func (s *Store) mirrored(have map[string]sourceRow, sources []news.Source) bool {
	var config bytes.Buffer
	encoder := json.NewEncoder(&config)
	for _, src := range sources {
		row, ok := have[src.ID]
		if !ok { // or it is there twice, which the longer way tells
			return false
		}
		delete(have, src.ID)
		want := s.columns(src)
		want.id, want.config = row.id, row.config
		src.Headers = nil
		config.Reset()
		if encoder.Encode(src) != nil || row != want || string(bytes.TrimSuffix(config.Bytes(), []byte("\n"))) != row.config {
			return false
		}
	}
	for _, row := range have {
		if !row.removed {
			return false
		}
	}
	return true
}

// mirror returns the row of a source. Request headers stay out of the
// database: they may hold secrets.
func (s *Store) mirror(src news.Source) (sourceRow, error) {
	row := s.columns(src)
	src.Headers = nil
	config, err := json.Marshal(src)
	row.config = string(config)
	return row, err
}

// columns is mirror without the configuration as a whole.
func (s *Store) columns(src news.Source) sourceRow {
	row := sourceRow{rank: src.Rank}
	if s.opt.Key != nil {
		row.key = s.opt.Key(src.URL)
	}
	if src.Polled() || src.Status == news.Proposed {
		row.address = src.URL
	}
	return row
}

func sourceRows(ctx context.Context, q querier) (map[string]sourceRow, error) {
	have := map[string]sourceRow{}
	err := each(ctx, q, func(rows *rows) error {
		var name string
		var row sourceRow
		if err := rows.Scan(&name, &row.id, &row.config, &row.rank, &row.removed, &row.key, &row.address); err != nil {
			return err
		}
		have[name] = row
		return nil
	}, `SELECT name, id, config, rank, removed, key, address FROM source ORDER BY id`)
	return have, err
}

// diffSources returns the sources to write: those that are new or changed,
// in the order of the configuration, then those to mark as removed.
func diffSources(have, want map[string]sourceRow, order []string) []string {
	var names []string
	for _, name := range order {
		row, ok := have[name]
		row.id = 0
		if !ok || row != want[name] {
			names = append(names, name)
		}
	}
	for name, row := range have {
		if _, ok := want[name]; !ok && !row.removed {
			names = append(names, name)
		}
	}
	return names
}

// States returns what the polls taught us of every source that is in the
// configuration, in the order in which they came into it.
func (s *Store) States(ctx context.Context) ([]news.SourceState, error) {
	return s.states(ctx, s.names.count(), "removed = FALSE")
}

// FormerStates is [Store.States] of the sources that have left the
// configuration: their servers remember our visits, whatever a source is
// called by now.
func (s *Store) FormerStates(ctx context.Context) ([]news.SourceState, error) {
	return s.states(ctx, 0, "removed = TRUE")
}

// StatesSince returns what polls have taught us of sources since a row of the
// ledger, those that have left the configuration included, and the latest row:
// whoever keeps what it returned, and asks again with that row, has the states
// of all of them without reading all of them. With 0 it returns every one.
func (s *Store) StatesSince(ctx context.Context, row int64) (states []news.SourceState, last int64, err error) {
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&last) }, `SELECT COALESCE(MAX(id), 0) FROM poll`)
	switch {
	case err != nil:
		return nil, row, s.wrap("read the ledger", err)
	case row == 0:
		states, err = s.states(ctx, s.names.count(), "TRUE")
	case last > row:
		states, err = s.states(ctx, 0, "id IN (SELECT source_id FROM poll WHERE poll.id > $1)", row)
	}
	return states, last, err
}

// states reads those of the sources of which where is true: about as many as
// room says.
func (s *Store) states(ctx context.Context, room int, where string, args ...any) ([]news.SourceState, error) {
	var states []news.SourceState
	if room > 0 {
		states = make([]news.SourceState, 0, room)
	}
	err := each(ctx, s.read, func(rows *rows) error {
		var st news.SourceState
		var since, due, poll, ok, fresh, notBefore, busy, confirmed, answer int64
		if err := rows.Scan(&st.Source, &st.URL, &st.Moved, &since, &st.MovedSeen, &st.ETag, &st.LastModified,
			&st.BodyHash, &due, &st.NextWhy, &poll, &ok, &fresh, &st.Failures, &st.Error, &st.Gone, &st.Rhythm,
			&notBefore, &busy, &confirmed, &st.Learned, &st.Sought, &st.Proposal, &st.Hub, &st.Topic, &answer); err != nil {
			return err
		}
		st.Answer = time.Duration(answer) * time.Millisecond
		st.NotBefore, st.Busy, st.Confirmed = fromStamp(notBefore), fromStamp(busy), fromStamp(confirmed)
		st.MovedSince, st.NextDue, st.LastPoll = fromStamp(since), fromStamp(due), fromStamp(poll)
		st.LastOK, st.LastNew = fromStamp(ok), fromStamp(fresh)
		states = append(states, st)
		return nil
	}, `
SELECT name, url, moved, moved_since, moved_seen, etag, last_modified, body_hash, next_due, next_why,
  last_poll, last_ok, last_new, failures, error, gone, rhythm, not_before, busy, confirmed, learned, sought, proposal, hub, topic, answer
FROM source WHERE `+where+` ORDER BY id`, args...)
	return states, s.wrap("list source states", err)
}

// saveState writes what a poll taught us of its source, in the transaction
// of the items that its validators vouch for (S40).
func (t *txn) saveState(id int64, st news.SourceState) error {
	_, err := t.exec(`
UPDATE source SET url = $1, moved = $2, moved_since = $3, moved_seen = $4, etag = $5, last_modified = $6,
  body_hash = $7, next_due = $8, next_why = $9, last_poll = $10, last_ok = $11, last_new = $12,
  failures = $13, error = $14, gone = $15, rhythm = $16, not_before = $17, busy = $18, confirmed = $19,
  learned = $20, sought = $21, proposal = $22, hub = $23, topic = $24, answer = $25
WHERE id = $26`,
		st.URL, st.Moved, stamp(st.MovedSince), st.MovedSeen, st.ETag, st.LastModified,
		st.BodyHash, stamp(st.NextDue), st.NextWhy, stamp(st.LastPoll), stamp(st.LastOK), stamp(st.LastNew),
		st.Failures, st.Error, st.Gone, st.Rhythm, stamp(st.NotBefore), stamp(st.Busy), stamp(st.Confirmed),
		st.Learned, st.Sought, st.Proposal, st.Hub, st.Topic, st.Answer.Milliseconds(), id)
	return err
}
