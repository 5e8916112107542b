package storagetest

import (
	"errors"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

func storyLead(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("agency", 1), Source("paper", 3), Source("blog", 0), Source("mirror", 1))
	a.commit("blog", Item("blog", "b", 1))
	a.commit("paper", Item("paper", "p", 2))
	a.place(
		news.Placement{Item: a.id("blog", "b"), NewUID: "u"},
		news.Placement{Item: a.id("paper", "p"), NewUID: "u"},
	)
	check := func(call string, want ...string) {
		t.Helper()
		st := a.story("u")
		var got []string
		for _, it := range st.Items {
			got = append(got, it.Source)
		}
		equal(t, call, got, want)
		if st.Lead != st.Items[0].ID {
			t.Errorf("%s: lead %d, first item %d", call, st.Lead, st.Items[0].ID)
		}
	}
	check("rank 3 before no rank", "paper", "blog")
	st := a.story("u")
	if !st.Published.Equal(Start.Add(time.Minute)) || !st.Updated.Equal(Start.Add(2*time.Minute)) {
		t.Errorf("story published %v, updated %v, want the earliest and the latest", st.Published, st.Updated)
	}
	a.commit("mirror", Item("mirror", "m", 3))
	a.commit("agency", Item("agency", "a", 4))
	a.place(
		news.Placement{Item: a.id("mirror", "m"), Story: st.ID, CopyOf: a.id("blog", "b")},
		news.Placement{Item: a.id("agency", "a"), Story: st.ID},
	)
	check("original before copy", "agency", "blog", "paper", "mirror")
	after := a.story("u")
	if after.UID != st.UID || !after.Published.Equal(st.Published) || after.Changed <= st.Changed {
		t.Errorf("story %+v after a new lead, want the uid and time of %+v", after, st)
	}
	if !after.Updated.Equal(Now) {
		t.Errorf("updated = %v after a new lead, want now, %v", after.Updated, Now)
	}
	if err := s.Hide(t.Context(), a.id("blog", "b"), "desk", ""); err != nil {
		t.Fatal(err)
	}
	if got := a.story("u").Published; !got.Equal(st.Published) {
		t.Errorf("published moved to %v when the earliest item was hidden, want %v", got, st.Published)
	}
}

func placeTwice(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Filed(Item("a", "k", 1), "x"), Item("a", "l", 2))
	p := []news.Placement{
		{Item: a.id("a", "k"), NewUID: "u"}, {Item: a.id("a", "l"), NewUID: "u", CopyOf: a.id("a", "k")},
		{Item: 4711, NewUID: "u"},
	}
	a.place(p...)
	want, counts := a.story("u"), a.counts()
	a.place(p...)
	got := a.story("u")
	got.Changed = want.Changed
	equal(t, "Story", got, want)
	equal(t, "Counts", a.counts(), counts)
}

func (a archive) counts() news.Counts {
	a.Helper()
	c, err := a.Counts(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	return c
}

func itemMoves(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	a.commit("a", Filed(Item("a", "k", 1), "x"))
	a.commit("b", Filed(Item("b", "l", 2), "y"))
	a.place(news.Placement{Item: a.id("a", "k"), NewUID: "u"}, news.Placement{Item: a.id("b", "l"), NewUID: "u"})
	a.place(news.Placement{Item: a.id("a", "k"), NewUID: "v"})
	equal(t, "Stories of y", a.uids(news.Query{Categories: []string{"y"}}), []string{"u"})
	equal(t, "Stories of x", a.uids(news.Query{Categories: []string{"x"}}), []string{"v"})
	if got := a.story("u").Items[0].Source; got != "b" {
		t.Errorf("lead of the story that was left = %q, want b", got)
	}
	a.place(news.Placement{Item: a.id("b", "l"), NewUID: "v"})
	if _, err := s.Story(t.Context(), "u"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Story without items: %v, want ErrNotFound", err)
	}
	equal(t, "Counts", a.counts().Stories, 1)
}

func placeNowhere(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Item("a", "k", 1), Item("a", "l", 2))
	for _, bad := range []news.Placement{{Item: a.id("a", "l"), Story: 99}, {Item: a.id("a", "l")}} {
		err := s.Place(t.Context(), []news.Placement{{Item: a.id("a", "k"), NewUID: "u"}, bad})
		if !errors.Is(err, news.ErrNotFound) {
			t.Errorf("Place(%+v): %v, want ErrNotFound", bad, err)
		}
	}
	if got := a.item("a", "k"); got.Story != 0 {
		t.Errorf("item has story %d, want none: nothing of a failed call stays", got.Story)
	}
	a.alone()
	equal(t, "Stories", a.uids(news.Query{}), []string{"uid-a-l", "uid-a-k"})
}

