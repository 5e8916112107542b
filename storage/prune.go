package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Retention says what [Store.Prune] takes out. Its zero value takes nothing.
type Retention struct {
	Items  time.Time // items first seen before this; zero: whatever their age
	Most   int       // about so many items stay, the newest; 0: any number
	Keep   time.Time // items first seen since this stay, whatever Most says; zero: none does
	Ledger time.Time // rows of the ledger from before this; zero: none
	Audit  time.Time // entries of the record of the desk from before this; zero: none
	DryRun bool      // only count
}

// Pruned is what [Store.Prune] took out, or would.
type Pruned struct {
	Items, Stories int
	Held           int   // stories that are old enough and stay, since a feed still has them or an archive still lacks them
	Polls          int   // rows of the ledger
	Audit          int   // entries of the record of the desk
	Freed          int64 // bytes given back to the disk; what is not is used for what comes
}

const (
	pruneLook  = 500 // items, or rows of the ledger, that are looked at in one go
	pruneLot   = 32  // stories that go in one transaction: polls wait for it
	ledgerKept = 50  // latest rows of each source, whatever their age: they say how it is doing
)

// Prune takes out what is older than r says: whole stories, once the youngest
// report of one is old enough and no feed lists it any more, and rows of the
// ledger and entries of the record of the desk. Every key of an item leaves a tombstone, so that its feed does not
// bring it back (S27). Ids of stories are never given again, and what the
// archives of the feeds say of them stays.
//
// It works in small transactions, beside polls. Whatever ends it, what it has
// taken out so far is out as a whole, and the next call goes on.
func (s *Store) Prune(ctx context.Context, r Retention) (Pruned, error) {
	var done Pruned
	err := s.pruneItems(ctx, r, &done)
	if err == nil && !r.Ledger.IsZero() {
		err = s.pruneLedger(ctx, r, &done)
	}
	if err == nil && !r.Audit.IsZero() {
		err = s.pruneAudit(ctx, r, &done)
	}
	if err == nil && !r.DryRun && done.Items+done.Polls+done.Audit > 0 && s.dialect.shrink != nil {
		done.Freed, err = s.dialect.shrink(ctx, s)
	}
	return done, s.wrap("prune", err)
}

// oldest returns the time before which items go.
func (s *Store) pruneBefore(ctx context.Context, r Retention) (int64, error) {
	before := int64(0)
	if !r.Items.IsZero() {
		before = micros(r.Items)
	}
	if r.Most > 0 {
		err := each(ctx, s.read, func(rows *rows) error {
			var at int64
			err := rows.Scan(&at)
			before = max(before, at)
			return err
		}, `SELECT first_seen FROM item ORDER BY first_seen DESC LIMIT 1 OFFSET $1`, r.Most-1)
		if err != nil {
			return 0, err
		}
	}
	if !r.Keep.IsZero() {
		before = min(before, micros(r.Keep))
	}
	return before, nil
}

func (s *Store) pruneItems(ctx context.Context, r Retention, done *Pruned) error {
	before, err := s.pruneBefore(ctx, r)
	if err != nil || before == 0 {
		return err
	}
	seen := map[int64]bool{}
	for at, id := int64(0), int64(0); ; {
		n, lot := 0, []int64(nil)
		err := each(ctx, s.read, func(rows *rows) error {
			var story int64
			err := rows.Scan(&story, &at, &id)
			if n++; story != 0 && !seen[story] {
				seen[story], lot = true, append(lot, story)
			}
			return err
		}, pruneCandidates, before, at, id, pruneLook)
		if err != nil {
			return err
		}
		for len(lot) > 0 {
			part := lot[:min(pruneLot, len(lot))]
			lot = lot[len(part):]
			if err := s.pruneStories(ctx, part, before, r.DryRun, done); err != nil {
				return err
			}
		}
		if n < pruneLook {
			return nil
		}
	}
}

const pruneCandidates = `
SELECT COALESCE(story_id, 0), first_seen, id FROM item
WHERE first_seen < $1 AND (first_seen, id) > ($2, $3) ORDER BY first_seen, id LIMIT $4`

