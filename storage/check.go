package storage

import (
	"context"
	"database/sql"
	"fmt"
)

// Check reads the whole archive and returns [ErrDamaged] if anything in it
// contradicts anything else: pages, indexes, references, and the lists and
// counts that are derived from the stories. It takes about as long as reading
// the file twice, and writers go on meanwhile.
func (s *Store) Check(ctx context.Context) error {
	what := "check database " + s.path
	if err := s.dialect.examine(ctx, s.read); err != nil {
		return s.wrap(what, err)
	}
	for _, c := range []struct{ what, text string }{
		{"body of item", `SELECT id FROM item WHERE NOT EXISTS (SELECT 1 FROM item_body b WHERE b.item_id = item.id) LIMIT 1`},
		{"count of cut", `
SELECT kind || ' ' || value FROM cut
WHERE stories <> (SELECT count(*) FROM story_cut c WHERE c.cut_id = cut.id) LIMIT 1`},
		{"list entry of story", `
SELECT story_id FROM story_cut c
WHERE NOT EXISTS (SELECT 1 FROM story s WHERE s.id = c.story_id AND s.published = c.published) LIMIT 1`},
		{"lead of story", `
SELECT id FROM story
WHERE lead <> 0 AND NOT EXISTS (SELECT 1 FROM item i WHERE i.id = story.lead AND i.story_id = story.id) LIMIT 1`},
	} {
		var wrong string
		err := each(ctx, s.read, func(rows *sql.Rows) error { return rows.Scan(&wrong) }, c.text)
		if err == nil && wrong != "" {
			err = fmt.Errorf("%w: %s: %s", ErrDamaged, c.what, wrong)
		}
		if err != nil {
			return s.wrap(what, err)
		}
	}
	return nil
}
