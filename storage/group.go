package storage

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Ungrouped returns items that belong to no story yet, in the order in which
// they were stored, with what [Store.GroupWindow] gives of those that do; at
// most limit, 50 if that is 0, and no more after some megabytes of text.
func (s *Store) Ungrouped(ctx context.Context, limit int) ([]news.Item, error) {
	items, err := s.selectLightUpTo(ctx, maxUngrouped, `WHERE i.story_id IS NULL ORDER BY i.id LIMIT $1`, limitOf(news.Query{Limit: limit}))
	return items, s.wrap("list ungrouped items", err)
}

// CountUngrouped counts the items that belong to no story yet, up to most.
func (s *Store) CountUngrouped(ctx context.Context, most int) (n int, err error) {
	err = each(ctx, brief{s.read}, func(rows *rows) error { return rows.Scan(&n) },
		`SELECT count(*) FROM (SELECT 1 FROM item WHERE story_id IS NULL LIMIT $1) AS waiting`, most)
	return n, s.wrap("count ungrouped items", err)
}

// maxUngrouped is how much text one call of [Store.Ungrouped] gives, about, in
// bytes.
const maxUngrouped = 4 << 20

// errEnough ends the reading of rows.
var errEnough = errors.New("enough")

// selectLight reads what grouping compares of the items that a query's tail
// selects.
func (s *Store) selectLight(ctx context.Context, tail string, args ...any) ([]news.Item, error) {
	return s.selectLightUpTo(ctx, math.MaxInt, tail, args...)
}

// selectLightUpTo is selectLight as long as it has given less than so many bytes
// of text.
func (s *Store) selectLightUpTo(ctx context.Context, limit int, tail string, args ...any) ([]news.Item, error) {
	var items []news.Item
	err := each(ctx, brief{s.read}, func(rows *rows) error {
		if limit <= 0 {
			return errEnough
		}
		it, err := s.scanLight(rows)
		if len(items) == cap(items) {
			items = slices.Grow(items, len(items)+1) // twofold: append grows long slices by a quarter
		}
		items = append(items, it)
		limit -= len(it.Content) + len(it.Summary)
		return err
	}, lightItem+tail, args...)
	if err != nil && err != errEnough {
		return nil, err
	}
	return items, addPlaces(ctx, brief{s.read}, items)
}

// comparedContent is how much of a content grouping is given, in bytes: as
// much as anybody compares, since a window of whole articles would fill the
// memory.
const comparedContent = 32 << 10

// lightItem selects what grouping compares, for scanLight.
const lightItem = `
SELECT i.id, s.name, i.item_key, i.guid, i.url, i.canonical, i.title, b.summary, b.content, b.packed,
  i.language, i.published, i.first_seen,
  i.hash, i.story_id, i.copy_of
FROM item i JOIN source s ON s.id = i.source_id JOIN item_body b ON b.item_id = i.id `

func (s *Store) scanLight(rows *rows) (news.Item, error) {
	var it news.Item
	var content packed
	var guid, url, canonical sql.NullString
	var story, copied sql.NullInt64
	var published, seen int64
	err := rows.Scan(&it.ID, &it.Source, &it.Key, &guid, &url, &canonical, &it.Title, &it.Summary, &content.plain, &content.zstd,
		&it.Language, &published, &seen, &it.Hash, &story, &copied)
	if err != nil {
		return it, err
	}
	if it.Content, err = s.packer.unpack(content); err != nil {
		return it, err
	}
	if len(it.Content) > comparedContent {
		it.Content = strings.ToValidUTF8(it.Content[:comparedContent], "")
	}
	it.GUID = or(it.Key, guid)
	it.URL = or(it.GUID, url)
	it.Canonical = or(it.URL, canonical)
	it.Published, it.FirstSeen = fromMicros(published), fromMicros(seen)
	it.Story, it.CopyOf = story.Int64, copied.Int64
	return it, nil
}

