package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// readers is how many connections read at once.
const readers = 4

// Options say how a store is opened. The zero value is ready for use.
type Options struct {
	BusyTimeout time.Duration    // how long to wait for another process; 0: 10 s
	BatchPolls  int              // most calls that share one transaction; 0: 64
	BatchBytes  int              // most text that shares one transaction; 0: 8 MiB
	BatchDelay  time.Duration    // how long a transaction waits for one more call when some came together; 0: 2 ms
	CheckBytes  int64            // files up to this size that were not closed cleanly, or changed since, are read whole when opened, to find damage; 0: 64 MiB
	ReadOnly    bool             // open an existing archive for reading; every write returns ErrReadOnly
	Revisions   int              // how many earlier versions of an item are kept; 0: 20
	Logger      *slog.Logger     // nil: silent
	Now         func() time.Time // nil: time.Now; used for what no caller dates, such as tombstones

	// Cache is a folder for what can be made anew, where the archive is no file
	// beside which it could be; "": nothing is kept then. See [Store.Keep].
	Cache string

	// StoryUID returns the UID of the story that an item founds, by source and
	// key. Until a story is published it has that of its earliest item, so that
	// it does not depend on which of them came first; nil: that of its founder.
	StoryUID func(source, key string) string

	// Key returns the politeness key of a URL, by which [Store.KeyStates] finds
	// the sources of one; nil: all have "".
	Key func(url string) string
	// Due is told, in the transaction that changed the sources of keys, that
	// there may be something to ask; on PostgreSQL alone. nil: nobody is.
	Due func(ctx context.Context, tx pgx.Tx, keys []string) error
}

func (o Options) withDefaults() Options {
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 10 * time.Second
	}
	if o.BatchPolls <= 0 {
		o.BatchPolls = 64
	}
	if o.BatchBytes <= 0 {
		o.BatchBytes = 8 << 20
	}
	if o.BatchDelay <= 0 {
		o.BatchDelay = 2 * time.Millisecond
	}
	if o.CheckBytes <= 0 {
		o.CheckBytes = 64 << 20
	}
	if o.Revisions <= 0 {
		o.Revisions = 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Store is an open archive. Its methods may be called from many goroutines.
type Store struct {
	dsn     string // what the driver opens
	path    string // what people are told: a file, or an address without its password
	opt     Options
	dialect dialect
	reading mode
	read    *reader
	writer  *writer // nil when opened read-only
	locking sync.Mutex
	locks   *sql.DB // sessions that hold locks, if the dialect has them
	turns   *sql.DB // what turns are taken by, once one was
	names   *names
	packer  packer
	damaged atomic.Bool // something read in this file was damaged

	reindexing atomic.Bool // the search index has been emptied since the file was opened
	worded     atomic.Bool // the words in the search index are written as they have to be
}

// Open opens the archive that dsn names, makes it if there is none and brings
// its schema up to date: a file path or "file:" and a path for SQLite,
// "postgres://user@host/name" for PostgreSQL, where the database itself must
// exist and hold nothing else. The parameters of the address are those of
// libpq.
//
// The error names the file, says what to do, and wraps [ErrDamaged],
// [ErrLocked], [ErrFull], [ErrReadOnly], [ErrForeign], [ErrNewer] or
// [ErrUnreachable] where one of them is the reason.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &Store{opt: o.withDefaults(), names: newNames()}
	if err := s.choose(dsn); err != nil {
		return nil, err
	}
	var err error
	if s.packer, err = newPacker(); err != nil {
		return nil, fmt.Errorf("open database %s: %w", s.path, err)
	}
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, s.wrap("open database "+s.path, err)
	}
	return s, nil
}

