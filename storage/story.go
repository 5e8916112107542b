package storage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// Story returns a story by its UID, with its visible items: for that of a story
// that was merged into another, the other one. It returns [news.ErrNotFound] if
// there is none, or nothing of it is visible.
func (s *Store) Story(ctx context.Context, uid string) (news.Story, error) {
	what := fmt.Sprintf("read story %q", uid)
	id := int64(0)
	err := each(ctx, brief{s.read}, func(rows *rows) error { return rows.Scan(&id) }, `
SELECT CASE WHEN merged <> 0 THEN merged ELSE id END FROM story
WHERE id = COALESCE((SELECT id FROM story WHERE uid = $1), (SELECT story_id FROM story_alias WHERE uid = $2))`, uid, uid)
	if err != nil {
		return news.Story{}, s.wrap(what, err)
	}
	stories, err := s.loadStories(ctx, []int64{id})
	if err != nil {
		return news.Story{}, s.wrap(what, err)
	}
	if len(stories) == 0 {
		return news.Story{}, fmt.Errorf("%s: %w", what, news.ErrNotFound)
	}
	return stories[0], nil
}

// Stories returns the stories that a query selects, newest first, with all
// their visible items. A story is selected when one of its items meets every
// set field and what the text asks; several values of a field are
// alternatives. The cap per source is kept to in the newest 200,000 candidates,
// and a text selects from the latest [search.MaxFound] items that it finds.
func (s *Store) Stories(ctx context.Context, q news.Query) ([]news.Story, error) {
	found, err := s.selected(ctx, q)
	if err != nil {
		return nil, s.wrap("list stories", err)
	}
	ids := make([]int64, len(found))
	for i, c := range found {
		ids[i] = c.id
	}
	stories, err := s.loadStories(ctx, ids)
	return stories, s.wrap("list stories", err)
}

// candidate is a story that a list holds.
type candidate struct{ id, published, source, changed int64 }

// selected walks the lists of a query, page by page.
func (s *Store) selected(ctx context.Context, q news.Query) ([]candidate, error) {
	p, err := s.plan(ctx, q)
	if err != nil || p.none {
		return nil, err
	}
	limit := limitOf(q)
	page := limit
	if q.PerSource > 0 {
		page = max(limit, chunk)
	}
	var all []candidate
	led := map[int64]int{} // stories by the source of their lead
	// take adds stories to all, and reports whether there are enough.
	take := func(found []candidate) bool {
		for _, c := range found {
			if q.PerSource > 0 && led[c.source] >= q.PerSource {
				continue
			}
			led[c.source]++
			if all = append(all, c); len(all) == limit {
				return true
			}
		}
		return false
	}
	if !p.asked.Empty() {
		found, err := s.matching(ctx, q, p)
		take(found)
		return all, err
	}
	after := candidate{id: math.MaxInt64, published: math.MaxInt64}
	if q.After != (news.Cursor{}) {
		after = candidate{id: q.After.ID, published: micros(q.After.Published)}
	}
	for scanned := 0; scanned < maxScan; {
		found, err := s.candidates(ctx, p, after, page)
		if err != nil {
			return nil, err
		}
		if take(found) || len(found) < page {
			break
		}
		after = found[len(found)-1]
		scanned += len(found)
	}
	return all, nil
}

// candidates returns the next page of a query's lists, merged.
func (s *Store) candidates(ctx context.Context, p plan, after candidate, page int) ([]candidate, error) {
	var found []candidate
	b := candidateQuery(p, after, page)
	q := querier(s.read)
	if _, exact := p.driver(); exact {
		q = brief{s.read}
	}
	err := each(ctx, q, func(rows *rows) error {
		var c candidate
		err := rows.Scan(&c.id, &c.published, &c.source, &c.changed)
		found = append(found, c)
		return err
	}, b.String(), b.args...)
	return found, err
}

// candidateQuery walks each list as a range scan, and merges those scans when
// there are several.
func candidateQuery(p plan, after candidate, page int) *stmt {
	cuts, exact := p.driver()
	b := &stmt{}
	for i, id := range cuts {
		if len(cuts) > 1 {
			b.add([]string{"SELECT * FROM (", "\nUNION\nSELECT * FROM ("}[min(i, 1)])
		}
		b.add(`
SELECT c.story_id, c.published, t.lead_source, t.changed FROM story_cut c JOIN story t ON t.id = c.story_id
WHERE c.cut_id = ? AND (c.published, c.story_id) < (?, ?)`, id, after.published, after.id)
		if !exact {
			b.add("\n  AND EXISTS (SELECT 1 FROM item i WHERE i.story_id = c.story_id AND ")
			p.holds(b)
			b.add(")")
		}
		b.add("\nORDER BY c.published DESC, c.story_id DESC LIMIT ?", page)
		if len(cuts) > 1 {
			b.add(") l")
		}
	}
	if len(cuts) > 1 {
		b.add("\nORDER BY published DESC, story_id DESC LIMIT ?", page)
	}
	return b
}

// loadStories returns stories with their visible items, in the order of ids;
// a story of which nothing is visible is left out.
func (s *Store) loadStories(ctx context.Context, ids []int64) ([]news.Story, error) {
	stories := make([]news.Story, len(ids))
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	err := inLists(ids, func(part []any) error {
		in := "(" + list(1, len(part)) + ")"
		if err := each(ctx, brief{s.read}, func(rows *rows) error {
			var st news.Story
			var published, updated int64
			err := rows.Scan(&st.ID, &st.UID, &published, &updated, &st.Changed, &st.Lead, &st.Pin)
			st.Published, st.Updated = fromMicros(published), fromMicros(updated)
			stories[at[st.ID]] = st
			return err
		}, `SELECT id, uid, COALESCE(published, 0), updated, changed, lead, pin FROM story WHERE id IN `+in, part...); err != nil {
			return err
		}
		items, err := s.selectItems(ctx, s.read, ` WHERE i.story_id IN `+in+` AND i.hidden = FALSE`, part...)
		for _, it := range items {
			st := &stories[at[it.Story]]
			st.Items = append(st.Items, it)
		}
		return err
	})
	for i := range stories {
		sortItems(&stories[i])
	}
	return slices.DeleteFunc(stories, func(st news.Story) bool { return len(st.Items) == 0 }), err
}

// sortItems puts the lead first, the others by Published and ID.
func sortItems(st *news.Story) {
	slices.SortFunc(st.Items, func(a, b news.Item) int {
		return cmp.Or(
			cmp.Compare(asInt(a.ID != st.Lead), asInt(b.ID != st.Lead)),
			a.Published.Compare(b.Published),
			cmp.Compare(a.ID, b.ID),
		)
	})
}
