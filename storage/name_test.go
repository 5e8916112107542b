package storage_test

import (
	"path/filepath"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// Until it is published, a story has the UID of its earliest item, whichever
// came first; from then on it keeps what it has (F05 to F07).
func TestStoryUIDIsFixedByPublication(t *testing.T) {
	uid := func(source, key string) string { return source + "/" + key }
	s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{StoryUID: uid})
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1), storagetest.Source("b", 2), storagetest.Source("c", 3)}); err != nil {
		t.Fatal(err)
	}
	ids := map[string]int64{}
	add := func(source string, minute int) {
		t.Helper()
		if err := s.CommitPoll(t.Context(), storagetest.Poll(source, storagetest.Item(source, "k", minute))); err != nil {
			t.Fatal(err)
		}
		known, err := s.Known(t.Context(), source, []news.Probe{{Key: "k"}})
		if err != nil {
			t.Fatal(err)
		}
		ids[source] = known[0].ID
	}
	check := func(when, want string) {
		t.Helper()
		stories, err := s.Stories(t.Context(), news.Query{})
		if err != nil || len(stories) != 1 {
			t.Fatalf("%s: %d stories, %v, want 1", when, len(stories), err)
		}
		if got := stories[0].UID; got != want {
			t.Errorf("%s: UID %q, want %q", when, got, want)
		}
		// Whoever still knows it by the founder's finds it.
		if st, err := s.Story(t.Context(), "c/k"); err != nil || st.UID != want {
			t.Errorf("%s: story of the founder's UID is %q, %v, want %q", when, st.UID, err, want)
		}
	}
	add("c", 3)
	if err := s.Place(t.Context(), []news.Placement{{Item: ids["c"], NewUID: "c/k"}}); err != nil {
		t.Fatal(err)
	}
	check("founded", "c/k")
	add("b", 2)
	if err := s.Place(t.Context(), []news.Placement{{Item: ids["b"], NewUID: "c/k"}}); err != nil {
		t.Fatal(err)
	}
	check("joined by an earlier item", "b/k")
	if err := s.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	add("a", 1)
	if err := s.Place(t.Context(), []news.Placement{{Item: ids["a"], NewUID: "c/k"}}); err != nil {
		t.Fatal(err)
	}
	check("joined by an earlier item once published", "b/k")
}

// In one batch too the earliest item names the story.
func TestStoryUIDOfOneBatch(t *testing.T) {
	uid := func(source, key string) string { return source + "/" + key }
	s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{StoryUID: uid})
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", "late", 9), storagetest.Item("a", "early", 1))); err != nil {
		t.Fatal(err)
	}
	if err := s.Place(t.Context(), []news.Placement{{Item: 1, NewUID: "a/late"}, {Item: 2, NewUID: "a/late"}}); err != nil {
		t.Fatal(err)
	}
	st, err := s.Story(t.Context(), "a/late")
	if err != nil || st.UID != "a/early" {
		t.Errorf("story %q, %v, want a/early", st.UID, err)
	}
}
