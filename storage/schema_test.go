package storage_test

import (
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/migrations"
)

var update = flag.Bool("update", false, "rewrite testdata/schema.sql")

// schema returns every table and index of a file, as it stands there.
func schema(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT sql FROM sqlite_schema WHERE sql <> '' AND tbl_name <> 'sqlite_sequence' ORDER BY type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		b.WriteString(text + ";\n\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A database that was migrated from any earlier version equals a fresh one,
// and both equal the schema that was reviewed.
func TestMigratedEqualsFresh(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: migrates from every state there was")
	}
	const golden = "testdata/schema.sql"
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	open(t, fresh, storage.Options{})
	want := schema(t, fresh)
	if *update {
		if err := os.WriteFile(golden, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	reviewed, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(reviewed), want); d != "" {
		t.Errorf("fresh schema: -%s +fresh (rewrite it with -update if this is meant)\n%s", golden, d)
	}
	files, err := migrations.SQLite()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("migrations: %v, %v", names, err)
	}
	for version := int64(1); version <= int64(len(names)); version++ {
		path := filepath.Join(t.TempDir(), "old.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), version); err != nil {
			t.Fatal(err)
		}
		db.Close()
		open(t, path, storage.Options{})
		if d := cmp.Diff(want, schema(t, path)); d != "" {
			t.Errorf("schema of version %d, migrated: -fresh +migrated\n%s", version, d)
		}
	}
}

// What the first release wrote is there after a migration: a story that may
// have been published keeps its UID, and items are measured.
func TestMigrationKeepsWhatTheFirstReleaseWrote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := migrations.SQLite()
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`
INSERT INTO source (id, name, config, rank) VALUES (1, 'a', '{}', 1);
INSERT INTO story (id, uid, published, lead, lead_source) VALUES (1, 'old', 5, 1, 1);
INSERT INTO item (id, source_id, key_hash, item_key, title, language, published, updated, first_seen, raw_hash, hash, story_id, hidden)
VALUES (1, 1, 1, 'k1', 't', 'en', 5, 5, 5, '', '', 1, FALSE), (2, 1, 2, 'k2', 't', 'en', 4, 4, 4, '', '', 1, TRUE);
INSERT INTO item_body (item_id, summary, content, author, claimed, image) VALUES (1, '', ?1, '', '', ''), (2, 's', '', '', '', '')`,
		strings.Repeat("word ", 400)); err != nil {
		t.Fatal(err)
	}
	db.Close()
	s := open(t, path, storage.Options{StoryUID: func(source, key string) string { return "new" }})
	if err := s.Unhide(t.Context(), 2, "ann"); err != nil {
		t.Fatal(err)
	}
	st, err := s.FindStory(t.Context(), 1)
	if err != nil || st.UID != "old" || len(st.Items) != 2 || st.Lead != 1 {
		t.Errorf("story %+v, %v, want old, led by the item with a whole text although another is older", st, err)
	}
}

// What a desk corrected before it was recorded who and when is on record, too;
// the umbrella that came along is no word of the desk's.
func TestMigrationRecordsEarlierCorrections(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := migrations.SQLite()
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`
INSERT INTO source (id, name, config, rank) VALUES (1, 'a', '{}', 1);
INSERT INTO item (id, source_id, key_hash, item_key, title, language, published, updated, first_seen, raw_hash, hash, hidden)
VALUES (1, 1, 1, 'k1', 't', 'en', 5, 5, 5, '', '', FALSE);
INSERT INTO cut (id, kind, value) VALUES (11, 'category', 'wages'), (12, 'category', 'labor'), (13, 'category', 'press'), (14, 'category', 'strikes');
INSERT INTO item_category (item_id, cut_id, rank, score, hand, why) VALUES
 (1, 11, -1, 0, 'desk', NULL), (1, 12, 1000, 0, 'desk', '["takes in what the desk has put there"]'), (1, 14, 0, 3, 'rules', NULL);
INSERT INTO item_unfiled (item_id, cut_id) VALUES (1, 13)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	got, err := open(t, path, storage.Options{}).Rulings(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []news.Ruling{{Category: "wages", Said: news.SaidIn}, {Category: "press", Said: news.SaidOut}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Rulings: -want +got\n%s", d)
	}
}
