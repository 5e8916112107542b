package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// bound publishes all stories and binds them into a volume each of everything.
func (a archive) bound(n int) {
	a.Helper()
	a.must(a.Publish(a.Context()))
	stories, upTo, err := a.Arrived(a.Context(), 1000, true)
	a.must(err)
	var ids []int64
	for _, st := range stories {
		ids = append(ids, st.ID)
	}
	a.must(a.Enter(a.Context(), map[string][]int64{"/feeds/all": ids}, upTo))
	a.must(a.AddVolume(a.Context(), news.Volume{Cut: "/feeds/all", N: n, Hash: fmt.Sprint(n), Body: []byte("<feed/>"), Stories: ids}))
}

// prune takes out what was first seen before the n-th minute.
func (a archive) prune(n int) storage.Pruned {
	a.Helper()
	done, err := a.Prune(a.Context(), storage.Retention{Items: Start.Add(time.Duration(n) * time.Minute)})
	a.must(err)
	return done
}

func prunedStaysAway(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Item("a", "old", 1)
	a.commit("a", it, Item("a", "young", 60))
	alias := it
	alias.ID, alias.Key = a.id("a", "old"), "old-alias"
	a.commit("a", alias)
	a.must(s.CommitPoll(t.Context(), func() news.PollResult { r := Poll("a"); r.Marks = []byte("m"); return r }()))
	a.alone()
	a.index()
	before := a.story("uid-a-old")

	if got := a.prune(30); got.Items != 0 || got.Held != 1 {
		t.Errorf("a story that was never published was taken out: %+v", got)
	}
	a.bound(1)
	a.must(s.Enter(t.Context(), map[string][]int64{"/feeds/country/fr": {before.ID}}, 0))
	if got := a.prune(30); got.Items != 0 || got.Held != 1 {
		t.Errorf("a story that a feed still has was taken out: %+v", got)
	}
	a.must(s.AddVolume(t.Context(), news.Volume{Cut: "/feeds/country/fr", N: 1, Hash: "h", Body: []byte("<feed/>"), Stories: []int64{before.ID}}))
	changes, err := s.Changes(t.Context(), 0)
	a.must(err)

	dry, err := s.Prune(t.Context(), storage.Retention{Items: Start.Add(30 * time.Minute), DryRun: true})
	a.must(err)
	equal(t, "what would go", dry, storage.Pruned{Items: 1, Stories: 1})
	equal(t, "stories after a dry run", a.uids(news.Query{}), []string{"uid-a-young", "uid-a-old"})
	got := a.prune(30)
	got.Freed = 0
	equal(t, "what went", got, dry)

	equal(t, "stories", a.uids(news.Query{}), []string{"uid-a-young"})
	equal(t, "found", a.found("title"), []string{"uid-a-young"})
	if _, err := s.Item(t.Context(), before.Lead); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Item of the pruned: %v, want ErrNotFound", err)
	}
	known, err := s.Known(t.Context(), "a", []news.Probe{{Key: "old"}, {Key: "old-alias"}})
	a.must(err)
	equal(t, "Known", known, []news.Known{{Removed: true}, {Removed: true}})
	marks, err := s.Marks(t.Context(), "a")
	if err != nil || marks != nil {
		t.Errorf("the marks of the source are %q, %v: its next document must be read whole", marks, err)
	}
	alias.ID = 0
	a.commit("a", it, alias)
	equal(t, "stories after the feed said it again", a.uids(news.Query{}), []string{"uid-a-young"})

	// Readers are told of no withdrawal, and the archive keeps what it says.
	withdrawn, err := s.Withdrawn(t.Context())
	a.must(err)
	stones, err := s.Tombstones(t.Context(), 10)
	a.must(err)
	void, err := s.Void(t.Context())
	a.must(err)
	if len(withdrawn)+len(stones)+len(void) > 0 {
		t.Errorf("a pruned story is told as withdrawn: %v, %v, %v", withdrawn, stones, void)
	}
	if v, err := s.Volume(t.Context(), "/feeds/all", 1); err != nil || string(v.Body) != "<feed/>" {
		t.Errorf("the archive of the feed: %q, %v", v.Body, err)
	}
	counts, err := s.Counts(t.Context())
	a.must(err)
	if counts.Stories != 1 {
		t.Errorf("%d stories are counted, want 1", counts.Stories)
	}
	if after, err := s.Changes(t.Context(), changes.Seq); err != nil || len(after.Sources) != 1 {
		t.Errorf("Changes = %+v, %v: the feed of the source is to be made anew", after, err)
	}
	if id, err := s.StoryID(t.Context(), "uid-a-old"); err != nil || id != before.ID {
		t.Errorf("StoryID = %d, %v: the id must never be another's", id, err)
	}
	equal(t, "a second time", a.prune(30), storage.Pruned{})
}

