package storage

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// StoryMarks returns which stories [Store.Stories] would return, without
// reading them.
func (s *Store) StoryMarks(ctx context.Context, q news.Query) ([]news.StoryMark, error) {
	found, err := s.selected(ctx, q)
	marks := make([]news.StoryMark, len(found))
	for i, c := range found {
		marks[i] = news.StoryMark{ID: c.id, Changed: c.changed, Published: fromMicros(c.published)}
	}
	return marks, s.wrap("list stories", err)
}

// StoryHeads returns what lists show of stories, by id, in that order; those
// of which nothing is visible are left out. No text is read.
func (s *Store) StoryHeads(ctx context.Context, ids []int64) ([]news.StoryHead, error) {
	heads := make([]news.StoryHead, len(ids))
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	err := inLists(ids, func(part []any) error {
		in := "(" + list(1, len(part)) + ")"
		if err := each(ctx, s.read, func(rows *sql.Rows) error {
			var h news.StoryHead
			var published, updated, seen int64
			err := rows.Scan(&h.ID, &h.UID, &published, &updated, &h.Changed, &h.Title, &h.Language, &h.Source, &seen)
			h.Published, h.Updated, h.FirstSeen = fromMicros(published), fromMicros(updated), fromMicros(seen)
			heads[at[h.ID]] = h
			return err
		}, `
SELECT t.id, t.uid, COALESCE(t.published, 0), t.updated, t.changed, i.title, i.language, s.name, i.first_seen
FROM story t JOIN item i ON i.id = t.lead JOIN source s ON s.id = i.source_id WHERE t.id IN `+in, part...); err != nil {
			return err
		}
		return each(ctx, s.read, func(rows *sql.Rows) error {
			var id int64
			var category string
			err := rows.Scan(&id, &category)
			if h := &heads[at[id]]; !slices.Contains(h.Categories, category) {
				h.Categories = append(h.Categories, category)
			}
			return err
		}, `
SELECT t.id, c.value
FROM story t JOIN item i ON i.story_id = t.id JOIN item_category k ON k.item_id = i.id JOIN cut c ON c.id = k.cut_id
WHERE t.id IN `+in+` AND i.hidden = FALSE
ORDER BY t.id, CASE WHEN i.id = t.lead THEN 0 ELSE 1 END, i.published, i.id, k.rank`, part...)
	})
	return slices.DeleteFunc(heads, func(h news.StoryHead) bool { return h.ID == 0 }), s.wrap("read stories", err)
}

// Arrivals returns the stories of the visible ones among the items that were
// first seen last, at most limit of them, and since when they are all.
func (s *Store) Arrivals(ctx context.Context, limit int) ([]news.Arrival, time.Time, error) {
	const what = "list what came lately"
	kinds := map[int64]cut{}
	err := each(ctx, s.read, func(rows *sql.Rows) error {
		var id int64
		var c cut
		err := rows.Scan(&id, &c.kind, &c.value)
		kinds[id] = c
		return err
	}, `SELECT id, kind, value FROM cut`)
	if err != nil {
		return nil, time.Time{}, s.wrap(what, err)
	}
	// The next one that there is no room for: what came with it is not all there.
	oldest := int64(math.MinInt64)
	if err := each(ctx, s.read, func(rows *sql.Rows) error { return rows.Scan(&oldest) },
		`SELECT first_seen FROM item ORDER BY first_seen DESC LIMIT 1 OFFSET $1`, limit); err != nil {
		return nil, time.Time{}, s.wrap(what, err)
	}
	var out []news.Arrival
	err = each(ctx, s.read, func(rows *sql.Rows) error {
		var a news.Arrival
		var published, seen int64
		var cuts []byte
		err := rows.Scan(&a.ID, &a.Changed, &published, &seen, &cuts)
		a.Published, a.Seen = fromMicros(published), fromMicros(seen)
		for _, id := range unpackIDs(cuts) {
			switch c := kinds[id]; c.kind {
			case cutCategory:
				a.Categories = append(a.Categories, c.value)
			case cutCountry:
				a.Countries = append(a.Countries, c.value)
			case cutLanguage:
				a.Languages = append(a.Languages, c.value)
			case cutSource:
				a.Sources = append(a.Sources, c.value)
			}
		}
		out = append(out, a)
		return err
	}, recentStories, oldest)
	if oldest == math.MinInt64 {
		return out, time.Time{}, s.wrap(what, err)
	}
	return out, fromMicros(oldest + 1), s.wrap(what, err)
}

const recentStories = `
SELECT t.id, t.changed, COALESCE(t.published, 0), MAX(i.first_seen), t.cuts FROM item i JOIN story t ON t.id = i.story_id
WHERE i.first_seen > $1 AND i.hidden = FALSE GROUP BY t.id`
