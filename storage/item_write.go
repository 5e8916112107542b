package storage

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// maxAliases bounds what one item can pile up, whatever its feed does to it.
const maxAliases = 16

// extra is what few items have and no query asks for.
type extra struct {
	Enclosures []news.Enclosure `json:"enclosures,omitempty"`
	Tags       []string         `json:"tags,omitempty"`
	Repairs    []string         `json:"repairs,omitempty"`
}

func packExtra(it *news.Item) (sql.NullString, error) {
	if len(it.Enclosures)+len(it.Tags)+len(it.Repairs) == 0 {
		return sql.NullString{}, nil
	}
	b, err := json.Marshal(extra{it.Enclosures, it.Tags, it.Repairs})
	return sql.NullString{String: string(b), Valid: true}, err
}

// saveDetails writes anew what hangs on an item: its body, filings and places.
// A desk's corrections hold.
func (t *txn) saveDetails(id int64, it *news.Item, content packed) error {
	more, err := packExtra(it)
	if err != nil {
		return err
	}
	if _, err := t.exec(`
UPDATE item_body SET summary = $1, content = $2, packed = $3, author = $4, claimed = $5, image = $6, extra = $7
WHERE item_id = $8`,
		it.Summary, content.plain, content.zstd, it.Author, it.Claimed, it.Image, more, id); err != nil {
		return err
	}
	var add additions
	if err := add.filings(t, id, it); err != nil {
		return err
	}
	if err := add.write(t); err != nil {
		return err
	}
	return t.keepUnfiled(id)
}

// before is what an update needs to know of the row it changes.
type before struct {
	key, url, title, hash string
	summary               string
	content               packed
	updated               int64
	story                 sql.NullInt64
}

// updateItem changes an item of this source; one that is gone, or belongs to
// another source, stays as it is (S25).
func (t *txn) updateItem(source, id int64, it *news.Item, content packed, at time.Time, stories touched) error {
	old, err := t.before(source, id)
	if noRows(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if it.Key != old.key {
		if err := t.addAlias(source, id, it.Key); err != nil {
			return fmt.Errorf("alias: %w", err)
		}
	}
	updated := old.updated
	if it.Hash != old.hash {
		updated = max(updated, micros(it.Updated))
		if err := t.addRevision(id, at, old); err != nil {
			return fmt.Errorf("revision: %w", err)
		}
	}
	if _, err := t.exec(`
UPDATE item SET guid = $1, url = $2, canonical = $3, canonical_hash = $4, title = $5, language = $6, updated = $7,
  raw_hash = $8, hash = $9, completeness = $10
WHERE id = $11`,
		unless(old.key, it.GUID), unless(it.GUID, it.URL), unless(it.URL, it.Canonical), hashOrNull(it.Canonical),
		it.Title, it.Language, updated, it.RawHash, it.Hash, it.Completeness(), id); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM item_category WHERE item_id = $1 AND hand <> $2`, id, string(news.ByDesk)); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM item_place WHERE item_id = $1`, id); err != nil {
		return err
	}
	if old.story.Valid {
		stories.add(old.story.Int64, it.Hash != old.hash)
	}
	return t.saveDetails(id, it, content)
}

func (t *txn) before(source, id int64) (old before, err error) {
	var guid, url sql.NullString
	err = t.row([]any{&old.key, &guid, &url, &old.title, &old.hash, &old.summary, &old.content.plain, &old.content.zstd,
		&old.updated, &old.story}, `
SELECT i.item_key, i.guid, i.url, i.title, i.hash, b.summary, b.content, b.packed, i.updated, i.story_id
FROM item i JOIN item_body b ON b.item_id = i.id
WHERE i.id = $1 AND i.source_id = $2`, id, source)
	old.url = or(or(old.key, guid), url)
	return old, err
}

// addRevision keeps what an item said, and forgets the oldest of too many.
func (t *txn) addRevision(id int64, at time.Time, old before) error {
	if _, err := t.exec(`
INSERT INTO revision (item_id, at, url, title, summary, content, packed, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, micros(at), old.url, old.title, old.summary, old.content.plain, old.content.zstd, old.hash); err != nil {
		return err
	}
	return t.keepNewest("revision", t.w.s.opt.Revisions, id)
}

// addAlias remembers a key under which the item was seen.
func (t *txn) addAlias(source, id int64, key string) error {
	res, err := t.exec(`
INSERT INTO item_alias (source_id, key_hash, item_key, item_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (source_id, key_hash) DO NOTHING`, source, hash64(key), key, id)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return t.keepNewest("item_alias", maxAliases, id)
}

func (t *txn) keepNewest(table string, keep int, item int64) error {
	_, err := t.exec(strings.ReplaceAll(`
DELETE FROM TABLE WHERE item_id = $1 AND id <=
  (SELECT id FROM TABLE WHERE item_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, "TABLE", table), item, keep)
	return err
}
