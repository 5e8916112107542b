package aggregator_test

import (
	"context"
	"testing"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// keeper is a fetcher that remembers what it gave.
type keeper struct {
	aggregator.Fetcher
	given []*fetch.Response
}

func (k *keeper) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	res, err := k.Fetcher.Get(ctx, r)
	if res != nil {
		k.given = append(k.given, res)
	}
	return res, err
}

// watcher is a classifier that looks whether the document is still held.
type watcher struct {
	aggregator.Filer
	k    *keeper
	t    *testing.T
	seen int
}

func (w *watcher) Classify(a classify.Article) classify.Result {
	w.seen++
	if last := w.k.given[len(w.k.given)-1]; last.Body == nil {
		w.t.Errorf("%q was read of a document that had been released", a.Title)
	}
	return w.Filer.Classify(a)
}

// releasing is an archive that looks whether the document has been let go.
type releasing struct {
	aggregator.Archive
	k *keeper
	t *testing.T
}

func (r *releasing) CommitPoll(ctx context.Context, p news.PollResult) error {
	if n := len(r.k.given); n > 0 && r.k.given[n-1].Body != nil {
		r.t.Errorf("the poll of %s is being stored while its document is still held", p.Poll.Source)
	}
	return r.Archive.CommitPoll(ctx, p)
}

// Whatever comes of a document, it is held while it is read, and no longer.
func TestADocumentIsHeldExactlyWhileItIsRead(t *testing.T) {
	w := newWire(t)
	w.source("fine", fetchtest.Answer{Body: rss(story("one"), story("two"))})
	w.source("html", fetchtest.Answer{Body: "<!doctype html><html><body>Hello</body></html>"})
	w.source("same", fetchtest.Answer{Body: rss(story("three"))})
	w.source("cut", cutGzip(many(60)))
	k := &keeper{Fetcher: w.fetcher}
	f := &watcher{Filer: w.filer, k: k, t: t}
	w.filer, w.archive = f, &releasing{Archive: w.store, k: k, t: t}
	w.get = k
	w.run(aggregator.Selection{})
	w.again()
	if len(k.given) != 8 || f.seen < 4 {
		t.Errorf("%d documents and %d items were looked at, want 8 and more than 3", len(k.given), f.seen)
	}
}
