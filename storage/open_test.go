package storage_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// filled makes an archive of a few hundred pages and returns its path.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "news.db")
	s := open(t, path, storage.Options{})
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}); err != nil {
		t.Fatal(err)
	}
	var items []news.Item
	for n := range 400 {
		it := storagetest.Item("a", strings.Repeat("k", n+1), n)
		it.Content = noise(n, 3000)
		items = append(items, it)
	}
	if err := s.CommitPoll(t.Context(), storagetest.Poll("a", items...)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// noise is text that cannot be compressed to less than half.
func noise(seed, n int) string {
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	b := make([]byte, n/2)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(b)
}

// A damaged file is refused with its name and advice, and kept as it is (S44).
func TestOpenRefusesDamage(t *testing.T) {
	good, err := os.ReadFile(filled(t))
	if err != nil {
		t.Fatal(err)
	}
	n := len(good)
	noise := bytes.Repeat([]byte{0xA5, 0x17, 0x03}, n/9)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	tests := []struct {
		name string
		file []byte
		want error
		says string
	}{
		{"noise in the middle", join(good[:n/3], noise, good[n/3+len(noise):]), storage.ErrDamaged, "damaged"},
		{"cut off within a page", good[:n/2/4096*4096+1000], storage.ErrDamaged, "damaged"},
		{"cut off at a page", good[:n/2/4096*4096], storage.ErrDamaged, "damaged"},
		{"text", bytes.Repeat([]byte("this is not a database\n"), 500), storage.ErrDamaged, "not a database"},
		{"first page zeroed", join(good[:100], make([]byte, 8092), good[8192:]), storage.ErrDamaged, "damaged"},
		{"one page zeroed", join(good[:40*4096], make([]byte, 4096), good[41*4096:]), storage.ErrDamaged, "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "news.db")
			if err := os.WriteFile(path, tt.file, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := storage.Open(t.Context(), path, storage.Options{})
			if !errors.Is(err, tt.want) {
				if err == nil {
					s.Close()
				}
				t.Fatalf("Open: %v, want %v", err, tt.want)
			}
			for _, part := range []string{tt.says, path, "restore a backup"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Open: %q does not say %q", err, part)
				}
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, tt.file) {
				t.Error("Open changed the damaged file")
			}
		})
	}
}

// What comes up only later, in a file too large to be read whole, is damage
// too.
func TestDamageFoundLater(t *testing.T) {
	path := filled(t)
	s := open(t, path, storage.Options{CheckBytes: 1})
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, _ := f.Stat()
	for page := int64(20); page < info.Size()/4096; page++ {
		f.WriteAt(bytes.Repeat([]byte{0xEE}, 4096), page*4096)
	}
	err = s.EachItem(t.Context(), news.Query{}, func(news.Item) error { return nil })
	if !errors.Is(err, storage.ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("EachItem: %v, want ErrDamaged and the file's name", err)
	}
}

// A log of noise, as a crash of the machine can leave it, does not stop
// anything (S44).
func TestGarbageLog(t *testing.T) {
	path := filled(t)
	if err := os.WriteFile(path+"-wal", bytes.Repeat([]byte("noise"), 10_000), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, storage.Options{})
	c, err := s.Counts(t.Context())
	if err != nil || c.Items != 400 {
		t.Errorf("Counts = %d items, %v, want 400", c.Items, err)
	}
}

