package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// itemColumns are read by scanItem from itemTables.
const (
	itemColumns = `i.id, s.name, i.item_key, i.guid, i.url, i.canonical, i.title, i.language, i.published, i.updated,
  i.first_seen, i.raw_hash, i.hash, i.story_id, i.copy_of, i.why, t.uid, b.summary, b.content, b.packed, b.author, b.claimed, b.image, b.extra`
	itemTables = `item i JOIN source s ON s.id = i.source_id JOIN item_body b ON b.item_id = i.id
  LEFT JOIN story t ON t.id = i.story_id`
)

func (s *Store) scanItem(rows *rows) (news.Item, error) {
	var it news.Item
	var content packed
	var guid, url, canonical, why, uid, more sql.NullString
	var story, copied sql.NullInt64
	var published, updated, seen int64
	err := rows.Scan(&it.ID, &it.Source, &it.Key, &guid, &url, &canonical, &it.Title, &it.Language, &published, &updated,
		&seen, &it.RawHash, &it.Hash, &story, &copied, &why, &uid, &it.Summary, &content.plain, &content.zstd,
		&it.Author, &it.Claimed, &it.Image, &more)
	if err != nil {
		return it, err
	}
	if it.Content, err = s.packer.unpack(content); err != nil {
		return it, fmt.Errorf("item %d: %w", it.ID, err)
	}
	it.StoryWhy = why.String
	it.GUID = or(it.Key, guid)
	it.URL = or(it.GUID, url)
	it.Canonical = or(it.URL, canonical)
	it.Published, it.Updated, it.FirstSeen = fromMicros(published), fromMicros(updated), fromMicros(seen)
	it.Story, it.CopyOf = story.Int64, copied.Int64
	if uid.Valid {
		it.EntryID = news.Story{UID: uid.String}.EntryID()
	}
	if more.Valid {
		var x extra
		if err := json.Unmarshal([]byte(more.String), &x); err != nil {
			return it, fmt.Errorf("item %d: extra: %w", it.ID, err)
		}
		it.Enclosures, it.Tags, it.Repairs = x.Enclosures, x.Tags, x.Repairs
	}
	return it, nil
}

// selectItems reads the items that a query's tail selects, with filings and
// places: three queries, however many items.
func (s *Store) selectItems(ctx context.Context, q querier, tail string, args ...any) ([]news.Item, error) {
	var items []news.Item
	err := each(ctx, q, func(rows *rows) error {
		it, err := s.scanItem(rows)
		items = append(items, it)
		return err
	}, `SELECT `+itemColumns+` FROM `+itemTables+tail, args...)
	if err != nil {
		return nil, err
	}
	return items, addFilings(ctx, q, items)
}

// AtAddress returns the items of any source with a canonical URL, in the order
// in which they came, whole. Unlike [Store.ByCanonical] it also finds those
// that have no story yet.
func (s *Store) AtAddress(ctx context.Context, canonical string) ([]news.Item, error) {
	items, err := s.selectItems(ctx, s.read, ` WHERE i.canonical_hash = $1 ORDER BY i.id`, hash64(canonical))
	items = slices.DeleteFunc(items, func(it news.Item) bool { return it.Canonical != canonical })
	return items, s.wrap("look up an address", err)
}

// addFilings reads the filings and places of items, best first.
func addFilings(ctx context.Context, q querier, items []news.Item) error {
	at, ids := byID(items)
	err := inLists(ids, func(part []any) error {
		return each(ctx, q, func(rows *rows) error {
			var id int64
			var f news.Filing
			var why sql.NullString
			err := rows.Scan(&id, &f.Category, &f.Score, &f.By, &why)
			if err != nil {
				return err
			}
			f.Why, err = fromListJSON(why)
			it := &items[at[id]]
			it.Filings = append(it.Filings, f)
			return err
		}, `
SELECT k.item_id, c.value, k.score, k.hand, k.why
FROM item_category k JOIN cut c ON c.id = k.cut_id WHERE k.item_id IN (`+list(1, len(part))+`) ORDER BY k.item_id, k.rank`, part...)
	})
	if err != nil {
		return err
	}
	return addPlaces(ctx, q, items)
}

// addPlaces reads the places of items, best first.
func addPlaces(ctx context.Context, q querier, items []news.Item) error {
	at, ids := byID(items)
	return inLists(ids, func(part []any) error {
		return each(ctx, q, func(rows *rows) error {
			var id int64
			var p news.Place
			err := rows.Scan(&id, &p.Country, &p.Score, &p.Why)
			it := &items[at[id]]
			it.Places = append(it.Places, p)
			return err
		}, `
SELECT k.item_id, c.value, k.score, k.why
FROM item_place k JOIN cut c ON c.id = k.cut_id WHERE k.item_id IN (`+list(1, len(part))+`) ORDER BY k.item_id, k.rank`, part...)
	})
}

// byID returns where each item stands in a list, and the ids.
func byID(items []news.Item) (at map[int64]int, ids []int64) {
	at, ids = make(map[int64]int, len(items)), make([]int64, len(items))
	for i := range items {
		at[items[i].ID], ids[i] = i, items[i].ID
	}
	return at, ids
}
