package storage

import (
	"cmp"
	"context"
	"database/sql"
	"log/slog"
	"slices"
)

// How much one call of [Store.Index] does at most, and how much of that shares
// a transaction: the polls' own wait for it.
const (
	indexStories = 1024
	// indexLot is how much text that is, in bytes. FTS5 makes of each
	// transaction a segment of its own, and merges them later: with a quarter
	// of this, that was more than half of what the index cost.
	indexLot = 2 << 20
	// indexWords is how much of a text can be found: three times a long
	// article, so that nobody fills the index with one item.
	indexWords = 6000
)

// Index brings the search index up to date with the next stories that changed,
// and reports how many items it took in or out and whether there is more to
// do. It reads beside the writer and writes little at a time. What a process
// that was killed had not committed, the next call does again. One goroutine
// and one process at a time may call it.
func (s *Store) Index(ctx context.Context) (items int, more bool, err error) {
	if err := s.sameWords(ctx); err != nil {
		return 0, false, s.wrap("look how words are indexed", err)
	}
	items, more, err = s.index(ctx)
	if s.dialect.search.broken(err) && s.reindexing.CompareAndSwap(false, true) {
		// It can be made anew from the archive; if that does not help either,
		// whoever runs it has to hear.
		s.opt.Logger.LogAttrs(ctx, slog.LevelWarn, "search index is broken, making it anew", slog.Any("err", err))
		return items, true, s.wrap("empty the search index", s.emptyIndex(ctx))
	}
	return items, more, s.wrap("index items", err)
}

// emptyIndex takes everything out of the index.
func (s *Store) emptyIndex(ctx context.Context) error {
	return s.writeAlone(ctx, "empty the search index", func(t *txn) error {
		for _, text := range []string{
			s.dialect.search.none, `DELETE FROM item_indexed`, `UPDATE counter SET n = 0 WHERE name IN ('indexed', 'indexed_story')`,
		} {
			if _, err := t.exec(text); err != nil {
				return err
			}
		}
		return nil
	})
}

// indexPlace is how far the index has come.
type indexPlace struct{ changed, story int64 }

func (s *Store) index(ctx context.Context) (int, bool, error) {
	at, err := s.indexed(ctx)
	if err != nil {
		return 0, false, err
	}
	var ids []int64
	err = each(ctx, brief{s.read}, func(rows *rows) error {
		var id int64
		err := rows.Scan(&id, &at.changed)
		ids, at.story = append(ids, id), id
		return err
	}, `SELECT id, changed FROM story WHERE (changed, id) > ($1, $2) ORDER BY changed, id LIMIT $3`, at.changed, at.story, indexStories)
	if err != nil || len(ids) == 0 {
		return 0, false, err
	}
	todo, err := s.unindexed(ctx, ids)
	if err != nil {
		return 0, false, err
	}
	// In the order of the ids: with one that is lower than the one before, FTS5
	// begins a new segment.
	slices.SortFunc(todo, func(a, b indexRow) int { return cmp.Compare(a.id, b.id) })
	for rest := todo; ; {
		lot, err := s.nextLot(ctx, rest)
		if err != nil {
			return 0, false, err
		}
		rest = rest[len(lot):]
		last := len(rest) == 0
		if err := s.writeIndex(ctx, lot, at, last); err != nil || last {
			return len(todo), len(ids) == indexStories, err
		}
		clear(lot) // its texts are not needed any more
	}
}

// nextLot reads the texts of the first rows of rest, as many as share a
// transaction, and returns those rows.
func (s *Store) nextLot(ctx context.Context, rest []indexRow) ([]indexRow, error) {
	n, size := 0, 0
	for n < len(rest) && size < indexLot {
		part := rest[n:min(len(rest), n+chunk)]
		if err := s.readTexts(ctx, part); err != nil {
			return nil, err
		}
		for _, r := range part {
			size += r.size()
		}
		n += len(part)
	}
	return rest[:n], nil
}

// indexed returns how far the index has come.
func (s *Store) indexed(ctx context.Context) (at indexPlace, err error) {
	err = each(ctx, brief{s.read}, func(rows *rows) error { return rows.Scan(&at.changed, &at.story) }, `
SELECT a.n, b.n FROM counter a, counter b WHERE a.name = 'indexed' AND b.name = 'indexed_story'`)
	return at, err
}

// indexRow is an item to be taken into the index, or out of it.
type indexRow struct {
	id, hash    int64
	out         bool
	title, body string // as words
}

func (r indexRow) size() int { return len(r.title) + len(r.body) }

