package storage_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// fill puts some of everything into an archive.
func fill(t *testing.T, s *storage.Store) {
	t.Helper()
	ctx := t.Context()
	a, b := storagetest.Source("a", 1), storagetest.Source("b", 2)
	b.Status = news.Proposed
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SyncSources(ctx, []news.Source{a, b}))
	var items []news.Item
	for n := range 300 {
		it := storagetest.Filed(storagetest.Item("a", fmt.Sprint("k", n), n), "wages", "labor")
		it.Content = strings.Repeat("<p>Ünïted — 工会 </p>", n)
		it.Places = []news.Place{{Country: "FR", Score: 0.25, Why: "term Paris"}}
		items = append(items, it)
	}
	r := storagetest.Poll("a", items...)
	r.Marks, r.State.Rhythm = []byte{0, 1, 255}, []byte{7}
	must(s.CommitPoll(ctx, r))
	preview := storagetest.Poll("b", storagetest.Item("b", "p", 1))
	preview.Preview = true
	must(s.CommitPoll(ctx, preview))
	ungrouped, err := s.Ungrouped(ctx, 1000)
	must(err)
	var p []news.Placement
	for _, it := range ungrouped {
		p = append(p, news.Placement{Item: it.ID, NewUID: "uid-" + it.Key})
	}
	must(s.Place(ctx, p))
	changed := items[3]
	changed.ID, changed.Hash, changed.Title = ungrouped[3].ID, "other", "Another title"
	must(s.CommitPoll(ctx, storagetest.Poll("a", changed)))
	must(s.Hide(ctx, ungrouped[4].ID, "ann", "wrong"))
	must(s.Remove(ctx, ungrouped[5].ID, "asked to"))
	must(s.Merge(ctx, 1, 2, "ann"))
	must(s.Correct(ctx, ungrouped[6].ID, storage.Correction{Who: "ann", Out: []string{"labor"}}))
	must(s.Publish(ctx))
	must(s.SetSetting(ctx, "a", "b"))
	must(s.SaveEditions(ctx, []news.EditionState{{Path: "feeds/all.rss", Hash: "h", Updated: storagetest.Now}}))
	must(s.AddAudit(ctx, news.AuditEntry{At: storagetest.Now, Who: "ann", What: "hide"}))
	must(s.Enter(ctx, map[string][]int64{"feeds/all": {1, 3}}, 1))
	must(s.AddVolume(ctx, news.Volume{Cut: "feeds/all", N: 1, Hash: "h", Body: []byte(strings.Repeat("x", 500)), Stories: []int64{1}}))
	for more := true; more; {
		_, more, err = s.Index(ctx)
		must(err)
	}
}

// rowsOf returns every row of an archive's tables as text.
func rowsOf(t *testing.T, driver, dsn, tables string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range columns(t, driver, dsn, tables) {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			row, into := make([]any, len(names)), make([]any, len(names))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all[table] = append(all[table], fmt.Sprintf("%#v", row))
		}
		rows.Close()
		slices.Sort(all[table])
	}
	return all
}

// An archive that moves to PostgreSQL and back is the same, row for row, and
// goes on giving ids where it left off.
func TestAnArchiveMovesToPostgresAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: copies every table twice")
	}
	const tables = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'item_text%' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`
	here, back, server := filepath.Join(t.TempDir(), "news.db"), filepath.Join(t.TempDir(), "back.db"), postgrestest.New(t)
	first := open(t, here, storage.Options{})
	fill(t, first)
	middle, last := open(t, server, storage.Options{}), open(t, back, storage.Options{})
	for _, step := range []struct{ from, to *storage.Store }{{first, middle}, {middle, last}} {
		counts, err := step.from.CopyTo(t.Context(), step.to)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(counts, storage.Copied{Table: "item", Rows: 299}) {
			t.Errorf("CopyTo = %v, want 299 items among them", counts)
		}
		for more := true; more; {
			if _, more, err = step.to.Index(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, got := rowsOf(t, "sqlite", here, tables), rowsOf(t, "sqlite", back, tables)
	for table, rows := range want {
		if d := cmp.Diff(rows, got[table]); d != "" {
			t.Errorf("table %s: -before +after\n%.2000s", table, d)
		}
		if len(rows) == 0 {
			t.Logf("table %s is empty", table)
		}
	}
	if _, err := first.CopyTo(t.Context(), middle); !errors.Is(err, storage.ErrNotEmpty) {
		t.Errorf("CopyTo into an archive with news: %v, want ErrNotEmpty", err)
	}
	if err := middle.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Filed(storagetest.Item("a", "later", 1), "new"))); err != nil {
		t.Errorf("a poll after the move: %v", err)
	}
	if err := middle.SyncSources(t.Context(), []news.Source{storagetest.Source("z", 1)}); err != nil {
		t.Errorf("a source after the move: %v", err)
	}
}

// No table is forgotten.
func TestEveryTableIsCopied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	counts, err := open(t, path, storage.Options{}).CopyTo(t.Context(), open(t, filepath.Join(t.TempDir(), "b.db"), storage.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range counts {
		got = append(got, c.Table)
	}
	slices.Sort(got)
	want := columns(t, "sqlite", path, `
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'item_text%' AND name NOT IN ('item_indexed', 'turn') AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("tables: -there +copied\n%s", d)
	}
}
