package storage

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/rightswire/rightswire/news"
)

// CommitPoll stores everything that one poll brought, or nothing of it: the
// items with what they are filed under, the source's state with its
// validators, and the ledger's row (S40).
//
// An item with an ID is updated: FirstSeen and Published stay, a new key
// becomes an alias, and when Hash differs what it said before is kept as a
// revision and Updated moves. An item without one is added, unless its key is
// stored already, or was removed and must not come back (S27). One that its
// feed has withdrawn is hidden, or leaves a tombstone if it was never stored.
// New items of a proposed source are kept apart until [Store.AcceptPreviews].
// Items of other sources are never touched (S25).
//
// It returns [news.ErrNotFound] if the source was never synced.
func (s *Store) CommitPoll(ctx context.Context, r news.PollResult) error {
	return s.commitPoll(ctx, r, nil)
}

// commitPoll is CommitPoll, unless may returns an error first, which is then
// that of the call.
func (s *Store) commitPoll(ctx context.Context, r news.PollResult, may func(*txn) error) error {
	bytes := 512
	contents := make([]packed, len(r.Items))
	for i := range r.Items {
		contents[i] = s.packer.pack(r.Items[i].Content) // here, not in the writer
		bytes += len(contents[i].plain.String) + len(contents[i].zstd) + len(r.Items[i].Summary) + 512
	}
	return s.queue(ctx, &job{what: "store poll of", of: r.Poll.Source, bytes: bytes, poll: true, run: func(t *txn) error {
		if may != nil {
			if err := may(t); err != nil {
				return err
			}
		}
		source, err := s.sourceID(ctx, t, r.Poll.Source)
		if err != nil {
			return err
		}
		if err := t.saveMarks(source, r.Marks); err != nil {
			return fmt.Errorf("marks: %w", err)
		}
		if err := t.saveBrought(source, r, contents); err != nil {
			return err
		}
		if err := t.saveState(source, r.State); err != nil {
			return fmt.Errorf("state: %w", err)
		}
		t.addPoll(source, r.Poll)
		return nil
	}})
}

// saveBrought stores the items of a poll, and takes back what its feed has
// withdrawn; those of a proposed source are kept apart.
func (t *txn) saveBrought(source int64, r news.PollResult, contents []packed) error {
	if r.Preview {
		return t.saveProposed(source, r, contents)
	}
	// The source may have been accepted while it was polled: what the poll
	// took for known has to be there.
	if len(r.Items) > 0 {
		if _, err := t.acceptPreview(source); err != nil {
			return fmt.Errorf("accept the preview: %w", err)
		}
	}
	if err := t.saveItems(source, r, contents); err != nil {
		return err
	}
	if err := t.withdrawGone(source, r.Gone); err != nil {
		return fmt.Errorf("withdrawn: %w", err)
	}
	return nil
}

// saveItems adds and updates the items of a poll, and the stories of those
// that have one.
func (t *txn) saveItems(source int64, r news.PollResult, contents []packed) error {
	known, err := t.resolve(source, r.Items)
	if err != nil {
		return err
	}
	stories, add, fresh := touched{}, additions{}, map[int64]bool{}
	add.grow(min(max(r.Poll.New, 0), len(r.Items)))
	for i := range r.Items {
		it := &r.Items[i]
		hash := hash64(it.Key)
		if known.removed[hash] {
			if err := t.dropMarks(source); err != nil { // which say that it is stored
				return err
			}
			continue
		}
		id := cmp.Or(max(it.ID, 0), known.ids[hash])
		switch {
		case id == 0:
			if id, err = t.next("item"); err == nil {
				err = add.item(t, source, id, hash, it, contents[i])
			}
			fresh[id] = true
		case fresh[id]: // a document may hold one key twice
			if err = add.write(t); err != nil {
				break
			}
			fallthrough
		default:
			err = t.updateItem(source, id, it, contents[i], r.Poll.At, stories)
		}
		if err != nil {
			return fmt.Errorf("item %q: %w", it.Key, err)
		}
		known.ids[hash] = id
	}
	if err := add.write(t); err != nil {
		return fmt.Errorf("items: %w", err)
	}
	return t.refresh(stories)
}

// resolved is what the transaction knows of a poll's keys.
type resolved struct {
	ids     map[int64]int64 // by key hash
	removed map[int64]bool  // by key hash
}

