package storage_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// A backup that is made while polls are stored is one moment of the archive,
// sound, and opens as an archive does.
func TestBackupBesideAWriter(t *testing.T) {
	path := filled(t)
	s := open(t, path, storage.Options{})
	stop, wrote := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 400; ; n++ {
			select {
			case <-stop:
				wrote <- nil
				return
			default:
			}
			if err := s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", fmt.Sprint("n", n), n))); err != nil {
				wrote <- err
				return
			}
		}
	}()
	to := filepath.Join(t.TempDir(), "copy.db")
	c, err := s.Backup(t.Context(), to)
	close(stop)
	if err := errors.Join(err, <-wrote); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 || info.Size() != c.Bytes {
		t.Errorf("the copy is %v, %v; want one of %d bytes that only its owner may read", info, err, c.Bytes)
	}
	b := open(t, to, storage.Options{})
	if err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
	items, err := b.Items(t.Context(), news.Query{Limit: 1 << 20})
	if err != nil || len(items) != c.Items || c.Items < 400 {
		t.Errorf("the copy has %d items, %v; Backup said %d", len(items), err, c.Items)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(to), ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if _, err := s.Backup(t.Context(), to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second backup to the same name: %v, want ErrExist", err)
	}
	if _, err := s.Backup(t.Context(), filepath.Join(t.TempDir(), "no", "copy.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a backup into no folder: %v, want ErrNotExist", err)
	}
}

// What is no good backup is refused, and the archive stays as it is.
func TestRestoreRefuses(t *testing.T) {
	good, err := os.ReadFile(filled(t))
	if err != nil {
		t.Fatal(err)
	}
	torn := append([]byte(nil), good...)
	copy(torn[len(torn)/2:], strings.Repeat("\xa5\x17", 3000))
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	if err == nil {
		_, err = db.Exec("CREATE TABLE t (x)")
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, log string
		file      []byte
		want      error
	}{
		{"torn", "", torn, storage.ErrDamaged},
		{"cut off", "", good[:len(good)/2], storage.ErrDamaged},
		{"begun with zeros", "", append(make([]byte, 4096), good[4096:]...), storage.ErrDamaged},
		{"text", "", []byte(strings.Repeat("no database", 100)), storage.ErrForeign},
		{"empty", "", nil, storage.ErrForeign},
		{"of another program", "", foreign, storage.ErrForeign},
		{"in use", "log", good, storage.ErrForeign},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from, path := filepath.Join(t.TempDir(), "b.db"), filepath.Join(t.TempDir(), "news.db")
			for name, text := range map[string][]byte{from: tt.file, path: good} {
				if err := os.WriteFile(name, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if tt.log != "" {
				os.WriteFile(from+"-wal", []byte(tt.log), 0o600)
			}
			if _, _, err := storage.Restore(t.Context(), from, path, storagetest.Now); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), from) {
				t.Errorf("Restore: %v, want %v and the file's name", err, tt.want)
			}
			if now, err := os.ReadFile(path); err != nil || string(now) != string(good) {
				t.Error("Restore changed the archive")
			}
		})
	}
}

