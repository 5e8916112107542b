package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

// maxPreview bounds how many items of one proposed source are kept. It is above
// what one document may hold, since validators vouch for all of that.
const maxPreview = 5000

// saveProposed keeps apart what a poll of a proposed source brought. What was
// published before the source was proposed anew is corrected and withdrawn as
// ever: readers have it, and the validators that are stored with it vouch for
// all of the document.
func (t *txn) saveProposed(source int64, r news.PollResult, contents []packed) error {
	var apart []news.Item
	public := news.PollResult{Poll: r.Poll}
	var bodies []packed
	for i, it := range r.Items {
		if it.ID > 0 {
			public.Items, bodies = append(public.Items, it), append(bodies, contents[i])
		} else {
			apart = append(apart, it)
		}
	}
	if err := t.saveItems(source, public, bodies); err != nil {
		return err
	}
	if err := t.savePreview(source, apart); err != nil {
		return err
	}
	if err := t.withdrawGone(source, r.Gone); err != nil {
		return fmt.Errorf("withdrawn: %w", err)
	}
	for _, g := range r.Gone {
		if _, err := t.exec(`DELETE FROM preview WHERE source_id = $1 AND key_hash = $2`, source, hash64(g.Key)); err != nil {
			return err
		}
	}
	return nil
}

// savePreview keeps the items of a proposed source apart.
func (t *txn) savePreview(source int64, items []news.Item) error {
	for _, it := range items {
		it.ID = 0
		b, err := json.Marshal(it)
		if err != nil {
			return fmt.Errorf("item %q: %w", it.Key, err)
		}
		if _, err := t.exec(`
INSERT INTO preview (source_id, key_hash, item_key, raw_hash, hash, published, first_seen, item) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (source_id, key_hash) DO UPDATE SET raw_hash = excluded.raw_hash, hash = excluded.hash, item = excluded.item`,
			source, hash64(it.Key), it.Key, it.RawHash, it.Hash, micros(it.Published), micros(it.FirstSeen), string(b)); err != nil {
			return fmt.Errorf("item %q: %w", it.Key, err)
		}
	}
	if len(items) == 0 {
		return nil
	}
	_, err := t.exec(`
DELETE FROM preview WHERE source_id = $1 AND id <= (SELECT id FROM preview WHERE source_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, source, maxPreview)
	return err
}

// knownPreview finds items that are kept apart: their ids are negative.
const knownPreview = `
SELECT item_key, -id, item_key, raw_hash, hash, FALSE FROM preview
WHERE source_id = $1 AND key_hash IN (%s)`

// previewOf reads what is kept apart of a source, oldest first.
func previewOf(ctx context.Context, q querier, source int64) (items []news.Item, err error) {
	err = each(ctx, q, func(rows *rows) error {
		var it news.Item
		var text string
		var published, seen int64
		if err := rows.Scan(&text, &published, &seen); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &it); err != nil {
			return err
		}
		it.Published, it.FirstSeen = fromMicros(published), fromMicros(seen)
		items = append(items, it)
		return nil
	}, `SELECT item, published, first_seen FROM preview WHERE source_id = $1 ORDER BY id`, source)
	return items, err
}

// Preview returns the items that are kept apart of a proposed source, in the
// order in which they came; none if it was never synced.
func (s *Store) Preview(ctx context.Context, source string) ([]news.Item, error) {
	id, err := s.sourceID(ctx, s.read, source)
	if err != nil {
		return nil, s.wrap(fmt.Sprintf("read preview of %q", source), err)
	}
	items, err := previewOf(ctx, s.read, id)
	return items, s.wrap(fmt.Sprintf("read preview of %q", source), err)
}

// AcceptPreviews makes items of what is kept apart of those of the sources that
// are polled now, and returns how many came in. It is one transaction for each
// source. A source that has nothing kept apart costs nothing.
func (s *Store) AcceptPreviews(ctx context.Context, sources []news.Source) (int, error) {
	waiting := map[string]bool{}
	if err := each(ctx, s.read, func(rows *rows) error {
		var name string
		err := rows.Scan(&name)
		waiting[name] = true
		return err
	}, `SELECT name FROM source WHERE id IN (SELECT DISTINCT source_id FROM preview)`); err != nil {
		return 0, s.wrap("look for previews", err)
	}
	total := 0
	for _, src := range sources {
		if !src.Polled() || !waiting[src.ID] {
			continue
		}
		n := 0
		err := s.write(ctx, fmt.Sprintf("accept the preview of %q", src.ID), 0, func(t *txn) error {
			id, err := s.sourceID(ctx, t, src.ID)
			if err == nil {
				n, err = t.acceptPreview(id)
			}
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// acceptPreview makes items of what is kept apart of a source. They have the
// times that they had there, so that they take their places among the older
// news.
func (t *txn) acceptPreview(source int64) (int, error) {
	items, err := previewOf(t.w.ctx, t, source)
	if err != nil || len(items) == 0 {
		return 0, err
	}
	contents := make([]packed, len(items))
	for i := range items {
		contents[i] = t.w.s.packer.pack(items[i].Content)
	}
	if err := t.saveItems(source, news.PollResult{Poll: news.Poll{At: t.w.s.opt.Now()}, Items: items}, contents); err != nil {
		return 0, err
	}
	_, err = t.exec(`DELETE FROM preview WHERE source_id = $1`, source)
	return len(items), err
}

// dropPreview forgets what is kept apart of a source, and the validators that
// vouched for it.
func (t *txn) dropPreview(name string) error {
	res, err := t.exec(`DELETE FROM preview WHERE source_id = (SELECT id FROM source WHERE name = $1)`, name)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = t.exec(`UPDATE source SET etag = '', last_modified = '', body_hash = '' WHERE name = $1`, name)
	return err
}
