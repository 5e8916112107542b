package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Check reads the whole archive and returns [ErrDamaged] if anything in it
// contradicts anything else: pages, indexes, references, and the lists and
// counts that are derived from the stories. It is the judge of this package's
// tests.
func (s *Store) Check(ctx context.Context) error {
	what := "check database " + s.path
	if err := examineSQLite(ctx, s.read); err != nil {
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
WHERE lead <> 0 AND lead_source <> 0 AND NOT EXISTS (SELECT 1 FROM item i WHERE i.id = story.lead AND i.story_id = story.id) LIMIT 1`},
	} {
		var wrong string
		err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&wrong) }, c.text)
		if err == nil && wrong != "" {
			err = fmt.Errorf("%w: %s: %s", ErrDamaged, c.what, wrong)
		}
		if err != nil {
			return s.wrap(what, err)
		}
	}
	return nil
}

// examineSQLite looks at every page, index entry and reference.
func examineSQLite(ctx context.Context, q querier) error {
	said := "nothing"
	err := each(ctx, q, func(rows *rows) error { return rows.Scan(&said) }, "PRAGMA integrity_check(1)")
	if err == nil && said != "ok" {
		err = fmt.Errorf("%w: %s", ErrDamaged, strings.ReplaceAll(said, "\n", " "))
	}
	if err != nil {
		return err
	}
	return each(ctx, q, func(rows *rows) error {
		var table, parent string
		var row sql.NullInt64
		var key int
		if err := rows.Scan(&table, &row, &parent, &key); err != nil {
			return err
		}
		return fmt.Errorf("%w: row %d of %s refers to nothing in %s", ErrDamaged, row.Int64, table, parent)
	}, "PRAGMA foreign_key_check")
}
