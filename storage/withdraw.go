package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/news"
)

// ErrBySource is returned when the desk wants to bring back what its own
// source has withdrawn.
var ErrBySource = errors.New("withdrawn by its source")

// Hide takes an item out of every list, for the desk: who says who, why is told
// to readers. Its story goes on with the items that are left. The item stays
// away, whatever its feed lists, until [Store.Unhide]. It returns
// [news.ErrNotFound] if there is no such item.
func (s *Store) Hide(ctx context.Context, id int64, who, why string) error {
	return s.write(ctx, fmt.Sprintf("hide item %d", id), 0, func(t *txn) error {
		w := news.Withdrawal{At: s.opt.Now(), By: news.ByDesk, Why: why}
		before, story, err := t.withdrawal(id)
		if err != nil {
			return err
		}
		if before.By != "" {
			w.At = before.At
		}
		if before.By == news.ByDesk && why == "" {
			w.Why = before.Why // said again, in fewer words
		}
		if before.By == news.BySource {
			// From now on readers are told no more of it than of what the
			// desk alone has hidden, and still it does not come back.
			if err := t.bySource(id, before.At); err != nil {
				return err
			}
		}
		if err := t.withdraw(id, w); err != nil {
			return err
		}
		if err := t.void(story); err != nil {
			return err
		}
		if err := t.refreshOne(story); err != nil {
			return err
		}
		return t.decide(news.Decision{Who: who, What: "hide", Item: id, Story: story, Note: why})
	})
}

