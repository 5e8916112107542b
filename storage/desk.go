package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

var (
	// ErrAlone is returned when the only item of a story is to be split off.
	ErrAlone = errors.New("it is the only item of its story")
	// ErrSameStory is returned when a story is to be merged into itself.
	ErrSameStory = errors.New("they are one story already")
	// ErrNotInStory is returned when the lead of a story is to be an item that
	// is not in it, or is hidden.
	ErrNotInStory = errors.New("it is not in the story, or hidden")
)

// Split takes an item out of its story into one of its own, for good: grouping
// never moves it again. uid gives candidates for the new story's UID; the first
// that no story has or had is taken. Split returns it, and it is final at once,
// as after [Store.Publish]: the desk is told, and a daemon may be between that
// and its site. Copies of the item stay where they are. It returns
// [news.ErrNotFound] if there is no such item or it has no story yet, and
// [ErrAlone].
func (s *Store) Split(ctx context.Context, item int64, who string, uid func(n int) string) (made string, err error) {
	err = s.write(ctx, fmt.Sprintf("split item %d off", item), 0, func(t *txn) error {
		of, err := t.storiesOf([]int64{item})
		if err != nil {
			return err
		}
		old := of[item]
		if old == 0 {
			return news.ErrNotFound
		}
		others := 0
		if err := t.row([]any{&others}, `SELECT count(*) FROM item WHERE story_id = $1 AND id <> $2`, old, item); err != nil {
			return err
		}
		if others == 0 {
			return ErrAlone
		}
		if made, err = t.freeUID(uid); err != nil {
			return err
		}
		id, err := t.next("story")
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO story (id, uid) VALUES ($1, $2)`, id, made); err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE item SET copy_of = NULL WHERE story_id = $1 AND copy_of = $2`, old, item); err != nil {
			return err
		}
		if err := t.fix(`id = $3`, id, "the desk split it off", item); err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE item SET copy_of = NULL WHERE id = $1`, item); err != nil {
			return err
		}
		if err := t.refresh(touched{old: true, id: true}); err != nil {
			return err
		}
		if err := t.row([]any{&made}, `SELECT uid FROM story WHERE id = $1`, id); err != nil {
			return err
		}
		if err := t.publish(); err != nil {
			return err
		}
		return t.decide(news.Decision{Who: who, What: "split", Item: item, Story: old, Note: fmt.Sprintf("into story %d", id)})
	})
	return made, err
}

// fix puts items into a story for the desk.
func (t *txn) fix(where string, story int64, why string, arg int64) error {
	_, err := t.exec(`UPDATE item SET story_id = $1, why = $2, fixed = TRUE WHERE `+where, story, why, arg)
	return err
}

// freeUID returns the first candidate that no story has or had.
func (t *txn) freeUID(uid func(n int) string) (string, error) {
	for n := 0; ; n++ {
		owner, err := t.ownerOf(uid(n))
		if err != nil || owner == 0 {
			return uid(n), err
		}
	}
}

// Merge makes one story part of another, for good: its items move, and so does
// what would join it later. The UID of into stays the published one; that of
// from leads to it and is given to no other story. A pin of from is forgotten.
// It returns [news.ErrNotFound] if one of them does not exist, and
// [ErrSameStory].
func (s *Store) Merge(ctx context.Context, into, from int64, who string) error {
	return s.write(ctx, fmt.Sprintf("merge story %d into %d", from, into), 0, func(t *txn) error {
		for _, id := range []*int64{&into, &from} {
			err := t.row([]any{id}, `SELECT CASE WHEN merged <> 0 THEN merged ELSE id END FROM story WHERE id = $1`, *id)
			if noRows(err) {
				err = fmt.Errorf("story %d: %w", *id, news.ErrNotFound)
			}
			if err != nil {
				return err
			}
		}
		if into == from {
			return ErrSameStory
		}
		if err := t.fix(`story_id = $3`, into, fmt.Sprintf("the desk merged story %d into this one", from), from); err != nil {
			return err
		}
		if _, err := t.exec(mergeStories, into, from, from); err != nil {
			return err
		}
		if err := t.refresh(touched{into: true, from: true}); err != nil {
			return err
		}
		return t.decide(news.Decision{Who: who, What: "merge", Story: into, Note: fmt.Sprintf("story %d into it", from)})
	})
}

// mergeStories is about a story and those that are in it already, which an index
// of merged ones finds.
const mergeStories = `UPDATE story SET merged = $1, pin = 0 WHERE id = $2 OR merged = $3 AND merged <> 0`

// Pin lets an item lead its story, for good, and an item of 0 ends that. It
// returns [news.ErrNotFound] if there is no such story, and [ErrNotInStory].
func (s *Store) Pin(ctx context.Context, story, item int64, who string) error {
	return s.write(ctx, fmt.Sprintf("pin item %d in story %d", item, story), 0, func(t *txn) error {
		if item != 0 {
			n := 0
			if err := t.row([]any{&n}, `SELECT count(*) FROM item WHERE id = $1 AND story_id = $2 AND hidden = FALSE`, item, story); err != nil {
				return err
			}
			if n == 0 {
				return ErrNotInStory
			}
		}
		was := int64(0)
		err := t.row([]any{&was}, `SELECT pin FROM story WHERE id = $1`, story)
		if noRows(err) {
			return news.ErrNotFound
		}
		if err != nil || was == item {
			return err
		}
		if _, err := t.exec(`UPDATE story SET pin = $1 WHERE id = $2`, item, story); err != nil {
			return err
		}
		if err := t.refresh(touched{story: false}); err != nil {
			return err
		}
		d := news.Decision{Who: who, What: "pin", Item: item, Story: story}
		if item == 0 {
			d.What, d.Item = "unpin", was
		}
		return t.decide(d)
	})
}

// decide puts what the desk did on record.
func (t *txn) decide(d news.Decision) error {
	_, err := t.exec(`INSERT INTO decision (at, who, what, item_id, story_id, note) VALUES ($1, $2, $3, $4, $5, $6)`,
		micros(t.w.s.opt.Now()), d.Who, d.What, d.Item, d.Story, d.Note)
	return err
}

// Decided returns a number that grows whenever the desk decides something
// about a story or an item.
func (s *Store) Decided(ctx context.Context) (n int64, err error) {
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&n) }, `SELECT COALESCE(MAX(id), 0) FROM decision`)
	return n, s.wrap("read the desk's decisions", err)
}

// Decisions returns what the desk did to a story or to one of the items that
// are in it now, the oldest first.
func (s *Store) Decisions(ctx context.Context, story int64) ([]news.Decision, error) {
	var out []news.Decision
	err := each(ctx, s.read, func(rows *rows) error {
		var d news.Decision
		var at int64
		err := rows.Scan(&at, &d.Who, &d.What, &d.Item, &d.Story, &d.Note)
		d.At = fromMicros(at)
		out = append(out, d)
		return err
	}, `
SELECT at, who, what, item_id, story_id, note FROM decision
WHERE story_id = $1 OR item_id IN (SELECT id FROM item WHERE story_id = $2) ORDER BY id`, story, story)
	return out, s.wrap(fmt.Sprintf("read decisions about story %d", story), err)
}

// FindStory returns a story by its number: for that of a story that was merged
// into another, the other one, and for one of which nothing is visible, one
// without items. It returns [news.ErrNotFound] if there is none.
func (s *Store) FindStory(ctx context.Context, id int64) (news.Story, error) {
	what := fmt.Sprintf("read story %d", id)
	var st news.Story
	err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&st.ID, &st.UID, &st.Pin) }, `
SELECT id, uid, pin FROM story WHERE id = (SELECT CASE WHEN merged <> 0 THEN merged ELSE id END FROM story WHERE id = $1)`, id)
	if err == nil && st.ID == 0 {
		err = news.ErrNotFound
	}
	if err != nil {
		return st, s.wrap(what, err)
	}
	whole, err := s.Story(ctx, st.UID)
	if errors.Is(err, news.ErrNotFound) {
		return st, nil
	}
	return whole, err
}

// HiddenOf returns the items of a story that are hidden.
func (s *Store) HiddenOf(ctx context.Context, story int64) ([]news.Item, error) {
	items, err := s.selectItems(ctx, s.read, ` WHERE i.story_id = $1 AND i.hidden = TRUE ORDER BY i.id`, story)
	return items, s.wrap(fmt.Sprintf("read hidden items of story %d", story), err)
}

// StoryID returns the number of the story that has or had a UID, also if it was
// merged into another one. It returns [news.ErrNotFound] if there is none.
func (s *Store) StoryID(ctx context.Context, uid string) (id int64, err error) {
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&id) },
		`SELECT id FROM story WHERE uid = $1 UNION ALL SELECT story_id FROM story_alias WHERE uid = $2`, uid, uid)
	if err == nil && id == 0 {
		err = news.ErrNotFound
	}
	return id, s.wrap(fmt.Sprintf("look up story %q", uid), err)
}
