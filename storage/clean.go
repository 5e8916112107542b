package storage

import (
	"fmt"
	"os"
	"time"
)

// A file that was closed cleanly and has not been touched since needs no
// search for damage: reading 20 MB to open it would cost more than all the
// rest of a quiet run. So whoever closes a file last leaves a mark beside it,
// and whoever opens it compares. A mark that is missing, torn or wrong means
// only that the file is read whole again.

// markPath is the lock file of Open: it stays beside the database anyway.
func (s *Store) markPath() string { return s.path + ".open.lock" }

// standing says which state a file is in, without opening it: to close any
// descriptor of it would release the locks that SQLite holds for this whole
// process (fcntl). It is "" while a log has still to be written back.
func (s *Store) standing() string {
	info, err := os.Stat(s.path)
	if err != nil || hasLog(s.path) || exists(s.path+"-journal") {
		return ""
	}
	return fmt.Sprintf("clean %d %d\n", info.Size(), info.ModTime().UnixNano())
}

// isClean reports whether a file is as it was when it was last closed.
func (s *Store) isClean() bool {
	mark, err := os.ReadFile(s.markPath())
	return err == nil && len(mark) > 0 && string(mark) == s.standing()
}

// markClean leaves the mark, once everything is in the file and synced. A
// file that showed damage gets none, so that the next to open it looks.
func (s *Store) markClean() {
	switch {
	case s.damaged.Load():
		os.Truncate(s.markPath(), 0)
		return
	case s.standing() == "" || s.isClean():
		return
	}
	// File systems date changes by a clock that stands still for some
	// milliseconds, the coarsest for two seconds. A time further back is one
	// that no later change can get by accident.
	if os.Chtimes(s.path, time.Time{}, time.Now().Add(-2*time.Second)) != nil {
		return
	}
	if now := s.standing(); now != "" {
		os.WriteFile(s.markPath(), []byte(now), 0o600)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