// unindexed returns the items of stories that the index has not as they are.
func (s *Store) unindexed(ctx context.Context, stories []int64) (todo []indexRow, err error) {
	err = inLists(stories, func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var r indexRow
			var hash string
			var have sql.NullInt64
			if err := rows.Scan(&r.id, &r.out, &hash, &have); err != nil {
				return err
			}
			r.hash = hash64(hash)
			if r.out && have.Valid || !r.out && (!have.Valid || have.Int64 != r.hash) {
				todo = append(todo, r)
			}
			return nil
		}, `
SELECT i.id, i.hidden, i.hash, x.hash FROM item i LEFT JOIN item_indexed x ON x.item_id = i.id
WHERE i.story_id IN (`+list(1, len(part))+`)`, part...)
	})
	return todo, err
}

// readTexts reads what the rows that go in say.
func (s *Store) readTexts(ctx context.Context, lot []indexRow) error {
	at, ids := map[int64]int{}, []int64(nil)
	for i, r := range lot {
		if !r.out {
			at[r.id], ids = i, append(ids, r.id)
		}
	}
	return inLists(ids, func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var id int64
			var title, summary string
			var content packed
			if err := rows.Scan(&id, &title, &summary, &content.plain, &content.zstd); err != nil {
				return err
			}
			text, err := s.packer.unpack(content)
			if err != nil {
				return err
			}
			r := &lot[at[id]]
			r.title, r.body = words(title, indexWords), words(bodyText(summary, text), indexWords)
			return nil
		}, `
SELECT i.id, i.title, b.summary, b.content, b.packed FROM item i JOIN item_body b ON b.item_id = i.id
WHERE i.id IN (`+list(1, len(part))+`)`, part...)
	})
}

// writeIndex writes a lot; with the last one the index has come as far as at.
func (s *Store) writeIndex(ctx context.Context, lot []indexRow, at indexPlace, last bool) error {
	size := 0
	for _, r := range lot {
		size += r.size()
	}
	return s.write(ctx, "index items", size, func(t *txn) error {
		if err := t.index(lot); err != nil || !last {
			return err
		}
		for name, n := range map[string]int64{"indexed": at.changed, "indexed_story": at.story} {
			if _, err := t.exec(`UPDATE counter SET n = $1 WHERE name = $2`, n, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// index takes items into the index, or out of it. What is said of them comes
// first, and then the words of all: between two items, a statement that
// SQLite guards with a savepoint of its own has FTS5 write the words that it
// has gathered so far as a segment, which was nine tenths of the work.
func (t *txn) index(lot []indexRow) error {
	d := t.w.s.dialect.search
	in, err := t.noteIndexed(lot)
	if err != nil {
		return err
	}
	for _, r := range lot {
		if r.out {
			if _, err := t.exec(d.drop, r.id); err != nil {
				return err
			}
		}
	}
	for _, r := range in {
		if _, err := t.exec(d.put, append([]any{r.id}, d.document(r.title, r.body)...)...); err != nil {
			return err
		}
	}
	return nil
}

// noteIndexed writes which items are in the index as they are now, and returns
// those that have to be put there: one may have been removed since it was read.
func (t *txn) noteIndexed(lot []indexRow) ([]indexRow, error) {
	var ids []int64
	for _, r := range lot {
		if !r.out {
			ids = append(ids, r.id)
		} else if _, err := t.exec(`DELETE FROM item_indexed WHERE item_id = $1`, r.id); err != nil {
			return nil, err
		}
	}
	there := make(map[int64]bool, len(ids))
	err := inLists(ids, func(part []any) error {
		return each(t.w.ctx, t, func(rows *rows) error {
			var id int64
			err := rows.Scan(&id)
			there[id] = true
			return err
		}, `SELECT id FROM item WHERE id IN (`+list(1, len(part))+`)`, part...)
	})
	if err != nil {
		return nil, err
	}
	in, values := make([]indexRow, 0, len(ids)), make([]any, 0, 2*len(ids))
	for _, r := range lot {
		if !r.out && there[r.id] {
			in, values = append(in, r), append(values, r.id, r.hash)
		}
	}
	return in, t.insert(`INSERT INTO item_indexed (item_id, hash) VALUES`, ` ON CONFLICT (item_id) DO UPDATE SET hash = excluded.hash`, 2, values)
}

// wordsKey is the setting that says how the words in the index were written, and
// wordsForm how [words] writes them: it changes whenever that does.
const (
	wordsKey  = "search index words"
	wordsForm = "without accents of any script"
)

// sameWords empties an index whose words were written in another way: who looks
// for a word would not find it there.
func (s *Store) sameWords(ctx context.Context) error {
	if s.worded.Load() {
		return nil
	}
	form, err := s.Setting(ctx, wordsKey)
	if err != nil {
		return err
	}
	if form != wordsForm {
		if err := s.emptyIndex(ctx); err != nil {
			return err
		}
		if err := s.SetSetting(ctx, wordsKey, wordsForm); err != nil {
			return err
		}
	}
	s.worded.Store(true)
	return nil
}
