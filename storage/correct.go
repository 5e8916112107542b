package storage

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

// Ranks of a desk's filings: before what anything else has filed, and for an
// umbrella, which says least, behind it.
const (
	rankDesk     = -1
	rankUmbrella = 1000
)

// Correction is what a desk says about the filing of one item.
type Correction struct {
	In  []news.Filing // categories it belongs in; By and Score do not matter
	Out []string      // categories that it does not belong in
	// Umbrellas are the ids among In that stand above other categories.
	Umbrellas []string
}

// Correct files an item by hand, for good: neither an update of the item nor
// another taxonomy or model changes it. The last word about a category counts.
// It returns [news.ErrNotFound] if there is no such item.
func (s *Store) Correct(ctx context.Context, id int64, c Correction) error {
	return s.write(ctx, fmt.Sprintf("correct item %d", id), 0, func(t *txn) error {
		of, err := t.storiesOf([]int64{id})
		if err != nil {
			return err
		}
		story, ok := of[id]
		if !ok {
			return news.ErrNotFound
		}
		for _, f := range c.In {
			if err := t.fileByHand(id, f, rankOf(f.Category, c.Umbrellas)); err != nil {
				return err
			}
		}
		for _, category := range c.Out {
			if err := t.unfile(id, category); err != nil {
				return err
			}
		}
		if story == 0 {
			return nil
		}
		return t.refresh(touched{story: false})
	})
}

func rankOf(category string, umbrellas []string) int {
	for _, u := range umbrellas {
		if u == category {
			return rankUmbrella
		}
	}
	return rankDesk
}

// fileByHand puts an item in a category.
func (t *txn) fileByHand(id int64, f news.Filing, rank int) error {
	cut, err := t.cut(cut{cutCategory, f.Category})
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM item_unfiled WHERE item_id = $1 AND cut_id = $2`, id, cut); err != nil {
		return err
	}
	_, err = t.exec(`
INSERT INTO item_category (item_id, cut_id, rank, score, hand, why) VALUES ($1, $2, $3, 0, $4, $5)
ON CONFLICT (item_id, cut_id) DO UPDATE SET rank = excluded.rank, score = 0, hand = excluded.hand, why = excluded.why`,
		id, cut, rank, string(news.ByDesk), listJSON(f.Why))
	return err
}

// unfile takes an item out of a category.
func (t *txn) unfile(id int64, category string) error {
	cut, err := t.cut(cut{cutCategory, category})
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM item_category WHERE item_id = $1 AND cut_id = $2`, id, cut); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO item_unfiled (item_id, cut_id) VALUES ($1, $2) ON CONFLICT (item_id, cut_id) DO NOTHING`, id, cut)
	return err
}

// keepUnfiled takes an item, after it was filed anew, out of what the desk has
// taken it out of.
func (t *txn) keepUnfiled(id int64) error {
	_, err := t.exec(`
DELETE FROM item_category WHERE item_id = $1 AND cut_id IN (SELECT cut_id FROM item_unfiled WHERE item_id = $1)`, id)
	return err
}

// Unfiled returns the categories that the desk has taken items out of, by item.
func (s *Store) Unfiled(ctx context.Context) (map[int64][]string, error) {
	out := map[int64][]string{}
	err := each(ctx, s.read, func(rows *sql.Rows) error {
		var id int64
		var category string
		err := rows.Scan(&id, &category)
		out[id] = append(out[id], category)
		return err
	}, `SELECT u.item_id, c.value FROM item_unfiled u JOIN cut c ON c.id = u.cut_id ORDER BY u.item_id, c.value`)
	return out, s.wrap("read corrections", err)
}

// Corrected returns the items whose filing a desk has corrected, hidden ones
// too, in the order in which they were stored, whole.
func (s *Store) Corrected(ctx context.Context) ([]news.Item, error) {
	items, err := s.selectItems(ctx, s.read, ` WHERE i.id IN (
  SELECT item_id FROM item_category WHERE hand = $1 UNION SELECT item_id FROM item_unfiled) ORDER BY i.id`, string(news.ByDesk))
	return items, s.wrap("read corrections", err)
}