// choose takes the engine that a DSN names.
func (s *Store) choose(dsn string) (err error) {
	if IsPostgres(dsn) {
		s.dialect, s.dsn = postgresDialect(), dsn
		s.path, err = postgresName(dsn)
		return err
	}
	s.dialect = sqliteDialect()
	if s.path, err = sqlitePath(dsn); err != nil {
		return err
	}
	s.dsn = s.path
	if dir, err := os.Stat(filepath.Dir(s.path)); err != nil || !dir.IsDir() {
		return fmt.Errorf("open database %s: no such directory; make it, or name another file: %w", s.path, fs.ErrNotExist)
	}
	return nil
}

func (s *Store) open(ctx context.Context) error {
	if s.opt.ReadOnly {
		return s.openReader(ctx)
	}
	// One process at a time: two that switch a new file to WAL at once fail
	// with SQLITE_BUSY, and half a schema looks like somebody else's.
	unlock, err := s.Lock(ctx, "open", s.opt.BusyTimeout)
	if errors.Is(err, ErrHeld) {
		return fmt.Errorf("%w: another process is opening it", ErrLocked)
	}
	if done := (*storeError)(nil); errors.As(err, &done) {
		return done.cause // that it was a lock is beside the point
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.dialect.check(ctx, s); err != nil {
		return err
	}
	db, err := s.dialect.open(s.dsn, s.opt, forWriting)
	if err != nil {
		return err
	}
	if err := s.migrate(ctx, db); err != nil {
		db.Close()
		return err
	}
	s.writer = newWriter(s, db)
	return s.connectReaders(ctx)
}

// openReader opens an archive that is there, without a writer.
func (s *Store) openReader(ctx context.Context) error {
	if _, err := os.Stat(s.path); err != nil && s.dialect.file {
		return err
	}
	err := s.dialect.check(ctx, s)
	if s.dialect.file && s.dialect.classify(s.path, err) == ErrReadOnly && !hasLog(s.path) {
		// Readers too need to write beside the file, for their locks. If
		// they cannot, and there is no log, nobody else is writing either.
		s.reading = forReadingStill
		err = s.dialect.check(ctx, s)
	}
	if err != nil {
		return err
	}
	if err := s.connectReaders(ctx); err != nil {
		return err
	}
	return s.current(ctx, s.read.db)
}

func (s *Store) connectReaders(ctx context.Context) error {
	db, err := s.dialect.open(s.dsn, s.opt, s.reading)
	if err != nil {
		return err
	}
	s.read = newReader(db, &s.dialect)
	return db.PingContext(ctx)
}

// Close commits what is queued, answers its callers, and closes the file.
// Later calls return [ErrClosed]. An error of Close means that the log could
// not be written back into the file; nothing that was committed is lost, and
// the next to open it goes on from there.
func (s *Store) Close() error {
	// Readers first: the connection that closes last empties the write-ahead
	// log into the file, and a reader cannot.
	var errs [4]error
	if s.writer != nil {
		s.writer.stop()
	}
	if s.read != nil {
		errs[0] = s.read.close()
	}
	if s.writer != nil {
		errs[1] = s.writer.close()
	}
	if s.locks != nil {
		errs[2] = s.locks.Close()
	}
	if s.turns != nil {
		errs[3] = s.turns.Close()
	}
	for _, err := range errs {
		if err != nil {
			return s.wrap("close database", err)
		}
	}
	if s.writer != nil && s.dialect.file {
		s.markClean()
	}
	return nil
}

// Release frees what writing has left in memory, so that readers have room for
// what they read: for whoever has written much and is going to read much. It waits
// for its turn to write, and does nothing where the archive is only read.
func (s *Store) Release(ctx context.Context) error {
	if s.writer == nil || s.dialect.release == "" {
		return nil
	}
	return s.writeAlone(ctx, "free memory", func(t *txn) error {
		// Not as a prepared statement: the pragma acts when it is prepared.
		_, err := t.w.session.conn.ExecContext(t.w.ctx, s.dialect.release)
		return err
	})
}

// querier is what reads need: the writer's transaction or a reader.
type querier interface {
	query(ctx context.Context, text string, args ...any) (*rows, error)
}
