package storage

import (
	"context"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

// Remove deletes an item and what hangs on it for good. Every key it was seen
// under leaves a tombstone, so that its feed does not bring it back (S27).
// Its story stays, for its id has been published. It returns
// [news.ErrNotFound] if there is no such item. What [Store.Keep] kept knows the
// item, so it is kept no longer.
func (s *Store) Remove(ctx context.Context, id int64, why string) error {
	return s.write(ctx, fmt.Sprintf("remove item %d", id), 0, func(t *txn) error {
		of, err := t.storiesOf([]int64{id})
		if err != nil {
			return err
		}
		story, ok := of[id]
		if !ok {
			return news.ErrNotFound
		}
		at := micros(s.opt.Now())
		for _, table := range []string{"item WHERE id", "item_alias WHERE item_id"} {
			if _, err := t.exec(`
INSERT INTO tombstone (source_id, key_hash, item_key, at, why)
SELECT source_id, key_hash, item_key, CAST($1 AS BIGINT), CAST($2 AS TEXT) FROM `+table+` = $3
ON CONFLICT (source_id, key_hash) DO NOTHING`, at, why, id); err != nil {
				return err
			}
		}
		if _, err := t.exec(`DELETE FROM mark WHERE source_id = (SELECT source_id FROM item WHERE id = $1)`, id); err != nil {
			return err // its next document is read whole
		}
		if _, err := t.exec(`DELETE FROM item WHERE id = $1`, id); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM setting WHERE name IN ($1, $2)`, keptWindow.word, keptSite.word); err != nil {
			return err
		}
		if story == 0 {
			return nil
		}
		// Copies of it are originals now.
		if _, err := t.exec(`UPDATE item SET copy_of = NULL WHERE story_id = $1 AND copy_of = $2`, story, id); err != nil {
			return err
		}
		if err := t.void(story); err != nil {
			return err
		}
		return t.refresh(touched{story: true})
	})
}
