package storage

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"

	"github.com/rightswire/rightswire/news/search"
)

// How much one call of [Store.Index] does at most, and how much of that shares
// a transaction: the polls' own wait for it.
const (
	indexStories = 256
	indexLot     = 256
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
	err = each(ctx, s.read, func(rows *sql.Rows) error {
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
	for done := 0; ; {
		lot := todo[done:min(len(todo), done+indexLot)]
		done += len(lot)
		if err := s.readTexts(ctx, lot); err != nil {
			return 0, false, err
		}
		last := done == len(todo)
		if err := s.writeIndex(ctx, lot, at, last); err != nil || last {
			return len(todo), len(ids) == indexStories, err
		}
	}
}

// indexed returns how far the index has come.
func (s *Store) indexed(ctx context.Context) (at indexPlace, err error) {
	err = each(ctx, s.read, func(rows *sql.Rows) error { return rows.Scan(&at.changed, &at.story) }, `
SELECT a.n, b.n FROM counter a, counter b WHERE a.name = 'indexed' AND b.name = 'indexed_story'`)
	return at, err
}

// indexRow is an item to be taken into the index, or out of it.
type indexRow struct {
	id, hash    int64
	out         bool
	title, body string // as words
}

// unindexed returns the items of stories that the index has not as they are.
func (s *Store) unindexed(ctx context.Context, stories []int64) (todo []indexRow, err error) {
	err = inLists(stories, func(part []any) error {
		return each(ctx, s.read, func(rows *sql.Rows) error {
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
		return each(ctx, s.read, func(rows *sql.Rows) error {
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
		size += len(r.title) + len(r.body)
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
	in := make([]indexRow, 0, len(lot))
	for _, r := range lot {
		if r.out {
			if _, err := t.exec(`DELETE FROM item_indexed WHERE item_id = $1`, r.id); err != nil {
				return err
			}
			continue
		}
		// It may have been removed since it was read.
		res, err := t.exec(`
INSERT INTO item_indexed (item_id, hash) SELECT id, CAST($1 AS BIGINT) FROM item WHERE id = $2
ON CONFLICT (item_id) DO UPDATE SET hash = excluded.hash`, r.hash, r.id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n > 0 {
			in = append(in, r)
		}
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

// words writes the words of a text as the index reads them, at most so many:
// without case and accents. The engines would take accents off by themselves,
// but each those of other scripts.
func words(text string, limit int) string {
	text = norm.NFKC.String(text)
	var b strings.Builder
	for start, end := range search.Words(text) {
		if limit--; limit < 0 {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(search.Fold(text[start:end]))
	}
	return bare(b.String())
}

// bare takes the accents off words.
func bare(words string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r >= 0x0300 && r <= 0x036F:
			return -1
		case r == 'ς':
			return 'σ' // the end of a word is no other letter
		}
		return r
	}, norm.NFD.String(words)))
}

// bodyText is the text of an item: a summary that is the beginning of the
// content is not said twice.
func bodyText(summary, content string) string {
	text := textOf(content)
	head := summary[:min(len(summary), 80)]
	if summary == "" || strings.Contains(text, head[:strings.LastIndexByte(head, ' ')+1]) && strings.Contains(head, " ") {
		return text
	}
	return summary + " \n" + text
}

// textOf is the text between the tags of sanitised HTML. Elements inside a
// line do not part words.
func textOf(content string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.A, atom.B, atom.I, atom.Em, atom.Strong, atom.Span, atom.Sup, atom.Sub, atom.Mark, atom.Small, atom.U, atom.Wbr, atom.Abbr, atom.Q, atom.Bdi, atom.Bdo:
			default:
				b.WriteByte(' ')
			}
		}
	}
}
