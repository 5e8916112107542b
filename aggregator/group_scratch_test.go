package aggregator_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// scratched notes the scratch files that it gives.
type scratched struct {
	*storage.Store
	dir    string
	given  []*os.File
	broken error // what the archive meets when items are placed
}

func (s *scratched) Scratch() (*os.File, error) {
	f, err := os.CreateTemp(s.dir, "scratch")
	s.given = append(s.given, f)
	return f, err
}

func (s *scratched) Place(ctx context.Context, p []news.Placement) error {
	return errors.Join(s.broken, s.Store.Place(ctx, p))
}

// open is how many of them are.
func (s *scratched) open() (n int) {
	for _, f := range s.given {
		if _, err := f.Stat(); !errors.Is(err, os.ErrClosed) {
			n++
		}
	}
	return n
}

// A scratch file takes room on the disk until it is closed: when nothing is
// remembered, none is open.
func TestAScratchFileIsClosedWithWhatIsRemembered(t *testing.T) {
	now := start
	clock := func() time.Time { return now }
	dir := t.TempDir()
	store, err := openStore(t.Context(), filepath.Join(dir, "wire.db"), clock)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := &scratched{Store: store, dir: dir}
	g := aggregator.NewGrouping(s, window, clock, nil)
	g.KeepIn(s, "test")
	g.KeepAfter(1)
	n := 0
	group := func() error {
		t.Helper()
		n++
		it := news.Item{Source: "a", Key: string(rune('a' + n)), Title: "Strike", FirstSeen: now, Published: now, Hash: "h"}
		err := errors.Join(store.SyncSources(t.Context(), []news.Source{{ID: "a"}}),
			store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "a", At: now}, Items: []news.Item{it}}))
		if err != nil {
			t.Fatal(err)
		}
		return g.Alongside(t.Context(), func() error { return nil })
	}
	for _, tt := range []struct {
		name        string
		do          func() error
		err         error
		given, open int
	}{
		{"nothing was placed yet", func() error { return nil }, nil, 0, 0},
		{"an item was placed", group, nil, 1, 1},
		{"it rests", func() error { g.Rest(); return nil }, nil, 1, 0},
		{"it goes on from what was kept", group, nil, 2, 1},
		{"the window begins later", func() error { now = now.Add(window / 4); return group() }, nil, 3, 1},
		{"items could not be placed", func() error { s.broken = errOdd; return group() }, errOdd, 3, 0},
		{"it rests twice", func() error { g.Rest(); g.Rest(); return nil }, nil, 3, 0},
	} {
		if err := tt.do(); !errors.Is(err, tt.err) {
			t.Fatalf("%s: %v, want %v", tt.name, err, tt.err)
		}
		if len(s.given) != tt.given || s.open() != tt.open {
			t.Errorf("%s: %d scratch files, %d of them open, want %d and %d", tt.name, len(s.given), s.open(), tt.given, tt.open)
		}
	}
}