// Unhide brings back what the desk has hidden. It returns [ErrBySource] for an
// item that its source has withdrawn, before or after the desk, and
// [news.ErrNotFound] if there is no such item. One that is not hidden stays as
// it is.
func (s *Store) Unhide(ctx context.Context, id int64, who string) error {
	return s.write(ctx, fmt.Sprintf("unhide item %d", id), 0, func(t *txn) error {
		w, story, err := t.withdrawal(id)
		switch {
		case err != nil:
			return err
		case w.By == "":
			return nil
		case w.By != news.ByDesk:
			return ErrBySource
		}
		stones := 0
		if err := t.row([]any{&stones}, `
SELECT count(*) FROM tombstone s JOIN item i ON i.source_id = s.source_id AND i.key_hash = s.key_hash WHERE i.id = $1`, id); err != nil {
			return err
		}
		if stones > 0 {
			return ErrBySource
		}
		if _, err := t.exec(`UPDATE item SET hidden = FALSE WHERE id = $1`, id); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM withdrawal WHERE item_id = $1`, id); err != nil {
			return err
		}
		if err := t.refreshOne(story); err != nil {
			return err
		}
		return t.decide(news.Decision{Who: who, What: "unhide", Item: id, Story: story})
	})
}

// withdrawal returns why an item is hidden, if it is, and its story.
func (t *txn) withdrawal(id int64) (w news.Withdrawal, story int64, err error) {
	var at int64
	err = t.row([]any{&story, &at, &w.By, &w.Why}, `
SELECT COALESCE(i.story_id, 0), COALESCE(w.at, 0), COALESCE(w.hand, ''), COALESCE(w.why, '')
FROM item i LEFT JOIN withdrawal w ON w.item_id = i.id WHERE i.id = $1`, id)
	if noRows(err) {
		err = news.ErrNotFound
	}
	w.At = fromStamp(at)
	return w, story, err
}

// withdraw hides an item; its story is for the caller to refresh.
func (t *txn) withdraw(id int64, w news.Withdrawal) error {
	if _, err := t.exec(`UPDATE item SET hidden = TRUE WHERE id = $1`, id); err != nil {
		return err
	}
	_, err := t.exec(`
INSERT INTO withdrawal (item_id, at, hand, why) VALUES ($1, $2, $3, $4)
ON CONFLICT (item_id) DO UPDATE SET at = excluded.at, hand = excluded.hand, why = excluded.why`,
		id, micros(w.At), string(w.By), w.Why)
	return err
}

// bySource notes of an item that the desk has hidden that its source has
// withdrawn it, too.
func (t *txn) bySource(id int64, at time.Time) error {
	_, err := t.exec(`
INSERT INTO tombstone (source_id, key_hash, item_key, at, why)
SELECT source_id, key_hash, item_key, CAST($1 AS BIGINT), CAST($2 AS TEXT) FROM item WHERE id = $3
ON CONFLICT (source_id, key_hash) DO NOTHING`, micros(at), goneWhy, id)
	return err
}

// goneWhy is why a key that its source has withdrawn never comes in.
const goneWhy = "withdrawn by its source"

// refreshOne is refresh for one story of which readers see a change; 0: none.
func (t *txn) refreshOne(story int64) error {
	if story == 0 {
		return nil
	}
	return t.refresh(touched{story: true})
}

// withdrawGone hides the items that a feed has withdrawn. Of an entry that was
// never stored the key is kept, so that it does not come in later. What the
// desk has hidden before stays the desk's: readers are not told its headline.
func (t *txn) withdrawGone(source int64, gone []news.Gone) error {
	stories := touched{} // refreshed once each, however many of its items went
	for _, g := range gone {
		id, hash := int64(0), hash64(g.Key)
		err := t.row([]any{&id}, `
SELECT COALESCE((SELECT id FROM item WHERE source_id = $1 AND key_hash = $2),
  (SELECT item_id FROM item_alias WHERE source_id = $3 AND key_hash = $4), 0)`, source, hash, source, hash)
		if err != nil {
			return err
		}
		if id == 0 {
			if _, err := t.exec(`
INSERT INTO tombstone (source_id, key_hash, item_key, at, why) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (source_id, key_hash) DO NOTHING`, source, hash, g.Key, micros(g.At), goneWhy); err != nil {
				return err
			}
			continue
		}
		w, story, err := t.withdrawal(id)
		if err != nil {
			return err
		}
		switch w.By {
		case news.BySource: // the feed goes on saying so at every poll
			continue
		case news.ByDesk:
			err = t.bySource(id, g.At)
		default:
			err = errors.Join(t.withdraw(id, news.Withdrawal{At: g.At, By: news.BySource, Why: g.Why}), t.void(story))
		}
		if err != nil {
			return err
		}
		if story != 0 && w.By == "" {
			stories.add(story, true)
		}
	}
	return t.refresh(stories)
}

// Withdrawal says whether an item is hidden, since when and why; By is "" if it
// is not.
func (s *Store) Withdrawal(ctx context.Context, item int64) (news.Withdrawal, error) {
	var w news.Withdrawal
	err := each(ctx, s.read, func(rows *rows) error {
		var at int64
		err := rows.Scan(&at, &w.By, &w.Why)
		w.At = fromMicros(at)
		return err
	}, `SELECT at, hand, why FROM withdrawal WHERE item_id = $1`, item)
	return w, s.wrap(fmt.Sprintf("read withdrawal of item %d", item), err)
}

// Withdrawn returns the UIDs of the stories of which nothing is visible any
// more, in order: their pages must not be shown either. Stories that became
// part of others are not among them.
func (s *Store) Withdrawn(ctx context.Context) ([]string, error) {
	var uids []string
	err := each(ctx, s.read, func(rows *rows) error {
		var uid string
		err := rows.Scan(&uid)
		uids = append(uids, uid)
		return err
	}, `SELECT uid FROM story WHERE lead = 0 AND merged = 0 ORDER BY uid`)
	return uids, s.wrap("list withdrawn stories", err)
}

// StoryRevisions names every story of which something is visible: its UID, and where
// the change counter stood when it changed last. It walks through all stories.
func (s *Store) StoryRevisions(ctx context.Context, yield func(uid string, changed int64)) error {
	return s.wrap("list what stories are now", s.storyRevisions(ctx, "", yield))
}

// StoryRevisionsOf is [Store.StoryRevisions] for some stories, by id, in any order.
// Those of which nothing is visible, and those that there are not, are left out.
func (s *Store) StoryRevisionsOf(ctx context.Context, ids []int64, yield func(uid string, changed int64)) error {
	err := inLists(ids, func(part []any) error {
		return s.storyRevisions(ctx, ` AND id IN (`+list(1, len(part))+`)`, yield, part...)
	})
	return s.wrap("list what stories are now", err)
}

func (s *Store) storyRevisions(ctx context.Context, tail string, yield func(uid string, changed int64), args ...any) error {
	return each(ctx, brief{s.read}, func(rows *rows) error {
		var uid string
		var changed int64
		if err := rows.Scan(&uid, &changed); err != nil {
			return err
		}
		yield(uid, changed)
		return nil
	}, `SELECT uid, changed FROM story WHERE lead <> 0 AND lead_source <> 0`+tail+` ORDER BY id`, args...)
}

// Merged returns the stories that became part of others: the UID of each, and
// that of the story that it is in now.
func (s *Store) Merged(ctx context.Context) (map[string]string, error) {
	into := map[string]string{}
	err := each(ctx, s.read, func(rows *rows) error {
		var from, to string
		err := rows.Scan(&from, &to)
		into[from] = to
		return err
	}, `SELECT f.uid, t.uid FROM story f JOIN story t ON t.id = f.merged WHERE f.merged <> 0`)
	return into, s.wrap("list merged stories", err)
}

// goneStories are the latest stories that are not shown any more. The sign keeps
// SQLite from walking all stories instead of the few of an index.
const goneStories = `
SELECT CASE WHEN g.merged <> 0 THEN g.merged ELSE g.id END, g.uid, g.updated, COALESCE(t.uid, '')
FROM story g LEFT JOIN story t ON t.id = g.merged
WHERE g.lead = 0 AND g.published IS NOT NULL AND +g.id <= (SELECT n FROM counter WHERE name = 'published')
ORDER BY g.updated DESC, g.id DESC LIMIT $1`

// Tombstones returns what stands for the stories that were published and are
// gone since, the latest first; at most limit.
func (s *Store) Tombstones(ctx context.Context, limit int) ([]news.Tombstone, error) {
	const what = "list tombstones"
	var stones []news.Tombstone
	var holders []int64 // the story whose items tell what it was filed under
	err := each(ctx, s.read, func(rows *rows) error {
		var st news.Tombstone
		var id, at int64
		err := rows.Scan(&id, &st.UID, &at, &st.Into)
		st.At = fromMicros(at)
		stones, holders = append(stones, st), append(holders, id)
		return err
	}, goneStories, limit)
	if err != nil {
		return nil, s.wrap(what, err)
	}
	of := map[int64][]news.Item{}
	err = inLists(holders, func(part []any) error {
		items, err := s.selectItems(ctx, brief{s.read}, ` WHERE i.story_id IN (`+list(1, len(part))+`) ORDER BY i.id`, part...)
		for _, it := range items {
			of[it.Story] = append(of[it.Story], it)
		}
		return err
	})
	for i := range stones {
		stones[i].Items = of[holders[i]]
	}
	return stones, s.wrap(what, err)
}
