package storagetest

import (
	"slices"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
	"github.com/rightswire/rightswire/storage"
)

func factsAreGathered(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	old := Item("a", "old", -2*24*60)
	french := Item("a", "fr", 3)
	french.Language, french.Claimed = "fr", "some day"
	a.commit("a", old, Item("a", "k", 1), french)
	r := Poll("a")
	r.Poll.At, r.Poll.Outcome, r.Poll.Status, r.Poll.Error = Start.Add(2*time.Hour), news.OutcomeFailed, 503, "status 503"
	r.State.Failures = 1
	equal(t, "CommitPoll", s.CommitPoll(t.Context(), r), nil)

	var got []health.Facts
	err := s.EachFacts(t.Context(), []news.Source{Source("b", 1), Source("a", 1), Source("new", 1)}, Now, func(f health.Facts) error {
		got = append(got, f)
		return nil
	})
	equal(t, "EachFacts: error", err, nil)
	day := Start.Truncate(24 * time.Hour)
	equal(t, "EachFacts", got, []health.Facts{
		{Source: Source("b", 1), State: news.SourceState{Source: "b"}},
		{Source: Source("a", 1), State: r.State, First: Start.Add(time.Hour),
			Polls: []news.Poll{
				{Source: "a", At: Start.Add(2 * time.Hour), Outcome: news.OutcomeFailed, Status: 503, Error: "status 503"},
				{Source: "a", At: Start.Add(time.Hour), Outcome: news.OutcomeNew, Status: 200, New: 3, Seen: 3},
			},
			Days: []health.Day{{Day: day.Add(-48 * time.Hour), Items: 1}, {Day: day, Items: 2}},
			Latest: []health.Latest{
				{Language: "fr", Claimed: "some day", Published: french.Published, FirstSeen: french.FirstSeen},
				{Language: "en", Published: Start.Add(time.Minute), FirstSeen: Start.Add(time.Minute)},
				{Language: "en", Published: old.Published, FirstSeen: old.FirstSeen},
			}},
		{Source: Source("new", 1)},
	})
}

func spellsAreKept(t *testing.T, s *storage.Store) {
	ctx := t.Context()
	find := func(source string, kind health.Kind, severity health.Severity) health.Finding {
		return health.Finding{Source: source, Title: "T", Kind: kind, Severity: severity, Since: Start, Says: "says", Do: "do"}
	}
	look := func(at time.Time, found ...health.Finding) {
		t.Helper()
		open, err := s.OpenSpells(ctx)
		equal(t, "OpenSpells: error", err, nil)
		equal(t, "SaveSpells", s.SaveSpells(ctx, health.Follow(open, found, at, health.DefaultPatience()), at), nil)
	}
	at := Start
	look(at, find("a", health.Failing, health.Problem), find("b", health.Silent, health.Warning), find("", health.Disk, health.Warning))
	at = at.Add(3 * time.Hour)
	look(at, find("a", health.Unreachable, health.Problem), find("", health.Disk, health.Warning))
	open, _ := s.OpenSpells(ctx)
	if len(open) != 2 || open[0].ID == 0 || open[0].Kind != health.Unreachable || open[0].Says != "says" || !open[0].Began.Equal(Start) || !open[0].Told.Equal(at) {
		t.Errorf("OpenSpells = %+v, want those of a and of the wire", open)
	}
	at = at.Add(25 * time.Hour)
	look(at, find("a", health.Failing, health.Problem))
	spells, err := s.Spells(ctx, at, 10)
	equal(t, "Spells: error", err, nil)
	if len(spells) != 2 || spells[0].Kind != health.Disk || !spells[0].Ended.Equal(at) || !spells[1].Ended.IsZero() || spells[1].Worst != health.Problem {
		t.Errorf("Spells = %+v, want the one that ended now and the one that goes on; b was never told of", spells)
	}
	if later, _ := s.Spells(ctx, at.Add(time.Second), 10); len(later) != 1 {
		t.Errorf("Spells after the end = %d, want the one that goes on", len(later))
	}
	look(at.Add(500*24*time.Hour), find("a", health.Failing, health.Problem))
	if all, _ := s.Spells(ctx, time.Time{}, 10); len(all) != 1 {
		t.Errorf("Spells a year later = %d, want the old one forgotten", len(all))
	}
}

