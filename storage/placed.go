package storage

import (
	"github.com/rightswire/rightswire/news"
)

// placed is an item that is put into a story, with all that the story needs
// to know of it.
type placed struct {
	member
	story   int64 // 0: none yet
	hidden  bool
	fixed   bool // the desk put it where it is
	cuts    []int64
	last    news.Placement // the one that counts, should there be several
	counted bool           // among the members of its new story
}

// loadPlaced reads items; those that do not exist are left out.
func (t *txn) loadPlaced(ids []int64) (map[int64]*placed, error) {
	items := make(map[int64]*placed, len(ids))
	err := inLists(ids, func(part []any) error {
		in := "(" + list(1, len(part)) + ")"
		var found []*placed
		var named [][]cut
		err := each(t.w.ctx, t, func(rows *rows) error {
			it := &placed{}
			var language string
			err := rows.Scan(&it.id, &it.story, &it.source, &it.outlet, &it.key, &it.rank, &it.completeness, &it.published, &it.updated,
				&language, &it.hidden, &it.fixed)
			items[it.id] = it
			found, named = append(found, it), append(named, append(languageCuts(language), cut{cutSource, it.outlet}))
			return err
		}, `
SELECT i.id, COALESCE(i.story_id, 0), i.source_id, s.name, i.item_key, s.rank, i.completeness, i.published, i.updated,
  i.language, i.hidden, i.fixed
FROM item i JOIN source s ON s.id = i.source_id WHERE i.id IN `+in, part...)
		if err != nil {
			return err
		}
		// Only now: making a cut is a statement of its own, and the
		// connection is busy while rows are read.
		for i, it := range found {
			if it.cuts, err = t.cutIDs(named[i]); err != nil {
				return err
			}
		}
		for _, table := range []string{"item_category", "item_place"} {
			if err := each(t.w.ctx, t, func(rows *rows) error {
				var id, cut int64
				err := rows.Scan(&id, &cut)
				if it := items[id]; it != nil {
					it.cuts = append(it.cuts, cut)
				}
				return err
			}, `SELECT item_id, cut_id FROM `+table+` WHERE item_id IN `+in, part...); err != nil {
				return err
			}
		}
		return nil
	})
	return items, err
}

// cutIDs returns the ids of cuts, and that of all stories.
func (t *txn) cutIDs(cuts []cut) ([]int64, error) {
	ids := append(make([]int64, 0, 8), allID)
	for _, c := range cuts {
		id, err := t.cut(c)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// storiesOf returns the story of each item that exists; 0: none yet.
func (t *txn) storiesOf(items []int64) (map[int64]int64, error) {
	of := make(map[int64]int64, len(items))
	err := inLists(items, func(part []any) error {
		return each(t.w.ctx, t, func(rows *rows) error {
			var id, story int64
			err := rows.Scan(&id, &story)
			of[id] = story
			return err
		}, `SELECT id, COALESCE(story_id, 0) FROM item WHERE id IN (`+list(1, len(part))+`)`, part...)
	})
	return of, err
}