// ripe selects those of some stories that may go, and how many items each has:
// published and entered into the archives of the feeds, listed by no feed that has
// such an archive, and without a report that is young.
const ripe = `
SELECT s.id, (SELECT count(*) FROM item i WHERE i.story_id = s.id) FROM story s
WHERE s.changed <= (SELECT n FROM counter WHERE name = 'entered')
AND NOT EXISTS (SELECT 1 FROM item i WHERE i.story_id = s.id AND i.first_seen >= $1)
AND NOT EXISTS (SELECT 1 FROM volume_entry e WHERE e.story_id = s.id AND (e.n = 0 OR e.void = TRUE))
AND s.id IN (`

// ripeOf returns the ripe ones of stories, and how many items they have.
func ripeOf(ctx context.Context, q querier, stories []int64, before int64) (ids []int64, items int, err error) {
	err = inLists(stories, func(part []any) error {
		return each(ctx, q, func(rows *rows) error {
			var id int64
			var n int
			err := rows.Scan(&id, &n)
			ids, items = append(ids, id), items+n
			return err
		}, ripe+list(2, len(part))+`)`, append([]any{before}, part...)...)
	})
	return ids, items, err
}

// pruneStories takes the ripe ones of a few stories out, in one transaction.
func (s *Store) pruneStories(ctx context.Context, stories []int64, before int64, dry bool, done *Pruned) error {
	ids, items, err := ripeOf(ctx, s.read, stories, before)
	if err == nil && !dry && len(ids) > 0 {
		err = s.write(ctx, "take old stories out", 0, func(t *txn) (err error) {
			// A poll may have added to one since.
			if ids, items, err = ripeOf(ctx, t, ids, before); err != nil || len(ids) == 0 {
				return err
			}
			return inLists(ids, t.prune)
		})
	}
	if err != nil {
		return err
	}
	old := 0
	if len(ids) < len(stories) {
		if old, err = s.oldOnes(ctx, stories, before); err != nil {
			return err
		}
	}
	done.Items, done.Stories = done.Items+items, done.Stories+len(ids)
	done.Held += max(0, old-len(ids)*asInt(dry))
	return nil
}

// oldOnes counts stories that have old reports only.
func (s *Store) oldOnes(ctx context.Context, stories []int64, before int64) (n int, err error) {
	err = inLists(stories, func(part []any) error {
		return each(ctx, s.read, func(rows *rows) error {
			var more int
			err := rows.Scan(&more)
			n += more
			return err
		}, `
SELECT count(*) FROM story s WHERE EXISTS (SELECT 1 FROM item i WHERE i.story_id = s.id)
AND NOT EXISTS (SELECT 1 FROM item i WHERE i.story_id = s.id AND i.first_seen >= $1) AND s.id IN (`+list(2, len(part))+`)`,
			append([]any{before}, part...)...)
	})
	return n, err
}

// prune deletes the items of stories, whose rows stay. A story of which all was
// withdrawn stays withdrawn. Any other keeps the number of its lead, which no
// item has any more, and so is no story that was withdrawn: readers are not
// told to forget it. Its lead_source is 0 from then on.
func (t *txn) prune(stories []any) error {
	at := micros(t.w.s.opt.Now())
	in := ` IN (` + list(2, len(stories)) + `)`
	with := append([]any{at}, stories...)
	for _, from := range []string{
		`source_id, key_hash, item_key, CAST($1 AS BIGINT), 'pruned' FROM item WHERE story_id` + in,
		`a.source_id, a.key_hash, a.item_key, CAST($1 AS BIGINT), 'pruned' FROM item i JOIN item_alias a ON a.item_id = i.id WHERE i.story_id` + in,
	} {
		if _, err := t.exec(`INSERT INTO tombstone (source_id, key_hash, item_key, at, why) SELECT `+from+`
ON CONFLICT (source_id, key_hash) DO NOTHING`, with...); err != nil {
			return err
		}
	}
	in = ` IN (` + list(1, len(stories)) + `)`
	for _, text := range []string{
		`DELETE FROM mark WHERE source_id IN (SELECT source_id FROM item WHERE story_id` + in + `)`, // which say what is stored
		`DELETE FROM item WHERE story_id` + in,
	} {
		if _, err := t.exec(text, stories...); err != nil {
			return err
		}
	}
	var left []*storyRow
	err := each(t.w.ctx, t, func(rows *rows) error {
		row, cuts := &storyRow{}, []byte(nil)
		err := rows.Scan(&row.id, &row.published, &cuts)
		row.cuts = unpackIDs(cuts)
		left = append(left, row)
		return err
	}, `SELECT id, published, cuts FROM story WHERE lead <> 0 AND id`+in, stories...)
	if err != nil || len(left) == 0 {
		return err
	}
	seq, err := t.change()
	for _, row := range left {
		if err == nil {
			err = t.listUnder(row, nil, row.published.Int64, false)
		}
		if err == nil {
			_, err = t.exec(`UPDATE story SET changed = $1, lead_source = 0, cuts = $2 WHERE id = $3`, seq, packIDs(nil), row.id)
		}
	}
	return err
}

