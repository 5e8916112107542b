//go:build unix

package storage

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestOwnerIsNamedOnlyWhenItIsAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := owner(path); got != "" {
		t.Errorf("owner of our own file = %s, want none", got)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	if err := os.Chown(path, 54321, -1); err != nil {
		t.Fatal(err)
	}
	if got := owner(path); got != "number 54321" {
		t.Errorf("owner = %s, want number 54321", got)
	}
}

// Whatever others may read of what this process makes, it is not the archive: it
// holds keys, and what the desk did. Who has opened one up keeps it so.
func TestOnlyTheOwnerReadsANewArchive(t *testing.T) {
	old := syscall.Umask(0o022)
	t.Cleanup(func() { syscall.Umask(old) })
	path := filepath.Join(t.TempDir(), "news.db")
	for _, want := range []os.FileMode{0o600, 0o644} {
		s, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, tail := range []string{"", "-wal", "-shm"} {
			if st, err := os.Stat(path + tail); err != nil || st.Mode().Perm() != want {
				t.Errorf("news.db%s: %v, %v; want mode %v", tail, st, err, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// What root backs up and restores stays the wire's own user's.
func TestWhatRootRestoresBelongsToWhoHadIt(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	belongs := func(path string, uid uint32, mode os.FileMode) {
		t.Helper()
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := st.Sys().(*syscall.Stat_t); got.Uid != uid || st.Mode().Perm() != mode {
			t.Errorf("%s belongs to %d and has mode %v; want %d and %v", filepath.Base(path), got.Uid, st.Mode().Perm(), uid, mode)
		}
	}
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "news.db"), filepath.Join(dir, "copy.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 54321, 54321); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	belongs(copied, 54321, 0o600)
	if _, _, err := Restore(t.Context(), copied, path, time.Now()); err != nil {
		t.Fatal(err)
	}
	belongs(path, 54321, 0o640)

	fresh := filepath.Join(dir, "fresh")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(fresh, 54322, 54322); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Restore(t.Context(), copied, filepath.Join(fresh, "news.db"), time.Now()); err != nil {
		t.Fatal(err)
	}
	belongs(filepath.Join(fresh, "news.db"), 54322, 0o600)
}
