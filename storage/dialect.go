package storage

import (
	"context"
	"database/sql"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

// dialect is what truly differs between engines. The text of every statement
// outside it is read by both: $1…$n in order of first use, times as integers,
// TRUE and FALSE, COALESCE, ON CONFLICT … RETURNING, row values for pages.
type dialect struct {
	file       bool // the archive is a file of this machine
	goose      goose.Dialect
	migrations func() (fs.FS, error)
	// hasTable counts the tables of the archive with a name.
	hasTable string
	// open returns a pool for the writer (one connection), for readers, or for
	// locks.
	open func(dsn string, o Options, m mode) (*sql.DB, error)
	// text turns a statement into what the driver takes fastest.
	text func(string) string
	// args makes of values what the engine can store; nil: it can store all.
	args func([]any) []any
	// direct says that rows go to the driver past database/sql.
	direct bool
	// begin starts a transaction that may write. No other such transaction
	// begins, in any process, before it has ended.
	begin func(Options) string
	// finish moves what was committed to where it belongs, without waiting
	// for anybody; "": it is there.
	finish string
	// release frees the pages that writing has left in memory; "": they are not ours.
	release string
	// lock is [Store.Lock] where it is not a file beside the database.
	lock func(ctx context.Context, s *Store, name string, wait time.Duration) (unlock func(), err error)
	// check looks for damage before anything is written; see checkSQLite.
	check func(ctx context.Context, s *Store) error
	// classify returns the sentinel that a driver's error stands for, or nil.
	classify func(path string, err error) error
	// spoils reports whether an error of a statement has ended the transaction
	// that it was in; nil: it takes back the statement alone.
	spoils func(error) bool
	// again reports whether a transaction failed for a reason that may have
	// gone by now, with nothing of it written; nil: it never does.
	again func(error) bool
	// snapshot begins a transaction that reads everything as it is now.
	snapshot *sql.TxOptions
	// restart lets the ids of a TABLE go on after its highest; "": they do.
	restart string
	search  searchDialect

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
	put  string // takes an item in, or anew: id, and what document makes
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
	// document makes of the words of a title and a text what put takes.
	document func(title, body string) []any
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
	forLocking // sessions that hold locks
	forTurns   // many short statements, each a transaction of its own
)

// take makes of values what the engine can store.
func (d *dialect) take(args []any) []any {
	if d.args == nil {
		return args
	}
	return d.args(args)
}

// spoilt reports whether an error has ended the transaction that it was in.
func (d *dialect) spoilt(err error) bool { return d.spoils != nil && d.spoils(err) }
