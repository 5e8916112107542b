package storage_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// A list that is there already is told by comparing all of it: whatever differs
// is written, and a source that is there twice stands in no other's place.
func TestSyncSourcesSeesWhateverDiffers(t *testing.T) {
	s, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "news.db"), storage.Options{Key: func(url string) string { return url }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a, b := storagetest.Source("a", 1), storagetest.Source("b", 2)
	sync := func(list ...news.Source) error { return s.SyncSources(t.Context(), list) }
	ids := func() (ids string) {
		states, err := s.States(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range states {
			ids += st.Source
		}
		return ids
	}
	if err := errors.Join(sync(a, b), sync(b, a)); err != nil || ids() != "ab" {
		t.Fatalf("SyncSources = %v, and the sources are %q", err, ids())
	}
	if err := sync(a, a); !errors.Is(err, news.ErrConflict) {
		t.Errorf("one source twice gives %v, want a conflict", err)
	}
	if err := sync(a); err != nil || ids() != "a" {
		t.Errorf("without b: %v, and the sources are %q", err, ids())
	}
	if err := errors.Join(sync(a), sync(b, a)); err != nil || ids() != "ab" {
		t.Errorf("with b again: %v, and the sources are %q", err, ids())
	}
}
