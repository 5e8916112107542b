package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// lockRetry is how often a held lock is tried again.
const lockRetry = 50 * time.Millisecond

// Lock keeps everyone else who asks for the same name out, in this process
// and in others, until unlock is called or this process ends, however it
// ends: the kernel gives the lock back. A lock file that was left over means
// nothing.
//
// It waits for at most wait and then returns [ErrHeld]; 0 tries once.
func (s *Store) Lock(ctx context.Context, name string, wait time.Duration) (unlock func(), err error) {
	if s.dialect.lock != nil {
		return s.dialect.lock(ctx, s, name, wait)
	}
	path := s.path + "." + name + ".lock"
	f := flock.New(path)
	ok, err := f.TryLock()
	if err == nil && !ok && wait > 0 {
		limit, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		ok, err = f.TryLockContext(limit, lockRetry)
		if limit.Err() != nil && ctx.Err() == nil {
			err = nil // our own patience ended, not the caller's
		}
	}
	what := fmt.Sprintf("lock %q of %s", name, s.path)
	switch {
	case ok:
		return func() { f.Close() }, nil
	case err == nil:
		return nil, fmt.Errorf("%s: %w", what, ErrHeld)
	case errors.Is(err, fs.ErrPermission) && isThere(path):
		return nil, lockDenied(path, owner(path), err)
	case errors.Is(err, fs.ErrPermission):
		return nil, s.wrap(what, fmt.Errorf("%w: %w", ErrReadOnly, err))
	}
	return nil, fmt.Errorf("%s: %w", what, err)
}

// isThere reports whether there is something at a path.
func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// lockError says that a lock file is there and may not be opened: it is the
// file of another user, as after a run by root.
type lockError struct {
	text  string
	cause error
}

// lockDenied words the error for a lock file; owner is the name of another
// user whose file it is, or "".
func lockDenied(path, owner string, cause error) error {
	if owner == "" {
		return &lockError{fmt.Sprintf("the lock file %s may not be written; give this user permission to write it", path), cause}
	}
	return &lockError{fmt.Sprintf("the lock file %s belongs to another user, %s; run as that user, or give the database's files to this one", path, owner), cause}
}

func (e *lockError) Error() string { return e.text }

// Unwrap gives errors.Is the meaning and the cause.
func (e *lockError) Unwrap() []error { return []error{ErrReadOnly, e.cause} }
