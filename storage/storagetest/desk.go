package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// must fails the test if a step of it did.
func (a archive) must(err error) {
	a.Helper()
	if err != nil {
		a.Fatal(err)
	}
}

// told stores one item each of the sources a, b, … in a story with that UID.
func (a archive) told(uid string, sources ...string) {
	a.Helper()
	var p []news.Placement
	for i, src := range sources {
		a.commit(src, Item(src, uid, i+1))
		p = append(p, news.Placement{Item: a.id(src, uid), NewUID: uid})
	}
	a.place(p...)
}

// leads returns the sources of a story, the lead's first.
func (a archive) leads(uid string) []string {
	a.Helper()
	var out []string
	for _, it := range a.story(uid).Items {
		out = append(out, it.Source)
	}
	return out
}

// made returns candidates for the UID of a story.
func made(n int) string { return fmt.Sprintf("made-%d", n) }

func splitSticks(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2), Source("c", 3))
	a.told("u", "a", "b", "c")
	old, split := a.story("u"), a.id("b", "u")
	uid, err := s.Split(t.Context(), split, "ann", func(n int) string { return []string{"u", "v"}[n] })
	a.must(err)
	equal(t, "UID of the split item's story", uid, "v")
	equal(t, "the story it left", a.leads("u"), []string{"a", "c"})
	equal(t, "its own", a.leads("v"), []string{"b"})
	// A later decision of grouping does not take it back, and what follows the
	// item goes where it is now.
	a.place(news.Placement{Item: split, Story: old.ID}, news.Placement{Item: split, NewUID: "u"})
	equal(t, "its own after a placement into the old one", a.leads("v"), []string{"b"})
	it := Item("b", "u", 2)
	it.ID, it.Hash = split, "changed"
	a.commit("b", it)
	equal(t, "its own after an update", a.leads("v"), []string{"b"})
	_, err = s.Split(t.Context(), split, "ann", made)
	if !errors.Is(err, storage.ErrAlone) {
		t.Errorf("Split of the only item: %v, want ErrAlone", err)
	}
	if _, err := s.Split(t.Context(), 99, "ann", made); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Split(99): %v, want ErrNotFound", err)
	}
	log, err := s.Decisions(t.Context(), old.ID)
	a.must(err)
	equal(t, "Decisions", log, []news.Decision{{
		At: Now, Who: "ann", What: "split", Item: split, Story: old.ID, Note: fmt.Sprintf("into story %d", a.story("v").ID),
	}})
}

func splitOriginal(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2), Source("c", 1))
	a.told("u", "a", "b", "c")
	orig := a.id("a", "u")
	a.place(news.Placement{Item: a.id("c", "u"), NewUID: "u", CopyOf: orig}, news.Placement{Item: a.id("b", "u"), NewUID: "u", CopyOf: orig})
	_, err := s.Split(t.Context(), orig, "ann", made)
	a.must(err)
	for _, it := range a.story("u").Items {
		if it.CopyOf != 0 {
			t.Errorf("item of %s copies item %d, which is in another story now", it.Source, it.CopyOf)
		}
	}
}

func mergeSticks(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2), Source("c", 3), Source("d", 4))
	a.told("u", "b")
	a.told("v", "a")
	a.told("w", "c")
	into, from, third := a.story("u"), a.story("v"), a.story("w")
	a.must(s.Publish(t.Context()))
	a.must(s.Merge(t.Context(), into.ID, from.ID, "ann"))
	equal(t, "the story", a.leads("u"), []string{"a", "b"})
	if got := a.story("v").UID; got != "u" {
		t.Errorf("story v answers as %q, want u", got)
	}
	equal(t, "lists", a.uids(news.Query{}), []string{"w", "u"})
	// What would join the merged story joins the one it is in, by number and
	// by UID.
	a.commit("d", Item("d", "x", 9), Item("d", "y", 10))
	a.place(news.Placement{Item: a.id("d", "x"), Story: from.ID}, news.Placement{Item: a.id("d", "y"), NewUID: "v"})
	equal(t, "the story with what came later", a.leads("u"), []string{"a", "b", "d", "d"})
	// A chain leads to its end.
	a.must(s.Merge(t.Context(), third.ID, from.ID, "ann"))
	for _, uid := range []string{"u", "v", "w"} {
		if got := a.story(uid).UID; got != "w" {
			t.Errorf("story %s answers as %q, want w", uid, got)
		}
	}
	merged, err := s.Merged(t.Context())
	a.must(err)
	equal(t, "Merged", merged, map[string]string{"u": "w", "v": "w"})
	gone, err := s.Withdrawn(t.Context())
	a.must(err)
	equal(t, "Withdrawn", gone, []string(nil))
	stones, err := s.Tombstones(t.Context(), 10)
	a.must(err)
	var got []string
	for _, st := range stones {
		got = append(got, fmt.Sprint(st.UID, " into ", st.Into, " ", len(st.Items)))
	}
	equal(t, "Tombstones", got, []string{"v into w 5", "u into w 5"})
	if err := s.Merge(t.Context(), into.ID, third.ID, "ann"); !errors.Is(err, storage.ErrSameStory) {
		t.Errorf("Merge of one story: %v, want ErrSameStory", err)
	}
	if err := s.Merge(t.Context(), into.ID, 99, "ann"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Merge with story 99: %v, want ErrNotFound", err)
	}
}

