package aggregator_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/news"
)

// What a process goes on from may be cut off while it does so, as by a tool that
// copies over it in place: the window is read again, and nothing is placed by guess.
func TestAKeptFileCutOffWhileItIsUsedCostsTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire.db")
	store, err := openStore(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.SyncSources(t.Context(), []news.Source{{ID: "a"}, {ID: "b"}}); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	group := func(g *aggregator.Grouping, source string, from, to int) {
		t.Helper()
		var items []news.Item
		for n := from; n < to; n++ {
			var text strings.Builder
			for i := range 40 {
				fmt.Fprintf(&text, "w%x ", (n*40+i)*7919)
			}
			items = append(items, news.Item{Source: source, Key: fmt.Sprint("k", n), Title: fmt.Sprintf("Report x%x y%x z%x", n, n, n),
				Summary: text.String(), FirstSeen: time.Now(), Published: time.Now(), Hash: fmt.Sprint(n)})
		}
		err := store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: source, At: time.Now()}, Items: items})
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Alongside(t.Context(), func() error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	process := func() *aggregator.Grouping {
		g := aggregator.NewGrouping(store, window, time.Now, slog.New(slog.NewTextHandler(&log, nil)))
		g.KeepIn(store, "test")
		return g
	}
	first := process()
	group(first, "a", 0, 2300) // more than are packed
	first.Rest()
	g := process()
	defer g.Rest()
	group(g, "b", 5000, 5001)
	if err := os.Truncate(path+".window", 1000); err != nil {
		t.Skip(err)
	}
	group(g, "b", 10, 11)
	if it, err := store.Item(t.Context(), 2302); err != nil || it.CopyOf != 11 {
		t.Errorf("the copy is one of %d, %v, want of item 11", it.CopyOf, err)
	}
	if !strings.Contains(log.String(), "could not be read") {
		t.Errorf("the log says %q, want that something could not be read", log.String())
	}
}
