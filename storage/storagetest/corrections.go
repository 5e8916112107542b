package storagetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// filedUnder returns the categories of an item, best first.
func filedUnder(it news.Item) []string {
	var ids []string
	for _, f := range it.Filings {
		ids = append(ids, f.Category)
	}
	return ids
}

func correctionsStay(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Filed(Item("a", "k", 1), "rules", "wrong")
	a.commit("a", it, Filed(Item("a", "other", 2), "rules"))
	id := a.id("a", "k")
	c := storage.Correction{In: []news.Filing{{Category: "right"}, {Category: "above"}}, Out: []string{"wrong"}, Umbrellas: []string{"above"}}
	if err := s.Correct(t.Context(), id, c); err != nil {
		t.Fatal(err)
	}
	equal(t, "filed after Correct", filedUnder(a.item("a", "k")), []string{"right", "rules", "above"})

	// The feed sends another text, which the rules file as they did before.
	it = Filed(it, "wrong", "new")
	it.ID, it.Hash = id, "another"
	a.commit("a", it)
	equal(t, "filed after an update", filedUnder(a.item("a", "k")), []string{"right", "new", "above"})

	out, err := s.Unfiled(t.Context())
	equal(t, "Unfiled", out, map[int64][]string{id: {"wrong"}})
	corrected, err2 := s.Corrected(t.Context())
	if err != nil || err2 != nil || len(corrected) != 1 || corrected[0].ID != id {
		t.Errorf("Corrected = %v, %v, %v, want item %d alone", corrected, err, err2, id)
	}
	if err := s.Correct(t.Context(), 99, c); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Correct(99): %v, want ErrNotFound", err)
	}
}

func lastCorrectionCounts(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Filed(Item("a", "k", 1), "wages")
	a.commit("a", it)
	id := a.id("a", "k")
	for _, c := range []storage.Correction{
		{Out: []string{"wages"}},
		{In: []news.Filing{{Category: "wages"}}},
		{Out: []string{"wages"}},
	} {
		if err := s.Correct(t.Context(), id, c); err != nil {
			t.Fatal(err)
		}
		equal(t, "filed", slices.Contains(filedUnder(a.item("a", "k")), "wages"), len(c.In) == 1)
		it.ID, it.RawHash = id, it.RawHash+"x"
		a.commit("a", it)
		equal(t, "filed after an update", slices.Contains(filedUnder(a.item("a", "k")), "wages"), len(c.In) == 1)
	}
}

func correctionMovesStory(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Filed(Item("a", "k", 1), "wrong"))
	id := a.id("a", "k")
	a.alone()
	under := func(category string) int { return len(a.uids(news.Query{Categories: []string{category}})) }
	equal(t, "stories under wrong", under("wrong"), 1)
	if err := s.Correct(t.Context(), id, storage.Correction{In: []news.Filing{{Category: "right"}}, Out: []string{"wrong"}}); err != nil {
		t.Fatal(err)
	}
	equal(t, "stories under wrong", under("wrong"), 0)
	equal(t, "stories under right", under("right"), 1)
	c := a.counts()
	equal(t, "counted under wrong and right", []int{c.Categories["wrong"], c.Categories["right"]}, []int{0, 1})
}
