package storage

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Between two passes of a read somebody else can store what nobody knows yet.
func TestNamedGoesRoundAgainForNewNames(t *testing.T) {
	s := openFile(t)
	if err := s.SyncSources(t.Context(), []news.Source{{ID: "a"}, {ID: "b"}, {ID: "c"}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		ids  []int64 // of sources: one more is met in each pass
		want string
		err  string
	}{
		{"all are there", []int64{1, 2, 3}, "abc", ""},
		{"one that was looked up is not there", []int64{1, 7, 2}, "", "sources [7] and cuts [] have no names"},
	} {
		s.names = newNames()
		pass, got := 0, ""
		err := s.named(t.Context(), func(x *naming) error {
			pass, got = pass+1, ""
			for _, id := range tt.ids[:min(pass, len(tt.ids))] {
				got += x.source(id)
			}
			return nil
		})
		if tt.err == "" && (err != nil || got != tt.want) || tt.err != "" && (err == nil || err.Error() != tt.err) {
			t.Errorf("%s: read %q, %v; want %q, %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// What never ends is given up.
func TestNamedIsBounded(t *testing.T) {
	s := openFile(t)
	var sources []news.Source
	for i := range maxPasses + 5 {
		sources = append(sources, news.Source{ID: strings.Repeat("x", i+1)})
	}
	if err := s.SyncSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	s.names = newNames()
	pass := 0
	if err := s.named(t.Context(), func(x *naming) error {
		pass++
		x.source(int64(pass))
		return nil
	}); err == nil || pass != maxPasses {
		t.Errorf("read %d times, %v; want %d and an error", pass, err, maxPasses)
	}
}

// A story that goes between two passes is not shown as the first one saw it.
func TestStoryHeadsForgetWhatAnEarlierPassSaw(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	other, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.SyncSources(t.Context(), []news.Source{{ID: "a"}}); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	item := news.Item{Source: "a", Key: "k", Title: "Report", Language: "en", Published: at, Updated: at, FirstSeen: at}
	if err := other.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "a", At: at, Outcome: news.OutcomeNew},
		State: news.SourceState{Source: "a", LastPoll: at, LastOK: at}, Items: []news.Item{item}}); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	placed := []news.Placement{{Item: 1, NewUID: "uid"}}
	if err := other.Place(t.Context(), placed); err != nil {
		t.Fatal(err)
	}
	var heads []news.StoryHead
	done := make(chan error, 1)
	s.names.mu.RLock() // lets the first pass read, and no name be learned
	go func() {
		var err error
		heads, err = s.StoryHeads(t.Context(), []int64{placed[0].Story})
		done <- err
	}()
	for len(done) == 0 && s.names.mu.TryRLock() { // until somebody waits to learn
		s.names.mu.RUnlock()
		runtime.Gosched()
	}
	err = other.Remove(t.Context(), 1, "test")
	s.names.mu.RUnlock()
	if e := <-done; err != nil || e != nil || len(heads) != 0 {
		t.Errorf("heads %+v, %v, %v; want none of a story that is gone", heads, err, e)
	}
}
