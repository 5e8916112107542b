package storagetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/storage"
)

func auditIsKept(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	var want []news.AuditEntry
	for n := range 5 {
		e := news.AuditEntry{
			At: Start.Add(time.Duration(n) * time.Minute), Who: "ann", From: "192.0.2.1", What: "pause",
			Object: fmt.Sprintf("source %d", n), Before: "active", After: "paused", Error: "",
		}
		a.must(s.AddAudit(t.Context(), e))
		e.ID = int64(n + 1)
		want = append([]news.AuditEntry{e}, want...)
	}
	page := func(before int64, limit int) []news.AuditEntry {
		t.Helper()
		list, err := s.AuditBefore(t.Context(), before, limit)
		a.must(err)
		return list
	}
	equal(t, "the latest three", page(0, 3), want[:3])
	equal(t, "those before them", page(want[2].ID, 3), want[3:])
	equal(t, "those before the first", len(page(1, 3)), 0)
}

func recentPolls(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2), Source("c", 3))
	for n := range 4 {
		for _, src := range []string{"a", "b"} {
			p := Poll(src)
			p.Poll.At, p.Poll.New, p.Poll.Outcome = Start.Add(time.Duration(n)*time.Minute), n, news.OutcomeUnchanged
			a.must(s.CommitPoll(t.Context(), p))
		}
	}
	got, err := s.RecentPolls(t.Context(), []string{"a", "c", "unknown"}, 3)
	a.must(err)
	var news []int
	for _, p := range got["a"] {
		news = append(news, p.New)
	}
	equal(t, "the latest polls of a, the newest first", news, []int{3, 2, 1})
	equal(t, "those of others", len(got), 1)
	equal(t, "the time of the newest", got["a"][0].At, Start.Add(3*time.Minute))
}

// Pages of the desk's list hold every item once, whatever is asked for.
func deskPages(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	for n := range 30 {
		src := []string{"a", "b"}[n%2]
		it := Filed(Item(src, fmt.Sprintf("k%d", n), n), []string{"wages", "strikes", "other"}[n%3])
		if n%5 == 0 {
			it.Title = "Bakers walk out"
		}
		a.commit(src, it)
		a.place(news.Placement{Item: a.id(src, it.Key), NewUID: it.Key})
	}
	a.must(s.Hide(t.Context(), 10, "ann", "why"))
	for more := true; more; {
		var err error
		_, more, err = s.Index(t.Context())
		a.must(err)
	}
	for _, tt := range []struct {
		query string
		want  int
	}{{"", 29}, {"bakers", 6}, {"source:a", 15}, {"category:wages", 9}, {"bakers source:b", 3}, {"-bakers", 23}, {"nowhere", 0}, {"category:none", 0}} {
		seen, last := 0, int64(1<<62)
		for before := int64(0); ; {
			items, next, err := s.ItemsBefore(t.Context(), search.Parse(tt.query), before, 4)
			a.must(err)
			for _, it := range items {
				if it.ID >= last || it.ID == 10 {
					t.Errorf("%q: item %d after %d", tt.query, it.ID, last)
				}
				seen, last = seen+1, it.ID
			}
			if next == 0 {
				break
			}
			before = next
		}
		equal(t, fmt.Sprintf("items of %q over all pages", tt.query), seen, tt.want)
	}
	hidden, err := s.HiddenBefore(t.Context(), 0, 5)
	a.must(err)
	if len(hidden) != 1 || hidden[0].ID != 10 {
		t.Errorf("hidden items = %v, want item 10", hidden)
	}
	hidden, err = s.HiddenBefore(t.Context(), 10, 5)
	a.must(err)
	equal(t, "hidden items before the first", len(hidden), 0)
}

// What is kept of the states follows the archive.
func statesSince(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2), Source("c", 3))
	kept, row := map[string]int{}, int64(0)
	follow := func() (read int) {
		t.Helper()
		states, last, err := s.StatesSince(t.Context(), row)
		a.must(err)
		for _, st := range states {
			kept[st.Source] = st.Failures
		}
		row = last
		return len(states)
	}
	poll := func(source string, failures int) {
		p := Poll(source)
		p.State.Failures = failures
		a.must(s.CommitPoll(t.Context(), p))
	}
	poll("a", 1)
	equal(t, "states at first", follow(), 3)
	equal(t, "states when nothing happened", follow(), 0)
	poll("b", 2)
	poll("a", 3)
	poll("b", 4)
	equal(t, "states that changed", follow(), 2)
	equal(t, "what is kept", kept, map[string]int{"a": 3, "b": 4, "c": 0})
}
