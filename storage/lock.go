package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	f := flock.New(s.path + "." + name + ".lock")
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
	case errors.Is(err, fs.ErrPermission):
		return nil, s.wrap(what, fmt.Errorf("%w: %w", ErrReadOnly, err))
	}
	return nil, fmt.Errorf("%s: %w", what, err)
}
