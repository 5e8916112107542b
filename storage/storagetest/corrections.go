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

func correctionIsTakenBack(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Filed(Item("a", "k", 1), "wages", "strikes")
	a.commit("a", it)
	id := a.id("a", "k")
	for _, c := range []storage.Correction{
		{Who: "ann", In: []news.Filing{{Category: "press"}}, Out: []string{"wages"}},
		{Who: "bob", Forget: []string{"press", "wages"}, Restore: []news.Filing{it.Filings[0]}},
	} {
		if err := s.Correct(t.Context(), id, c); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "filings", a.item("a", "k").Filings, it.Filings)
	out, err := s.Unfiled(t.Context())
	corrected, err2 := s.Corrected(t.Context())
	if err != nil || err2 != nil || len(out)+len(corrected) != 0 {
		t.Errorf("Unfiled, Corrected = %v, %v, %v, %v, want none", out, corrected, err, err2)
	}

	// An update is filed as if nobody had said anything.
	it = Filed(it, "wages", "press")
	it.ID, it.RawHash = id, "another"
	a.commit("a", it)
	equal(t, "filed after an update", filedUnder(a.item("a", "k")), []string{"wages", "press"})

	log, err := s.Rulings(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Rulings", log, []news.Ruling{
		{Category: "press", Said: news.SaidIn, At: Now, Who: "ann"}, {Category: "wages", Said: news.SaidOut, At: Now, Who: "ann"},
		{Category: "press", Said: news.SaidUndecided, At: Now, Who: "bob"}, {Category: "wages", Said: news.SaidUndecided, At: Now, Who: "bob"},
	})
}

func umbrellaComesAgain(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Filed(Item("a", "k", 1), "wages", "labor")
	a.commit("a", it)
	id := a.id("a", "k")
	if err := s.Correct(t.Context(), id, storage.Correction{Out: []string{"wages"}, Without: []string{"labor"}}); err != nil {
		t.Fatal(err)
	}
	equal(t, "filed under so many", len(a.item("a", "k").Filings), 0)
	it = Filed(it, "wages", "strikes", "labor")
	it.ID, it.RawHash = id, "another"
	a.commit("a", it)
	equal(t, "filed after an update", filedUnder(a.item("a", "k")), []string{"strikes", "labor"})
	if err := s.Correct(t.Context(), id, storage.Correction{Out: []string{"strikes"}, Without: []string{"labor"},
		In: []news.Filing{{Category: "press"}}, With: []news.Filing{{Category: "rights"}}}); err != nil {
		t.Fatal(err)
	}
	equal(t, "filed, with another umbrella behind", filedUnder(a.item("a", "k")), []string{"press", "rights"})
	log, err := s.Rulings(t.Context(), id)
	equal(t, "rulings, none of them on an umbrella", len(log), 3)
	if err != nil {
		t.Error(err)
	}
}
