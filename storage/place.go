package storage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// Place puts items into stories, all of them or none: it makes the stories
// that are new, and brings those that items join or leave up to date. A UID
// that exists already is joined, so that the same placements can be repeated
// after a crash. An item that has been removed in the meantime is passed over,
// and so is one that the desk has put where it is. What is to join a story that
// the desk merged into another joins that one.
//
// The earliest Published of its items is the story's, and never moves later.
// The lead is the item that the desk pinned, else that of the best ranked
// source (no rank counts as 5), an original before a copy, the most complete
// one ([news.Completeness]), the earliest, the one stored first. Updated moves
// with the items, and to now when another item takes the lead, because then
// readers see another text. It returns [news.ErrNotFound] for a Story that
// does not exist.
//
// The Story of each placement becomes the one that its item is in now; 0 where
// there is no such item.
func (s *Store) Place(ctx context.Context, placements []news.Placement) error {
	if len(placements) == 0 {
		return nil
	}
	var items map[int64]*placed
	err := s.writeAlone(ctx, fmt.Sprintf("place %d items", len(placements)), func(t *txn) (err error) {
		items, err = t.place(placements)
		return err
	})
	if err != nil {
		return err
	}
	for i := range placements {
		p := &placements[i]
		if p.Story = 0; items[p.Item] != nil {
			p.Story = items[p.Item].story
		}
	}
	return nil
}

// placing is one call of Place.
type placing struct {
	t     *txn
	items map[int64]*placed // those that exist
	uids  map[string]int64  // stories by UID, as far as placements name them
	named map[int64]int64   // the same by id: what each is part of now
	made  []*storyRow       // new stories, in order
	isNew map[int64]*storyRow
	old   touched // stories that were there before
}

func (t *txn) place(placements []news.Placement) (map[int64]*placed, error) {
	ids := make([]int64, len(placements))
	for i, p := range placements {
		ids[i] = p.Item
	}
	x := &placing{t: t, isNew: map[int64]*storyRow{}, old: touched{}}
	var err error
	if x.items, err = t.loadPlaced(ids); err != nil {
		return nil, err
	}
	if err := x.findStories(placements); err != nil {
		return nil, err
	}
	for _, p := range placements {
		if err := x.assign(p); err != nil {
			return nil, fmt.Errorf("item %d: %w", p.Item, err)
		}
	}
	if err := x.makeStories(ids); err != nil {
		return nil, err
	}
	for _, p := range placements {
		it := x.items[p.Item]
		if it == nil || it.last != p {
			continue
		}
		if _, err := t.exec(`UPDATE item SET story_id = $1, copy_of = $2, why = $3 WHERE id = $4`,
			it.story, nullID(p.CopyOf), sql.NullString{String: p.Why, Valid: p.Why != ""}, p.Item); err != nil {
			return nil, fmt.Errorf("item %d: %w", p.Item, err)
		}
	}
	return x.items, t.refresh(x.old)
}

// findStories looks up which of the stories exist.
func (x *placing) findStories(placements []news.Placement) error {
	x.uids, x.named = map[string]int64{}, map[int64]int64{}
	var uids []string
	var ids []int64
	for _, p := range placements {
		if _, twice := x.named[p.Story]; p.Story != 0 && !twice {
			x.named[p.Story] = 0
			ids = append(ids, p.Story)
		}
		if _, twice := x.uids[p.NewUID]; p.Story == 0 && p.NewUID != "" && !twice {
			x.uids[p.NewUID] = 0
			uids = append(uids, p.NewUID)
		}
	}
	slices.Sort(uids) // neighbours share a page of the index
	err := inLists(ids, func(part []any) error {
		return each(x.t.w.ctx, x.t, func(rows *rows) error {
			var id, now int64
			err := rows.Scan(&id, &now)
			x.named[id] = now
			return err
		}, `SELECT id, CASE WHEN merged <> 0 THEN merged ELSE id END FROM story WHERE id IN (`+list(1, len(part))+`)`, part...)
	})
	if err != nil {
		return err
	}
	return inLists(uids, func(part []any) error {
		in, also := list(1, len(part)), list(len(part)+1, len(part))
		return each(x.t.w.ctx, x.t, func(rows *rows) error {
			var uid string
			var id int64
			err := rows.Scan(&uid, &id)
			x.uids[uid] = id
			return err
		}, `
SELECT uid, CASE WHEN merged <> 0 THEN merged ELSE id END FROM story WHERE uid IN (`+in+`)
UNION ALL
SELECT a.uid, CASE WHEN t.merged <> 0 THEN t.merged ELSE t.id END FROM story_alias a JOIN story t ON t.id = a.story_id WHERE a.uid IN (`+also+`)`,
			append(slices.Clone(part), part...)...)
	})
}