func previewsAreApart(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	src := Source("p", 1)
	src.Status = news.Proposed
	a.sync(src, Source("a", 1))
	r := Poll("p", Filed(Item("p", "k", 1), "x"), Item("p", "l", 2))
	r.Preview = true
	equal(t, "CommitPoll", s.CommitPoll(t.Context(), r), nil)
	counts, _ := s.Counts(t.Context())
	if counts.Items != 0 || counts.Stories != 0 {
		t.Errorf("Counts = %+v, want nothing", counts)
	}
	known, _ := s.Known(t.Context(), "p", []news.Probe{{Key: "k"}, {Key: "other"}})
	if known[0].ID >= 0 || known[0].RawHash != "raw-k" || known[1].ID != 0 {
		t.Errorf("Known = %+v, want the first under a negative id", known)
	}
	got, err := s.Preview(t.Context(), "p")
	equal(t, "Preview: error", err, nil)
	equal(t, "Preview", got, r.Items)
	if n, err := s.AcceptPreviews(t.Context(), []news.Source{src, Source("a", 1)}); n != 0 || err != nil {
		t.Errorf("AcceptPreviews of a source that is still proposed = %d, %v", n, err)
	}
	src.Status = news.Active
	if n, err := s.AcceptPreviews(t.Context(), []news.Source{src}); n != 2 || err != nil {
		t.Errorf("AcceptPreviews = %d, %v, want 2", n, err)
	}
	items := 0
	if err := s.EachItem(t.Context(), news.Query{}, func(news.Item) error { items++; return nil }); err != nil || items != 2 {
		t.Errorf("%d items, %v, want 2", items, err)
	}
	if n, _ := s.AcceptPreviews(t.Context(), []news.Source{src}); n != 0 {
		t.Errorf("AcceptPreviews again = %d", n)
	}
	if _, err := s.Preview(t.Context(), "nobody"); err == nil {
		t.Error("Preview of a source that is not there: no error")
	}
}

func proposedAnew(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	src := Source("p", 1)
	a.sync(src)
	a.commit("p", Item("p", "k", 1), Item("p", "l", 2))
	a.alone()
	src.Status = news.Proposed
	a.sync(src)
	fixed := Item("p", "k", 1)
	fixed.ID, fixed.Title, fixed.Hash = a.id("p", "k"), "41 hurt, not 14", "other"
	r := Poll("p", fixed, Item("p", "new", 3), Item("p", "slander", 4))
	r.Preview = true
	r.Gone = []news.Gone{{Key: "l", At: Start, Why: "wrong"}, {Key: "slander", At: Start}}
	a.must(s.CommitPoll(t.Context(), r))
	equal(t, "headline of what was published", a.item("p", "k").Title, "41 hurt, not 14")
	revisions, err := s.Revisions(t.Context(), fixed.ID)
	if err != nil || len(revisions) != 1 {
		t.Errorf("Revisions = %v, %v, want one", revisions, err)
	}
	gone, err := s.Withdrawn(t.Context())
	a.must(err)
	equal(t, "Withdrawn", gone, []string{"uid-p-l"})
	apart, err := s.Preview(t.Context(), "p")
	if err != nil || len(apart) != 1 || apart[0].Key != "new" {
		t.Errorf("Preview = %v, %v, want the new one alone", apart, err)
	}
	changed := map[string]int64{}
	a.must(s.StoryRevisions(t.Context(), func(uid string, n int64) { changed[uid] = n }))
	equal(t, "StoryRevisions", changed, map[string]int64{"uid-p-k": a.story("uid-p-k").Changed})
	visible := a.story("uid-p-k")
	all, err := s.Changes(t.Context(), 0)
	a.must(err)
	for _, of := range []struct {
		what string
		ids  []int64
		want map[string]int64
	}{
		{"of all, and one that there is not", append(all.Stories, 1<<40), map[string]int64{"uid-p-k": visible.Changed}},
		{"of the one that is visible", []int64{visible.ID}, map[string]int64{"uid-p-k": visible.Changed}},
		{"of the one that was withdrawn", slices.DeleteFunc(slices.Clone(all.Stories), func(id int64) bool { return id == visible.ID }), map[string]int64{}},
		{"of none", nil, map[string]int64{}},
	} {
		changed := map[string]int64{}
		a.must(s.StoryRevisionsOf(t.Context(), of.ids, func(uid string, n int64) { changed[uid] = n }))
		equal(t, "StoryRevisionsOf: "+of.what, changed, of.want)
	}
}

func tallyCounts(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Filed(Item("a", "early", 0), "x"), Filed(Item("a", "k", 10), "x", "y"), Filed(Item("a", "l", 11), "x"), Item("a", "late", 60))
	known, _ := s.Known(t.Context(), "a", []news.Probe{{Key: "k"}, {Key: "l"}, {Key: "early"}})
	a.place(news.Placement{Item: known[0].ID, NewUID: "k"}, news.Placement{Item: known[1].ID, NewUID: "l"}, news.Placement{Item: known[2].ID, NewUID: "e"})
	from, until := Start.Add(5*time.Minute), Start.Add(time.Hour)
	got, err := s.Tally(t.Context(), from, until)
	equal(t, "Tally: error", err, nil)
	equal(t, "Tally", got, news.Tally{All: news.Came{Items: 2, Stories: 2},
		Categories: map[string]news.Came{"x": {Items: 2, Stories: 2}, "y": {Items: 1, Stories: 1}}})
	equal(t, "Hide", s.Hide(t.Context(), known[1].ID, "me", "why"), nil)
	got, _ = s.Tally(t.Context(), from, Now.Add(time.Second))
	if got.Categories["x"].Items != 1 || got.Withdrawn != 1 || got.Decisions != 1 {
		t.Errorf("Tally after one was hidden = %+v", got)
	}
}
