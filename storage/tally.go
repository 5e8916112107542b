package storage

import (
	"context"
	"time"

	"github.com/rightswire/rightswire/news"
)

const (
	itemsCame = `SELECT count(*) FROM item WHERE first_seen >= $1 AND first_seen < $2 AND hidden = FALSE`

	// The items of the period first: an archive is long, and a week is not.
	itemsCameByCategory = `
SELECT c.value, count(*) FROM item_category k JOIN cut c ON c.id = k.cut_id
WHERE k.item_id IN (SELECT id FROM item WHERE first_seen >= $1 AND first_seen < $2 AND hidden = FALSE) GROUP BY c.value`

	storiesCame = `
SELECT c.kind, c.value, count(*) FROM cut c JOIN story_cut s ON s.cut_id = c.id
WHERE c.kind IN ('all', 'category') AND s.published >= $1 AND s.published < $2 GROUP BY c.kind, c.value`

	changesMade = `
SELECT (SELECT count(DISTINCT item_id) FROM revision WHERE at >= $1 AND at < $2),
  (SELECT count(*) FROM withdrawal WHERE at >= $3 AND at < $4),
  (SELECT count(*) FROM decision WHERE at >= $5 AND at < $6)`
)

// Tally counts what happened from one moment up to another.
func (s *Store) Tally(ctx context.Context, from, until time.Time) (news.Tally, error) {
	const what = "count what came"
	t := news.Tally{Categories: map[string]news.Came{}}
	a, b := micros(from), micros(until)
	err := each(ctx, s.read, func(rows *rows) error { return rows.Scan(&t.All.Items) }, itemsCame, a, b)
	if err != nil {
		return t, s.wrap(what, err)
	}
	err = each(ctx, s.read, func(rows *rows) error {
		var category string
		var n int
		err := rows.Scan(&category, &n)
		t.Categories[category] = news.Came{Items: n}
		return err
	}, itemsCameByCategory, a, b)
	if err != nil {
		return t, s.wrap(what, err)
	}
	err = each(ctx, s.read, func(rows *rows) error {
		var kind, value string
		var n int
		if err := rows.Scan(&kind, &value, &n); err != nil {
			return err
		}
		if kind == cutAll {
			t.All.Stories = n
			return nil
		}
		came := t.Categories[value]
		came.Stories = n
		t.Categories[value] = came
		return nil
	}, storiesCame, a, b)
	if err != nil {
		return t, s.wrap(what, err)
	}
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&t.Corrected, &t.Withdrawn, &t.Decisions) },
		changesMade, a, b, a, b, a, b)
	return t, s.wrap(what, err)
}