// assign decides which story an item goes into.
func (x *placing) assign(p news.Placement) error {
	it := x.items[p.Item]
	if it == nil || it.fixed && it.story != 0 {
		return nil
	}
	story, err := x.target(p)
	if err != nil {
		return err
	}
	for _, id := range []int64{story, it.story} {
		if id != 0 && x.isNew[id] == nil {
			x.old.add(id, true)
		}
	}
	it.story, it.last, it.copied = story, p, p.CopyOf != 0
	return nil
}

// target returns the story of a placement, making it if it is new.
func (x *placing) target(p news.Placement) (int64, error) {
	if p.Story != 0 {
		id := x.named[p.Story]
		if id == 0 {
			return 0, fmt.Errorf("story %d: %w", p.Story, news.ErrNotFound)
		}
		return id, nil
	}
	if p.NewUID == "" {
		return 0, fmt.Errorf("neither a story nor the UID of a new one: %w", news.ErrNotFound)
	}
	if id := x.uids[p.NewUID]; id != 0 {
		return id, nil
	}
	id, err := x.t.next("story")
	if err != nil {
		return 0, err
	}
	r := &storyRow{id: id, uid: p.NewUID, now: map[int64]bool{}}
	x.uids[p.NewUID], x.isNew[id] = id, r
	x.made = append(x.made, r)
	return id, nil
}

// makeStories adds the new stories. All that is in them is known: nothing of
// it has to be read again.
func (x *placing) makeStories(ids []int64) error {
	for _, id := range ids {
		it := x.items[id]
		if it == nil || it.hidden || x.isNew[it.story] == nil || it.counted {
			continue
		}
		it.counted = true
		r := x.isNew[it.story]
		r.members = append(r.members, it.member)
		for _, id := range it.cuts {
			r.now[id] = true
		}
	}
	if len(x.made) == 0 {
		return nil
	}
	seq, err := x.t.change()
	if err != nil {
		return err
	}
	rows, n := make([]derived, len(x.made)), 0
	for i, r := range x.made {
		rows[i] = r.derive(x.t.w.s.opt.Now)
		n += len(rows[i].cuts)
	}
	stories, former := make([]any, 0, 8*len(rows)), []any(nil)
	entries := make([][3]int64, 0, n)
	for i, r := range x.made {
		uid, err := x.t.uidOf(r)
		if err != nil {
			return err
		}
		if uid != r.uid && x.uids[uid] == 0 {
			former = append(former, r.uid, r.id)
			r.uid, x.uids[uid] = uid, r.id
		}
		st := rows[i]
		stories = append(stories, r.id, r.uid, st.published, st.updated, seq, st.lead, st.leadSource, packIDs(st.cuts))
		for _, id := range st.cuts {
			entries = append(entries, [3]int64{id, st.published.Int64, r.id})
			x.t.deltas[id]++
		}
	}
	if err := x.t.insert(`INSERT INTO story (id, uid, published, updated, changed, lead, lead_source, cuts) VALUES`, "", 8, stories); err != nil {
		return err
	}
	if err := x.t.insert(`INSERT INTO story_alias (uid, story_id) VALUES`, "", 2, former); err != nil {
		return err
	}
	// In the order of the index: neighbours share a page.
	slices.SortFunc(entries, func(a, b [3]int64) int { return slices.Compare(a[:], b[:]) })
	lists := make([]any, 0, 3*chunk)
	for part := range slices.Chunk(entries, chunk) {
		lists = lists[:0]
		for _, e := range part {
			lists = append(lists, e[0], e[1], e[2])
		}
		if err := x.t.insert(insertStoryCut, "", 3, lists); err != nil {
			return err
		}
	}
	return nil
}

// nullID stores an id of 0 as NULL.
func nullID(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }
