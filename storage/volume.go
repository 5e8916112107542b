package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// Arrived returns about limit stories that changed since the point up to which
// [Store.Enter] has entered all, the earliest changes first, and the point that
// they reach. Stories whose UID can still change are none of them. What they say
// is as in [Store.FindStories], and left out but for titles without texts.
func (s *Store) Arrived(ctx context.Context, limit int, texts bool) ([]news.Story, int64, error) {
	const what = "list stories that no volume knows"
	var from, to int64
	err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&from, &to) }, `
SELECT c.n, COALESCE(
  (SELECT MIN(changed) - 1 FROM story WHERE changed > c.n AND id > (SELECT n FROM counter WHERE name = 'published')),
  (SELECT n FROM counter WHERE name = 'changes'))
FROM counter c WHERE c.name = 'entered'`)
	if err != nil {
		return nil, 0, s.wrap(what, err)
	}
	// A transaction gives all that it changes one number: it is read whole.
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&to) },
		`SELECT changed FROM story WHERE changed > $1 AND changed <= $2 ORDER BY changed LIMIT 1 OFFSET $3`, from, to, max(limit-1, 0))
	if err != nil {
		return nil, 0, s.wrap(what, err)
	}
	var ids []int64
	err = each(ctx, s.read, func(rows *rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM story WHERE changed > $1 AND changed <= $2 ORDER BY changed, id`, from, to)
	if err != nil {
		return nil, 0, s.wrap(what, err)
	}
	stories, err := s.showStories(ctx, ids, texts, nil)
	return stories, to, s.wrap(what, err)
}

// Enter notes which stories belong to which cuts, by the paths of their feeds,
// and that this has been done up to a point of [Store.Arrived]. A story that a
// cut has already stays where it is.
func (s *Store) Enter(ctx context.Context, cuts map[string][]int64, upTo int64) error {
	return s.write(ctx, "enter stories for volumes", 0, func(t *txn) error {
		var entries []any
		for _, path := range slices.Sorted(maps.Keys(cuts)) {
			if _, err := t.exec(`INSERT INTO volume_cut (path) VALUES ($1) ON CONFLICT (path) DO NOTHING`, path); err != nil {
				return err
			}
			var id int64
			if err := t.row([]any{&id}, `SELECT id FROM volume_cut WHERE path = $1`, path); err != nil {
				return err
			}
			for _, story := range cuts[path] {
				entries = append(entries, id, story)
			}
		}
		if err := t.insert(`INSERT INTO volume_entry (cut_id, story_id) VALUES`, ` ON CONFLICT (cut_id, story_id) DO NOTHING`, 2, entries); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE counter SET n = $1 WHERE name = 'entered' AND n < $2`, upTo, upTo)
		return err
	})
}

// Waiting returns the stories that are in no volume yet, by the path of their
// cut, in order of their ids.
func (s *Store) Waiting(ctx context.Context) (map[string][]int64, error) {
	out := map[string][]int64{}
	err := each(ctx, s.read, func(rows *rows) error {
		var path string
		var id int64
		err := rows.Scan(&path, &id)
		out[path] = append(out[path], id)
		return err
	}, `
SELECT c.path, e.story_id FROM volume_entry e JOIN volume_cut c ON c.id = e.cut_id WHERE e.n = 0 ORDER BY e.cut_id, e.story_id`)
	return out, s.wrap("list stories that wait for a volume", err)
}

// LastVolumes returns the number of the newest volume of every cut that has
// one, by path.
func (s *Store) LastVolumes(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := each(ctx, s.read, func(rows *rows) error {
		var path string
		var n int
		err := rows.Scan(&path, &n)
		out[path] = n
		return err
	}, `SELECT path, last FROM volume_cut WHERE last > 0`)
	return out, s.wrap("list volumes", err)
}

// errNotNext is why a volume is refused: what is published stays.
var errNotNext = errors.New("not the next volume of its cut")

