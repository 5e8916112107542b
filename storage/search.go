package storage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"golang.org/x/text/language"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
)

// Search returns the stories of which a visible item matches, newest first,
// but for the first offset of them; at most limit. All that a query asks must
// hold for one item. It looks at the latest [search.MaxFound] items that match
// and were indexed; how long it takes is for the context to bound.
func (s *Store) Search(ctx context.Context, q search.Query, offset, limit int) (search.Found, error) {
	const what = "search stories"
	hits, err := s.hits(ctx, q, search.MaxFound+1)
	if err != nil {
		return search.Found{}, s.wrap(what, err)
	}
	found := search.Found{More: len(hits) > search.MaxFound}
	hits = hits[:min(len(hits), search.MaxFound)]
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.appeared, a.appeared), cmp.Compare(b.story, a.story))
	})
	hits = slices.CompactFunc(hits, func(a, b hit) bool { return a.story == b.story })
	found.Total = len(hits)
	var ids []int64
	for _, h := range hits[min(len(hits), max(offset, 0)):] {
		if len(ids) < limit {
			ids = append(ids, h.story)
		}
	}
	if found.Stories, err = s.loadStories(ctx, ids); err != nil {
		return found, s.wrap(what, err)
	}
	found.Behind, err = s.Behind(ctx)
	return found, err
}

// EachMatch calls fn for every visible item that matches: for the newest limit
// of them, newest first, or with a limit of 0 for all, in the order in which
// they were stored. It stops at the first error, which it returns.
func (s *Store) EachMatch(ctx context.Context, q search.Query, limit int, fn func(news.Item) error) error {
	const what = "search items"
	bound := math.MaxInt
	if limit > 0 {
		bound = max(limit, search.MaxFound)
	}
	hits, err := s.hits(ctx, q, bound)
	if err != nil {
		return s.wrap(what, err)
	}
	slices.SortFunc(hits, func(a, b hit) int {
		if limit <= 0 {
			return cmp.Compare(a.item, b.item)
		}
		return cmp.Or(cmp.Compare(b.published, a.published), cmp.Compare(b.item, a.item))
	})
	if limit > 0 {
		hits = hits[:min(len(hits), limit)]
	}
	for part := range slices.Chunk(hits, chunk) {
		items, err := s.itemsOf(ctx, part)
		if err != nil {
			return s.wrap(what, err)
		}
		for _, it := range items {
			if err := fn(it); err != nil {
				return err
			}
		}
	}
	return nil
}

// itemsOf reads the items of hits, in their order.
func (s *Store) itemsOf(ctx context.Context, hits []hit) (items []news.Item, err error) {
	at, ids := map[int64]int{}, make([]int64, len(hits))
	for i, h := range hits {
		at[h.item], ids[i] = i, h.item
	}
	err = inLists(ids, func(part []any) error {
		more, err := s.selectItems(ctx, brief{s.read}, ` WHERE i.id IN (`+list(1, len(part))+`)`, part...)
		items = append(items, more...)
		return err
	})
	slices.SortFunc(items, func(a, b news.Item) int { return cmp.Compare(at[a.ID], at[b.ID]) })
	return items, err
}

// maxBehind is how far [Store.Behind] counts.
const maxBehind = 10_000

// Behind returns how many stories changed since the index was last brought up
// to date; at most 10,000.
func (s *Store) Behind(ctx context.Context) (n int, err error) {
	at, err := s.indexed(ctx)
	if err == nil {
		err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&n) }, `
SELECT count(*) FROM (SELECT 1 FROM story WHERE (changed, id) > ($1, $2) LIMIT $3) later`, at.changed, at.story, maxBehind)
	}
	return n, s.wrap("compare the search index with the archive", err)
}

// hit is an item that matches.
type hit struct {
	item, story int64
	published   int64 // of the item
	appeared    int64 // when its story was first reported
}

// hits returns the visible items that match, the latest stored ones, at most
// limit.
func (s *Store) hits(ctx context.Context, q search.Query, limit int) (hits []hit, err error) {
	return s.hitsOf(ctx, q, plan{}, limit)
}

