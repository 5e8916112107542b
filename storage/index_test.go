package storage_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// A search index that is broken, although the file is not, is no reason to
// lose news: it is made anew.
func TestABrokenIndexIsMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	s, err := storage.Open(t.Context(), path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	add := func(s *storage.Store, key string, n int) {
		t.Helper()
		if err := s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", key, n))); err != nil {
			t.Fatal(err)
		}
		items, err := s.Ungrouped(t.Context(), 9)
		if err != nil || len(items) != 1 {
			t.Fatalf("%d items, %v", len(items), err)
		}
		if err := s.Place(t.Context(), []news.Placement{{Item: items[0].ID, NewUID: "uid-" + key}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		add(s, string(rune('p'+i)), i)
		if _, _, err := s.Index(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE item_text_data SET block = x'0102' WHERE id > 10; UPDATE item_text_data SET block = x'ffff' WHERE id = 10`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	s = open(t, path, storage.Options{})
	add(s, "z", 9)
	for more := true; more; {
		if _, more, err = s.Index(t.Context()); err != nil {
			t.Fatalf("Index of a broken index: %v", err)
		}
	}
	f, err := s.Search(t.Context(), search.Parse("title"), 0, 9)
	if err != nil || f.Total != 6 {
		t.Errorf("Search after Index found %d stories, %v; want all 6", f.Total, err)
	}
}

// Of what is removed no word stays behind.
func TestARemovedItemTakesItsWordsWithIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	s := open(t, path, storage.Options{})
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", "k", 1), storagetest.Item("a", "l", 2))); err != nil {
		t.Fatal(err)
	}
	if err := s.Place(t.Context(), []news.Placement{{Item: 1, NewUID: "u"}, {Item: 2, NewUID: "v"}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Index(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), 1, ""); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var indexed, known int
	if err := db.QueryRow(`SELECT (SELECT count(*) FROM item_text WHERE item_text MATCH 'content'), (SELECT count(*) FROM item_indexed)`).Scan(&indexed, &known); err != nil || indexed != 1 || known != 1 {
		t.Errorf("%d items in the index, %d known to be, %v; want the one that is left", indexed, known, err)
	}
}

// If all segments were merged as soon as there are as many as are merged a
// little at a time, one transaction would write the whole index.
func TestSegmentsAreMergedALittleAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	open(t, path, storage.Options{})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const crisisByDefault = 16 // of SQLite's
	var little, all int
	err = db.QueryRow(`SELECT (SELECT v FROM item_text_config WHERE k = 'automerge'),
		coalesce((SELECT v FROM item_text_config WHERE k = 'crisismerge'), $1)`, crisisByDefault).Scan(&little, &all)
	if err != nil || all < 2*little {
		t.Errorf("merged a little from %d segments on, all at once from %d, %v; want that far above", little, all, err)
	}
}

// Who looks for a word does not find it in an index whose words were written in
// another way.
func TestAnIndexOfOtherWordsIsMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	s, err := storage.Open(t.Context(), path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}),
		s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", "k", 1))),
		s.Place(t.Context(), []news.Placement{{Item: 1, NewUID: "uid-k"}}),
	); err != nil {
		t.Fatal(err)
	}
	index := func(want int) {
		t.Helper()
		if items, _, err := s.Index(t.Context()); err != nil || items != want {
			t.Errorf("Index = %d items, %v, want %d", items, err, want)
		}
	}
	index(1)
	index(0)
	if err := errors.Join(s.SetSetting(t.Context(), "search index words", "in another way"), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, storage.Options{})
	index(1)
	index(0)
}
