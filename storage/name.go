package storage

import (
	"cmp"
	"context"
	"slices"
)

// Publish makes the UIDs of all stories that there are now final. It has to be
// called before any of them is shown to readers. Until then a story has the
// UID of the earliest of its items, whichever of them came first; from then on
// its own never changes (F05 to F07).
func (s *Store) Publish(ctx context.Context) error {
	const what = "make story ids final"
	behind := false
	err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&behind) },
		`SELECT n < (SELECT COALESCE(MAX(id), 0) FROM story) FROM counter WHERE name = 'published'`)
	if err != nil || !behind {
		return s.wrap(what, err) // without a write: a site can be built while the disk is full
	}
	return s.write(ctx, what, 0, (*txn).publish)
}

func (t *txn) publish() error {
	_, err := t.exec(`
UPDATE counter SET n = (SELECT MAX(id) FROM story) WHERE name = 'published' AND n < (SELECT COALESCE(MAX(id), 0) FROM story)`)
	t.final = 0
	return err
}

// isFinal reports whether a story's UID may have been published.
func (t *txn) isFinal(story int64) (bool, error) {
	if t.final == 0 {
		if err := t.row([]any{&t.final}, `SELECT n + 1 FROM counter WHERE name = 'published'`); err != nil {
			return false, err
		}
	}
	return story < t.final, nil
}

// uidOf returns the UID that a story should have: its own if it is final, and
// where another story has or had the one of its earliest item.
func (t *txn) uidOf(r *storyRow) (string, error) {
	if t.w.s.opt.StoryUID == nil || len(r.members) == 0 {
		return r.uid, nil
	}
	if final, err := t.isFinal(r.id); err != nil || final {
		return r.uid, err
	}
	first := slices.MinFunc(r.members, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.published, b.published), cmp.Compare(a.outlet, b.outlet), cmp.Compare(a.key, b.key))
	})
	uid := t.w.s.opt.StoryUID(first.outlet, first.key)
	if uid == r.uid {
		return uid, nil
	}
	owner, err := t.ownerOf(uid)
	if err != nil || owner != 0 && owner != r.id {
		return r.uid, err
	}
	return uid, nil
}

// ownerOf returns the story that has or had a UID; 0 if none has.
func (t *txn) ownerOf(uid string) (owner int64, err error) {
	err = t.row([]any{&owner}, `
SELECT COALESCE((SELECT id FROM story WHERE uid = $1), (SELECT story_id FROM story_alias WHERE uid = $2), 0)`, uid, uid)
	return owner, err
}

// rename gives a story that is not published yet the UID that it should have,
// and reports whether that is another one.
func (t *txn) rename(r *storyRow) (bool, error) {
	uid, err := t.uidOf(r)
	if err != nil || uid == r.uid {
		return false, err
	}
	if _, err := t.exec(`DELETE FROM story_alias WHERE uid = $1`, uid); err != nil {
		return false, err
	}
	if _, err := t.exec(`INSERT INTO story_alias (uid, story_id) VALUES ($1, $2)`, r.uid, r.id); err != nil {
		return false, err
	}
	if _, err := t.exec(`UPDATE story SET uid = $1 WHERE id = $2`, uid, r.id); err != nil {
		return false, err
	}
	r.uid = uid
	return true, nil
}
