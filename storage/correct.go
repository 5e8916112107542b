package storage

import (
	"context"
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
	Who    string        // of the desk
	In     []news.Filing // categories it belongs in; By and Score do not matter
	Out    []string      // categories that it does not belong in
	Forget []string      // categories about which the desk takes its word back
	// Restore is what files the item without that word, in the order of the
	// classifier.
	Restore []news.Filing
	// With and Without are umbrellas that come and go with the above, which
	// is no word of the desk's: what goes may come again by an update.
	With    []news.Filing
	Without []string
	// Umbrellas are the ids among In that stand above other categories.
	Umbrellas []string
}

// Correct files an item by hand, for good: neither an update of the item nor
// another taxonomy or model changes it. The last word about a category counts,
// and each is recorded; see [Store.Rulings]. It returns [news.ErrNotFound] if
// there is no such item.
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
		if err := t.correct(id, c); err != nil {
			return err
		}
		if story == 0 {
			return nil
		}
		return t.refresh(touched{story: false})
	})
}

// correct writes what a correction says, and that it was said.
func (t *txn) correct(id int64, c Correction) error {
	for _, f := range c.In {
		if err := t.fileByHand(id, f, rankOf(f.Category, c.Umbrellas)); err != nil {
			return err
		}
		if err := t.rule(id, f.Category, news.SaidIn, c.Who); err != nil {
			return err
		}
	}
	for _, category := range c.Out {
		if err := t.unfile(id, category); err != nil {
			return err
		}
		if err := t.rule(id, category, news.SaidOut, c.Who); err != nil {
			return err
		}
	}
	for _, category := range c.Forget {
		if err := t.takeBack(id, category); err != nil {
			return err
		}
		if err := t.rule(id, category, news.SaidUndecided, c.Who); err != nil {
			return err
		}
	}
	for i, f := range c.Restore {
		if err := t.restore(id, f, i); err != nil {
			return err
		}
	}
	for _, f := range c.With {
		if err := t.fileByHand(id, f, rankUmbrella); err != nil {
			return err
		}
	}
	for _, category := range c.Without {
		if err := t.takeOut(id, category); err != nil {
			return err
		}
	}
	return nil
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

// unfile takes an item out of a category, and keeps it out.
func (t *txn) unfile(id int64, category string) error {
	if err := t.takeOut(id, category); err != nil {
		return err
	}
	cut, err := t.cut(cut{cutCategory, category})
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO item_unfiled (item_id, cut_id) VALUES ($1, $2) ON CONFLICT (item_id, cut_id) DO NOTHING`, id, cut)
	return err
}

// takeOut takes an item out of a category until it is filed anew.
func (t *txn) takeOut(id int64, category string) error {
	cut, err := t.cut(cut{cutCategory, category})
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM item_category WHERE item_id = $1 AND cut_id = $2`, id, cut)
	return err
}

// takeBack undoes what the desk did about a category.
func (t *txn) takeBack(id int64, category string) error {
	cut, err := t.cut(cut{cutCategory, category})
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM item_unfiled WHERE item_id = $1 AND cut_id = $2`, id, cut); err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM item_category WHERE item_id = $1 AND cut_id = $2 AND hand = $3`, id, cut, string(news.ByDesk))
	return err
}

// restore files an item as the classifier does, unless it is filed there.
func (t *txn) restore(id int64, f news.Filing, rank int) error {
	cut, err := t.cut(cut{cutCategory, f.Category})
	if err != nil {
		return err
	}
	_, err = t.exec(`
INSERT INTO item_category (item_id, cut_id, rank, score, hand, why) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (item_id, cut_id) DO NOTHING`, id, cut, rank, f.Score, string(f.By), listJSON(f.Why))
	return err
}

// rule records what the desk said.
func (t *txn) rule(id int64, category string, said news.Said, who string) error {
	cut, err := t.cut(cut{cutCategory, category})
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO ruling (item_id, cut_id, at, who, said) VALUES ($1, $2, $3, $4, $5)`,
		id, cut, micros(t.w.s.opt.Now()), who, string(said))
	return err
}

// Rulings returns what the desk said about the filing of an item, the first
// word first.
func (s *Store) Rulings(ctx context.Context, id int64) ([]news.Ruling, error) {
	var out []news.Ruling
	err := each(ctx, s.read, func(rows *rows) error {
		var r news.Ruling
		var at int64
		err := rows.Scan(&r.Category, &r.Said, &at, &r.Who)
		if at != 0 {
			r.At = fromMicros(at)
		}
		out = append(out, r)
		return err
	}, `SELECT c.value, r.said, r.at, r.who FROM ruling r JOIN cut c ON c.id = r.cut_id WHERE r.item_id = $1 ORDER BY r.id`, id)
	return out, s.wrap(fmt.Sprintf("read the desk's rulings on item %d", id), err)
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
	err := each(ctx, s.read, func(rows *rows) error {
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
