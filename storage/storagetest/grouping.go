package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// The window comes in the order of ids, though items arrived with older times
// later, and an error of the reader ends it.
func windowInPages(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	const n = 700
	for from := 0; from < n; from += 100 {
		var items []news.Item
		for i := range 100 {
			items = append(items, Item("a", fmt.Sprint("k", from+i), n-from-i))
		}
		a.commit("a", items...)
	}
	a.alone()
	var ids []int64
	pages := 0
	err := s.GroupWindow(t.Context(), Start.Add(50*time.Minute), func(page []news.Item) error {
		pages++
		for _, it := range page {
			ids = append(ids, it.ID)
		}
		return nil
	})
	if err != nil || len(ids) != n-49 || !slices.IsSorted(ids) || pages < 2 {
		t.Errorf("GroupWindow gave %d items in %d pages, in order: %v, %v; want %d in several", len(ids), pages, slices.IsSorted(ids), err, n-49)
	}
	stop := errors.New("stop")
	pages = 0
	err = s.GroupWindow(t.Context(), Start, func([]news.Item) error { pages++; return stop })
	if !errors.Is(err, stop) || pages != 1 {
		t.Errorf("GroupWindow after an error of its reader: %v after %d pages, want that error after one", err, pages)
	}
}

func groupingViews(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	a.commit("a", Item("a", "k1", 1), Item("a", "k2", 2), Item("a", "k3", 3))
	same := Item("b", "k1", 4)
	same.Canonical = "https://a.example/k1"
	a.commit("b", same)
	ungrouped, err := s.Ungrouped(t.Context(), 3)
	if err != nil || len(ungrouped) != 3 || ungrouped[0].Key != "k1" {
		t.Fatalf("Ungrouped = %v, %v, want the three oldest", ungrouped, err)
	}
	for most, want := range map[int]int{3: 3, 4: 4, 9: 4} {
		if n, err := s.CountUngrouped(t.Context(), most); err != nil || n != want {
			t.Errorf("CountUngrouped(%d) = %d, %v, want %d of four", most, n, err, want)
		}
	}
	want := Item("a", "k1", 1)
	light := want
	light.RawHash, light.Updated = "", time.Time{}
	equal(t, "Ungrouped", drop(ungrouped[0]), light)
	found, err := s.ByCanonical(t.Context(), []string{want.Canonical, "", "https://no"})
	if err != nil || len(found) != 0 {
		t.Errorf("ByCanonical = %v, %v, want nothing before grouping", found, err)
	}
	at, err := s.AtAddress(t.Context(), want.Canonical)
	if err != nil || len(at) != 2 || at[1].Source != "b" {
		t.Errorf("AtAddress = %v, %v, want the items of both sources before grouping too", at, err)
	} else {
		equal(t, "AtAddress", drop(at[0]), want)
	}
	a.alone()
	found, err = s.ByCanonical(t.Context(), []string{want.Canonical, want.Canonical, "https://no"})
	if err != nil || len(found) != 1 || len(found[want.Canonical]) != 2 || found[want.Canonical][1].Source != "b" {
		t.Errorf("ByCanonical = %v, %v, want the items of both sources", found, err)
	}
	var window []news.Item
	err = s.GroupWindow(t.Context(), Start.Add(2*time.Minute), func(page []news.Item) error {
		window = append(window, page...)
		return nil
	})
	if err != nil || len(window) != 3 {
		t.Fatalf("GroupWindow = %d items, %v, want 3", len(window), err)
	}
	var after []int64
	err = s.GroupedAfter(t.Context(), window[0].ID, func(page []news.Item) error {
		for _, it := range page {
			after = append(after, it.ID)
		}
		return nil
	})
	if want := []int64{window[1].ID, window[2].ID}; err != nil || !slices.Equal(after, want) {
		t.Errorf("GroupedAfter(%d) = %v, %v, want %v", window[0].ID, after, err, want)
	}
	light = Item("a", "k2", 2)
	light.RawHash, light.Updated = "", time.Time{}
	if d := cmp.Diff(light, drop(window[0]), cmpopts.EquateEmpty()); d != "" || window[0].Story == 0 {
		t.Errorf("GroupWindow: story %d, -want +got\n%s", window[0].Story, d)
	}
}

// A front page has as many items as its feed has brought; grouping looks at the
// newest.
func newestAtAddress(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	items := make([]news.Item, 20)
	for i := range items {
		items[i] = Item("a", fmt.Sprint("k", i), i+1)
		items[i].Canonical = "https://a.example"
	}
	a.commit("a", items...)
	a.alone()
	found, err := s.ByCanonical(t.Context(), []string{"https://a.example"})
	a.must(err)
	var keys []string
	for _, it := range found["https://a.example"] {
		keys = append(keys, it.Key)
	}
	equal(t, "ByCanonical", keys, []string{"k12", "k13", "k14", "k15", "k16", "k17", "k18", "k19"})
	// Where most wait for a story, the one that has it is found, whichever it is.
	for i := range items {
		items[i] = Item("a", fmt.Sprint("l", i), i+1)
		items[i].Canonical = []string{"https://b.example", "https://c.example"}[i%2]
	}
	a.commit("a", items...)
	a.must(s.Place(t.Context(), []news.Placement{{Item: a.id("a", "l2"), NewUID: "u"}}))
	found, err = s.ByCanonical(t.Context(), []string{"https://b.example", "https://c.example", "https://a.example"})
	if b := found["https://b.example"]; err != nil || len(found) != 2 || len(b) != 1 || b[0].Key != "l2" {
		t.Errorf("ByCanonical = %v, %v, want the one at b.example, those at a.example and none at c.example", found, err)
	}
}

// Who asks for a story to be made is told its id, and where the items are that
// the desk has put elsewhere.
func placedIsTold(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Item("a", "k1", 1), Item("a", "k2", 2))
	id := a.id("a", "k1")
	p := []news.Placement{{Item: id, NewUID: "u1"}, {Item: a.id("a", "k2"), NewUID: "u2"}, {Item: 999, NewUID: "u1"}}
	a.must(s.Place(t.Context(), p))
	one, err := s.FindStory(t.Context(), p[0].Story)
	a.must(err)
	if one.UID != "u1" || p[1].Story == 0 || p[1].Story == p[0].Story || p[2].Story != 0 {
		t.Errorf("Place of two new stories and an item that is not there says %+v; the first is %q", p, one.UID)
	}
	into := p[1].Story
	a.must(s.Merge(t.Context(), into, p[0].Story, "ann"))
	a.commit("a", Item("a", "k3", 3))
	p = []news.Placement{{Item: a.id("a", "k3"), Story: p[0].Story}}
	a.must(s.Place(t.Context(), p))
	if p[0].Story != into {
		t.Errorf("Place into a story that was merged into %d says %d", into, p[0].Story)
	}
}
