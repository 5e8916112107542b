package aggregator

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// A stack that has read a document is four times as large as one that has waited
// for it.
func TestAFewGoroutinesSettleWhatManyHaveAskedFor(t *testing.T) {
	const polls, readers = 20, 2
	var asked sync.WaitGroup
	asked.Add(polls)
	var mu sync.Mutex
	settled := map[string]int{} // by goroutine
	a := New(Options{
		Archive: knownFunc(func() ([]news.Known, error) { return make([]news.Known, 1), nil }),
		Fetcher: getFunc(func(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
			asked.Done()
			asked.Wait() // until all are in flight
			return oneItem(ctx, r)
		}),
		Filer: func() (Filer, error) {
			return filerFunc(func(classify.Article) classify.Result { return classify.Result{} }), nil
		},
		Policy: schedule.Default(), Polls: polls, Readers: readers,
		Now: func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) },
		Covered: func(string) time.Time {
			stack := make([]byte, 64)
			who, _, _ := bytes.Cut(stack[:runtime.Stack(stack, false)], []byte(" ["))
			mu.Lock()
			defer mu.Unlock()
			settled[string(who)]++
			return time.Time{}
		},
	})
	var sources []news.Source
	for i := range polls {
		sources = append(sources, news.Source{ID: fmt.Sprint(i), URL: fmt.Sprintf("https://host%d.example/rss", i)})
	}
	sum, err := a.Run(t.Context(), sources, Selection{})
	if err != nil || sum.Polled != polls {
		t.Fatalf("Run = %+v, %v, want %d polls", sum, err, polls)
	}
	if len(settled) > readers+1 {
		t.Errorf("%d goroutines settled %d polls, want %d: %v", len(settled), polls, readers+1, settled)
	}
}
