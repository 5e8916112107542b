package storage

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
)

// A list that a text selects means what a search for it means. What the index
// holds is found by it; what came or changed since then is compared here, so
// that an edition does not wait for the index.

// maxFresh is how many stories that the index has not seen are compared: those
// that changed last.
const maxFresh = 2000

// Matches reports whether an item has what a text asks for, as [search.Parse]
// reads it.
func (s *Store) Matches(text string, it news.Item) bool { return matches(search.Parse(text), it) }

// matches reports whether an item has what a query asks for.
func matches(q search.Query, it news.Item) bool {
	if q.Empty() {
		return true
	}
	d := told{Item: it}
	for _, c := range q.Clauses {
		if !slices.ContainsFunc(c, func(t search.Term) bool { return d.has(t) != t.Not }) {
			return false
		}
	}
	return true
}

// told is an item with its words, which are looked up when first asked
// for.
type told struct {
	news.Item
	words [][]string // of the title and of the text
}

// has reports whether an item meets a term, whatever its Not.
func (d *told) has(t search.Term) bool {
	value := valueOf(t)
	switch t.Field {
	case search.Text:
		return d.says(t)
	case search.After:
		return micros(d.Published) >= micros(t.Day)
	case search.Before:
		return micros(d.Published) < micros(t.Day)
	case search.Source:
		return d.Source == value
	case search.Category:
		return slices.ContainsFunc(d.Filings, func(f news.Filing) bool { return f.Category == value })
	case search.Country:
		return slices.ContainsFunc(d.Places, func(p news.Place) bool { return p.Country == value })
	case search.Language:
		return d.Language == value || strings.HasPrefix(d.Language, value+"-")
	}
	return false
}

// says reports whether title or text have words in a row.
func (d *told) says(t search.Term) bool {
	if d.words == nil {
		d.words = [][]string{wordsOf(d.Title, indexWords), wordsOf(bodyText(d.Summary, d.Content), indexWords)}
	}
	want := wordsOf(t.Text, search.MaxLength)
	last := len(want) - 1
	if last < 0 {
		return false
	}
	for _, words := range d.words {
		for i := range len(words) - last {
			w := words[i : i+len(want)]
			if slices.Equal(w[:last], want[:last]) && (w[last] == want[last] || t.Prefix && strings.HasPrefix(w[last], want[last])) {
				return true
			}
		}
	}
	return false
}

// wordsOf are the words of a text as the index compares them.
func wordsOf(text string, limit int) []string { return strings.Fields(words(text, limit)) }

// matching returns the stories of which one item meets the fields of a query
// and what its text asks, newest first, below the cursor.
func (s *Store) matching(ctx context.Context, q news.Query, p plan) ([]candidate, error) {
	hits, err := s.hitsOf(ctx, p.asked, p, search.MaxFound)
	if err != nil {
		return nil, err
	}
	found, err := s.fresh(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, h := range hits {
		if _, known := found[h.story]; !known {
			found[h.story] = true // a fresh story is what it is now, whatever the index says
		}
	}
	var ids []int64
	for id, is := range found {
		if is {
			ids = append(ids, id)
		}
	}
	var out []candidate
	err = inLists(ids, func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var c candidate
			err := rows.Scan(&c.id, &c.published, &c.source, &c.changed)
			if q.After == (news.Cursor{}) || newer(candidate{id: q.After.ID, published: micros(q.After.Published)}, c) < 0 {
				out = append(out, c)
			}
			return err
		}, `SELECT id, COALESCE(published, 0), lead_source, changed FROM story WHERE id IN (`+list(1, len(part))+`)`, part...)
	})
	slices.SortFunc(out, newer)
	return out, err
}

// newer is the order of lists.
func newer(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.published, a.published), cmp.Compare(b.id, a.id))
}

// fresh tells of the stories that the index has not seen as they are now
// whether they match.
func (s *Store) fresh(ctx context.Context, p plan) (map[int64]bool, error) {
	at, err := s.indexed(ctx)
	if err != nil {
		return nil, err
	}
	found := map[int64]bool{}
	var ids []int64
	err = each(ctx, s.read, func(rows *rows) error {
		var id int64
		err := rows.Scan(&id)
		found[id], ids = false, append(ids, id)
		return err
	}, `SELECT id FROM story WHERE (changed, id) > ($1, $2) ORDER BY changed DESC, id DESC LIMIT $3`, at.changed, at.story, maxFresh)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(ids, chunk) {
		var b stmt
		b.add(" WHERE i.story_id IN ").in(part).add(" AND ")
		p.holds(&b)
		items, err := s.selectItems(ctx, s.read, b.String(), b.args...)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			found[it.Story] = found[it.Story] || matches(p.asked, it)
		}
	}
	return found, nil
}