// pruneLedger takes old rows of the ledger out.
func (s *Store) pruneLedger(ctx context.Context, r Retention, done *Pruned) error {
	var sources []int64
	err := each(ctx, s.read, func(rows *rows) error {
		var id int64
		err := rows.Scan(&id)
		sources = append(sources, id)
		return err
	}, `SELECT id FROM source ORDER BY id`)
	var lot []any
	for _, source := range sources {
		for after := int64(0); err == nil; {
			n := 0
			err = each(ctx, s.read, func(rows *rows) error {
				err := rows.Scan(&after)
				lot, n = append(lot, after), n+1
				return err
			}, pruneRows, source, source, ledgerKept-1, micros(r.Ledger), after, pruneLook)
			if err == nil && len(lot) >= pruneLook {
				lot, err = nil, s.dropPolls(ctx, lot, r.DryRun, done)
			}
			if n < pruneLook {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	return s.dropPolls(ctx, lot, r.DryRun, done)
}

const pruneRows = `
SELECT id FROM poll WHERE source_id = $1
AND id < (SELECT id FROM poll WHERE source_id = $2 ORDER BY id DESC LIMIT 1 OFFSET $3) AND at < $4 AND id > $5
ORDER BY id LIMIT $6`

// dropPolls deletes rows of the ledger, in one transaction.
func (s *Store) dropPolls(ctx context.Context, ids []any, dry bool, done *Pruned) error {
	done.Polls += len(ids)
	if dry || len(ids) == 0 {
		return nil
	}
	return s.write(ctx, fmt.Sprintf("take %d rows out of the ledger", len(ids)), 0, func(t *txn) error {
		return inLists(ids, func(part []any) error {
			_, err := t.exec(`DELETE FROM poll WHERE id IN (`+list(1, len(part))+`)`, part...)
			return err
		})
	})
}

// Size is how much room an archive takes, and what for.
type Size struct {
	Bytes, Free    int64 // of the file, and unused in it
	Items, Stories int
	Polls          int // rows of the ledger
	First, Last    time.Time
	ByTable        []TableSize // largest first; nil where the engine does not tell
}

// TableSize is how much room a table takes, with its indexes.
type TableSize struct {
	Name  string
	Bytes int64
}

// Size reads how large the archive is. With tables it reads all of it.
func (s *Store) Size(ctx context.Context, tables bool) (z Size, err error) {
	if s.dialect.size == nil {
		return z, fmt.Errorf("measure the archive: %w", news.ErrNotFound)
	}
	z, err = s.dialect.size(ctx, s, tables)
	if err == nil {
		var first, last int64
		err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&z.Items, &z.Stories, &z.Polls, &first, &last) }, `
SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM story), (SELECT count(*) FROM poll),
  (SELECT COALESCE(MIN(first_seen), 0) FROM item), (SELECT COALESCE(MAX(first_seen), 0) FROM item)`)
		z.First, z.Last = fromStamp(first), fromStamp(last)
	}
	return z, s.wrap("measure the archive", err)
}
