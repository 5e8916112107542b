package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Copy is a backup that was read whole and found sound.
type Copy struct {
	Path           string
	Bytes          int64
	Items, Stories int
	Last           time.Time // when the newest item in it was first seen; zero: it has none
}

// ErrNoBackup: the engine has tools of its own for that.
var ErrNoBackup = errors.New("this kind of database is backed up by its own tools, such as pg_dump")

// Backup writes a sound copy of the archive into a new file, while others read
// and write, and reads it whole before it gets its name: a file with that name
// is a good backup, whatever ends the process. It returns an error that wraps
// [fs.ErrExist] if there is one already. Only the owner may read the copy.
func (s *Store) Backup(ctx context.Context, to string) (Copy, error) {
	what := fmt.Sprintf("back %s up to %s", s.path, to)
	if s.dialect.backup == nil {
		return Copy{}, fmt.Errorf("%s: %w", what, ErrNoBackup)
	}
	if exists(to) {
		return Copy{}, fmt.Errorf("%s: %w; a backup replaces nothing: name another file", what, fs.ErrExist)
	}
	name, err := filepath.Abs(to)
	if err != nil {
		return Copy{}, fmt.Errorf("%s: %w", what, err)
	}
	// A folder of its own, for the engine leaves a journal when it fails. Nobody
	// else may look into it.
	dir, err := os.MkdirTemp(filepath.Dir(name), ".rightswire-backup-*")
	if errors.Is(err, fs.ErrNotExist) {
		return Copy{}, fmt.Errorf("%s: %w", what, &noFolderError{filepath.Dir(to), err})
	}
	if err != nil {
		return Copy{}, s.wrapCopy(what, to, err)
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, filepath.Base(name))
	if err := s.dialect.backup(ctx, s, part); err != nil {
		return Copy{}, s.wrapCopy(what, to, err)
	}
	c, err := Verify(ctx, part)
	if err == nil {
		err = GiveTo(part, s.path)
	}
	if err == nil {
		err = putInPlace(part, name, 0o600)
	}
	c.Path = to
	if err != nil {
		return Copy{}, s.wrapCopy(what, to, err)
	}
	return c, nil
}

// noFolderError says that what a copy was to go into is not there.
type noFolderError struct {
	dir   string
	cause error
}

func (e *noFolderError) Error() string {
	return "there is no folder " + e.dir + "; make it, or name one with a slash at its end and it is made"
}

// Unwrap gives errors.Is the cause.
func (e *noFolderError) Unwrap() error { return e.cause }

// wrapCopy words an error of writing a copy. A damaged database, or one that is
// locked, is no fault of the place that the copy goes to.
func (s *Store) wrapCopy(what, to string, err error) error {
	reason := s.dialect.classify(to, err)
	switch { // of the system's own calls
	case errors.Is(err, syscall.ENOSPC):
		reason = ErrFull
	case errors.Is(err, syscall.EROFS):
		reason = ErrReadOnly
	}
	switch reason {
	case ErrFull:
		return fmt.Errorf("%s: %w", what, &storeError{reason: reason, cause: err, hint: "make room there, or name another place; the database itself is untouched"})
	case ErrReadOnly:
		return fmt.Errorf("%s: %w", what, &storeError{reason: reason, cause: err, hint: "name a folder that this user may write"})
	}
	return s.wrap(what, err)
}

