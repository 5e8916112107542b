package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// FindStories returns stories by id, in that order, with what readers are shown
// of their visible items; those of which nothing is visible are left out. What
// only the desk looks at stays empty: an item's hashes, its other addresses, why
// it is where it is. content says whose content is wanted, of which source and
// with which summary, since most of it is never shown; nil: all.
func (s *Store) FindStories(ctx context.Context, ids []int64, content func(source, summary string) bool) ([]news.Story, error) {
	stories, err := s.showStories(ctx, ids, true, content)
	return stories, s.wrap("read stories", err)
}

// The columns that showStories reads, and those of texts.
const (
	shownColumns = `SELECT t.id, t.uid, COALESCE(t.published, 0), t.updated, t.changed, t.lead, i.id, s.name, i.item_key, i.guid, i.url, i.title, i.language,
  i.published, i.first_seen, i.copy_of`
	shownTexts  = `, b.summary, b.content, b.packed, b.author, b.image, b.extra`
	shownTables = ` FROM story t JOIN item i ON i.story_id = t.id JOIN source s ON s.id = i.source_id`
	shownBodies = ` JOIN item_body b ON b.item_id = i.id`
)

// showStories is FindStories; without texts, items have neither these nor what
// is stored with them.
func (s *Store) showStories(ctx context.Context, ids []int64, texts bool, content func(source, summary string) bool) ([]news.Story, error) {
	stories := make([]news.Story, len(ids))
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	query := shownColumns + shownTables
	if texts {
		query = shownColumns + shownTexts + shownTables + shownBodies
	}
	err := inLists(ids, func(part []any) error {
		spots := map[int64]spot{}
		err := each(ctx, s.read, func(rows *sql.Rows) error {
			st, it, err := s.scanShown(rows, texts, content)
			if err != nil {
				return err
			}
			to := &stories[at[st.ID]]
			if to.ID == 0 {
				*to = st
			}
			it.Story = st.ID
			spots[it.ID] = spot{at[st.ID], len(to.Items)}
			to.Items = append(to.Items, it)
			return nil
		}, query+` WHERE t.id IN (`+list(1, len(part))+`) AND i.hidden = FALSE`, part...)
		if err != nil {
			return err
		}
		return s.addLabels(ctx, stories, spots)
	})
	for i := range stories {
		sortItems(&stories[i])
	}
	return slices.DeleteFunc(stories, func(st news.Story) bool { return len(st.Items) == 0 }), err
}

// spot is where an item stands: in which story, and where in it.
type spot struct{ story, item int }

// scanShown reads a row of a story and one of its items.
func (s *Store) scanShown(rows *sql.Rows, texts bool, content func(source, summary string) bool) (st news.Story, it news.Item, err error) {
	var guid, url, more sql.NullString
	var copied sql.NullInt64
	var body packed
	var published, updated, itemPublished, seen int64
	into := []any{&st.ID, &st.UID, &published, &updated, &st.Changed, &st.Lead, &it.ID, &it.Source, &it.Key, &guid, &url, &it.Title, &it.Language,
		&itemPublished, &seen, &copied}
	if texts {
		into = append(into, &it.Summary, &body.plain, &body.zstd, &it.Author, &it.Image, &more)
	}
	if err = rows.Scan(into...); err != nil {
		return st, it, err
	}
	st.Published, st.Updated = fromMicros(published), fromMicros(updated)
	it.Published, it.FirstSeen = fromMicros(itemPublished), fromMicros(seen)
	it.GUID = or(it.Key, guid)
	it.URL = or(it.GUID, url)
	it.CopyOf = copied.Int64
	if texts && (content == nil || content(it.Source, it.Summary)) {
		if it.Content, err = s.packer.unpack(body); err != nil {
			return st, it, fmt.Errorf("item %d: %w", it.ID, err)
		}
	}
	if more.Valid {
		var x extra
		if err = json.Unmarshal([]byte(more.String), &x); err != nil {
			return st, it, fmt.Errorf("item %d: extra: %w", it.ID, err)
		}
		it.Enclosures = x.Enclosures
	}
	return st, it, nil
}

// addLabels adds to items the names of their categories and countries, best
// first.
func (s *Store) addLabels(ctx context.Context, stories []news.Story, spots map[int64]spot) error {
	ids := make([]int64, 0, len(spots))
	for id := range spots {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return inLists(ids, func(part []any) error {
		in := `(` + list(1, len(part)) + `)`
		if err := each(ctx, s.read, func(rows *sql.Rows) error {
			var id int64
			var f news.Filing
			err := rows.Scan(&id, &f.Category)
			it := &stories[spots[id].story].Items[spots[id].item]
			it.Filings = append(it.Filings, f)
			return err
		}, `SELECT k.item_id, c.value FROM item_category k JOIN cut c ON c.id = k.cut_id WHERE k.item_id IN `+in+` ORDER BY k.item_id, k.rank`, part...); err != nil {
			return err
		}
		return each(ctx, s.read, func(rows *sql.Rows) error {
			var id int64
			var p news.Place
			err := rows.Scan(&id, &p.Country)
			it := &stories[spots[id].story].Items[spots[id].item]
			it.Places = append(it.Places, p)
			return err
		}, `SELECT k.item_id, c.value FROM item_place k JOIN cut c ON c.id = k.cut_id WHERE k.item_id IN `+in+` ORDER BY k.item_id, k.rank`, part...)
	})
}
