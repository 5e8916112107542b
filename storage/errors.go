package storage

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// The reasons a database cannot be used that callers act on. An error that
// wraps one of them names the file and says what to do.
var (
	// ErrDamaged: the file is corrupt or no database at all. It is kept as
	// it is (S44).
	ErrDamaged = errors.New("the database is damaged")
	// ErrLocked: another process held the database for longer than
	// Options.BusyTimeout (S43).
	ErrLocked = errors.New("the database is locked")
	// ErrFull: no room to write, or the write was refused by the disk or a
	// limit (S42). What was committed before is intact.
	ErrFull = errors.New("the disk is full")
	// ErrReadOnly: the file or its directory cannot be written, or the store
	// was opened with Options.ReadOnly.
	ErrReadOnly = errors.New("the database is read-only")
	// ErrForeign: a sound database that is not one of ours.
	ErrForeign = errors.New("the database belongs to another program")
	// ErrNewer: a newer version of this program has migrated the database.
	ErrNewer = errors.New("the database is newer than this program")
	// ErrUnreachable: the server of the database does not answer, or has ended
	// the connection. A write that was being committed may have been.
	ErrUnreachable = errors.New("the database cannot be reached")
	// ErrEmpty: the database is there and nothing has been stored in it yet, so
	// that there is nothing to read.
	ErrEmpty = errors.New("the database is empty")
	// ErrHeld: another process or caller holds the lock; see [Store.Lock].
	ErrHeld = errors.New("another process holds it")
	// ErrClosed: the store has been closed.
	ErrClosed = errors.New("the store is closed")
)

// advice says what to do about an error, for people.
var advice = []struct {
	err  error
	hint string
}{
	{ErrDamaged, "the file was left as it is: restore a backup, or move it away to start afresh"},
	{ErrLocked, "another program holds it: wait for it to end, or stop it"},
	{ErrFull, "nothing committed is lost: make room, or raise the limit on file sizes, and run again"},
	{ErrReadOnly, "give this user permission to write the file and its directory"},
	{ErrForeign, "name another file in the configuration"},
	{ErrUnreachable, "see that its server runs and lets this user in"},
	{ErrNewer, "install the version that was used last, or a later one"},
}

// wrap says what was being done to which database, and what to do about it.
func (s *Store) wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	var done *storeError
	if errors.As(err, &done) {
		return fmt.Errorf("%s: %w", what, err)
	}
	if denied := (*lockError)(nil); errors.As(err, &denied) {
		return fmt.Errorf("%s: %w", what, denied)
	}
	reason := s.dialect.classify(s.path, err)
	if reason == nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if reason == ErrDamaged {
		s.damaged.Store(true)
	}
	e := &storeError{reason: reason, cause: err}
	if !strings.Contains(what, s.path) {
		e.path = s.path + ": "
	}
	for _, a := range advice {
		if reason == a.err {
			e.hint = a.hint
		}
	}
	if reason == ErrUnreachable {
		e.hint = cmp.Or(unknownTo(err), e.hint)
	}
	return fmt.Errorf("%s: %w", what, e)
}

// storeError is an error about the database file as a whole.
type storeError struct {
	path   string // ends in ": "; "" if it has been named already
	reason error  // one of the sentinels
	cause  error
	hint   string
}

func (e *storeError) Error() string {
	text := e.path + e.reason.Error()
	if e.cause != e.reason {
		cause := strings.TrimPrefix(e.cause.Error(), e.reason.Error()+": ")
		text += " (" + strings.Join(strings.FieldsFunc(cause, func(r rune) bool { return r == '\n' || r == '\t' }), " ") + ")"
	}
	if e.hint != "" {
		text += "; " + e.hint
	}
	return text
}

// Unwrap gives errors.Is the meaning and the driver's own error.
func (e *storeError) Unwrap() []error { return []error{e.reason, e.cause} }