// GroupWindow gives page the grouped items first seen at or after since, some
// hundred at a time, in the order of their ids, with what grouping compares:
// title, summary, the first 32 KiB of the content, places, addresses,
// language, times, hash, story. Filings are left out. An error of page ends it
// and is returned.
func (s *Store) GroupWindow(ctx context.Context, since time.Time, page func([]news.Item) error) error {
	const what = "read grouping window"
	var ids []int64
	err := each(ctx, brief{s.read}, func(rows *rows) error {
		ids = append(ids, 0)
		return rows.Scan(&ids[len(ids)-1])
	}, `SELECT id FROM item WHERE first_seen >= $1 AND story_id IS NOT NULL`, micros(since))
	if err != nil {
		return s.wrap(what, err)
	}
	slices.Sort(ids)
	return s.groupPages(ctx, what, ids, page)
}

// groupPages gives page what grouping compares of items, in the order of ids.
func (s *Store) groupPages(ctx context.Context, what string, ids []int64, page func([]news.Item) error) error {
	return inLists(ids, func(part []any) error {
		items, err := s.selectLight(ctx, `WHERE i.id IN (`+list(1, len(part))+`) AND i.story_id IS NOT NULL ORDER BY i.id`, part...)
		if err != nil {
			return s.wrap(what, err)
		}
		return page(items)
	})
}

// perAddress is how many items at one address grouping is given: a feed that
// gives the front page for every item has brought thousands.
const perAddress = 8

// newestAt selects the newest grouped items at an address.
const newestAt = lightItem + `WHERE i.id IN
  (SELECT id FROM item WHERE canonical_hash = $1 AND story_id IS NOT NULL ORDER BY id DESC LIMIT $2) ORDER BY i.id`

// ByCanonical returns the grouped items, of any source, at each of the
// canonical URLs, the eight newest in the order in which they were stored, with
// the fields that [Store.GroupWindow] gives except places.
func (s *Store) ByCanonical(ctx context.Context, canonicals []string) (map[string][]news.Item, error) {
	const what = "look up addresses"
	wanted := make(map[string]bool, len(canonicals))
	var hashes []int64
	for _, c := range canonicals {
		if c != "" && !wanted[c] {
			wanted[c] = true
			hashes = append(hashes, hash64(c))
		}
	}
	known, err := s.groupedAt(ctx, hashes)
	if err != nil {
		return nil, s.wrap(what, err)
	}
	found := map[string][]news.Item{}
	for _, hash := range known { // few: most addresses are new, and what asks for them has no story yet
		err := each(ctx, brief{s.read}, func(rows *rows) error {
			it, err := s.scanLight(rows)
			if wanted[it.Canonical] {
				found[it.Canonical] = append(found[it.Canonical], it)
			}
			return err
		}, newestAt, hash, perAddress)
		if err != nil {
			return nil, s.wrap(what, err)
		}
	}
	return found, nil
}

// groupedAt returns those hashes of canonical URLs at which there may be a
// grouped item. Nearly all have one item, which waits for a story itself. So the
// index of addresses is asked first, in its order, and then the items in theirs:
// rows are read in no order otherwise, each from a page of its own.
func (s *Store) groupedAt(ctx context.Context, hashes []int64) (known []int64, err error) {
	slices.Sort(hashes)
	at, count := map[int64]int64{}, map[int64]int{} // hashes by item; items by hash
	var ids []int64
	err = inLists(hashes, func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var hash, id int64
			err := rows.Scan(&hash, &id)
			if count[hash]++; count[hash] <= perAddress {
				at[id], ids = hash, append(ids, id)
			} else if count[hash] == perAddress+1 {
				known = append(known, hash) // so many are looked at one by one
			}
			return err
		}, `SELECT canonical_hash, id FROM item WHERE canonical_hash IN (`+list(1, len(part))+`)`, part...)
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	err = inLists(ids, func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var id int64
			err := rows.Scan(&id)
			known = append(known, at[id])
			return err
		}, `SELECT id FROM item WHERE id IN (`+list(1, len(part))+`) AND story_id IS NOT NULL`, part...)
	})
	slices.Sort(known)
	return slices.Compact(known), err
}
