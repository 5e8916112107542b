package storagetest

import (
	"errors"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

func sourcesMirror(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	a.commit("a", Item("a", "k", 1))
	ids := func() (ids []string) {
		states, err := s.States(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range states {
			ids = append(ids, st.Source)
		}
		return ids
	}
	a.sync(Source("b", 2), Source("c", 1))
	equal(t, "States", ids(), []string{"b", "c"})
	if items, _ := s.Items(t.Context(), news.Query{}); len(items) != 1 {
		t.Errorf("Items = %d after their source was removed, want 1", len(items))
	}
	a.sync(Source("a", 1))
	states, _ := s.States(t.Context())
	if len(states) != 1 || states[0].LastOK.IsZero() {
		t.Errorf("States = %+v, want the state that the source left with", states)
	}
	if err := s.SyncSources(t.Context(), []news.Source{Source("a", 1), Source("a", 2)}); !errors.Is(err, news.ErrConflict) {
		t.Errorf("SyncSources with one id twice: %v, want ErrConflict", err)
	}
}

// formerStates: what polls learned of a source is told apart by whether the
// source is in the configuration, and comes back with it whole.
func formerStates(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1), Source("never-polled", 1))
	r := Poll("a")
	r.State.URL, r.State.ETag, r.State.NotBefore, r.State.Busy = "https://a.example/rss", `"v1"`, Now, Start
	if err := s.CommitPoll(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	want := func(when string, former, present []news.SourceState) {
		t.Helper()
		got, err := s.FormerStates(t.Context())
		equal(t, when+": FormerStates", got, former)
		equal(t, when+": FormerStates: error", err, nil)
		got, err = s.States(t.Context())
		equal(t, when+": States", got, present)
		equal(t, when+": States: error", err, nil)
	}
	want("all are listed", nil, []news.SourceState{r.State, {Source: "b"}, {Source: "never-polled"}})
	a.sync(Source("b", 1))
	want("two have left", []news.SourceState{r.State, {Source: "never-polled"}}, []news.SourceState{{Source: "b"}})
	a.sync(Source("b", 1), Source("a", 1))
	want("one is back", []news.SourceState{{Source: "never-polled"}}, []news.SourceState{r.State, {Source: "b"}})
}