func pinSticks(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2), Source("c", 1))
	a.told("u", "a", "b")
	st, pinned := a.story("u"), a.id("b", "u")
	a.must(s.Pin(t.Context(), st.ID, pinned, "ann"))
	equal(t, "pinned", a.leads("u"), []string{"b", "a"})
	a.commit("c", Item("c", "u", 0))
	a.place(news.Placement{Item: a.id("c", "u"), Story: st.ID})
	equal(t, "pinned, with a better source", a.leads("u"), []string{"b", "c", "a"})
	a.must(s.Hide(t.Context(), pinned, "ann", ""))
	equal(t, "pinned and hidden", a.leads("u"), []string{"c", "a"})
	hidden, err := s.HiddenOf(t.Context(), st.ID)
	a.must(err)
	if len(hidden) != 1 || hidden[0].ID != pinned {
		t.Errorf("HiddenOf: %v, want item %d alone", hidden, pinned)
	}
	a.must(s.Unhide(t.Context(), pinned, "ann"))
	equal(t, "pinned and back", a.leads("u"), []string{"b", "c", "a"})
	a.must(s.Pin(t.Context(), st.ID, 0, "ann"))
	equal(t, "no pin", a.leads("u"), []string{"c", "a", "b"})
	after := a.story("u")
	if after.UID != st.UID || after.Pin != 0 {
		t.Errorf("story %q with pin %d, want %q and none", after.UID, after.Pin, st.UID)
	}
	if err := s.Pin(t.Context(), st.ID, 99, "ann"); !errors.Is(err, storage.ErrNotInStory) {
		t.Errorf("Pin of item 99: %v, want ErrNotInStory", err)
	}
	if err := s.Pin(t.Context(), 99, 0, "ann"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Pin in story 99: %v, want ErrNotFound", err)
	}
}

func completeLeads(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 2), Source("b", 2))
	long := ""
	for n := range 60 {
		long += fmt.Sprintf("Sentence number %d of a whole article. ", n)
	}
	whole := Item("b", "u", 2)
	whole.Content = "<p>" + long + "</p>"
	a.commit("a", Item("a", "u", 1))
	a.commit("b", whole)
	a.place(news.Placement{Item: a.id("a", "u"), NewUID: "u"}, news.Placement{Item: a.id("b", "u"), NewUID: "u"})
	equal(t, "full text before the earlier title", a.leads("u"), []string{"b", "a"})
	whole = Item("a", "u", 1)
	whole.ID, whole.Content, whole.Hash = a.id("a", "u"), "<p>"+long+"</p>", "whole"
	a.commit("a", whole)
	equal(t, "both whole: the earlier", a.leads("u"), []string{"a", "b"})
}

func sourceWithdraws(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	a.told("u", "a")
	a.told("v", "b")
	gone := Poll("a")
	gone.Gone = []news.Gone{{Key: "u", At: Start.Add(time.Minute), Why: "by court order"}, {Key: "never", At: Start}, {Key: "v", At: Start}}
	a.must(s.CommitPoll(t.Context(), gone))
	equal(t, "Stories", a.uids(news.Query{}), []string{"v"})
	w, err := s.Withdrawal(t.Context(), a.id("a", "u"))
	a.must(err)
	equal(t, "Withdrawal", w, news.Withdrawal{At: Start.Add(time.Minute), By: news.BySource, Why: "by court order"})
	// A feed says so at every poll; that is no change.
	before, err := s.Changes(t.Context(), 1<<40)
	a.must(err)
	gone.Gone[0].At, gone.Gone[0].Why = Start.Add(time.Hour), ""
	a.must(s.CommitPoll(t.Context(), gone))
	after, err := s.Changes(t.Context(), 1<<40)
	a.must(err)
	equal(t, "the counter of changes", after.Seq, before.Seq)
	// The feed lists them again, new and changed.
	again := Item("a", "u", 1)
	again.ID, again.Hash = a.id("a", "u"), "changed"
	a.commit("a", again, Item("a", "never", 2))
	equal(t, "Stories after the feed lists them again", a.uids(news.Query{}), []string{"v"})
	known, err := s.Known(t.Context(), "a", []news.Probe{{Key: "never"}})
	a.must(err)
	if !known[0].Removed {
		t.Errorf("Known of an entry withdrawn before it was stored = %+v, want removed", known[0])
	}
	if err := s.Unhide(t.Context(), a.id("a", "u"), "ann"); !errors.Is(err, storage.ErrBySource) {
		t.Errorf("Unhide: %v, want ErrBySource", err)
	}
	if err := s.Unhide(t.Context(), 99, "ann"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Unhide(99): %v, want ErrNotFound", err)
	}
}

