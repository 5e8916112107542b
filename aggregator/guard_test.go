package aggregator

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

type (
	getFunc   func(context.Context, fetch.Request) (*fetch.Response, error)
	filerFunc func(classify.Article) classify.Result
	knownFunc func() ([]news.Known, error)
)

func (f getFunc) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) { return f(ctx, r) }

func (f filerFunc) Classify(a classify.Article) classify.Result { return f(a) }

func (f knownFunc) States(context.Context) ([]news.SourceState, error)                { return nil, nil }
func (f knownFunc) FormerStates(context.Context) ([]news.SourceState, error)          { return nil, nil }
func (f knownFunc) CommitPoll(context.Context, news.PollResult) error                 { return nil }
func (f knownFunc) Known(context.Context, string, []news.Probe) ([]news.Known, error) { return f() }
func (f knownFunc) Marks(context.Context, string) ([]byte, error)                     { return nil, nil }
func (f knownFunc) Item(context.Context, int64) (news.Item, error) {
	return news.Item{}, news.ErrNotFound
}

// oneItem answers every request with a feed of one item.
func oneItem(context.Context, fetch.Request) (*fetch.Response, error) {
	return &fetch.Response{Status: 200, URL: "https://a.example/rss",
		Body: []byte(`<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>One</title></item></channel></rss>`)}, nil
}

// newBroken is an aggregator of which the classifier or the archive panics.
func newBroken(known knownFunc, file filerFunc, log *slog.Logger) *Aggregator {
	return New(Options{
		Archive: known, Fetcher: getFunc(oneItem), Filer: func() (Filer, error) { return file, nil },
		Policy: schedule.Default(), Now: func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }, Logger: log,
	})
}

func TestABrokenReaderIsOneLineInTheLog(t *testing.T) {
	var out bytes.Buffer
	a := newBroken(func() ([]news.Known, error) { return make([]news.Known, 1), nil },
		func(classify.Article) classify.Result { panic("index out of range") },
		slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	src := news.Source{ID: "bad", URL: "https://a.example/rss"}
	if _, err := a.Run(t.Context(), []news.Source{src}, Selection{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Errorf("one failure is %d lines:\n%s", n, out.String())
	}
	for _, want := range []string{"level=ERROR", "source=bad", "our reader broke on the document: index out of range", "guard_test.go"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, out.String())
		}
	}
}

// A panic that has nothing to do with the document is a bug of ours like any
// other: booked as the source's failure, nobody would ever look for it.
func TestAPanicOfTheArchiveIsNotTheDocumentsFault(t *testing.T) {
	a := newBroken(func() ([]news.Known, error) { panic("archive") }, nil, nil)
	defer func() {
		if got := recover(); got != "archive" {
			t.Errorf("recovered %v, want the archive's panic", got)
		}
	}()
	res, _, err := a.poll(t.Context(), job{source: &news.Source{ID: "s", URL: "https://a.example/rss"}, state: &news.SourceState{}}, nil)
	t.Errorf("poll = %+v, %v, want a panic", res, err)
}
