package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
)

const (
	pollsOf = `
SELECT at, outcome, status, seen, new, note, error FROM poll WHERE source_id = $1 ORDER BY id DESC LIMIT $2`

	firstPollOf = `SELECT at FROM poll WHERE source_id = $1 ORDER BY id LIMIT 1`

	daysOf = `
SELECT published / 86400000000, count(*) FROM item WHERE source_id = $1 AND published >= $2 GROUP BY published / 86400000000`

	latestOf = `
SELECT i.language, b.claimed, i.published, i.first_seen
FROM item i JOIN item_body b ON b.item_id = i.id WHERE i.source_id = $1 ORDER BY i.published DESC LIMIT $2`
)

// EachFacts calls visit with what is known of each of the sources, in their
// order, those that were never synced included. One source is held at a time.
// An error of visit ends it and is returned. Thousands of sources take seconds:
// a page that lists them shows [Store.OpenSpells], which the last look has left.
func (s *Store) EachFacts(ctx context.Context, sources []news.Source, now time.Time, visit func(health.Facts) error) error {
	// Whoever shows one source must not wait for the states of thousands.
	which, args := `removed = FALSE`, []any(nil)
	if len(sources) == 1 {
		which, args = `removed = FALSE AND name = $1`, []any{sources[0].ID}
	}
	states, err := s.states(ctx, 0, which, args...)
	if err != nil {
		return err
	}
	known := make(map[string]*news.SourceState, len(states))
	for i := range states {
		known[states[i].Source] = &states[i]
	}
	for _, src := range sources {
		f := health.Facts{Source: src}
		if st := known[src.ID]; st != nil {
			f.State = *st
			if err := s.facts(ctx, &f, now); err != nil {
				return s.wrap(fmt.Sprintf("read what is known of source %q", src.ID), err)
			}
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// facts adds what the ledger and the archive know of a source. Each query
// reads a range of an index and no more of the ledger than is looked at.
func (s *Store) facts(ctx context.Context, f *health.Facts, now time.Time) error {
	id, err := s.sourceID(ctx, s.read, f.Source.ID)
	if err != nil {
		return err
	}
	if err := each(ctx, s.read, func(rows *rows) error {
		p := news.Poll{Source: f.Source.ID}
		var at int64
		err := rows.Scan(&at, &p.Outcome, &p.Status, &p.Seen, &p.New, &p.Note, &p.Error)
		p.At = fromStamp(at)
		f.Polls = append(f.Polls, p)
		return err
	}, pollsOf, id, health.PollsWanted); err != nil {
		return err
	}
	if err := each(ctx, s.read, func(rows *rows) error {
		var at int64
		err := rows.Scan(&at)
		f.First = fromStamp(at)
		return err
	}, firstPollOf, id); err != nil {
		return err
	}
	if err := each(ctx, s.read, func(rows *rows) error {
		var day int64
		var d health.Day
		err := rows.Scan(&day, &d.Items)
		d.Day = time.Unix(day*86400, 0).UTC()
		f.Days = append(f.Days, d)
		return err
	}, daysOf, id, micros(now.Add(-health.Window))); err != nil {
		return err
	}
	if err := each(ctx, s.read, func(rows *rows) error {
		var l health.Latest
		var published, seen int64
		err := rows.Scan(&l.Language, &l.Claimed, &published, &seen)
		l.Published, l.FirstSeen = fromMicros(published), fromMicros(seen)
		f.Latest = append(f.Latest, l)
		return err
	}, latestOf, id, health.LatestWanted); err != nil {
		return err
	}
	if f.Source.Status != news.Proposed {
		return nil
	}
	return each(ctx, s.read, func(rows *rows) error { return rows.Scan(&f.Preview) },
		`SELECT count(*) FROM preview WHERE source_id = $1`, id)
}

const spellColumns = `SELECT id, source, kind, began, seen, told, ended, worst, finding FROM spell `

// OpenSpells returns the spells that have not ended, in the order in which
// they began: all that was found at the last look, notices too, and what was
// found in the day before it and has been told.
func (s *Store) OpenSpells(ctx context.Context) ([]health.Spell, error) {
	return s.spells(ctx, `WHERE ended = 0 ORDER BY id`)
}

// Spells returns the spells that were told of and go on, or ended after a
// moment; the latest to begin comes first.
func (s *Store) Spells(ctx context.Context, since time.Time, limit int) ([]health.Spell, error) {
	return s.spells(ctx, `WHERE told <> 0 AND (ended = 0 OR ended >= $1) ORDER BY told DESC, id DESC LIMIT $2`, micros(since), limit)
}

func (s *Store) spells(ctx context.Context, tail string, args ...any) (spells []health.Spell, err error) {
	err = each(ctx, s.read, func(rows *rows) error {
		var x health.Spell
		var source, kind, finding string
		var began, seen, told, ended int64
		if err := rows.Scan(&x.ID, &source, &kind, &began, &seen, &told, &ended, &x.Worst, &finding); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(finding), &x.Finding); err != nil {
			return fmt.Errorf("spell %d: %w", x.ID, err)
		}
		x.Began, x.Seen, x.Told, x.Ended = fromStamp(began), fromStamp(seen), fromStamp(told), fromStamp(ended)
		spells = append(spells, x)
		return nil
	}, spellColumns+tail, args...)
	return spells, s.wrap("read spells", err)
}

// spellsKept is how long a spell that has ended is remembered.
const spellsKept = 400 * 24 * time.Hour

// SaveSpells stores the spells that have changed, all of them or none, and
// forgets those that ended long before now, or without a word.
func (s *Store) SaveSpells(ctx context.Context, spells []health.Spell, now time.Time) error {
	return s.write(ctx, "store spells", 512*len(spells), func(t *txn) error {
		for _, x := range spells {
			if !x.Changed {
				continue
			}
			finding, err := json.Marshal(x.Finding)
			if err != nil {
				return err
			}
			args := []any{x.Source, string(x.Kind), stamp(x.Began), stamp(x.Seen), stamp(x.Told), stamp(x.Ended), int(x.Worst), string(finding)}
			text := `INSERT INTO spell (source, kind, began, seen, told, ended, worst, finding) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
			if x.ID != 0 {
				text = `
UPDATE spell SET source = $1, kind = $2, began = $3, seen = $4, told = $5, ended = $6, worst = $7, finding = $8 WHERE id = $9`
				args = append(args, x.ID)
			}
			if _, err := t.exec(text, args...); err != nil {
				return err
			}
		}
		_, err := t.exec(`DELETE FROM spell WHERE ended <> 0 AND (told = 0 OR ended < $1)`, micros(now.Add(-spellsKept)))
		return err
	})
}
