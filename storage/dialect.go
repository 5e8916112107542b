package storage

import (
	"context"
	"database/sql"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// dialect is what truly differs between engines, of which SQLite is the only
// one so far. The text of every statement outside it keeps to what PostgreSQL
// reads as well: $1…$n in order of first use, times as integers, TRUE and
// FALSE, COALESCE, ON CONFLICT … RETURNING, row values for pages.
type dialect struct {
	goose      goose.Dialect
	migrations func() (fs.FS, error)
	// open returns a pool for the writer (one connection) or for readers.
	open func(path string, o Options, m mode) (*sql.DB, error)
	// text turns a statement into what the driver takes fastest.
	text func(string) string
	// begin starts a transaction that may write.
	begin string
	// finish moves what was committed to where it belongs, without waiting
	// for anybody.
	finish string
	// check looks for damage before anything is written; see checkSQLite.
	check func(ctx context.Context, s *Store) error
	// classify returns the sentinel that a driver's error stands for, or nil.
	classify func(path string, err error) error
	search   searchDialect

	// The care of the database; nil where the engine's own tools do it.

	// backup writes a sound copy of the archive into a new file, while others
	// read and write.
	backup func(ctx context.Context, s *Store, to string) error
	// shrink gives unused room back to the disk, and says how many bytes.
	shrink func(ctx context.Context, s *Store) (int64, error)
	// size measures the archive, and its tables if asked to.
	size func(ctx context.Context, s *Store, tables bool) (Size, error)
}

// searchDialect is how the engine's full-text index is filled and asked.
type searchDialect struct {
	put  string // takes an item in, or anew: id, title, body
	drop string // takes an item out: id
	none string // takes all out
	// broken reports whether an error says that the index is not in order
	// although the database may be.
	broken func(error) bool
	// from joins the index to item i, where match holds of an expression;
	// order is latest stored first, in which the index gives its rows anyway.
	from, match, order string
	// before is the condition that a row of from was stored before an item.
	before string
	ids    string // selects the ids of items for an expression
	// expression asks for items that have any phrase of each list, and none
	// of the others.
	expression func(all [][]phrase, none []phrase) string
}

// phrase is words in a row, as the index holds them.
type phrase struct {
	words  string // letters, digits and spaces
	prefix bool   // the last word may go on
}

// mode says what a pool is for.
type mode int

const (
	forReading      mode = iota
	forReadingStill      // a file that nobody can be writing, such as a copy on a read-only medium
	forMending           // one look at a file that must be recovered first
	forWriting
)
