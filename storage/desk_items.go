package storage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
)

// deskScan is how many items a page of the desk's list looks back at most: a
// condition that hardly any item meets must not cost a walk over the archive.
const deskScan = 20_000

// ItemsBefore returns visible items that match, the last stored first, with ids
// below before; with 0 from the newest on. It returns at most limit of them,
// and looks back a bounded way: next is where to go on, 0 at the end of the
// archive, whether or not limit was reached.
func (s *Store) ItemsBefore(ctx context.Context, q search.Query, before int64, limit int) (items []news.Item, next int64, err error) {
	const what = "list items for the desk"
	if before <= 0 {
		before = math.MaxInt64
	}
	b, stop := &stmt{}, int64(0)
	if expression, rest := s.drive(q); expression != "" {
		d := s.dialect.search
		b.add(`SELECT i.id FROM `+d.from+` WHERE `+d.match+` AND i.hidden = FALSE`, expression)
		err = s.clausesHold(ctx, b, rest)
		b.add(` AND `+d.before+` ORDER BY `+d.order+` LIMIT ?`, before, limit)
	} else {
		if before, err = s.newestID(ctx, before); err != nil {
			return nil, 0, s.wrap(what, err)
		}
		stop = max(before-deskScan, 0)
		b.add(`SELECT i.id FROM item i WHERE i.id < ? AND i.id >= ? AND i.hidden = FALSE`, before, stop)
		err = s.clausesHold(ctx, b, q.Clauses)
		b.add(` ORDER BY i.id DESC LIMIT ?`, limit)
	}
	if err == nil {
		items, err = s.itemsByID(ctx, b)
	}
	switch {
	case err != nil:
		return nil, 0, s.wrap(what, err)
	case len(items) == limit && limit > 0:
		return items, items[limit-1].ID, nil
	case stop > 0:
		return items, stop, nil
	}
	return items, 0, nil
}

// newestID returns an id, or one above the newest item's if that is less.
func (s *Store) newestID(ctx context.Context, before int64) (int64, error) {
	newest := int64(0)
	err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&newest) }, `SELECT COALESCE(MAX(id), 0) FROM item`)
	return min(before, newest+1), err
}

// HiddenBefore returns hidden items, the last stored first, with ids below
// before; with 0 from the newest on. It returns at most limit.
func (s *Store) HiddenBefore(ctx context.Context, before int64, limit int) ([]news.Item, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	b := &stmt{}
	b.add(`SELECT item_id FROM withdrawal WHERE item_id < ? ORDER BY item_id DESC LIMIT ?`, before, limit)
	items, err := s.itemsByID(ctx, b)
	return items, s.wrap("list hidden items", err)
}

// itemsByID reads the items of which a statement gives the ids, the last stored
// first.
func (s *Store) itemsByID(ctx context.Context, b *stmt) (items []news.Item, err error) {
	var ids []int64
	err = each(ctx, s.read, func(rows *rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, b.String(), b.args...)
	if err != nil {
		return nil, err
	}
	err = inLists(ids, func(part []any) error {
		more, err := s.selectItems(ctx, brief{s.read}, ` WHERE i.id IN (`+list(1, len(part))+`)`, part...)
		items = append(items, more...)
		return err
	})
	slices.SortFunc(items, func(a, b news.Item) int { return cmp.Compare(b.ID, a.ID) })
	return items, err
}