func hiddenItem(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	a.commit("a", Filed(Item("a", "k", 1), "x"))
	a.commit("b", Filed(Item("b", "l", 2), "y"))
	a.place(news.Placement{Item: a.id("a", "k"), NewUID: "u"}, news.Placement{Item: a.id("b", "l"), NewUID: "u"})
	id := a.id("a", "k")
	before := a.story("u")
	if err := s.Hide(t.Context(), id, "desk", ""); err != nil {
		t.Fatal(err)
	}
	equal(t, "Stories of x", a.uids(news.Query{Categories: []string{"x"}}), []string(nil))
	equal(t, "Stories of a", a.uids(news.Query{Sources: []string{"a"}}), []string(nil))
	equal(t, "Stories", a.uids(news.Query{}), []string{"u"})
	if st := a.story("u"); len(st.Items) != 1 || st.Items[0].Source != "b" {
		t.Errorf("story has %d items, want b's alone", len(st.Items))
	}
	if items, _ := s.Items(t.Context(), news.Query{}); len(items) != 1 {
		t.Errorf("Items = %d, want 1", len(items))
	}
	if err := s.Unhide(t.Context(), id, "desk"); err != nil {
		t.Fatal(err)
	}
	after := a.story("u")
	after.Changed, after.Updated = before.Changed, before.Updated
	equal(t, "Story", after, before)
	if err := s.Hide(t.Context(), 99, "desk", ""); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Hide(99): %v, want ErrNotFound", err)
	}
}

func withdrawnStories(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Item("a", "k", 1), Item("a", "l", 2), Item("a", "m", 3))
	a.alone()
	for _, step := range []struct {
		do   func() error
		want []string
	}{
		{func() error { return nil }, nil},
		{func() error { return s.Hide(t.Context(), a.id("a", "l"), "desk", "") }, []string{"uid-a-l"}},
		{func() error { return s.Remove(t.Context(), a.id("a", "k"), "withdrawn") }, []string{"uid-a-k", "uid-a-l"}},
		{func() error { return s.Unhide(t.Context(), a.id("a", "l"), "desk") }, []string{"uid-a-k"}},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		got, err := s.Withdrawn(t.Context())
		equal(t, "Withdrawn", got, step.want)
		equal(t, "Withdrawn: error", err, nil)
	}
}

func updateReachesStory(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Filed(Item("a", "k", 1), "x"))
	a.alone()
	before := a.story("uid-a-k")
	it := Filed(Item("a", "k", 1), "y")
	it.ID, it.Hash, it.Language, it.Updated = a.id("a", "k"), "other", "es", Start.Add(30*time.Minute)
	a.commit("a", it)
	after := a.story("uid-a-k")
	if !after.Updated.Equal(it.Updated) || after.Changed <= before.Changed {
		t.Errorf("story updated %v, changed %d, want %v and more than %d", after.Updated, after.Changed, it.Updated, before.Changed)
	}
	for field, q := range map[string]news.Query{"old category": {Categories: []string{"x"}}, "old language": {Languages: []string{"en"}}} {
		equal(t, field, a.uids(q), []string(nil))
	}
	equal(t, "new fields", a.uids(news.Query{Categories: []string{"y"}, Languages: []string{"es"}}), []string{"uid-a-k"})
	// The same once more: nothing that readers see changes.
	it.RawHash = "raw2"
	a.commit("a", it)
	if got := a.story("uid-a-k").Changed; got != after.Changed {
		t.Errorf("changed = %d after an update that changes nothing, want %d", got, after.Changed)
	}
}
