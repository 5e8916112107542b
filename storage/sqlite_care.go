package storage

import (
	"context"
	"fmt"
)

// shrinkPages is how many pages are given back in one transaction.
const shrinkPages = 512

// shrinkSQLite gives the room that is unused in a file back to the disk, in
// steps that polls do not notice, and returns how many bytes. A file that an
// earlier version made cannot do that; it uses the room for what comes.
func shrinkSQLite(ctx context.Context, s *Store) (int64, error) {
	mode, err := s.pragma(ctx, "auto_vacuum")
	if err != nil || mode != incrementalVacuum {
		return 0, err
	}
	size, err := s.pragma(ctx, "page_size")
	if err != nil {
		return 0, err
	}
	before, err := s.pragma(ctx, "page_count")
	for free := int64(1); err == nil && free > 0; {
		if free, err = s.pragma(ctx, "freelist_count"); err != nil || free == 0 {
			break
		}
		err = s.writeAlone(ctx, "give room back", func(t *txn) error {
			// Each step of the statement gives one page back.
			return each(ctx, t, func(*rows) error { return nil }, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", shrinkPages))
		})
	}
	if err != nil {
		return 0, err
	}
	after, err := s.pragma(ctx, "page_count")
	return (before - after) * size, err
}

// incrementalVacuum is the mode in which a file gives room back on demand
// (https://sqlite.org/pragma.html#pragma_auto_vacuum).
const incrementalVacuum = 2

func (s *Store) pragma(ctx context.Context, name string) (n int64, err error) {
	err = s.read.db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&n)
	return n, err
}

// sizeSQLite measures a file; tables reads it whole.
func sizeSQLite(ctx context.Context, s *Store, tables bool) (z Size, err error) {
	var n [3]int64
	for i, name := range []string{"page_size", "page_count", "freelist_count"} {
		if n[i], err = s.pragma(ctx, name); err != nil {
			return z, err
		}
	}
	z.Bytes, z.Free = n[0]*n[1], n[0]*n[2]
	if !tables {
		return z, nil
	}
	err = each(ctx, s.read, func(rows *rows) error {
		var t TableSize
		err := rows.Scan(&t.Name, &t.Bytes)
		z.ByTable = append(z.ByTable, t)
		return err
	}, `
SELECT CASE WHEN m.tbl_name LIKE 'item\_text\_%' ESCAPE '\' THEN 'item_text' ELSE m.tbl_name END AS name, SUM(d.pgsize) AS bytes
FROM dbstat d JOIN sqlite_schema m ON m.name = d.name WHERE d.aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC`)
	return z, err
}

// backupSQLite copies a file by way of SQLite itself, in one transaction that
// only reads. The copy has no unused room in it.
func backupSQLite(ctx context.Context, s *Store, to string) error {
	db, err := s.dialect.open(s.path, s.opt, s.reading)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}
