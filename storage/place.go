package storage

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

// Place puts items into stories, all of them or none: it makes the stories
// that are new, and brings those that items join or leave up to date. A UID
// that exists already is joined, so that the same placements can be repeated
// after a crash. An item that has been removed in the meantime is passed over.
//
// The earliest Published of its items is the story's, and never moves later.
// The lead is the item of the best ranked source (no rank counts as 5), an
// original before a copy, the earliest, the one stored first. Updated moves
// with the items, and to now when another item takes the lead, because then
// readers see another text. It returns [news.ErrNotFound] for a Story that
// does not exist.
func (s *Store) Place(ctx context.Context, placements []news.Placement) error {
	if len(placements) == 0 {
		return nil
	}
	return s.writeAlone(ctx, fmt.Sprintf("place %d items", len(placements)), func(t *txn) error {
		return t.place(placements)
	})
}

func (t *txn) place(placements []news.Placement) error {
	stories := touched{}
	ids := make([]int64, len(placements))
	for i, p := range placements {
		ids[i] = p.Item
	}
	there, err := t.storiesOf(ids)
	if err != nil {
		return err
	}
	made := map[string]int64{}
	for _, p := range placements {
		old, ok := there[p.Item]
		if !ok {
			continue
		}
		story, err := t.target(p, made)
		if err != nil {
			return fmt.Errorf("item %d: %w", p.Item, err)
		}
		if _, err := t.exec(`UPDATE item SET story_id = $1, copy_of = $2, why = $3 WHERE id = $4`,
			story, nullID(p.CopyOf), sql.NullString{String: p.Why, Valid: p.Why != ""}, p.Item); err != nil {
			return fmt.Errorf("item %d: %w", p.Item, err)
		}
		there[p.Item] = story
		stories.add(story, true)
		if old != 0 && old != story {
			stories.add(old, true)
		}
	}
	return t.refresh(stories)
}

// storiesOf returns the story of each item that exists; 0: none yet.
func (t *txn) storiesOf(items []int64) (map[int64]int64, error) {
	of := make(map[int64]int64, len(items))
	err := inLists(items, func(part []any) error {
		return each(t.w.ctx, t, func(rows *sql.Rows) error {
			var id, story int64
			err := rows.Scan(&id, &story)
			of[id] = story
			return err
		}, `SELECT id, COALESCE(story_id, 0) FROM item WHERE id IN (`+list(1, len(part))+`)`, part...)
	})
	return of, err
}

// target returns the story of a placement, making it if it is new.
func (t *txn) target(p news.Placement, made map[string]int64) (int64, error) {
	var id int64
	if p.Story != 0 {
		err := t.row([]any{&id}, `SELECT id FROM story WHERE id = $1`, p.Story)
		if noRows(err) {
			err = fmt.Errorf("story %d: %w", p.Story, news.ErrNotFound)
		}
		return id, err
	}
	if p.NewUID == "" {
		return 0, fmt.Errorf("neither a story nor the UID of a new one: %w", news.ErrNotFound)
	}
	if id, ok := made[p.NewUID]; ok {
		return id, nil
	}
	err := t.row([]any{&id}, `
INSERT INTO story (uid) VALUES ($1)
ON CONFLICT (uid) DO UPDATE SET uid = excluded.uid
RETURNING id`, p.NewUID)
	made[p.NewUID] = id
	return id, err
}

// nullID stores an id of 0 as NULL.
func nullID(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }
