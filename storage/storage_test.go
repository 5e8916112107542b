package storage_test

import (
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		os.Exit(child(path))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		postgrestest.Stop()
		os.Exit(code)
	}), goleak.IgnoreAnyFunction("os/exec.(*Cmd).Start.func2"))
}

// open returns a new store on a file.
func open(t testing.TB, path string, o storage.Options) *storage.Store {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return storagetest.Now }
	}
	s, err := storage.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func TestSQLite(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) *storage.Store {
		return open(t, storagetest.File(t), storage.Options{})
	})
}
