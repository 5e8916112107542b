package storage_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// A reader that keeps tombstones believes that an entry is back only if it was
// updated after it went (RFC 6721 section 3).
func TestStoryThatComesBackIsUpdatedAfterItWent(t *testing.T) {
	now := storagetest.Now
	s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{Now: func() time.Time { return now }})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}))
	must(s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", "k", 1))))
	must(s.Place(t.Context(), []news.Placement{{Item: 1, NewUID: "u"}}))
	must(s.Publish(t.Context()))
	must(s.Hide(t.Context(), 1, "ann", ""))
	gone, err := s.Tombstones(t.Context(), 1)
	must(err)
	now = now.Add(time.Hour)
	must(s.Unhide(t.Context(), 1, "ann"))
	st, err := s.Story(t.Context(), "u")
	must(err)
	if len(gone) != 1 || !st.Updated.After(gone[0].At) {
		t.Errorf("the story is back with updated %v, want after its tombstone %v", st.Updated, gone)
	}
}

// The desk is told the UID of a story that it made, and a daemon may be about
// to publish it.
func TestSplitStoryKeepsItsUID(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{StoryUID: func(source, key string) string { return source + "/" + key }})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1), storagetest.Source("b", 2), storagetest.Source("c", 3)}))
	for i, source := range []string{"a", "b", "c"} { // c is the earliest
		must(s.CommitPoll(t.Context(), storagetest.Poll(source, storagetest.Item(source, "k", 9-i))))
	}
	must(s.Place(t.Context(), []news.Placement{{Item: 1, NewUID: "a/k"}, {Item: 2, NewUID: "a/k"}}))
	uid, err := s.Split(t.Context(), 1, "ann", func(n int) string { return []string{"a/k", "a/k/split"}[n] })
	must(err)
	made, err := s.StoryID(t.Context(), uid)
	must(err)
	must(s.Place(t.Context(), []news.Placement{{Item: 3, Story: made}}))
	if st, err := s.FindStory(t.Context(), made); err != nil || st.UID != uid || len(st.Items) != 2 {
		t.Errorf("after an earlier report joined, the story of %d items has the UID %q, %v, want %q", len(st.Items), st.UID, err, uid)
	}
}
