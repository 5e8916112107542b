package aggregator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// brokenScratch gives a file that cannot be read, so many times.
type brokenScratch struct {
	*storage.Store
	dir          string
	left, opened int
}

func (b *brokenScratch) Scratch() (*os.File, error) {
	b.opened++
	if b.left--; b.left < 0 {
		return b.Store.Scratch()
	}
	return os.OpenFile(filepath.Join(b.dir, fmt.Sprint(b.opened)), os.O_CREATE|os.O_WRONLY, 0o600)
}

// What was laid aside and cannot be read costs the time to read the window again,
// and where that does not help it is an error, not a guess.
func TestWhatCannotBeReadIsRememberedAnew(t *testing.T) {
	for _, broken := range []int{1, 2} {
		dir := t.TempDir()
		store, err := openStore(t.Context(), filepath.Join(dir, "wire.db"), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if err := store.SyncSources(t.Context(), []news.Source{{ID: "a"}, {ID: "b"}}); err != nil {
			t.Fatal(err)
		}
		text := func(n int) string {
			var s strings.Builder
			for i := range 40 {
				fmt.Fprintf(&s, "w%x ", (n*40+i)*7919)
			}
			return s.String()
		}
		add := func(source string, from, to int) {
			t.Helper()
			var items []news.Item
			for n := from; n < to; n++ {
				items = append(items, news.Item{Source: source, Key: fmt.Sprint("k", n), Title: fmt.Sprintf("Report x%x y%x z%x", n, n, n),
					Summary: text(n), FirstSeen: time.Now(), Published: time.Now(), Hash: fmt.Sprint(n)})
			}
			err := store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: source, At: time.Now()}, Items: items})
			if err != nil {
				t.Fatal(err)
			}
		}
		k := &brokenScratch{Store: store, dir: dir, left: broken}
		g := aggregator.NewGrouping(store, window, time.Now, nil)
		g.KeepIn(k, "test")
		add("a", 0, 2300) // more than are packed
		if _, err := g.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		add("b", 10, 11)
		n, err := g.Run(t.Context())
		switch {
		case broken == 1 && (n != 1 || err != nil || k.opened != 2):
			t.Errorf("once: Run = %d, %v with %d files, want the item placed", n, err, k.opened)
		case broken == 2 && (n != 0 || err == nil):
			t.Errorf("twice: Run = %d, %v, want an error", n, err)
		}
		if broken == 2 {
			if n, err := g.Run(t.Context()); n != 1 || err != nil {
				t.Errorf("and then: Run = %d, %v, want the item placed", n, err)
			}
		}
		it, err := store.Item(t.Context(), 2301)
		if err != nil || it.CopyOf != 11 {
			t.Errorf("the copy is one of %d, %v, want of item 11", it.CopyOf, err)
		}
	}
}
