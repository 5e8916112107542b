package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/rightswire/rightswire/storage/migrations"
)

// applicationID marks a SQLite file as ours; the first migration sets it.
const applicationID = 1920428402

// releasePages frees the pages that nobody is looking at. All connections of this
// driver share one room for pages, and one that has used up its own part takes
// those of others. Once the writer has them all, a reader keeps none: each page is
// dropped as soon as it was looked at, and read again for the next row.
const releasePages = "PRAGMA shrink_memory"

func sqliteDialect() dialect {
	return dialect{
		file:       true,
		goose:      goose.DialectSQLite3,
		migrations: migrations.SQLite,
		hasTable:   `SELECT count(*) FROM sqlite_schema WHERE name = $1`,
		open:       openSQLite,
		text:       sqliteText,
		direct:     true,
		begin:      func(Options) string { return "BEGIN IMMEDIATE" },
		finish:     "PRAGMA wal_checkpoint(PASSIVE)",
		release:    releasePages,
		check:      checkSQLite,
		classify:   classifySQLite,
		snapshot:   &sql.TxOptions{ReadOnly: true},
		backup:     backupSQLite,
		shrink:     shrinkSQLite,
		size:       sizeSQLite,
		search: searchDialect{
			put:        `INSERT OR REPLACE INTO item_text (rowid, title, body) VALUES ($1, $2, $3)`,
			drop:       `DELETE FROM item_text WHERE rowid = $1`,
			none:       `INSERT INTO item_text (item_text) VALUES ('delete-all')`,
			broken:     brokenFTS5,
			from:       `item_text f CROSS JOIN item i ON i.id = f.rowid`, // CROSS: in this order
			match:      `f.item_text MATCH ?`,
			order:      `f.rowid DESC`,
			before:     `f.rowid < ?`,
			ids:        `SELECT rowid FROM item_text WHERE item_text MATCH ?`,
			expression: fts5,
			document:   func(title, body string) []any { return []any{title, body} },
		},
	}
}

// brokenFTS5 tells by what a damaged index says of itself, or by two rows of it
// that should be one.
func brokenFTS5(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CORRUPT_VTAB || e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT)
}

// fts5 writes an expression for SQLite's full-text index. Nothing in a phrase
// can end the quotes that it stands in.
func fts5(all [][]phrase, none []phrase) string {
	quoted := func(ps []phrase) string {
		var parts []string
		for _, p := range ps {
			s := `"` + p.words + `"`
			if p.prefix {
				s += " *"
			}
			parts = append(parts, s)
		}
		return "(" + strings.Join(parts, " OR ") + ")"
	}
	var parts []string
	for _, ps := range all {
		parts = append(parts, quoted(ps))
	}
	text := strings.Join(parts, " AND ")
	if len(none) > 0 {
		text = "(" + text + ") NOT " + quoted(none)
	}
	return text
}

// newSQLite makes the file of an archive that there is none of yet, so that only
// its owner may read it: the engine would ask the umask, which lets others read a
// site. Its log gets the mode of the file. What bars us from making it bars the
// engine too, which says so.
func newSQLite(path string) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return // a second descriptor of a file in use would cost it its locks
	}
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err == nil {
		f.Close()
	}
}

// openSQLite returns a pool. Pragmas go into the DSN, not into an Exec after
// opening: they belong to a connection, database/sql opens more than one, and
// only the DSN reaches all of them.
func openSQLite(path string, o Options, m mode) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", o.BusyTimeout.Milliseconds()),
		"foreign_keys(1)",
		"temp_store(memory)",
	}}
	if m != forWriting {
		q.Set("mode", "ro")
		// A page of 4 KiB takes 8 KiB of this driver's memory, and the system
		// has it too: a reader keeps the tops of the indexes, and what lists that
		// are read one after another share. More than this saves nothing further.
		q.Add("_pragma", "cache_size(-2048)")
	}
	switch m {
	case forReadingStill:
		q.Set("immutable", "1")
	case forMending:
		q.Set("mode", "rw")
	case forWriting:
		// A transaction that reads first and writes later fails with
		// SQLITE_BUSY at once, without waiting, unless it is immediate.
		q.Set("_txlock", "immediate")
		newSQLite(path)
		// Before WAL, which writes the first page. Of a file that has one the
		// mode stays as it is, and to say it again would be a write.
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			q.Add("_pragma", fmt.Sprintf("auto_vacuum(%d)", incrementalVacuum))
		}
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(NORMAL)")
		// Pages of indexes are written by every transaction of a busy run, and
		// moved to the file once for all of them: after 16 MiB of the log, not 4.
		q.Add("_pragma", "wal_autocheckpoint(4000)")
		// A long reader can make the log grow; give the room back after.
		q.Add("_pragma", "journal_size_limit(67108864)")
	}
	// "file:" with an escaped path: a name with ?, # or % is still a name.
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // C:/news.db
	}
	dsn := "file:" + (&url.URL{Path: name}).EscapedPath() + "?" + q.Encode()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if m != forWriting {
		db.SetMaxOpenConns(2 * readers) // sessions, and whoever reads past them
	}
	db.SetMaxIdleConns(1)
	return db, nil
}

// sqliteText writes $1, $2, … as ?, where each occurs once and in order: to
// SQLite, $1 is a name, and every parameter that is bound is looked up in the
// list of all names, which is quadratic in a statement of 500 of them.
func sqliteText(text string) string {
	var b strings.Builder
	rest := text
	for n := 1; ; n++ {
		at := strings.IndexByte(rest, '$')
		if at < 0 {
			return b.String() + rest
		}
		b.WriteString(rest[:at] + "?")
		rest = rest[at+1:]
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if rest[:digits] != strconv.Itoa(n) {
			return text
		}
		rest = rest[digits:]
	}
}

// sqlitePath returns the file that a DSN names.
func sqlitePath(dsn string) (string, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(dsn, "sqlite:"), "file:")
	switch {
	case path == "" || strings.HasPrefix(path, ":memory:"):
		return "", fmt.Errorf("open database %q: the archive needs a file", dsn)
	case strings.HasPrefix(dsn, "file:") && strings.ContainsAny(path, "?#"):
		return "", fmt.Errorf("open database %q: parameters are not supported; name the file alone", dsn)
	}
	return filepath.Abs(path)
}

// classifySQLite maps result codes to meanings (https://sqlite.org/rescode.html).
func classifySQLite(path string, err error) error {
	for _, known := range []error{ErrDamaged, ErrForeign, ErrNewer, ErrReadOnly, ErrLocked, ErrFull} {
		if errors.Is(err, known) {
			return known
		}
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		if errors.Is(err, fs.ErrPermission) {
			return ErrReadOnly
		}
		return nil
	}
	switch e.Code() {
	case sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC,
		sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP:
		return ErrFull // also EFBIG, the limit on file sizes
	case sqlite3.SQLITE_IOERR_CORRUPTFS, sqlite3.SQLITE_IOERR_DATA, sqlite3.SQLITE_IOERR_SHORT_READ:
		return ErrDamaged
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrDamaged
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrLocked
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return ErrReadOnly
	case sqlite3.SQLITE_CANTOPEN:
		return cannotOpen(path)
	}
	return nil
}

// cannotOpen tells apart what SQLite reports as one: no such directory, and
// no permission.
func cannotOpen(path string) error {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil
	}
	return ErrReadOnly
}
