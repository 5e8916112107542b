package storage

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// StoryMarks returns which stories [Store.Stories] would return, without
// reading them.
func (s *Store) StoryMarks(ctx context.Context, q news.Query) ([]news.StoryMark, error) {
	found, err := s.selected(ctx, q)
	marks := make([]news.StoryMark, len(found))
	for i, c := range found {
		marks[i] = news.StoryMark{ID: c.id, Changed: c.changed, Published: fromMicros(c.published)}
	}
	return marks, s.wrap("list stories", err)
}

// StoryHeads returns what lists show of stories, by id, in that order; those
// of which nothing is visible are left out. No text is read.
func (s *Store) StoryHeads(ctx context.Context, ids []int64) ([]news.StoryHead, error) {
	heads := make([]news.StoryHead, len(ids))
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	err := inLists(ids, func(part []any) error {
		return s.named(ctx, func(names *naming) error {
			for _, id := range part {
				heads[at[id.(int64)]] = news.StoryHead{}
			}
			several := map[int64]int64{} // story: lead; of those in categories, or who knows
			if err := each(ctx, brief{s.read}, func(rows *rows) error {
				var h news.StoryHead
				var published, updated, seen, source, lead int64
				var cuts []byte
				err := rows.Scan(&h.ID, &h.UID, &published, &updated, &h.Changed, &lead, &cuts, &h.Title, &h.Language, &source, &seen)
				h.Published, h.Updated, h.FirstSeen = fromMicros(published), fromMicros(updated), fromMicros(seen)
				h.Source = names.source(source)
				if f := names.filed(cuts); f.known && len(f.categories) < 2 {
					h.Categories = f.categories
				} else {
					several[h.ID] = lead
				}
				heads[at[h.ID]] = h
				return err
			}, `
SELECT t.id, t.uid, COALESCE(t.published, 0), t.updated, t.changed, t.lead, t.cuts, i.title, i.language, i.source_id, i.first_seen
FROM story t JOIN item i ON i.id = t.lead WHERE t.id IN (`+list(1, len(part))+`)`, part...); err != nil {
				return err
			}
			return s.eachCategory(ctx, several, func(story, cut int64) {
				category := names.cut(cut).value
				if h := &heads[at[story]]; !slices.Contains(h.Categories, category) {
					h.Categories = append(h.Categories, category)
				}
			})
		})
	})
	return slices.DeleteFunc(heads, func(h news.StoryHead) bool { return h.ID == 0 }), s.wrap("read stories", err)
}

// eachCategory calls add for each category of the visible items of stories, given
// with their leads: those of the lead first, the best of each item first.
func (s *Store) eachCategory(ctx context.Context, leads map[int64]int64, add func(story, cut int64)) error {
	var found [][6]int64 // story, 0: its lead, published, item, rank, cut: sorted here for less than there
	err := inLists(slices.Sorted(maps.Keys(leads)), func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var l [6]int64
			err := rows.Scan(&l[0], &l[2], &l[3], &l[4], &l[5])
			l[1] = int64(asInt(l[3] != leads[l[0]]))
			found = append(found, l)
			return err
		}, `
SELECT i.story_id, i.published, i.id, k.rank, k.cut_id FROM item i JOIN item_category k ON k.item_id = i.id
WHERE i.story_id IN (`+list(1, len(part))+`) AND i.hidden = FALSE`, part...)
	})
	slices.SortFunc(found, func(a, b [6]int64) int { return slices.Compare(a[:], b[:]) })
	for _, l := range found {
		add(l[0], l[5])
	}
	return err
}

// Arrivals returns the stories of the visible ones among the items that were
// first seen last, at most limit of them, and since when they are all.
func (s *Store) Arrivals(ctx context.Context, limit int) ([]news.Arrival, time.Time, error) {
	const what = "list what came lately"
	kinds := map[int64]cut{}
	err := each(ctx, s.read, func(rows *rows) error {
		var id int64
		var c cut
		err := rows.Scan(&id, &c.kind, &c.value)
		kinds[id] = c
		return err
	}, `SELECT id, kind, value FROM cut`)
	if err != nil {
		return nil, time.Time{}, s.wrap(what, err)
	}
	// The next one that there is no room for: what came with it is not all there.
	oldest := int64(math.MinInt64)
	if err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&oldest) },
		`SELECT first_seen FROM item ORDER BY first_seen DESC LIMIT 1 OFFSET $1`, limit); err != nil {
		return nil, time.Time{}, s.wrap(what, err)
	}
	var out []news.Arrival
	err = each(ctx, s.read, func(rows *rows) error {
		var a news.Arrival
		var published, seen int64
		var cuts []byte
		err := rows.Scan(&a.ID, &a.Changed, &published, &seen, &cuts)
		a.Published, a.Seen = fromMicros(published), fromMicros(seen)
		for _, id := range unpackIDs(cuts) {
			switch c := kinds[id]; c.kind {
			case cutCategory:
				a.Categories = append(a.Categories, c.value)
			case cutCountry:
				a.Countries = append(a.Countries, c.value)
			case cutLanguage:
				a.Languages = append(a.Languages, c.value)
			case cutSource:
				a.Sources = append(a.Sources, c.value)
			}
		}
		out = append(out, a)
		return err
	}, recentStories, oldest)
	if oldest == math.MinInt64 {
		return out, time.Time{}, s.wrap(what, err)
	}
	return out, fromMicros(oldest + 1), s.wrap(what, err)
}

const recentStories = `
SELECT t.id, t.changed, COALESCE(t.published, 0), MAX(i.first_seen), t.cuts FROM item i JOIN story t ON t.id = i.story_id
WHERE i.first_seen > $1 AND i.hidden = FALSE GROUP BY t.id`
