package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	shownColumns = `SELECT t.id, t.uid, COALESCE(t.published, 0), t.updated, t.changed, t.lead, t.cuts, i.id, i.source_id, i.item_key, i.guid, i.url,
  i.title, i.language, i.published, i.first_seen, i.copy_of`
	shownTexts  = `, b.summary, b.author, b.image, b.extra`
	shownTables = ` FROM story t JOIN item i ON i.story_id = t.id`
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
		return s.named(ctx, func(names *naming) error {
			under := make(map[*news.Story]filed, len(part))
			for _, id := range part {
				stories[at[id.(int64)]] = news.Story{}
			}
			x := shownRow{names: names, texts: texts}
			if err := each(ctx, brief{s.read}, func(rows *rows) error {
				if err := x.scan(rows); err != nil {
					return err
				}
				to := &stories[at[x.story.ID]]
				if to.ID == 0 {
					*to, under[to] = x.story, names.filed(x.cuts)
				}
				x.item.Story = to.ID
				to.Items = append(to.Items, x.item)
				return nil
			}, query+` WHERE t.id IN (`+list(1, len(part))+`) AND i.hidden = FALSE`, part...); err != nil {
				return err
			}
			if texts {
				if err := s.addContents(ctx, under, content); err != nil {
					return err
				}
			}
			return s.addLabels(ctx, under, names)
		})
	})
	for i := range stories {
		sortItems(&stories[i])
	}
	return slices.DeleteFunc(stories, func(st news.Story) bool { return len(st.Items) == 0 }), err
}

// shownRow is a row of a story and one of its items.
type shownRow struct {
	names *naming
	texts bool

	story news.Story
	item  news.Item
	cuts  []byte // of the story

	source                             int64
	guid, url, more                    sql.NullString
	copied                             sql.NullInt64
	published, updated, appeared, seen int64
	into                               []any
}

// scan reads the row.
func (x *shownRow) scan(rows *rows) (err error) {
	st, it := &x.story, &x.item
	*st, *it = news.Story{}, news.Item{}
	if x.into == nil {
		x.into = []any{&st.ID, &st.UID, &x.published, &x.updated, &st.Changed, &st.Lead, &x.cuts, &it.ID, &x.source, &it.Key, &x.guid, &x.url,
			&it.Title, &it.Language, &x.appeared, &x.seen, &x.copied}
		if x.texts {
			x.into = append(x.into, &it.Summary, &it.Author, &it.Image, &x.more)
		}
	}
	if err = rows.Scan(x.into...); err != nil {
		return err
	}
	st.Published, st.Updated = fromMicros(x.published), fromMicros(x.updated)
	it.Published, it.FirstSeen = fromMicros(x.appeared), fromMicros(x.seen)
	it.Source = x.names.source(x.source)
	it.GUID = or(it.Key, x.guid)
	it.URL = or(it.GUID, x.url)
	it.CopyOf = x.copied.Int64
	if strings.Contains(x.more.String, `"enclosures"`) {
		var parts struct {
			Enclosures []news.Enclosure `json:"enclosures"`
		}
		if err = json.Unmarshal([]byte(x.more.String), &parts); err != nil {
			return fmt.Errorf("item %d: extra: %w", it.ID, err)
		}
		it.Enclosures = parts.Enclosures
	}
	return nil
}

// addContents adds to the items of stories the contents that are wanted. They are
// read apart from the rest, since most never are, and are most of what there is.
// Of a revision that commits in between, the content is told with the title
// before, as labels are: Changes tells of it, and the next build shows it whole.
func (s *Store) addContents(ctx context.Context, stories map[*news.Story]filed, wanted func(source, summary string) bool) error {
	items := map[int64]*news.Item{}
	for st := range stories {
		for i := range st.Items {
			if it := &st.Items[i]; wanted == nil || wanted(it.Source, it.Summary) {
				items[it.ID] = it
			}
		}
	}
	return inLists(slices.Sorted(maps.Keys(items)), func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var id int64
			var body packed
			err := rows.Scan(&id, &body.plain, &body.zstd)
			if err == nil {
				items[id].Content, err = s.packer.unpack(body)
			}
			if err != nil {
				return fmt.Errorf("item %d: %w", id, err)
			}
			return nil
		}, `SELECT item_id, content, packed FROM item_body WHERE item_id IN (`+list(1, len(part))+`)`, part...)
	})
}

// addLabels adds to the items of stories the names of their categories and
// countries, best first. Most stories have one item, and that not several of
// each: what the story is listed under says it.
func (s *Store) addLabels(ctx context.Context, stories map[*news.Story]filed, names *naming) error {
	filings, places := map[int64]*news.Item{}, map[int64]*news.Item{}
	for st, f := range stories {
		for i := range st.Items {
			it, alone := &st.Items[i], f.known && len(st.Items) == 1
			switch n := len(f.categories); {
			case n == 1 && alone:
				it.Filings = []news.Filing{{Category: f.categories[0]}}
			case n > 0 || !f.known:
				filings[it.ID] = it
			}
			switch n := len(f.countries); {
			case n == 1 && alone:
				it.Places = []news.Place{{Country: f.countries[0]}}
			case n > 0 || !f.known:
				places[it.ID] = it
			}
		}
	}
	if err := s.eachLabel(ctx, `SELECT item_id, rank, cut_id FROM item_category WHERE item_id IN (%s)`, filings, func(it *news.Item, cut int64) {
		it.Filings = append(it.Filings, news.Filing{Category: names.cut(cut).value})
	}); err != nil {
		return err
	}
	return s.eachLabel(ctx, `SELECT item_id, rank, cut_id FROM item_place WHERE item_id IN (%s)`, places, func(it *news.Item, cut int64) {
		it.Places = append(it.Places, news.Place{Country: names.cut(cut).value})
	})
}

// eachLabel calls add for each label of items, the best of each item first.
func (s *Store) eachLabel(ctx context.Context, text string, items map[int64]*news.Item, add func(it *news.Item, cut int64)) error {
	var found [][3]int64 // item, rank, cut: sorted here for less than there
	err := inLists(slices.Sorted(maps.Keys(items)), func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var l [3]int64
			err := rows.Scan(&l[0], &l[1], &l[2])
			found = append(found, l)
			return err
		}, fmt.Sprintf(text, list(1, len(part))), part...)
	})
	slices.SortFunc(found, func(a, b [3]int64) int { return slices.Compare(a[:], b[:]) })
	for _, l := range found {
		add(items[l[0]], l[2])
	}
	return err
}
