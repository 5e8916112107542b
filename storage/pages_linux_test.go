package storage_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// reads is how many times this process has read from files.
func reads(t *testing.T) (n int) {
	t.Helper()
	said, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip(err)
	}
	var chars, written int
	if _, err := fmt.Sscanf(string(said), "rchar: %d\nwchar: %d\nsyscr: %d", &chars, &written, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A writer that has written much and let go of it leaves room for the pages of
// readers: what one has just read it has still.
func TestReadersKeepTheirPagesOnceTheWriterHasLetGo(t *testing.T) {
	const polls, perPoll = 40, 100
	s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{})
	if err := s.SyncSources(t.Context(), sources(polls)); err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for n := range polls {
		id := fmt.Sprintf("s%d", n)
		var items []news.Item
		for k := range perPoll {
			it := realistic(id, n*perPoll+k)
			it.Canonical = fmt.Sprintf("https://%x.example", sha256.Sum256([]byte(it.Key)))
			items, addresses = append(items, it), append(addresses, it.Canonical)
		}
		if err := s.CommitPoll(t.Context(), storagetest.Poll(id, items...)); err != nil {
			t.Fatal(err)
		}
		if n%20 == 19 {
			place(t, s)
		}
	}
	if err := s.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	look := func() int {
		before := reads(t)
		if found, err := s.ByCanonical(t.Context(), addresses[:10]); err != nil || len(found) != 10 {
			t.Fatal(len(found), err)
		}
		return reads(t) - before
	}
	first := look()
	if again := look(); again > 2 || first < 10 { // one is that of the count
		t.Errorf("the same was read in %d reads, and then in %d, want next to none", first, again)
	}
}
