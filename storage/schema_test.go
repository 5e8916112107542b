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
