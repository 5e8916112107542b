package storage

import (
	"context"
	"fmt"
	"math"

	"github.com/rightswire/rightswire/news"
)

// Item returns an item, hidden or not. It returns [news.ErrNotFound] if there
// is none with that id.
func (s *Store) Item(ctx context.Context, id int64) (news.Item, error) {
	what := fmt.Sprintf("read item %d", id)
	items, err := s.selectItems(ctx, brief{s.read}, ` WHERE i.id = $1`, id)
	if err != nil {
		return news.Item{}, s.wrap(what, err)
	}
	if len(items) == 0 {
		return news.Item{}, fmt.Errorf("%s: %w", what, news.ErrNotFound)
	}
	return items[0], nil
}

// Items returns the visible items that a query selects, newest first. Words
// are looked for in the newest 200,000 candidates. PerSource does not apply.
func (s *Store) Items(ctx context.Context, q news.Query) ([]news.Item, error) {
	const what = "list items"
	p, err := s.plan(ctx, q)
	if err != nil || p.none {
		return nil, s.wrap(what, err)
	}
	limit := limitOf(q)
	page := limit
	if !p.asked.Empty() {
		page = max(limit, chunk)
	}
	after := candidate{id: math.MaxInt64, published: math.MaxInt64}
	if q.After != (news.Cursor{}) {
		after = candidate{id: q.After.ID, published: micros(q.After.Published)}
	}
	var out []news.Item
	for scanned := 0; scanned < maxScan; {
		b := itemQuery(p, after, page)
		items, err := s.selectItems(ctx, s.read, b.String(), b.args...)
		if err != nil {
			return nil, s.wrap(what, err)
		}
		for _, it := range items {
			if matches(p.asked, it) {
				if out = append(out, it); len(out) == limit {
					return out, nil
				}
			}
		}
		if len(items) < page {
			break
		}
		last := items[len(items)-1]
		after = candidate{id: last.ID, published: micros(last.Published)}
		scanned += len(items)
	}
	return out, nil
}

// itemQuery is the tail of a page of items.
func itemQuery(p plan, after candidate, page int) *stmt {
	b := &stmt{}
	b.add(" WHERE ")
	p.holds(b)
	return b.add(" AND (i.published, i.id) < (?, ?) ORDER BY i.published DESC, i.id DESC LIMIT ?", after.published, after.id, page)
}

// EachItem calls fn for every visible item that a query selects, in the order
// in which they were stored, and stops at the first error, which it returns.
// It holds no transaction open and no more than a page in memory; After, Limit
// and PerSource do not apply.
func (s *Store) EachItem(ctx context.Context, q news.Query, fn func(news.Item) error) error {
	const what = "read items"
	p, err := s.plan(ctx, q)
	if err != nil || p.none {
		return s.wrap(what, err)
	}
	for last := int64(0); ; {
		var b stmt
		b.add(" WHERE i.id > ? AND ", last)
		p.holds(&b)
		b.add(" ORDER BY i.id LIMIT ?", chunk)
		items, err := s.selectItems(ctx, s.read, b.String(), b.args...)
		if err != nil {
			return s.wrap(what, err)
		}
		for _, it := range items {
			if !matches(p.asked, it) {
				continue
			}
			if err := fn(it); err != nil {
				return err
			}
		}
		if len(items) < chunk {
			return nil
		}
		last = items[len(items)-1].ID
	}
}
