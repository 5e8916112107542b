package storage

import (
	"context"
	"database/sql"
	"slices"

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
