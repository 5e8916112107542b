package storage

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
)

const (
	defaultLimit = 50
	// MaxLimit is the most rows that one list gives, whatever is asked for.
	MaxLimit = 10_000
	// maxScan is how many rows a list looks at for the cap per source, and a
	// list of items for words, before it gives what it has found: the newest.
	maxScan = 200_000
	// maxCuts is how many lists are merged into one; a query that names more
	// values walks the list of all stories instead.
	maxCuts = 16
)

// limitOf returns how many rows a query asks for.
func limitOf(q news.Query) int {
	return min(cmp.Or(max(q.Limit, 0), defaultLimit), MaxLimit)
}

// stmt composes a statement; its parameters are numbered in the order in
// which they are written, as SQLite wants it.
type stmt struct {
	strings.Builder
	args []any
}

// add writes text in which every "?" is the next of values.
func (b *stmt) add(text string, values ...any) *stmt {
	for _, v := range values {
		before, after, _ := strings.Cut(text, "?")
		b.args = append(b.args, v)
		b.WriteString(before + "$" + strconv.Itoa(len(b.args)))
		text = after
	}
	b.WriteString(text)
	return b
}

// in writes "($1, $2, …)".
func (b *stmt) in(ids []int64) *stmt {
	b.WriteByte('(')
	for i, id := range ids {
		if i > 0 {
			b.WriteString(", ")
		}
		b.add("?", id)
	}
	b.WriteByte(')')
	return b
}

// field is one set field of a query, as cut ids.
type field struct {
	kind    string
	ids     []int64
	stories int // in all of them
}

// plan is a query whose names have been looked up.
type plan struct {
	fields []field
	since  int64        // 0: whenever
	asked  search.Query // what the text asks for
	none   bool         // a field names nothing that the archive holds
}

func (s *Store) plan(ctx context.Context, q news.Query) (plan, error) {
	p := plan{asked: search.Parse(q.Text)}
	if !q.Since.IsZero() {
		p.since = micros(q.Since)
	}
	for _, f := range []struct {
		kind   string
		values []string
	}{
		{cutSource, q.Sources}, {cutCategory, q.Categories}, {cutCountry, q.Countries}, {cutLanguage, q.Languages},
	} {
		if len(f.values) == 0 {
			continue
		}
		found, err := s.cuts(ctx, f.kind, f.values)
		if err != nil {
			return p, err
		}
		p.none = p.none || len(found.ids) == 0
		p.fields = append(p.fields, found)
	}
	return p, nil
}

// cuts looks up the cuts of one kind.
func (s *Store) cuts(ctx context.Context, kind string, values []string) (field, error) {
	f := field{kind: kind}
	err := inLists(values, func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var id int64
			var n int
			err := rows.Scan(&id, &n)
			if !slices.Contains(f.ids, id) {
				f.ids = append(f.ids, id)
				f.stories += n
			}
			return err
		}, `SELECT id, stories FROM cut WHERE kind = $1 AND value IN (`+list(2, len(part))+`)`, append([]any{kind}, part...)...)
	})
	return f, err
}

// driver returns the lists to walk, those of the field with the fewest
// stories, and whether being in them says everything that the query asks.
func (p plan) driver() (cuts []int64, exact bool) {
	cuts, fewest := []int64{allID}, -1
	for _, f := range p.fields {
		if len(f.ids) <= maxCuts && (fewest < 0 || f.stories < fewest) {
			cuts, fewest = f.ids, f.stories
		}
	}
	driven := 0
	if fewest >= 0 {
		driven = 1
	}
	return cuts, len(p.fields) == driven && p.since == 0
}

// holds writes the conditions that one visible item i must meet.
func (p plan) holds(b *stmt) {
	b.WriteString("i.hidden = FALSE")
	if p.since != 0 {
		b.add(" AND i.first_seen >= ?", p.since)
	}
	for _, f := range p.fields {
		b.WriteString(" AND ")
		f.holds(b)
	}
}

// holds writes the condition that item i has any of the field's values.
func (f field) holds(b *stmt) {
	switch f.kind {
	case cutCategory:
		b.add("EXISTS (SELECT 1 FROM item_category k WHERE k.item_id = i.id AND k.cut_id IN ").in(f.ids).add(")")
	case cutCountry:
		b.add("EXISTS (SELECT 1 FROM item_place k WHERE k.item_id = i.id AND k.cut_id IN ").in(f.ids).add(")")
	case cutSource:
		b.add("i.source_id IN (SELECT s.id FROM source s JOIN cut c ON c.value = s.name WHERE c.id IN ").in(f.ids).add(")")
	case cutLanguage:
		b.add("EXISTS (SELECT 1 FROM cut c WHERE (i.language = c.value OR i.language LIKE c.value || '-%') AND c.id IN ").in(f.ids).add(")")
	}
}
