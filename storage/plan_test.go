package storage

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news/search"
)

// Pages must be range scans: at a million items, sorting is what a reader
// would wait for.
func TestPagesAreIndexed(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "news.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	after := candidate{published: 1, id: 1}
	one := func(kind string) plan { return plan{fields: []field{{kind: kind, ids: []int64{2}, stories: 9}}} }
	both := plan{fields: append(one(cutCategory).fields, one(cutLanguage).fields...)}
	for name, p := range map[string]plan{
		"all": {}, "category": one(cutCategory), "country": one(cutCountry), "language": one(cutLanguage),
		"source": one(cutSource), "category and language": both, "since": {since: 1},
	} {
		b := candidateQuery(p, after, 50)
		plan := explain(t, s, b.String(), b.args)
		if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN story") || strings.Contains(plan, "SCAN i") {
			t.Errorf("candidates of %s are not a range scan:\n%s", name, plan)
		}
	}
	// The few stories that are gone are an index of their own.
	for text, indexes := range map[string][]string{
		correctionEvents: {"SCAN r USING INDEX revision_at", "SCAN w USING COVERING INDEX withdrawal_at"},
		goneStories:      {"g USING INDEX story_withdrawn"},
		voidEntries:      {"SCAN e USING INDEX volume_void", "SCAN s USING INDEX story_withdrawn", "SEARCH e USING INDEX volume_entry_story"},
	} {
		plan := explain(t, s, text, []any{9, 9, 9}[:strings.Count(text, "$")])
		for _, index := range indexes {
			if !strings.Contains(plan, index) {
				t.Errorf("no %s in the plan of\n%s\n%s", index, text, plan)
			}
		}
	}
	if plan := explain(t, s, newestAt, []any{1, 8}); strings.Contains(plan, "SCAN i") || strings.Contains(plan, "SCAN item") || strings.Contains(plan, "FOR ORDER BY") {
		t.Errorf("the items at an address are not a range scan:\n%s", plan)
	}
	for text, scans := range map[string]string{
		itemsCame: "SCAN", itemsCameByCategory: "SCAN k", storiesCame: "SCAN s", daysOf: "SCAN", latestOf: "TEMP B-TREE", pollsOf: "TEMP B-TREE", firstPollOf: "TEMP B-TREE",
	} {
		if plan := explain(t, s, text, []any{1, 2}[:strings.Count(text, "$")]); strings.Contains(plan, scans) {
			t.Errorf("health and digest walk a whole table by\n%s\n%s", text, plan)
		}
	}
	if plan := explain(t, s, recentStories, []any{1}); !strings.HasPrefix(plan, "SEARCH i USING INDEX item_first_seen") {
		t.Errorf("what came last is not a range scan:\n%s", plan)
	}
	for text, index := range map[string]string{pruneCandidates: "SEARCH item USING INDEX item_first_seen", pruneRows: "SEARCH poll USING INDEX poll_source"} {
		plan := explain(t, s, text, []any{9, 9, 9, 9, 9, 9}[:strings.Count(text, "$")])
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("no %s in the plan of\n%s\n%s", index, text, plan)
		}
	}
	if plan := explain(t, s, mergeStories, []any{1, 2, 2}); strings.Contains(plan, "SCAN") {
		t.Errorf("a merge walks all stories:\n%s", plan)
	}
	// Words give their items in order, without words the archive does.
	for text, want := range map[string]string{
		"strike source:a after:2024 -x": "SCAN f VIRTUAL TABLE", "after:2024 -strike": "SEARCH i USING INDEX item_published",
	} {
		q, err := s.searchQuery(t.Context(), search.Parse(text), plan{})
		if err != nil {
			t.Fatal(err)
		}
		if plan := explain(t, s, q.String(), q.args); strings.Contains(plan, "TEMP B-TREE") || !strings.HasPrefix(plan, want) {
			t.Errorf("a search for %q does not begin with %q:\n%s", text, want, plan)
		}
	}
	b := itemQuery(plan{}, after, 50)
	if plan := explain(t, s, "SELECT "+itemColumns+" FROM "+itemTables+b.String(), b.args); strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("items are not a range scan:\n%s", plan)
	}
	for name, q := range map[string]struct {
		text string
		args []any
	}{
		"key":     {strings.ReplaceAll(knownByKey, "%s", "$2"), []any{1, 2}},
		"address": {strings.ReplaceAll(knownByAddress, "%s", "$2"), []any{1, 2}},
		"removal": {strings.ReplaceAll(knownRemoved, "%s", "$2"), []any{1, 2}},
		"alias":   {strings.ReplaceAll(knownByAlias, "%s", "$2"), []any{1, 2}},
	} {
		if plan := explain(t, s, q.text, q.args); strings.Contains(plan, "SCAN") {
			t.Errorf("look-up by %s scans:\n%s", name, plan)
		}
	}
}

func explain(t *testing.T, s *Store, text string, args []any) string {
	t.Helper()
	var lines []string
	err := each(t.Context(), s.read, func(rows *rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		lines = append(lines, detail)
		return err
	}, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func TestDriver(t *testing.T) {
	few, many := field{cutCountry, []int64{3}, 5}, field{cutCategory, []int64{4, 5}, 500}
	wide := field{kind: cutSource, ids: make([]int64, maxCuts+1), stories: 1}
	for _, tt := range []struct {
		name  string
		p     plan
		first int64
		exact bool
	}{
		{"everything", plan{}, allID, true},
		{"one field says all", plan{fields: []field{many}}, 4, true},
		{"the field with the fewest stories leads", plan{fields: []field{many, few}}, 3, false},
		{"too many values are checked one by one", plan{fields: []field{wide}}, allID, false},
		{"too many values of one field, another leads", plan{fields: []field{wide, many}}, 4, false},
		{"since has to be checked", plan{since: 1}, allID, false},
	} {
		cuts, exact := tt.p.driver()
		if cuts[0] != tt.first || exact != tt.exact {
			t.Errorf("%s: driver() = %v, %v, want %d first, %v", tt.name, cuts, exact, tt.first, tt.exact)
		}
	}
}

func TestPackIDs(t *testing.T) {
	for _, ids := range [][]int64{nil, {1}, {1, 2, 300, 1 << 40}} {
		got := unpackIDs(packIDs(ids))
		if len(got) != len(ids) || len(got) > 0 && got[len(got)-1] != ids[len(ids)-1] {
			t.Errorf("unpackIDs(packIDs(%v)) = %v", ids, got)
		}
	}
	if got := unpackIDs([]byte{1, 0x80}); len(got) != 1 {
		t.Errorf("unpackIDs of a cut-off list = %v, want what is whole", got)
	}
}

func TestSQLiteText(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1":                 "SELECT 1",
		"a = $1 AND b IN ($2, $3)": "a = ? AND b IN (?, ?)",
		"a = $1 OR b = $1":         "a = $1 OR b = $1",
		"a = $2 OR b = $1":         "a = $2 OR b = $1",
		"a = $1 AND b = '$'":       "a = $1 AND b = '$'",
		"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)": "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	} {
		if got := sqliteText(text); got != want {
			t.Errorf("sqliteText(%q) = %q, want %q", text, got, want)
		}
	}
}
