package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// manyAtOnce has many goroutines commit, place and read. Nothing may be lost
// or doubled, no reader may be refused, and a call that fails or is given up
// takes no other down.
func manyAtOnce(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	const sources, polls, perPoll = 12, 8, 5
	var all []news.Source
	for n := range sources {
		all = append(all, Source(fmt.Sprint("s", n), n%9))
	}
	a.sync(all...)
	var writers, rest sync.WaitGroup
	done := make(chan struct{})
	for n := range sources {
		writers.Go(func() {
			id := fmt.Sprint("s", n)
			for p := range polls {
				var items []news.Item
				for k := range perPoll {
					items = append(items, Filed(Item(id, fmt.Sprint(p, "-", k), p*perPoll+k), "x", fmt.Sprint("cat", n)))
				}
				if err := s.CommitPoll(t.Context(), Poll(id, items...)); err != nil {
					t.Errorf("CommitPoll of %s: %v", id, err)
				}
				if err := s.CommitPoll(t.Context(), Poll("nobody", items...)); !errors.Is(err, news.ErrNotFound) {
					t.Errorf("CommitPoll of an unknown source among others: %v, want ErrNotFound", err)
				}
				gone, cancel := context.WithCancel(t.Context())
				cancel()
				s.CommitPoll(gone, Poll(id, items...))
			}
		})
	}
	rest.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			a.alone()
			if _, err := s.Stories(t.Context(), news.Query{Categories: []string{"x"}, Limit: 20}); err != nil {
				t.Errorf("Stories: %v", err)
			}
			if _, err := s.Counts(t.Context()); err != nil {
				t.Errorf("Counts: %v", err)
			}
		}
	})
	writers.Wait()
	close(done)
	rest.Wait()
	a.alone()
	c := a.counts()
	if want := sources * polls * perPoll; c.Items != want || c.Stories != want || c.Categories["x"] != want {
		t.Errorf("Counts = %d items, %d stories, %d in x, want %d of each", c.Items, c.Stories, c.Categories["x"], want)
	}
	if polls, err := s.Ledger(t.Context(), "", 1000); err != nil || len(polls) < sources*8 {
		t.Errorf("Ledger = %d polls, %v, want at least %d", len(polls), err, sources*8)
	}
}