// A restore waits for nobody: who has the archive open would go on writing to
// the old one.
func TestRestore(t *testing.T) {
	path := filled(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	s := open(t, path, storage.Options{})
	if _, err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	late := storagetest.Poll("a", storagetest.Item("a", "late", 500))
	if err := s.CommitPoll(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	restore := func() (string, error) {
		c, before, err := storage.Restore(t.Context(), copied, path, time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC))
		if err == nil && c.Items != 400 {
			t.Errorf("Restore says %d items, want 400", c.Items)
		}
		return before, err
	}
	unlock, err := s.Lock(t.Context(), "run", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restore(); !errors.Is(err, storage.ErrHeld) {
		t.Errorf("a restore beside a run: %v, want ErrHeld", err)
	}
	unlock()
	if _, err := restore(); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("a restore while somebody has it open: %v, want ErrLocked", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := restore()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{path: 400, before: 401} {
		b := open(t, name, storage.Options{})
		items, err := b.Items(t.Context(), news.Query{Limit: 1 << 20})
		if err != nil || len(items) != want {
			t.Errorf("%s has %d items, %v; want %d", name, len(items), err, want)
		}
		if err := b.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if !strings.HasSuffix(before, ".before-20260203T040506Z") {
		t.Errorf("the old one is kept as %s", before)
	}
}

// Two stories that got the same id, the second one after a restore, differ in
// when they changed: whoever compares ids and counts must not take one for the
// other.
func TestRestoreGivesNoCountTwice(t *testing.T) {
	path, copied := filepath.Join(t.TempDir(), "news.db"), filepath.Join(t.TempDir(), "copy.db")
	grow := func(key string) (id, changed int64) {
		s := open(t, path, storage.Options{})
		if err := errors.Join(s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}), s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", key, 1)))); err != nil {
			t.Fatal(err)
		}
		items, err := s.Ungrouped(t.Context(), 10)
		if err != nil || len(items) != 1 {
			t.Fatalf("%d items to be placed, %v; want 1", len(items), err)
		}
		err = s.Place(t.Context(), []news.Placement{{Item: items[0].ID, NewUID: "uid-" + key}})
		c, changesErr := s.Changes(t.Context(), 0)
		if err := errors.Join(err, changesErr); err != nil {
			t.Fatal(err)
		}
		if key == "kept" {
			if _, err := s.Backup(t.Context(), copied); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return c.Stories[len(c.Stories)-1], c.Seq
	}
	grow("kept")
	now := time.Now()
	for key, at := range map[string]time.Time{"again": now, "once more": now.Add(time.Second), "by a clock that went back": now.Add(-time.Hour)} {
		lost, before := grow("lost before " + key)
		if _, _, err := storage.Restore(t.Context(), copied, path, at); err != nil {
			t.Fatal(err)
		}
		if id, changed := grow(key); id > lost || changed <= before {
			t.Errorf("story %d changed at %d; the lost one was %d, changed at %d: want an id that was given before, changed later", id, changed, lost, before)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".rightswire-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// A damaged archive is kept too, and replaced.
func TestRestoreOverDamage(t *testing.T) {
	copied := filled(t)
	path := filepath.Join(t.TempDir(), "news.db")
	for _, name := range []string{path, path + "-wal"} {
		if err := os.WriteFile(name, []byte("garbage that is no database at all"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, before, err := storage.Restore(t.Context(), copied, path, storagetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(before); err != nil || !strings.HasPrefix(string(text), "garbage") {
		t.Errorf("the damaged one is kept as %q, %v", text, err)
	}
	if log, err := os.ReadFile(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("beside the restored one is the log of the other, %q", log)
	}
	if err := open(t, path, storage.Options{}).Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Two restores within a second keep both archives that they replace.
func TestRestoreTwiceKeepsBoth(t *testing.T) {
	copied := filled(t)
	path := filepath.Join(t.TempDir(), "news.db")
	if err := os.WriteFile(path, []byte("the first, which only one file has"), 0o600); err != nil {
		t.Fatal(err)
	}
	var kept [3]string
	for i := range kept {
		_, before, err := storage.Restore(t.Context(), copied, path, storagetest.Now)
		if err != nil {
			t.Fatal(err)
		}
		kept[i] = before
	}
	if kept[1] != kept[0]+"-2" || kept[2] != kept[0]+"-3" {
		t.Errorf("kept as %q, want a number for each after the first", kept)
	}
	if text, err := os.ReadFile(kept[0]); err != nil || !strings.HasPrefix(string(text), "the first") {
		t.Errorf("the first holds %.40q, %v", text, err)
	}
	for _, name := range kept[1:] {
		if _, err := storage.Verify(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
}

// What was taken out gives its room back to the disk.
func TestPruneShrinksTheFile(t *testing.T) {
	path := filled(t)
	s := open(t, path, storage.Options{})
	items, err := s.Ungrouped(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var p []news.Placement
	for _, it := range items {
		p = append(p, news.Placement{Item: it.ID, NewUID: "uid-" + it.Key})
	}
	err = errors.Join(s.Place(t.Context(), p), s.Publish(t.Context()), s.Enter(t.Context(), nil, 1<<40))
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Size(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Prune(t.Context(), storage.Retention{Items: storagetest.Start.Add(300 * time.Minute)})
	if err != nil || done.Items != 300 {
		t.Fatalf("Prune = %+v, %v, want 300 items", done, err)
	}
	after, err := s.Size(t.Context(), true)
	if err != nil || after.Free != 0 || done.Freed != before.Bytes-after.Bytes || done.Freed < before.Bytes/2 {
		t.Errorf("of %d bytes %d were given back, %d are left, %d unused, %v", before.Bytes, done.Freed, after.Bytes, after.Free, err)
	}
	sum := int64(0)
	for _, table := range after.ByTable {
		sum += table.Bytes
	}
	if sum < after.Bytes*9/10 || sum > after.Bytes || after.Items != 100 {
		t.Errorf("the tables have %d of %d bytes, and %d items", sum, after.Bytes, after.Items)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
