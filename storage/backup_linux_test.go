package storage_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rightswire/rightswire/storage"
)

// A full disk leaves no half of a backup and says where room is needed; the
// archive goes on. So does one that cannot be written (S42).
func TestBackupToAFullOrReadOnlyDisk(t *testing.T) {
	s := open(t, filled(t), storage.Options{})
	for name, tt := range map[string]struct {
		options string
		flags   uintptr
		want    error
		says    string
	}{
		"full":      {"size=64k", 0, storage.ErrFull, "make room there, or name another place; the database itself is untouched"},
		"read-only": {"", unix.MS_RDONLY, storage.ErrReadOnly, "name a folder that this user may write"},
	} {
		t.Run(name, func(t *testing.T) {
			mount := t.TempDir()
			if err := unix.Mount("tmpfs", mount, "tmpfs", tt.flags, tt.options); err != nil {
				t.Skipf("a disk of its own needs root and mount: %v", err)
			}
			defer unix.Unmount(mount, 0)
			to := filepath.Join(mount, "copy.db")
			_, err := s.Backup(t.Context(), to)
			if !errors.Is(err, tt.want) || err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), to) {
				t.Errorf("Backup: %v; want %v, the place, and %q", err, tt.want, tt.says)
			}
			if left, _ := os.ReadDir(mount); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if err := s.SetSetting(t.Context(), "after "+name, "works"); err != nil {
				t.Error(err)
			}
		})
	}
}