// AddVolume keeps the next volume of a cut, and that its stories are in it.
func (s *Store) AddVolume(ctx context.Context, v news.Volume) error {
	text := s.packer.pack(string(v.Body))
	return s.write(ctx, fmt.Sprintf("write volume %d of %s", v.N, v.Cut), len(v.Body), func(t *txn) error {
		var id, last int64
		if err := t.row([]any{&id, &last}, `SELECT id, last FROM volume_cut WHERE path = $1`, v.Cut); err != nil {
			return err
		}
		if int64(v.N) != last+1 {
			return errNotNext
		}
		if _, err := t.exec(`INSERT INTO volume (cut_id, n, hash, plain, packed) VALUES ($1, $2, $3, $4, $5)`,
			id, v.N, v.Hash, text.plain, text.zstd); err != nil {
			return err
		}
		if err := inLists(v.Stories, func(part []any) error {
			_, err := t.exec(`UPDATE volume_entry SET n = $1 WHERE cut_id = $2 AND story_id IN (`+list(3, len(part))+`)`, append([]any{v.N, id}, part...)...)
			return err
		}); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE volume_cut SET last = $1 WHERE id = $2`, v.N, id)
		return err
	})
}

// voidEntries walks the few that were noted and the few stories that are gone, and
// not all that volumes hold. CROSS: in this order.
const voidEntries = `
SELECT c.path, e.n, s.id, s.uid, COALESCE(s.published, 0), s.updated, s.lead
FROM volume_entry e JOIN volume_cut c ON c.id = e.cut_id JOIN story s ON s.id = e.story_id WHERE e.void = TRUE
UNION
SELECT c.path, e.n, s.id, s.uid, COALESCE(s.published, 0), s.updated, s.lead
FROM story s CROSS JOIN volume_entry e JOIN volume_cut c ON c.id = e.cut_id WHERE s.lead = 0 AND e.story_id = s.id
ORDER BY 1, 2, 3`

// Void returns the entries whose story is withdrawn, became part of another, or
// lost a report since the volume was made. Story has UID, times and lead only.
func (s *Store) Void(ctx context.Context) ([]news.VoidEntry, error) {
	var out []news.VoidEntry
	err := each(ctx, s.read, func(rows *rows) error {
		var v news.VoidEntry
		var published, updated int64
		err := rows.Scan(&v.Cut, &v.N, &v.Story.ID, &v.Story.UID, &published, &updated, &v.Story.Lead)
		v.Story.Published, v.Story.Updated = fromMicros(published), fromMicros(updated)
		out = append(out, v)
		return err
	}, voidEntries)
	return out, s.wrap("list withdrawn entries of volumes", err)
}

// void notes that what volumes say of a story must not be said any more; 0: no
// story.
func (t *txn) void(story int64) error {
	_, err := t.exec(`UPDATE volume_entry SET void = TRUE WHERE story_id = $1 AND n > 0`, story)
	return err
}

// ReviseVolume keeps a volume that the entries of v.Stories were taken out of.
// Those that still are visible wait for a new volume, and so do the others
// should they come back. Number 0 stands for those that waited, and has no body.
func (s *Store) ReviseVolume(ctx context.Context, v news.Volume) error {
	text := s.packer.pack(string(v.Body))
	return s.write(ctx, fmt.Sprintf("revise volume %d of %s", v.N, v.Cut), len(v.Body), func(t *txn) error {
		var id int64
		if err := t.row([]any{&id}, `SELECT id FROM volume_cut WHERE path = $1`, v.Cut); err != nil {
			return err
		}
		if v.N > 0 {
			if _, err := t.exec(`UPDATE volume SET hash = $1, plain = $2, packed = $3 WHERE cut_id = $4 AND n = $5`,
				v.Hash, text.plain, text.zstd, id, v.N); err != nil {
				return err
			}
		}
		for _, story := range v.Stories {
			if _, err := t.exec(`
DELETE FROM volume_entry WHERE cut_id = $1 AND story_id = $2 AND story_id IN (SELECT id FROM story WHERE lead = 0)`, id, story); err != nil {
				return err
			}
			if _, err := t.exec(`
UPDATE volume_entry SET n = 0, void = FALSE WHERE cut_id = $1 AND story_id = $2 AND n = $3`, id, story, v.N); err != nil {
				return err
			}
		}
		return nil
	})
}

// Volume returns a volume of the cut with this path; [news.ErrNotFound] if there
// is none.
func (s *Store) Volume(ctx context.Context, cut string, n int) (news.Volume, error) {
	v, found := news.Volume{Cut: cut, N: n}, false
	what := fmt.Sprintf("read volume %d of %q", n, cut)
	err := each(ctx, brief{s.read}, func(rows *rows) error {
		var text packed
		if err := rows.Scan(&v.Hash, &text.plain, &text.zstd); err != nil {
			return err
		}
		found = true
		var err error
		v.Body, err = s.packer.bytes(text)
		return err
	}, `SELECT v.hash, v.plain, v.packed FROM volume v JOIN volume_cut c ON c.id = v.cut_id WHERE c.path = $1 AND v.n = $2`, cut, n)
	if err == nil && !found {
		return v, fmt.Errorf("%s: %w", what, news.ErrNotFound)
	}
	return v, s.wrap(what, err)
}

// ListVolumes returns every volume, without its body.
func (s *Store) ListVolumes(ctx context.Context) ([]news.Volume, error) {
	var out []news.Volume
	err := each(ctx, s.read, func(rows *rows) error {
		var v news.Volume
		err := rows.Scan(&v.Cut, &v.N, &v.Hash)
		out = append(out, v)
		return err
	}, `SELECT c.path, v.n, v.hash FROM volume v JOIN volume_cut c ON c.id = v.cut_id ORDER BY v.cut_id, v.n`)
	return out, s.wrap("list volumes", err)
}