// putInPlace gives a finished file its mode and its name, once it is on the disk.
func putInPlace(from, to string, mode fs.FileMode) error {
	f, err := os.OpenFile(from, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Chmod(from, mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// syncDir puts names on the disk, where the system knows of such a thing.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	d.Sync() // not every file system can, and Windows cannot
	return d.Close()
}

// Verify reads a copy of an archive whole and says what is in it. It returns an
// error that wraps [ErrDamaged], [ErrForeign] or [ErrNewer] if it could not be
// put in place of one.
func Verify(ctx context.Context, path string) (Copy, error) {
	what := "verify " + path
	info, err := os.Stat(path)
	if err != nil {
		return Copy{}, fmt.Errorf("%s: %w", what, err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Copy{}, fmt.Errorf("%s: %w", what, err)
	}
	s := &Store{path: abs, opt: Options{ReadOnly: true}.withDefaults(), dialect: sqliteDialect(), names: newNames()}
	c := Copy{Path: path, Bytes: info.Size()}
	if err := s.verify(ctx, &c); err != nil {
		reason := s.dialect.classify(path, err)
		hint := map[error]string{ErrDamaged: "take an earlier backup", ErrForeign: "it is no backup of this program", ErrNewer: "install the version that made it, or a later one"}[reason]
		if reason == nil {
			return Copy{}, fmt.Errorf("%s: %w", what, err)
		}
		return Copy{}, fmt.Errorf("%s: %w", what, &storeError{reason: reason, cause: err, hint: hint})
	}
	return c, nil
}

// beginsAsSQLite reports whether a file begins as every SQLite database does
// (https://sqlite.org/fileformat.html, section 1.3), or cannot tell: it is too
// short, or its beginning was lost to zeros.
func beginsAsSQLite(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	var head [16]byte
	_, err = io.ReadFull(f, head[:])
	return err != nil || head == [16]byte{} || string(head[:]) == "SQLite format 3\x00"
}

func (s *Store) verify(ctx context.Context, c *Copy) error {
	if hasLog(s.path) {
		return fmt.Errorf("%w: it has a log beside it, as a database in use has; make a backup of it with \"rightswire backup\"", ErrForeign)
	}
	if err := s.lookAt(ctx, forReadingStill); err != nil {
		if !beginsAsSQLite(s.path) {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
		return err
	}
	db, err := s.dialect.open(s.path, s.opt, forReadingStill)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := s.provider(db)
	if err != nil {
		return err
	}
	have, want, err := s.versions(ctx, db, p)
	switch {
	case err != nil:
		return err
	case have > want:
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrNewer, have, want)
	case have == 0:
		return fmt.Errorf("%w: there is nothing in it", ErrForeign)
	}
	var said string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, said)
	}
	var last int64
	err = db.QueryRowContext(ctx, `
SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM story), (SELECT COALESCE(MAX(first_seen), 0) FROM item)`).Scan(&c.Items, &c.Stories, &last)
	c.Last = fromStamp(last)
	return err
}

// Restore puts a backup in the place of the archive that dsn names, and returns
// what is in it and where the archive before is kept now; "" if there was none.
// It returns [ErrHeld] while a daemon or a run is at work, and [ErrLocked] while
// anybody else has the archive open. The backup itself stays where it is.
//
// The last step is one rename: whatever ends the process, there is the old
// archive or the new one.
func Restore(ctx context.Context, backup, dsn string, now time.Time) (c Copy, before string, err error) {
	path, err := sqlitePath(dsn)
	if err != nil {
		return Copy{}, "", err
	}
	if c, err = Verify(ctx, backup); err != nil {
		return Copy{}, "", err
	}
	s := &Store{path: path, opt: Options{}.withDefaults(), dialect: sqliteDialect()}
	what := fmt.Sprintf("restore %s", path)
	for _, name := range []string{"run", "open"} {
		unlock, err := s.Lock(ctx, name, 0)
		if err != nil {
			return Copy{}, "", fmt.Errorf("%s: %w", what, err)
		}
		defer unlock()
	}
	// A folder of its own: what a restore that was killed left of its journal is
	// not that of this copy.
	dir, err := os.MkdirTemp(filepath.Dir(path), ".rightswire-restore-*")
	if err != nil {
		return Copy{}, "", s.wrapCopy(what, path, err)
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, filepath.Base(path))
	if err := errors.Join(copyFile(backup, part), s.leap(ctx, part, now)); err != nil {
		return Copy{}, "", s.wrapCopy(what, path, err)
	}
	mode, err := s.heir(part)
	if err != nil {
		return Copy{}, "", s.wrap(what, err)
	}
	if before, err = s.setAside(ctx, now); err != nil {
		return Copy{}, "", s.wrap(what, err)
	}
	if err := putInPlace(part, path, mode); err != nil {
		return Copy{}, before, s.wrap(what, err)
	}
	return c, before, nil
}

// heir gives a copy to whom the archive belongs that it replaces, or the folder, if
// there is none, and returns who may read and write it: it is often root who
// restores, and another user who opens it then.
func (s *Store) heir(part string) (fs.FileMode, error) {
	st, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0o600, GiveTo(part, filepath.Dir(s.path))
	case err != nil:
		return 0, err
	}
	return st.Mode().Perm() | 0o600, GiveTo(part, s.path)
}

// leap moves the change counter of a copy to where no archive before it has been:
// to the microsecond that it is, and beyond the archive that it replaces, should
// the clock have gone back since. Otherwise what comes in from now on gets the ids
// and the counts of what came in after the backup and is lost, and whoever compares
// those (a publisher, the keys of its files) takes the one for the other.
func (s *Store) leap(ctx context.Context, part string, now time.Time) error {
	to := now.UnixMicro()
	if db, err := s.dialect.open(s.path, s.opt, forReading); err == nil {
		var n int64
		if db.QueryRowContext(ctx, `SELECT n FROM counter WHERE name = 'changes'`).Scan(&n) == nil {
			to = max(to, n+1) // one that cannot be read is passed over: it may be why there is a restore
		}
		db.Close()
	}
	db, err := s.dialect.open(part, s.opt, forMending)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `UPDATE counter SET n = max(n, $1) WHERE name = 'changes'`, to)
	return errors.Join(err, db.Close())
}

// setAside gives the archive a second name, and returns it. What of it is in a
// log goes into the file first, or beside it if the file is damaged.
func (s *Store) setAside(ctx context.Context, now time.Time) (string, error) {
	if !exists(s.path) {
		return "", nil
	}
	aside := s.asideName(now)
	if db, err := s.dialect.open(s.path, s.opt, forMending); err == nil {
		db.SetMaxOpenConns(1)
		_, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		db.Close() // the last to close removes the log
		if err == nil && exists(s.path+"-wal") {
			return "", fmt.Errorf("%w: another program has it open", ErrLocked)
		}
	}
	for _, tail := range []string{"-wal", "-shm"} {
		if err := os.Rename(s.path+tail, aside+tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if os.Link(s.path, aside) == nil {
		return aside, nil
	}
	// A file system without links: for a moment there is no archive.
	return aside, os.Rename(s.path, aside)
}

// asideName is a name for the archive that is replaced which nothing has yet: two
// restores can fall into one second, and the first archive is the one that counts.
func (s *Store) asideName(now time.Time) string {
	stamp := s.path + ".before-" + now.UTC().Format(backupStamp)
	name := stamp
	for n := 2; exists(name) || exists(name+"-wal"); n++ {
		name = fmt.Sprintf("%s-%d", stamp, n)
	}
	return name
}

// backupStamp is the time in the name of a file.
const backupStamp = "20060102T150405Z"

// copyFile copies a file that only the owner may read.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