// resolve looks once more, inside the transaction, at the items that the poll
// took for new: another process may have stored or removed them since.
func (t *txn) resolve(source int64, items []news.Item) (resolved, error) {
	known := resolved{map[int64]int64{}, map[int64]bool{}}
	var hashes []int64
	for i := range items {
		if items[i].ID <= 0 {
			hashes = append(hashes, hash64(items[i].Key))
		}
	}
	if len(hashes) >= manyKeys {
		if blank, err := holdsNothing(t.w.ctx, t, source); err != nil || blank {
			return known, err
		}
	}
	find := func(rows *rows) error {
		var hash, id int64
		if err := rows.Scan(&hash, &id); err != nil {
			return err
		}
		if id == 0 {
			known.removed[hash] = true
		} else if known.ids[hash] == 0 {
			known.ids[hash] = id
		}
		return nil
	}
	for _, text := range []string{
		`SELECT key_hash, id FROM item WHERE source_id = $1 AND key_hash IN (%s)`,
		`SELECT key_hash, item_id FROM item_alias WHERE source_id = $1 AND key_hash IN (%s)`,
		`SELECT key_hash, 0 FROM tombstone WHERE source_id = $1 AND key_hash IN (%s)`,
	} {
		if err := lookUpBy(t.w.ctx, t, text, source, hashes, find); err != nil {
			return known, err
		}
	}
	return known, nil
}

// insertPoll takes the rows that addPoll gathers.
const insertPoll = `
INSERT INTO poll (source_id, at, took, outcome, status, url, asked, bytes, seen, new, changed, left_out,
  repairs, note, error, next_due, next_why, encoding) VALUES`

const pollWidth = 18

// addPoll adds a row of the ledger. Those of all calls that share a
// transaction are written together, before it is committed.
func (t *txn) addPoll(source int64, p news.Poll) {
	t.polls = append(t.polls, source, stamp(p.At), int64(p.Took), string(p.Outcome), p.Status, p.URL, p.Asked, p.Bytes,
		p.Seen, p.New, p.Changed, p.LeftOut, listJSON(p.Repairs), p.Note, p.Error, stamp(p.NextDue), p.NextWhy, p.Encoding)
}

// writePolls writes the rows that were added.
func (t *txn) writePolls() error {
	if err := t.insert(insertPoll, "", pollWidth, t.polls); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	clear(t.polls) // the room is kept, the texts are not
	t.polls = t.polls[:0]
	return nil
}

// Ledger returns the latest polls of a source, or of all of them if source is
// "", newest first; at most limit, 50 if that is 0.
func (s *Store) Ledger(ctx context.Context, source string, limit int) ([]news.Poll, error) {
	what := fmt.Sprintf("read ledger of %q", source)
	where, args := "", []any{}
	if source != "" {
		id, err := s.sourceID(ctx, brief{s.read}, source)
		if err != nil {
			return nil, s.wrap(what, err)
		}
		where, args = "WHERE p.source_id = $1", append(args, id)
	}
	args = append(args, cmp.Or(max(limit, 0), 50))
	var polls []news.Poll
	err := each(ctx, s.read, func(rows *rows) error {
		var p news.Poll
		var at, took, due int64
		var repairs sql.NullString
		err := rows.Scan(&p.Source, &at, &took, &p.Outcome, &p.Status, &p.URL, &p.Asked, &p.Bytes, &p.Seen, &p.New,
			&p.Changed, &p.LeftOut, &repairs, &p.Note, &p.Error, &due, &p.NextWhy, &p.Encoding)
		if err != nil {
			return err
		}
		p.At, p.Took, p.NextDue = fromStamp(at), time.Duration(took), fromStamp(due)
		p.Repairs, err = fromListJSON(repairs)
		polls = append(polls, p)
		return err
	}, `
SELECT s.name, p.at, p.took, p.outcome, p.status, p.url, p.asked, p.bytes, p.seen, p.new, p.changed, p.left_out,
  p.repairs, p.note, p.error, p.next_due, p.next_why, p.encoding
FROM poll p JOIN source s ON s.id = p.source_id `+where+`
ORDER BY p.id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	return polls, s.wrap(what, err)
}

// RecentPolls returns the latest polls of some sources, the newest first, at
// most n of each: when they were, what came of them and how many items were new,
// and nothing else.
func (s *Store) RecentPolls(ctx context.Context, sources []string, n int) (map[string][]news.Poll, error) {
	polls := make(map[string][]news.Poll, len(sources))
	err := inLists(sources, func(part []any) error {
		return each(ctx, s.read, func(rows *rows) error {
			var p news.Poll
			var at int64
			err := rows.Scan(&p.Source, &at, &p.Outcome, &p.New)
			p.At = fromStamp(at)
			polls[p.Source] = append(polls[p.Source], p)
			return err
		}, `
SELECT s.name, p.at, p.outcome, p.new
FROM source s JOIN poll p ON p.id IN (SELECT l.id FROM poll l WHERE l.source_id = s.id ORDER BY l.id DESC LIMIT $1)
WHERE s.name IN (`+list(2, len(part))+`) ORDER BY p.id DESC`, append([]any{n}, part...)...)
	})
	return polls, s.wrap("read the latest polls", err)
}
