package storage_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// nameOf returns the name of the database of an address.
func nameOf(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

// columns returns "table.column" and "index" of what a query lists.
func columns(t *testing.T, driver, dsn, text string) []string {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	sort.Strings(all)
	return all
}

// Both engines have the same tables with the same columns, which may be NULL or
// not, and the same indexes; the full-text index is each one's own.
func TestEnginesHaveTheSameSchema(t *testing.T) {
	file, server := filepath.Join(t.TempDir(), "news.db"), postgrestest.New(t)
	open(t, file, storage.Options{})
	lite := columns(t, "sqlite", file, `
SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN '' ELSE ' or NULL' END
FROM sqlite_schema m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'item_text%' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'
UNION ALL SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index' AND sql <> ''`)
	post := columns(t, "pgx", server, `
SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN '' ELSE ' or NULL' END
FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'item\_text%' AND table_name NOT LIKE 'goose%'
UNION ALL SELECT 'index ' || indexname FROM pg_indexes
WHERE schemaname = current_schema() AND indexname NOT LIKE '%\_key' AND indexname NOT LIKE '%\_pkey' AND indexname <> 'item_text_words'`)
	if d := cmp.Diff(lite, post); d != "" {
		t.Errorf("tables, columns and indexes: -SQLite +PostgreSQL\n%s", d)
	}
}

// No column of PostgreSQL is compared by the collation of its database.
func TestPostgresComparesBytes(t *testing.T) {
	wrong := columns(t, "pgx", postgrestest.New(t), `
SELECT table_name || '.' || column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`)
	if len(wrong) > 0 {
		t.Errorf("compared by the database's collation: %q", wrong)
	}
}