// hitsOf is hits among the items that meet the fields of a plan.
func (s *Store) hitsOf(ctx context.Context, q search.Query, p plan, limit int) (hits []hit, err error) {
	b, err := s.searchQuery(ctx, q, p)
	if err != nil {
		return nil, err
	}
	b.add(" LIMIT ?", limit)
	err = each(ctx, s.read, func(rows *rows) error {
		var h hit
		err := rows.Scan(&h.item, &h.story, &h.published, &h.appeared)
		hits = append(hits, h)
		return err
	}, b.String(), b.args...)
	return hits, err
}

// searchQuery composes the statement for a query. What can be asked of the
// index alone drives it, so that the rest is looked at only where that holds;
// without any of it the archive is walked from its newest item.
func (s *Store) searchQuery(ctx context.Context, q search.Query, p plan) (*stmt, error) {
	d, b := s.dialect.search, &stmt{}
	b.WriteString(`SELECT i.id, i.story_id, i.published, COALESCE(t.published, i.published) FROM `)
	expression, rest := s.drive(q)
	order := "i.published DESC, i.id DESC"
	if expression != "" {
		order = d.order
		b.add(d.from+` JOIN story t ON t.id = i.story_id WHERE `+d.match, expression)
	} else {
		b.WriteString(`item i JOIN story t ON t.id = i.story_id WHERE TRUE`)
	}
	b.WriteString(" AND ")
	p.holds(b)
	if err := s.clausesHold(ctx, b, rest); err != nil {
		return nil, err
	}
	b.WriteString(" ORDER BY " + order)
	return b, nil
}

// clausesHold writes the conditions that item i meets clauses, each after an
// AND.
func (s *Store) clausesHold(ctx context.Context, b *stmt, clauses []search.Clause) error {
	for _, c := range clauses {
		b.WriteString(" AND (")
		for i, term := range c {
			if i > 0 {
				b.WriteString(" OR ")
			}
			if err := s.termHolds(ctx, b, term); err != nil {
				return err
			}
		}
		b.WriteByte(')')
	}
	return nil
}

// drive takes out of a query what is asked of the index in one expression: the
// clauses of words alone and, beside them, those that negate words.
func (s *Store) drive(q search.Query) (expression string, rest []search.Clause) {
	var all [][]phrase
	var none []phrase
	var negated []search.Clause
	for _, c := range q.Clauses {
		var phrases []phrase
		for _, t := range c {
			if p := phraseOf(t); t.Field == search.Text && !t.Not && p.words != "" {
				phrases = append(phrases, p)
			}
		}
		switch {
		case len(phrases) == len(c):
			all = append(all, phrases)
		case len(c) == 1 && c[0].Field == search.Text && c[0].Not && phraseOf(c[0]).words != "":
			none, negated = append(none, phraseOf(c[0])), append(negated, c)
		default:
			rest = append(rest, c)
		}
	}
	if len(all) == 0 {
		return "", append(rest, negated...)
	}
	return s.dialect.search.expression(all, none), rest
}

// phraseOf is what the index is asked for a term of words.
func phraseOf(t search.Term) phrase { return phrase{words(t.Text, search.MaxLength), t.Prefix} }

// termHolds writes the condition that item i meets a term.
func (s *Store) termHolds(ctx context.Context, b *stmt, t search.Term) error {
	if t.Not {
		b.WriteString("NOT ")
	}
	switch t.Field {
	case search.Text:
		if p := phraseOf(t); p.words != "" {
			b.add("i.id IN ("+s.dialect.search.ids+")", s.dialect.search.expression([][]phrase{{p}}, nil))
		} else {
			b.WriteString("FALSE")
		}
	case search.After:
		b.add("(i.published >= ?)", micros(t.Day))
	case search.Before:
		b.add("(i.published < ?)", micros(t.Day))
	default:
		f, err := s.cuts(ctx, string(t.Field), []string{valueOf(t)})
		if err != nil {
			return err
		}
		if len(f.ids) == 0 {
			b.WriteString("FALSE") // nothing in the archive has it
			return nil
		}
		f.holds(b)
	}
	return nil
}

// valueOf is a field's value as the archive writes it.
func valueOf(t search.Term) string {
	if t.Field == search.Language {
		if tag, err := language.Parse(t.Text); err == nil {
			return tag.String()
		}
	}
	return t.Text
}
