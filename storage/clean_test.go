package storage_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/storage"
)

// deface overwrites a page in the middle of a file, in place.
func deface(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xEE}, 4096), 40*4096); err != nil {
		t.Fatal(err)
	}
}

// A file is read whole unless it is just as its last user left it.
func TestCleanMark(t *testing.T) {
	for _, tt := range []struct {
		name    string
		meddle  func(path string, left time.Time) error
		refused bool
	}{
		{"an untouched file is believed", func(path string, left time.Time) error { return os.Chtimes(path, left, left) }, false},
		{"changed at once after the close", func(string, time.Time) error { return nil }, true},
		{"no mark", func(path string, left time.Time) error {
			os.Chtimes(path, left, left)
			return os.Remove(path + ".open.lock")
		}, true},
		{"a torn mark", func(path string, left time.Time) error {
			os.Chtimes(path, left, left)
			return os.Truncate(path+".open.lock", 9)
		}, true},
		{"a log was left", func(path string, left time.Time) error {
			os.Chtimes(path, left, left)
			return os.WriteFile(path+"-wal", []byte("noise"), 0o600)
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filled(t)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			deface(t, path)
			if err := tt.meddle(path, info.ModTime()); err != nil {
				t.Fatal(err)
			}
			s, err := storage.Open(t.Context(), path, storage.Options{})
			if err == nil {
				s.Close()
			}
			if errors.Is(err, storage.ErrDamaged) != tt.refused {
				t.Errorf("Open: %v, refused for damage: want %t", err, tt.refused)
			}
		})
	}
}

// Whoever meets damage leaves no mark, so that the next to open the file looks.
func TestDamageLeavesNoMark(t *testing.T) {
	path := filled(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	deface(t, path)
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, storage.Options{})
	if err := s.Check(t.Context()); !errors.Is(err, storage.ErrDamaged) {
		t.Fatalf("Check: %v, want ErrDamaged", err)
	}
	s.Close()
	if s, err := storage.Open(t.Context(), path, storage.Options{}); !errors.Is(err, storage.ErrDamaged) {
		if err == nil {
			s.Close()
		}
		t.Errorf("Open after damage was met: %v, want ErrDamaged", err)
	}
}

// A mark says what it vouches for, and opening for reading leaves it alone.
func TestMarkStays(t *testing.T) {
	path := filled(t)
	mark, err := os.ReadFile(path + ".open.lock")
	if err != nil || !strings.HasPrefix(string(mark), "clean ") {
		t.Fatalf("mark = %q, %v, want one of a clean close", mark, err)
	}
	for _, o := range []storage.Options{{ReadOnly: true}, {}} {
		s, err := storage.Open(t.Context(), path, o)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		if now, _ := os.ReadFile(path + ".open.lock"); !bytes.Equal(now, mark) {
			t.Errorf("mark after opening with %+v = %q, want %q", o, now, mark)
		}
	}
}