// What the desk has hidden readers are told nothing of, whatever its source does
// to it before or after; and what its source has withdrawn does not come back.
func bothWithdraw(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.told("u", "a")
	a.told("v", "a")
	gone := func(key string) {
		r := Poll("a")
		r.Gone = []news.Gone{{Key: key, At: Start.Add(time.Minute), Why: "by court order"}}
		a.must(s.CommitPoll(t.Context(), r))
	}
	a.must(s.Hide(t.Context(), a.id("a", "u"), "ann", "named a minor"))
	gone("u")
	gone("v")
	a.must(s.Hide(t.Context(), a.id("a", "v"), "ann", "named a minor"))
	a.must(s.Hide(t.Context(), a.id("a", "v"), "ann", "")) // the reason given before stands
	for key, at := range map[string]time.Time{"u": Now, "v": Start.Add(time.Minute)} {
		id := a.id("a", key)
		w, err := s.Withdrawal(t.Context(), id)
		a.must(err)
		equal(t, "Withdrawal of "+key, w, news.Withdrawal{At: at, By: news.ByDesk, Why: "named a minor"})
		if err := s.Unhide(t.Context(), id, "ann"); !errors.Is(err, storage.ErrBySource) {
			t.Errorf("Unhide of %s: %v, want ErrBySource", key, err)
		}
	}
}

func correctionsAreTold(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	a.told("u", "a", "b")
	id := a.id("a", "u")
	for n, title := range []string{"Second title", "Third title"} {
		it := Item("a", "u", 1)
		it.ID, it.Title, it.Hash = id, title, title
		r := Poll("a", it)
		r.Poll.At = Start.Add(time.Duration(2+n) * time.Hour)
		a.must(s.CommitPoll(t.Context(), r))
	}
	a.must(s.Hide(t.Context(), a.id("b", "u"), "ann", "named a minor"))
	got, err := s.Corrections(t.Context(), 10)
	a.must(err)
	var lines []string
	for _, c := range got {
		lines = append(lines, fmt.Sprintf("%s %s: %q to %q, by %q for %q, %s %t",
			c.At.Sub(Start), c.Item.Source, c.Before.Title, c.After.Title, c.Withdrawn.By, c.Withdrawn.Why, c.Story, c.Visible))
	}
	equal(t, "Corrections", lines, []string{
		`24h0m0s b: "" to "", by "desk" for "named a minor", u true`,
		`3h0m0s a: "Second title" to "Third title", by "" for "", u true`,
		`2h0m0s a: "Title of u" to "Second title", by "" for "", u true`,
	})
	if two, _ := s.Corrections(t.Context(), 2); len(two) != 2 {
		t.Errorf("Corrections(2) = %d, want 2", len(two))
	}
	a.must(s.Hide(t.Context(), id, "ann", ""))
	got, err = s.Corrections(t.Context(), 10)
	a.must(err)
	if len(got) != 2 || got[0].Before.Title != "" || got[1].Before.Title != "" {
		t.Errorf("Corrections of hidden items = %+v, want the two withdrawals alone", got)
	}
	revs, err := s.Revisions(t.Context(), id)
	a.must(err)
	if len(revs) != 2 || revs[0].Title != "Title of u" {
		t.Errorf("Revisions = %+v, want two, the first title first", revs)
	}
}

func goneStory(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.told("u", "a")
	id := a.id("a", "u")
	a.must(s.Hide(t.Context(), id, "ann", ""))
	if st, err := s.Tombstones(t.Context(), 10); err != nil || len(st) != 0 {
		t.Errorf("Tombstones before anything was published = %+v, %v, want none: nobody has the story", st, err)
	}
	a.must(s.Publish(t.Context()))
	st, err := s.Tombstones(t.Context(), 10)
	a.must(err)
	if len(st) != 1 || st[0].UID != "u" || !st[0].At.Equal(Now) || st[0].Into != "" || len(st[0].Items) != 1 {
		t.Errorf("Tombstones = %+v, want u since now with its item", st)
	}
	found, err := s.FindStory(t.Context(), 1)
	a.must(err)
	if found.UID != "u" || len(found.Items) != 0 {
		t.Errorf("FindStory = %+v, want u without items", found)
	}
	a.must(s.Unhide(t.Context(), id, "ann"))
	if st, _ := s.Tombstones(t.Context(), 10); len(st) != 0 {
		t.Errorf("Tombstones after it came back = %+v, want none", st)
	}
}
