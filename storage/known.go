package storage

import (
	"context"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

// Known answers which items of a source are stored already, parallel to the
// probes; an ID of 0 means unknown, or removed.
//
// An item is known by its key, by a key it had before, or, when its feed
// gives it a new identifier, by its address together with its title (S27).
// Keys win: an item that another probe names by key is not known by address.
// Items of other sources are never looked at (S25). What is kept apart of a
// proposed source is known by its key, under a negative ID.
func (s *Store) Known(ctx context.Context, source string, probes []news.Probe) ([]news.Known, error) {
	known := make([]news.Known, len(probes))
	id, err := s.sourceID(ctx, brief{s.read}, source)
	blank := false
	if err == nil && len(probes) >= manyKeys {
		blank, err = holdsNothing(ctx, brief{s.read}, id)
	}
	if err == nil && !blank {
		err = lookUp(ctx, brief{s.read}, id, probes, known)
	}
	if err != nil {
		return nil, s.wrap(fmt.Sprintf("look up items of source %q", source), err)
	}
	return known, nil
}

// manyKeys is how many keys cost more to look up than it costs to see that
// there is nothing to be found.
const manyKeys = 8

// holdsNothing reports whether nothing can be known of a source's items, as it
// is when it is polled for the first time: there is no item, none was removed,
// and none is kept apart. An alias has an item.
func holdsNothing(ctx context.Context, q querier, source int64) (blank bool, err error) {
	err = each(ctx, q, func(rows *rows) error { return rows.Scan(&blank) }, `
SELECT NOT EXISTS (SELECT 1 FROM item WHERE source_id = $1)
  AND NOT EXISTS (SELECT 1 FROM tombstone WHERE source_id = $2)
  AND NOT EXISTS (SELECT 1 FROM preview WHERE source_id = $3)`, source, source, source)
	return blank, err
}

const (
	knownByKey = `
SELECT item_key, id, item_key, raw_hash, hash, hidden FROM item
WHERE source_id = $1 AND key_hash IN (%s)`

	knownByAlias = `
SELECT a.item_key, i.id, i.item_key, i.raw_hash, i.hash, i.hidden
FROM item_alias a JOIN item i ON i.id = a.item_id
WHERE a.source_id = $1 AND a.key_hash IN (%s)`

	knownByAddress = `
SELECT COALESCE(canonical, url, guid, item_key), id, item_key, raw_hash, hash, hidden, title FROM item
WHERE source_id = $1 AND canonical_hash IN (%s)
ORDER BY id`

	knownRemoved = `
SELECT item_key FROM tombstone
WHERE source_id = $1 AND key_hash IN (%s)`
)

func lookUp(ctx context.Context, q querier, source int64, probes []news.Probe, known []news.Known) error {
	taken := map[int64]bool{}
	for _, text := range []string{knownByKey, knownByAlias, knownPreview} {
		byKey, hashes := unknown(probes, known)
		err := lookUpBy(ctx, q, text, source, hashes, func(rows *rows) error {
			var key string
			var k news.Known
			if err := rows.Scan(&key, &k.ID, &k.Key, &k.RawHash, &k.Hash, &k.Hidden); err != nil {
				return err
			}
			for _, i := range byKey[key] {
				known[i] = k
				taken[k.ID] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := lookUpByAddress(ctx, q, source, probes, known, taken); err != nil {
		return err
	}
	byKey, hashes := unknown(probes, known)
	return lookUpBy(ctx, q, knownRemoved, source, hashes, func(rows *rows) error {
		var key string
		err := rows.Scan(&key)
		for _, i := range byKey[key] {
			known[i].Removed = true
		}
		return err
	})
}

// unknown returns which probes ask for each key that is still unknown, and the
// hashes of those keys.
func unknown(probes []news.Probe, known []news.Known) (byKey map[string][]int, hashes []int64) {
	byKey = map[string][]int{}
	for i, p := range probes {
		if known[i].ID != 0 || p.Key == "" {
			continue
		}
		if byKey[p.Key] == nil {
			hashes = append(hashes, hash64(p.Key))
		}
		byKey[p.Key] = append(byKey[p.Key], i)
	}
	return byKey, hashes
}

// lookUpByAddress finds items whose identifier changed while address and
// title stayed.
func lookUpByAddress(ctx context.Context, q querier, source int64, probes []news.Probe, known []news.Known, taken map[int64]bool) error {
	type place struct{ canonical, title string }
	open := map[place]int{}
	var hashes []int64
	for i, p := range probes {
		at := place{p.Canonical, p.Title}
		if _, twice := open[at]; known[i].ID != 0 || p.Canonical == "" || twice {
			continue
		}
		open[at] = i
		hashes = append(hashes, hash64(p.Canonical))
	}
	return lookUpBy(ctx, q, knownByAddress, source, hashes, func(rows *rows) error {
		var at place
		var k news.Known
		if err := rows.Scan(&at.canonical, &k.ID, &k.Key, &k.RawHash, &k.Hash, &k.Hidden, &at.title); err != nil {
			return err
		}
		if i, ok := open[at]; ok && !taken[k.ID] && known[i].ID == 0 {
			known[i] = k
			taken[k.ID] = true
		}
		return nil
	})
}

func lookUpBy(ctx context.Context, q querier, text string, source int64, hashes []int64, scan func(*rows) error) error {
	return inLists(hashes, func(part []any) error {
		return each(ctx, q, scan, fmt.Sprintf(text, list(2, len(part))), append([]any{source}, part...)...)
	})
}
