package aggregator_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/news"
)

// shelf is an archive of items that have no story yet.
type shelf struct {
	mu     sync.Mutex
	fail   error // of the next look
	items  []news.Item
	placed []int64
}

// Ungrouped gives few items at a time, as an archive does of long ones.
func (s *shelf) Ungrouped(context.Context, int) ([]news.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.fail
	s.fail = nil
	return slices.Clone(s.items[:min(len(s.items), 30)]), err
}

func (s *shelf) CountUngrouped(_ context.Context, most int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.fail
	s.fail = nil
	return min(len(s.items), most), err
}

func (s *shelf) Place(_ context.Context, list []news.Placement) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range list {
		s.placed = append(s.placed, p.Item)
	}
	s.items = slices.Delete(s.items, 0, len(list))
	return nil
}

func (*shelf) Decided(context.Context) (int64, error) { return 0, nil }

func (*shelf) GroupWindow(context.Context, time.Time, func([]news.Item) error) error { return nil }

func (*shelf) ByCanonical(context.Context, []string) (map[string][]news.Item, error) { return nil, nil }

// arrive puts items with ids from one up to another on the shelf after a while.
func (s *shelf) arrive(from, to int64, after time.Duration) {
	time.Sleep(after)
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := from; id <= to; id++ {
		s.items = append(s.items, news.Item{ID: id, Source: "a", Key: "k", Title: "Strike at the port"})
	}
}

// want checks that the items from 1 up to one are placed, in their order.
func (s *shelf) want(t *testing.T, to int64) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []int64
	for id := int64(1); id <= to; id++ {
		ids = append(ids, id)
	}
	if !slices.Equal(s.placed, ids) {
		t.Errorf("placed %d items, %v, want those from 1 to %d", len(s.placed), s.placed, to)
	}
}

func TestItemsArePlacedWhilePollsGoOn(t *testing.T) {
	const many = aggregator.LeastAlongside
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		g := aggregator.NewGrouping(s, time.Hour, time.Now, nil)
		err := g.Alongside(t.Context(), func() error {
			s.arrive(1, many, time.Second)
			s.arrive(many+1, 2*many, 2*time.Second)
			s.want(t, many)
			time.Sleep(2 * time.Second)
			s.want(t, 2*many)
			s.arrive(2*many+1, 2*many+1, 0)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		s.want(t, 2*many+1)
	})
}

// A few do not bring what they are compared with into memory while polls need
// theirs; more that come later do.
func TestAFewItemsWaitUntilThePollsHaveEnded(t *testing.T) {
	const few = aggregator.LeastAlongside - 1
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		g := aggregator.NewGrouping(s, time.Hour, time.Now, nil)
		err := g.Alongside(t.Context(), func() error {
			s.arrive(1, few, 0)
			time.Sleep(10 * time.Minute)
			s.want(t, 0)
			s.arrive(few+1, few+1, 0)
			time.Sleep(time.Minute)
			s.want(t, few+1)
			s.arrive(few+2, few+2, 0)
			time.Sleep(10 * time.Minute)
			s.want(t, few+1)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		s.want(t, few+2)
	})
}

func TestTroubleWithPlacingDoesNotEndThePolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fail: errors.New("disk is busy")}
		g := aggregator.NewGrouping(s, time.Hour, time.Now, nil)
		if err := g.Alongside(t.Context(), func() error { s.arrive(1, 1, 5*time.Second); return nil }); err != nil {
			t.Errorf("Alongside = %v; the last look found no trouble", err)
		}
		s.want(t, 1)
	})
}

func TestFailedPollsEndThePlacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, broken := &shelf{}, errors.New("archive is damaged")
		g := aggregator.NewGrouping(s, time.Hour, time.Now, nil)
		if err := g.Alongside(t.Context(), func() error { s.arrive(1, 1, 0); return broken }); !errors.Is(err, broken) {
			t.Errorf("Alongside = %v, want %v", err, broken)
		}
		s.want(t, 0)
	})
}
