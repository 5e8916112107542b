package storage

import (
	"slices"

	"github.com/rightswire/rightswire/news"
)

// additions are rows of new items, gathered so that they go into the database
// many to a statement.
type additions struct {
	items, bodies, categories, places []any
}

// grow makes room for so many more items.
func (a *additions) grow(n int) {
	a.items, a.bodies = slices.Grow(a.items, itemWidth*n), slices.Grow(a.bodies, bodyWidth*n)
	a.categories = slices.Grow(a.categories, categoryWidth*n) // one each, about
}

// How many columns the rows have.
const (
	itemWidth     = 16
	bodyWidth     = 8
	categoryWidth = 6
	placeWidth    = 5
)

// item adds a new item and all that hangs on it.
func (a *additions) item(t *txn, source, id, hash int64, it *news.Item, content packed) error {
	more, err := packExtra(it)
	if err != nil {
		return err
	}
	a.items = append(a.items, id, source, hash, it.Key,
		unless(it.Key, it.GUID), unless(it.GUID, it.URL), unless(it.URL, it.Canonical), hashOrNull(it.Canonical),
		it.Title, it.Language, micros(it.Published), micros(it.Updated), micros(it.FirstSeen), it.RawHash, it.Hash,
		it.Completeness())
	a.bodies = append(a.bodies, id, it.Summary, content.plain, content.zstd, it.Author, it.Claimed, it.Image, more)
	return a.filings(t, id, it)
}

// filings adds the filings and places of an item. A desk's filing stays:
// nothing else may take its place.
func (a *additions) filings(t *txn, id int64, it *news.Item) error {
	for i, f := range it.Filings {
		cut, err := t.cut(cut{cutCategory, f.Category})
		if err != nil {
			return err
		}
		a.categories = append(a.categories, id, cut, i, f.Score, string(f.By), listJSON(f.Why))
	}
	for i, p := range it.Places {
		cut, err := t.cut(cut{cutCountry, p.Country})
		if err != nil {
			return err
		}
		a.places = append(a.places, id, cut, i, p.Score, p.Why)
	}
	return nil
}

// write writes what was gathered and forgets it.
func (a *additions) write(t *txn) error {
	for _, rows := range []struct {
		head, tail string
		width      int
		values     []any
	}{
		{`INSERT INTO item (id, source_id, key_hash, item_key, guid, url, canonical, canonical_hash, title, language,
  published, updated, first_seen, raw_hash, hash, completeness) VALUES`, "", itemWidth, a.items},
		{`INSERT INTO item_body (item_id, summary, content, packed, author, claimed, image, extra) VALUES`, "", bodyWidth, a.bodies},
		{`INSERT INTO item_category (item_id, cut_id, rank, score, hand, why) VALUES`,
			` ON CONFLICT (item_id, cut_id) DO NOTHING`, categoryWidth, a.categories},
		{`INSERT INTO item_place (item_id, cut_id, rank, score, why) VALUES`,
			` ON CONFLICT (item_id, cut_id) DO NOTHING`, placeWidth, a.places},
	} {
		if err := t.insert(rows.head, rows.tail, rows.width, rows.values); err != nil {
			return err
		}
	}
	*a = additions{}
	return nil
}
