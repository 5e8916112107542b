package storagetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rightswire/rightswire/storage"
)

// Empty returns what is in the file of an archive that holds nothing. It is
// made once: migrating each test's own would take most of the time, a third of
// a second each under the race detector.
var Empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "rwempty")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "empty.db")
	store, err := storage.Open(context.Background(), path, storage.Options{})
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// File returns the path of a new file that holds an empty archive.
func File(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "news.db")
	Put(t, path)
	return path
}

// Put makes a file that holds an empty archive.
func Put(t testing.TB, path string) {
	t.Helper()
	empty, err := Empty()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		t.Fatal(err)
	}
}
