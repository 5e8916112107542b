package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// ErrStale is returned by [Edit.Apply] and [PutText] when the file holds
// something else by now than when the edit began.
var ErrStale = errors.New("it was changed by somebody else meanwhile; try again")

// How long an edit waits for another one, and how often it looks.
const (
	lockPatience = 30 * time.Second
	lockRetry    = 20 * time.Millisecond
)

// lock keeps every other edit of a newsroom out, of this process and of others,
// until unlock is called or the process ends. Between looking whether a file is
// what it was and renaming another over it, somebody else's edit would be lost.
//
// The lock file stays: who deletes one that somebody waits for lets two in.
func lock(path string) (unlock func(), err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	dir, name := filepath.Split(path)
	// Everybody may open it: it is the file of whoever came first.
	f := flock.New(filepath.Join(dir, "."+name+".lock"), flock.SetPermissions(0o644))
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	switch _, err := f.TryLockContext(ctx, lockRetry); {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("change %s: another program has been changing it for %s; try again", path, lockPatience)
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w; this user needs permission to write in its folder", path, reason(err))
	}
	return func() { f.Close() }, nil
}

// replace puts another text in place of what a file holds in one step, so that
// nobody ever reads half a file. The error is [ErrStale] if it does not hold was.
// The newsroom is locked.
func replace(file string, was, text []byte) error {
	target, err := filepath.EvalSymlinks(file) // a link stays one
	if err != nil {
		return fmt.Errorf("change %s: %w", file, reason(err))
	}
	temp, err := writeBeside(target, text)
	if err != nil {
		return fmt.Errorf("change %s: %w", file, err)
	}
	defer os.Remove(temp) // nothing is left there after the renaming
	now, err := os.ReadFile(target)
	if err != nil {
		return fmt.Errorf("change %s: %w", file, reason(err))
	}
	if !bytes.Equal(now, was) {
		return fmt.Errorf("%s: %w", file, ErrStale)
	}
	if err := os.Rename(temp, target); err != nil {
		return fmt.Errorf("change %s: %w", file, reason(err))
	}
	return nil
}

// writeBeside writes a file next to another, with its permissions and owner. The
// name does not end like a configuration's: no glob and no daemon takes it for
// one.
func writeBeside(target string, text []byte) (string, error) {
	info, err := os.Stat(target)
	if err != nil {
		return "", reason(err)
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.new")
	if err != nil {
		return "", reason(err)
	}
	_, err = f.Write(text)
	for _, step := range []func() error{func() error { return giveTo(f, info) }, func() error { return f.Chmod(info.Mode().Perm()) }, f.Sync, f.Close} {
		if stepErr := step(); err == nil {
			err = stepErr
		}
	}
	if err != nil {
		os.Remove(f.Name())
		return "", reason(err)
	}
	return f.Name(), nil
}

// snapshot keeps what was read of files, so that all that is done to a newsroom
// is done to one state of it.
func (f files) snapshot() files {
	read, found := map[string][]byte{}, map[string][]string{}
	open, glob := f.open, f.glob
	f.open = func(name string) (fs.File, error) {
		if data, ok := read[name]; ok {
			return inMemory{bytes.NewReader(data)}, nil
		}
		data, err := files{open: open}.read(name, maxFileBytes)
		if err != nil {
			return nil, err
		}
		read[name] = data
		return inMemory{bytes.NewReader(data)}, nil
	}
	f.glob = func(pattern string) ([]string, error) {
		if names, ok := found[pattern]; ok {
			return names, nil
		}
		names, err := glob(pattern)
		found[pattern] = names
		return names, err
	}
	return f
}
