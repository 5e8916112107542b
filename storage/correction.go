package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Revisions returns what an item said before, the oldest first.
func (s *Store) Revisions(ctx context.Context, item int64) ([]news.Revision, error) {
	revs, err := s.revisions(ctx, []int64{item})
	return revs[item], s.wrap(fmt.Sprintf("read revisions of item %d", item), err)
}

func (s *Store) revisions(ctx context.Context, items []int64) (map[int64][]news.Revision, error) {
	of := map[int64][]news.Revision{}
	err := inLists(items, func(part []any) error {
		return each(ctx, s.read, func(rows *rows) error {
			var item, at int64
			var r news.Revision
			var content packed
			err := rows.Scan(&item, &at, &r.URL, &r.Title, &r.Summary, &content.plain, &content.zstd)
			if err != nil {
				return err
			}
			r.At = fromMicros(at)
			r.Content, err = s.packer.unpack(content)
			of[item] = append(of[item], r)
			return err
		}, `
SELECT item_id, at, url, title, summary, content, packed FROM revision WHERE item_id IN (`+list(1, len(part))+`) ORDER BY id`, part...)
	})
	return of, err
}

// correctionEvents are the latest changes and withdrawals.
const correctionEvents = `
SELECT * FROM (
  SELECT r.item_id, r.at AS at, FALSE AS withdrawn FROM revision r JOIN item i ON i.id = r.item_id
  WHERE i.hidden = FALSE AND i.story_id IS NOT NULL ORDER BY r.at DESC, r.id DESC LIMIT $1) changed
UNION ALL
SELECT * FROM (
  SELECT w.item_id, w.at AS at, TRUE AS withdrawn FROM withdrawal w JOIN item i ON i.id = w.item_id
  WHERE i.story_id IS NOT NULL ORDER BY w.at DESC, w.item_id DESC LIMIT $2) gone
ORDER BY at DESC, item_id DESC LIMIT $3`

// Corrections returns what was changed or withdrawn after it had been put into
// a story, the latest first; at most limit. Changes of items that are hidden
// now are not told.
func (s *Store) Corrections(ctx context.Context, limit int) ([]news.Correction, error) {
	const what = "list corrections"
	type event struct {
		item, at  int64
		withdrawn bool
	}
	var events []event
	var ids []int64
	err := each(ctx, s.read, func(rows *rows) error {
		var e event
		err := rows.Scan(&e.item, &e.at, &e.withdrawn)
		events, ids = append(events, e), append(ids, e.item)
		return err
	}, correctionEvents, limit, limit, limit)
	if err != nil {
		return nil, s.wrap(what, err)
	}
	revs, err := s.revisions(ctx, ids)
	if err != nil {
		return nil, s.wrap(what, err)
	}
	now := map[int64]correctedItem{}
	if err := s.correctedItems(ctx, ids, now); err != nil {
		return nil, s.wrap(what, err)
	}
	out := make([]news.Correction, 0, len(events))
	for _, e := range events {
		x := now[e.item]
		c := news.Correction{At: fromMicros(e.at), Item: x.Item, Story: x.uid, Visible: x.visible}
		if e.withdrawn {
			c.Withdrawn = x.Withdrawal
		} else {
			c.Before, c.After = change(x.Item, revs[e.item], c.At)
		}
		out = append(out, c)
	}
	return out, nil
}

// change returns what an item said until a time and from then on.
func change(it news.Item, revs []news.Revision, at time.Time) (before, after news.Revision) {
	after = news.Revision{URL: it.URL, Title: it.Title, Summary: it.Summary, Content: it.Content}
	for i := len(revs) - 1; i >= 0; i-- {
		if !revs[i].At.After(at) {
			return revs[i], after
		}
		after = revs[i]
	}
	return news.Revision{}, after
}

// correctedItem is an item that a correction tells of.
type correctedItem struct {
	news.Item
	news.Withdrawal
	uid     string
	visible bool // something of its story is
}

func (s *Store) correctedItems(ctx context.Context, ids []int64, into map[int64]correctedItem) error {
	return inLists(ids, func(part []any) error {
		in := `(` + list(1, len(part)) + `)`
		items, err := s.selectItems(ctx, brief{s.read}, ` WHERE i.id IN `+in, part...)
		if err != nil {
			return err
		}
		for _, it := range items {
			into[it.ID] = correctedItem{Item: it}
		}
		return each(ctx, s.read, func(rows *rows) error {
			var id, at int64
			var x correctedItem
			err := rows.Scan(&id, &x.uid, &x.visible, &at, &x.By, &x.Why)
			x.At, x.Item = fromStamp(at), into[id].Item
			into[id] = x
			return err
		}, `
SELECT i.id, t.uid, t.lead <> 0, COALESCE(w.at, 0), COALESCE(w.hand, ''), COALESCE(w.why, '')
FROM item i JOIN story t ON t.id = i.story_id LEFT JOIN withdrawal w ON w.item_id = i.id WHERE i.id IN `+in, part...)
	})
}
