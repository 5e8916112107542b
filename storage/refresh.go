package storage

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// touched are stories whose items changed; true when readers see a change
// even if nothing that the story row holds differs.
type touched map[int64]bool

func (t touched) add(story int64, seen bool) { t[story] = t[story] || seen }

// storyRow is a story as stored, and the visible items it has now.
type storyRow struct {
	id               int64
	uid              string
	pin              int64 // item that leads while it is a member
	merged           bool  // it became part of another
	published        sql.NullInt64
	updated          int64
	lead, leadSource int64
	cuts             []int64 // sorted
	members          []member
	now              map[int64]bool // the cuts it belongs under
}

// member is what a story needs to know of an item.
type member struct {
	id, source         int64
	outlet, key        string // of the source and within it
	rank               int
	copied             bool
	completeness       news.Completeness
	published, updated int64
}

// byLead orders members by who should lead; see [Store.Place].
func byLead(a, b member) int {
	return cmp.Or(
		cmp.Compare(cmp.Or(a.rank, 5), cmp.Or(b.rank, 5)),
		cmp.Compare(asInt(a.copied), asInt(b.copied)),
		cmp.Compare(b.completeness, a.completeness),
		cmp.Compare(a.published, b.published),
		cmp.Compare(a.id, b.id),
	)
}

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// refresh brings stories, the cuts they are listed under and the counts up to
// date with their items.
func (t *txn) refresh(stories touched) error {
	ids := slices.Sorted(maps.Keys(stories))
	for part := range slices.Chunk(ids, chunk) {
		rows, err := t.loadStories(part)
		if err != nil {
			return err
		}
		for _, id := range part {
			if row := rows[id]; row != nil {
				if err := t.saveStory(row, stories[id]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// loadStories reads stories and their visible items in four queries.
func (t *txn) loadStories(ids []int64) (map[int64]*storyRow, error) {
	stories := make(map[int64]*storyRow, len(ids))
	err := inLists(ids, func(part []any) error {
		in := "(" + list(1, len(part)) + ")"
		if err := each(t.w.ctx, t, func(rows *rows) error {
			r := &storyRow{now: map[int64]bool{}}
			var cuts []byte
			err := rows.Scan(&r.id, &r.uid, &r.published, &r.updated, &r.lead, &r.leadSource, &r.pin, &r.merged, &cuts)
			r.cuts = unpackIDs(cuts)
			stories[r.id] = r
			return err
		}, `
SELECT id, uid, published, updated, lead, lead_source, pin, merged <> 0, cuts FROM story WHERE id IN `+in, part...); err != nil {
			return err
		}
		if err := t.loadMembers(stories, in, part); err != nil {
			return err
		}
		for _, table := range []string{"item_category", "item_place"} {
			if err := each(t.w.ctx, t, func(rows *rows) error {
				var story, cut int64
				err := rows.Scan(&story, &cut)
				if r := stories[story]; r != nil {
					r.now[cut] = true
				}
				return err
			}, `
SELECT i.story_id, k.cut_id FROM item i JOIN `+table+` k ON k.item_id = i.id
WHERE i.story_id IN `+in+` AND i.hidden = FALSE`, part...); err != nil {
				return err
			}
		}
		return nil
	})
	return stories, err
}

func (t *txn) loadMembers(stories map[int64]*storyRow, in string, ids []any) error {
	type found struct {
		story int64
		cuts  []cut
	}
	var all []found
	err := each(t.w.ctx, t, func(rows *rows) error {
		var story int64
		var m member
		var language string
		err := rows.Scan(&story, &m.id, &m.source, &m.outlet, &m.key, &m.rank, &m.copied, &m.completeness, &m.published, &m.updated, &language)
		if r := stories[story]; r != nil {
			r.members = append(r.members, m)
			all = append(all, found{story, append(languageCuts(language), cut{cutSource, m.outlet})})
		}
		return err
	}, `
SELECT i.story_id, i.id, i.source_id, s.name, i.item_key, s.rank, i.copy_of IS NOT NULL, i.completeness, i.published, i.updated, i.language
FROM item i JOIN source s ON s.id = i.source_id
WHERE i.story_id IN `+in+` AND i.hidden = FALSE`, ids...)
	if err != nil {
		return err
	}
	// Only now: making a cut is a statement of its own, and the connection
	// is busy while rows are read.
	for _, f := range all {
		now := stories[f.story].now
		now[allID] = true
		for _, c := range f.cuts {
			id, err := t.cut(c)
			if err != nil {
				return err
			}
			now[id] = true
		}
	}
	return nil
}

// derived is what a story's members make of it.
type derived struct {
	published        sql.NullInt64
	updated          int64
	lead, leadSource int64
	cuts             []int64 // sorted
}

func (r *storyRow) derive(now func() time.Time) derived {
	d := derived{published: r.published, updated: r.updated, leadSource: r.leadSource, cuts: slices.Sorted(maps.Keys(r.now))}
	if len(r.members) == 0 {
		if r.lead != 0 {
			d.updated = max(d.updated, micros(now())) // readers are told since when it is gone
		}
		return d
	}
	first := slices.MinFunc(r.members, byLead)
	for _, m := range r.members {
		if m.id == r.pin {
			first = m
		}
	}
	d.lead, d.leadSource = first.id, first.source
	for _, m := range r.members {
		if !d.published.Valid || m.published < d.published.Int64 {
			d.published = sql.NullInt64{Int64: m.published, Valid: true}
		}
		d.updated = max(d.updated, m.updated)
	}
	// Another text leads, or the story was gone: who keeps its tombstone
	// believes only a later entry (RFC 6721 section 3).
	if r.published.Valid && r.lead != d.lead {
		d.updated = max(d.updated, micros(now()))
	}
	d.updated = max(d.updated, d.published.Int64)
	return d
}

// saveStory writes what differs from the story as stored.
func (t *txn) saveStory(r *storyRow, seen bool) error {
	renamed, err := t.rename(r)
	if err != nil {
		return err
	}
	seen = seen || renamed
	d := r.derive(t.w.s.opt.Now)
	moved := d.published != r.published
	if !seen && !moved && d.updated == r.updated && d.lead == r.lead && slices.Equal(d.cuts, r.cuts) {
		return nil
	}
	seq, err := t.change()
	if err != nil {
		return err
	}
	if err := t.listUnder(r, d.cuts, d.published.Int64, moved); err != nil {
		return err
	}
	_, err = t.exec(`
UPDATE story SET published = $1, updated = $2, changed = $3, lead = $4, lead_source = $5, cuts = $6 WHERE id = $7`,
		d.published, d.updated, seq, d.lead, d.leadSource, packIDs(d.cuts), r.id)
	return err
}

const insertStoryCut = `INSERT INTO story_cut (cut_id, published, story_id) VALUES`

// listUnder moves a story from the cuts it was under to those it is under
// now. All of them count as changed, also those it left.
func (t *txn) listUnder(r *storyRow, cuts []int64, published int64, moved bool) error {
	for _, id := range r.cuts {
		if _, stays := slices.BinarySearch(cuts, id); stays && !moved {
			t.deltas[id] += 0
			continue
		}
		if _, err := t.exec(`DELETE FROM story_cut WHERE cut_id = $1 AND published = $2 AND story_id = $3`,
			id, r.published.Int64, r.id); err != nil {
			return err
		}
		t.deltas[id]--
	}
	var values []any
	for _, id := range cuts {
		if _, stays := slices.BinarySearch(r.cuts, id); stays && !moved {
			continue
		}
		values = append(values, id, published, r.id)
		t.deltas[id]++
	}
	return t.insert(insertStoryCut, "", 3, values)
}

// change returns the change counter of this call, raising it the first time.
func (t *txn) change() (int64, error) {
	if t.seq != 0 {
		return t.seq, nil
	}
	t.deltas = map[int64]int{}
	err := t.row([]any{&t.seq}, `UPDATE counter SET n = n + 1 WHERE name = 'changes' RETURNING n`)
	return t.seq, err
}

// flush writes the counts that a call changed, at its end.
func (t *txn) flush() error {
	for _, id := range slices.Sorted(maps.Keys(t.deltas)) {
		if _, err := t.exec(`UPDATE cut SET stories = stories + $1, changed = $2 WHERE id = $3`,
			t.deltas[id], t.seq, id); err != nil {
			return err
		}
	}
	t.seq, t.deltas = 0, nil
	return nil
}
