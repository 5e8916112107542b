package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Counts returns how many stories are listed under every value, and how many
// items there are. It reads counters, not stories; the items are counted, by
// a scan of one index.
func (s *Store) Counts(ctx context.Context) (news.Counts, error) {
	c := news.Counts{
		Categories: map[string]int{}, Countries: map[string]int{}, Languages: map[string]int{}, Sources: map[string]int{},
	}
	err := each(ctx, s.read, func(rows *rows) error {
		var kind, value string
		var n int
		if err := rows.Scan(&kind, &value, &n); err != nil {
			return err
		}
		switch kind {
		case cutAll:
			c.Stories = n
		case cutCategory:
			c.Categories[value] = n
		case cutCountry:
			c.Countries[value] = n
		case cutLanguage:
			c.Languages[value] = n
		case cutSource:
			c.Sources[value] = n
		}
		return nil
	}, `SELECT kind, value, stories FROM cut WHERE stories > 0 OR kind IN ($1, $2)`, cutCountry, cutLanguage)
	if err == nil {
		err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&c.Items) }, `SELECT count(*) FROM item`)
	}
	return c, s.wrap("count stories", err)
}

// PerDay returns how many stories a category has on each day from a day on,
// the oldest first; days without any are left out. Days are those of UTC. It
// reads the list of the category, not the stories.
func (s *Store) PerDay(ctx context.Context, category string, from time.Time) ([]news.DayCount, error) {
	const day = int64(24 * time.Hour / time.Microsecond)
	var out []news.DayCount
	err := each(ctx, s.read, func(rows *rows) error {
		var n int64
		var c news.DayCount
		err := rows.Scan(&n, &c.Stories)
		c.Day = fromMicros(n * day)
		out = append(out, c)
		return err
	}, `SELECT published / $1 AS day, count(*) FROM story_cut
WHERE cut_id = (SELECT id FROM cut WHERE kind = $2 AND value = $3) AND published >= $4
GROUP BY day ORDER BY day`, day, cutCategory, category, micros(from.UTC().Truncate(24*time.Hour)))
	return out, s.wrap("count stories per day", err)
}

// Changes returns what the stories that changed after a point of the change
// counter touch, the values that they left included. 0 returns everything.
// What commits while Changes reads is told the next time.
func (s *Store) Changes(ctx context.Context, after int64) (news.Changes, error) {
	c := news.Changes{Seq: after}
	const what = "read changes"
	err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&c.Seq) },
		`SELECT n FROM counter WHERE name = 'changes'`)
	if err != nil {
		return c, s.wrap(what, err)
	}
	err = each(ctx, s.read, func(rows *rows) error {
		var id int64
		err := rows.Scan(&id)
		c.Stories = append(c.Stories, id)
		return err
	}, `SELECT id FROM story WHERE changed > $1 AND changed <= $2 ORDER BY id`, after, c.Seq)
	if err != nil {
		return c, s.wrap(what, err)
	}
	// A cut that changed again since counts now and once more next time.
	err = each(ctx, s.read, func(rows *rows) error {
		var kind, value string
		err := rows.Scan(&kind, &value)
		switch kind {
		case cutCategory:
			c.Categories = append(c.Categories, value)
		case cutCountry:
			c.Countries = append(c.Countries, value)
		case cutLanguage:
			c.Languages = append(c.Languages, value)
		case cutSource:
			c.Sources = append(c.Sources, value)
		}
		return err
	}, `SELECT kind, value FROM cut WHERE changed > $1 ORDER BY kind, value`, after)
	return c, s.wrap(what, err)
}

// Setting returns what was kept under a key; "" if nothing was.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := each(ctx, brief{s.read}, func(rows *rows) error { return rows.Scan(&value) },
		`SELECT value FROM setting WHERE name = $1`, key)
	return value, s.wrap(fmt.Sprintf("read setting %q", key), err)
}

// SetSetting keeps a value under a key.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.write(ctx, fmt.Sprintf("write setting %q", key), len(value), func(t *txn) error {
		_, err := t.exec(`
INSERT INTO setting (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value`, key, value)
		return err
	})
}

// Editions returns what was last published, by path.
func (s *Store) Editions(ctx context.Context) (map[string]news.EditionState, error) {
	states := map[string]news.EditionState{}
	err := s.editions(ctx, states, "")
	return states, s.wrap("read edition states", err)
}

// EditionsOf is [Store.Editions] for some paths: what was last published at each
// of them; those where nothing was are left out.
func (s *Store) EditionsOf(ctx context.Context, paths []string) (map[string]news.EditionState, error) {
	states := make(map[string]news.EditionState, len(paths))
	err := inLists(paths, func(part []any) error {
		return s.editions(ctx, states, ` WHERE path IN (`+list(1, len(part))+`)`, part...)
	})
	return states, s.wrap("read edition states", err)
}

// editions adds to states those that a query's tail selects.
func (s *Store) editions(ctx context.Context, states map[string]news.EditionState, tail string, args ...any) error {
	return each(ctx, brief{s.read}, func(rows *rows) error {
		var st news.EditionState
		var updated int64
		err := rows.Scan(&st.Path, &st.Hash, &updated, &st.Key)
		st.Updated = fromMicros(updated)
		states[st.Path] = st
		return err
	}, `SELECT path, hash, updated, key FROM edition_state`+tail, args...)
}

// SaveEditions keeps what was published, all of it or nothing. Paths that are
// not named keep what they have; of a path that is named twice the last counts.
func (s *Store) SaveEditions(ctx context.Context, states []news.EditionState) error {
	if len(states) == 0 {
		return nil
	}
	states = lastOf(states)
	return s.write(ctx, "write edition states", 128*len(states), func(t *txn) error {
		var values []any
		for lot := range slices.Chunk(states, maxRows) { // there may be one for each page of the site
			values = values[:0]
			for _, st := range lot {
				values = append(values, st.Path, st.Hash, micros(st.Updated), st.Key)
			}
			err := t.insert(`INSERT INTO edition_state (path, hash, updated, key) VALUES`,
				` ON CONFLICT (path) DO UPDATE SET hash = excluded.hash, updated = excluded.updated, key = excluded.key`, 4, values)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// lastOf returns the last state of each path, by path: neighbours share a page of
// the database, and a path has one row in a statement.
func lastOf(states []news.EditionState) []news.EditionState {
	byPath := func(a, b news.EditionState) int { return cmp.Compare(a.Path, b.Path) }
	if slices.IsSortedFunc(states, func(a, b news.EditionState) int { return cmp.Or(byPath(a, b), -1) }) {
		return states // and none is there twice: equal neighbours count as not sorted
	}
	states = slices.Clone(states)
	slices.Reverse(states)
	slices.SortStableFunc(states, byPath)
	return slices.CompactFunc(states, func(a, b news.EditionState) bool { return a.Path == b.Path })
}