func pruneTakesWholeStories(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	a.commit("a", Item("a", "x", 1), Item("a", "gone", 2))
	a.commit("b", Item("b", "x", 60))
	a.place(news.Placement{Item: a.id("a", "x"), NewUID: "x"}, news.Placement{Item: a.id("a", "gone"), NewUID: "gone"})
	a.place(news.Placement{Item: a.id("b", "x"), Story: a.story("x").ID})
	a.must(s.Hide(t.Context(), a.id("a", "gone"), "ann", "wrong"))
	a.bound(1)
	if got := a.prune(30); got.Items != 1 {
		t.Errorf("%+v, want the withdrawn one alone: a report of the other is young", got)
	}
	equal(t, "who leads", a.leads("x"), []string{"a", "b"})
	withdrawn, err := s.Withdrawn(t.Context())
	a.must(err)
	equal(t, "Withdrawn", withdrawn, []string{"gone"})
	equal(t, "Items", a.prune(61).Items, 2)
}

func pruneByCount(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	var items []news.Item
	for n := range 1200 {
		items = append(items, Item("a", fmt.Sprint("k", n), n))
	}
	a.commit("a", items...)
	a.alone()
	a.bound(1)
	for _, tt := range []struct {
		name string
		r    storage.Retention
		left int
	}{
		{"nothing is asked for", storage.Retention{}, 1200},
		{"there are fewer", storage.Retention{Most: 5000}, 1200},
		{"as many as there are", storage.Retention{Most: 1200}, 1200},
		{"the newest stay", storage.Retention{Most: 700}, 700},
		{"but for what is young", storage.Retention{Most: 1, Keep: Start.Add(600 * time.Minute)}, 600},
		{"age and number", storage.Retention{Most: 500, Items: Start.Add(900 * time.Minute)}, 300},
	} {
		_, err := s.Prune(t.Context(), tt.r)
		a.must(err)
		if got := len(a.uids(news.Query{Limit: 5000})); got != tt.left {
			t.Errorf("%s: %d stories are left, want %d", tt.name, got, tt.left)
		}
	}
}

func pruneLedger(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	for n := range 600 {
		for _, src := range []string{"a", "b"} {
			if src == "b" && n >= 20 {
				continue
			}
			r := Poll(src)
			r.Poll.At = Start.Add(time.Duration(n) * time.Minute)
			a.must(s.CommitPoll(t.Context(), r))
		}
	}
	r := storage.Retention{Ledger: Start.Add(590 * time.Minute), DryRun: true}
	dry, err := s.Prune(t.Context(), r)
	a.must(err)
	r.DryRun = false
	done, err := s.Prune(t.Context(), r)
	a.must(err)
	equal(t, "rows that go", []int{dry.Polls, done.Polls}, []int{550, 550})
	for src, want := range map[string]int{"a": 50, "b": 20} {
		polls, err := s.Ledger(t.Context(), src, 1000)
		a.must(err)
		if len(polls) != want || !polls[0].At.Equal(Start.Add(map[string]time.Duration{"a": 599, "b": 19}[src]*time.Minute)) {
			t.Errorf("the ledger of %s has %d rows, the latest of %v; want the latest %d", src, len(polls), polls[0].At, want)
		}
	}
}

func pruneAudit(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	for n := range 1300 {
		a.must(s.AddAudit(t.Context(), news.AuditEntry{At: Start.Add(time.Duration(n) * time.Hour), What: "log in"}))
	}
	for _, step := range []struct {
		says       string
		r          storage.Retention
		want, left int
	}{
		{"kept for ever", storage.Retention{Ledger: Start.Add(2000 * time.Hour)}, 0, 1300},
		{"only counted", storage.Retention{Audit: Start.Add(1200 * time.Hour), DryRun: true}, 1200, 1300},
		{"taken out", storage.Retention{Audit: Start.Add(1200 * time.Hour)}, 1200, 100},
		{"once more", storage.Retention{Audit: Start.Add(1200 * time.Hour)}, 0, 100},
	} {
		done, err := s.Prune(t.Context(), step.r)
		a.must(err)
		left, err := s.AuditBefore(t.Context(), 0, 2000)
		a.must(err)
		equal(t, step.says, []int{done.Audit, len(left)}, []int{step.want, step.left})
		if oldest := left[len(left)-1].At; step.left == 100 && !oldest.Equal(Start.Add(1200*time.Hour)) {
			t.Errorf("%s: the oldest entry that stays is of %v", step.says, oldest)
		}
	}
}
