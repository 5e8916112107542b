package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// checkTime bounds how long opening looks for damage.
const checkTime = 10 * time.Second

// checkSQLite looks at an existing file through a connection that cannot
// write, so that a damaged file stays as it is (S44).
func checkSQLite(ctx context.Context, s *Store) error {
	if s.isClean() {
		return nil
	}
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return s.emptied()
	}
	err = s.lookAt(ctx, s.reading)
	if needsMending(err) && !s.opt.ReadOnly {
		// Killed in the middle of a write: only who can write can take the
		// half of it back.
		err = s.lookAt(ctx, forMending)
	}
	return err
}

// emptied returns an error if a file without a byte was an archive: a file system
// can leave it so after a crash. The mark that closing leaves beside it tells;
// without that it is a new one.
func (s *Store) emptied() error {
	if mark, err := os.ReadFile(s.markPath()); err != nil || len(mark) == 0 || hasLog(s.path) {
		return nil
	}
	return fmt.Errorf("%w: there is nothing in it, and %s tells of an archive", ErrDamaged, filepath.Base(s.markPath()))
}

// needsMending reports whether a file cannot be read before somebody who can
// write has recovered it.
func needsMending(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() {
	case sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY,
		sqlite3.SQLITE_READONLY_CANTINIT, sqlite3.SQLITE_READONLY_CANTLOCK:
		return true
	}
	return false
}

// lookAt reads files up to Options.CheckBytes whole; of larger ones only the
// header and the schema are read and the size is compared: other damage in
// them shows when it is touched.
func (s *Store) lookAt(ctx context.Context, m mode) error {
	db, err := openSQLite(s.path, s.opt, m)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)

	var app, tables, pages, size int64
	for _, p := range []struct {
		text string
		into *int64
	}{
		{"PRAGMA application_id", &app},
		{"SELECT count(*) FROM sqlite_schema WHERE tbl_name NOT LIKE 'goose%' AND tbl_name NOT LIKE 'sqlite%'", &tables},
		{"PRAGMA page_count", &pages},
		{"PRAGMA page_size", &size},
	} {
		if err := db.QueryRowContext(ctx, p.text).Scan(p.into); err != nil {
			return err
		}
	}
	if app != applicationID && tables > 0 {
		return ErrForeign
	}
	// In this order: another process may be writing.
	log := hasLog(s.path)
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if !log && info.Size() < pages*size {
		return fmt.Errorf("%w: %d of %d bytes are there", ErrDamaged, info.Size(), pages*size)
	}
	if info.Size() > s.opt.CheckBytes || log && m == forReading && s.opt.ReadOnly {
		return nil // the process that writes the log has looked, or the next to write will
	}
	limit, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var said string
	err = db.QueryRowContext(limit, "PRAGMA quick_check(1)").Scan(&said)
	if limit.Err() != nil {
		return ctx.Err() // a slow disk: what was read so far is sound
	}
	if err == nil && said != "ok" {
		err = fmt.Errorf("%w: %s", ErrDamaged, strings.ReplaceAll(said, "\n", " "))
	}
	return err
}

// hasLog reports whether a write-ahead log holds anything.
func hasLog(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}