func TestOpenRefusesOthers(t *testing.T) {
	make := func(text string) string {
		path := filepath.Join(t.TempDir(), "x.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newer := filled(t)
	db, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, tt := range []struct {
		name, dsn string
		o         storage.Options
		want      error
	}{
		{"another program's file", make("CREATE TABLE bookmarks (url)"), storage.Options{}, storage.ErrForeign},
		{"a newer schema", newer, storage.Options{}, storage.ErrNewer},
		{"a newer schema, for reading", newer, storage.Options{ReadOnly: true}, storage.ErrNewer},
		{"no directory", filepath.Join(t.TempDir(), "no", "news.db"), storage.Options{}, fs.ErrNotExist},
		{"nothing to read", filepath.Join(t.TempDir(), "news.db"), storage.Options{ReadOnly: true}, fs.ErrNotExist},
	} {
		s, err := storage.Open(t.Context(), tt.dsn, tt.o)
		if err == nil {
			s.Close()
		}
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.dsn) {
			t.Errorf("%s: Open: %v, want %v and the file's name", tt.name, err, tt.want)
		}
	}
	for _, dsn := range []string{"", ":memory:", "file:x.db?mode=ro"} {
		if s, err := storage.Open(t.Context(), dsn, storage.Options{}); err == nil {
			s.Close()
			t.Errorf("Open(%q) succeeded, want an error", dsn)
		}
	}
}

// A name is a name, whatever characters it has.
func TestOpenAnyName(t *testing.T) {
	for _, name := range []string{"a b?c#d%20e&.db", "новости.db", "file.db"} {
		path := filepath.Join(t.TempDir(), name)
		open(t, path, storage.Options{})
		if _, err := os.Stat(path); err != nil {
			t.Errorf("Open(%q) made another file: %v", name, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := filled(t)
	s := open(t, path, storage.Options{ReadOnly: true})
	if c, err := s.Counts(t.Context()); err != nil || c.Items != 400 {
		t.Errorf("Counts = %d items, %v, want 400", c.Items, err)
	}
	if err := s.SetSetting(t.Context(), "k", "v"); !errors.Is(err, storage.ErrReadOnly) {
		t.Errorf("SetSetting: %v, want ErrReadOnly", err)
	}
}

// Many processes may start at once on a new file.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s, err := storage.Open(t.Context(), path, storage.Options{})
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			s.Close()
		})
	}
	all.Wait()
}

// A lock held elsewhere is waited for once; then calls fail at once (S43).
func TestLocked(t *testing.T) {
	path := filled(t)
	s := open(t, path, storage.Options{BusyTimeout: 50 * time.Millisecond})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		err := s.SetSetting(t.Context(), "k", "v")
		if !errors.Is(err, storage.ErrLocked) || !strings.Contains(err.Error(), path) {
			t.Fatalf("SetSetting: %v, want ErrLocked and the file's name", err)
		}
	}
	if c, err := s.Counts(t.Context()); err != nil || c.Items != 400 {
		t.Errorf("Counts while locked = %d items, %v, want 400", c.Items, err)
	}
	other, err := storage.Open(t.Context(), path, storage.Options{BusyTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatalf("Open while locked: %v, want nil: nothing has to be written", err)
	}
	defer other.Close()
	if err := other.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}); err != nil {
		t.Errorf("SyncSources while locked: %v, want nil: nothing has to be written", err)
	}
}

func TestClosed(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{})
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			if err := s.SetSetting(t.Context(), "k", "v"); err != nil && !errors.Is(err, storage.ErrClosed) {
				t.Errorf("SetSetting: %v, want nil or ErrClosed", err)
			}
		})
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	calls.Wait()
	if err := s.SetSetting(t.Context(), "k", "v"); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("SetSetting after Close: %v, want ErrClosed", err)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	// What a killed run leaves behind, whoever's number it holds.
	if err := os.WriteFile(path+".run.lock", []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, b := open(t, path, storage.Options{}), open(t, path, storage.Options{})
	unlock, err := a.Lock(t.Context(), "run", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, wait := range []time.Duration{0, 20 * time.Millisecond} {
		if _, err := b.Lock(t.Context(), "run", wait); !errors.Is(err, storage.ErrHeld) {
			t.Errorf("Lock(%v) of a held lock: %v, want ErrHeld", wait, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Lock(ctx, "run", time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock with a cancelled context: %v, want Canceled", err)
	}
	other, err := b.Lock(t.Context(), "publish", 0)
	if err != nil {
		t.Fatalf("Lock of another name: %v", err)
	}
	other()
	go unlock()
	again, err := b.Lock(t.Context(), "run", time.Minute)
	if err != nil {
		t.Fatalf("Lock after unlock: %v", err)
	}
	again()
}

// As many versions of an item are kept as the configuration says.
func TestRevisionsAreBounded(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{Revisions: 2})
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"one", "two", "three", "four", "five"} {
		it := storagetest.Item("a", "k", 1)
		it.Title, it.Hash = title, title
		if err := s.CommitPoll(t.Context(), storagetest.Poll("a", it)); err != nil {
			t.Fatal(err)
		}
	}
	revs, err := s.Revisions(t.Context(), 1)
	if err != nil || len(revs) != 2 || revs[0].Title != "three" || revs[1].Title != "four" {
		t.Errorf("Revisions = %+v, %v, want the last two of what it said before", revs, err)
	}
}
