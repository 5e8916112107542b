package aggregator_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

func TestP31_S15_ASourcesHeadersAreForItsOwnOrigin(t *testing.T) {
	w := newWire(t)
	w.source("s").Headers = map[string]string{"X-Key": "k3y"}
	w.origin.On("/s", fetchtest.Answer{Body: archivePage("s", "next", w.url("a.test", "/near"))}).
		On("/near", fetchtest.Answer{Body: archivePage("near", "next", w.url("feeds.a.test", "/far"))}).
		On("/far", fetchtest.Answer{Body: archivePage("far", "next", "")})
	moved := w.source("moved", fetchtest.Redirect(301, w.url("feeds.a.test", "/learned")))
	moved.Headers = map[string]string{"X-Key": "k3y"}
	w.origin.On("/learned", fetchtest.Answer{Body: bodyOne})
	w.polls(0, 4*day, 4*day, day)
	if w.state("moved").Learned == "" {
		t.Fatal("nothing was learned")
	}
	want := map[string]string{"/s": "k3y", "/near": "k3y", "/far": "", "/moved": "k3y", "/learned": ""}
	for _, r := range w.origin.Requests() {
		if got := r.Header.Get("X-Key"); got != want[r.Path] {
			t.Errorf("%s was sent the key %q, want %q", r.Path, got, want[r.Path])
		}
	}
	for path := range want {
		if len(w.origin.Requests(path)) == 0 {
			t.Errorf("%s was not asked", path)
		}
	}
}

// fetcherFunc answers requests.
type fetcherFunc func(context.Context, fetch.Request) (*fetch.Response, error)

func (f fetcherFunc) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	return f(ctx, r)
}

func TestP30_AnOlderPageOfAnHTTPSFeedIsNotReadInTheOpen(t *testing.T) {
	w := newWire(t)
	w.source("s").URL = "https://a.test/s"
	var asked []string
	w.get = fetcherFunc(func(_ context.Context, r fetch.Request) (*fetch.Response, error) {
		asked = append(asked, r.URL)
		return &fetch.Response{Status: 200, URL: r.URL, Body: []byte(archivePage("s", "next", "http://a.test/p1"))}, nil
	})
	w.run(aggregator.Selection{})
	if got := strings.Join(asked, " "); got != "https://a.test/s" {
		t.Errorf("asked %s, want the feed alone", got)
	}
}

// archived adds a source whose feed has one older page.
func (w *wire) archived(pages ...fetchtest.Answer) *news.Source {
	w.origin.On("/p1", pages...)
	return w.source("s", fetchtest.Answer{Body: archivePage("s", "next", "/p1"), ETag: etagA})
}

func TestP47_AFirstImportThatIsCutShortIsMadeAgain(t *testing.T) {
	w := newWire(t)
	w.archived(fetchtest.Answer{Fault: fetchtest.Silent}, fetchtest.Answer{Body: archivePage("p1", "next", "")})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		w.origin.Await(2)
		cancel()
	}()
	if _, err := w.try(ctx, aggregator.Selection{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want the context's error", err)
	}
	if d := cmp.Diff(news.SourceState{Source: "s"}, w.state("s")); d != "" || len(w.titles()) != 0 {
		t.Errorf("items %q, state of a source that was cut short -want +got\n%s", w.titles(), d)
	}
	w.run(aggregator.Selection{})
	if d := cmp.Diff([]string{"From p1", "From s", "Shared by all, from s"}, sorted(w.titles())); d != "" {
		t.Errorf("items after the next run -want +got\n%s", d)
	}
}

func TestP15_P47_ARefusedOlderPageIsAskedForLater(t *testing.T) {
	w := newWire(t)
	w.archived(tooMany(503, "14400"), fetchtest.Answer{Body: archivePage("p1", "next", "/p2")})
	w.origin.On("/p2", fetchtest.Answer{Body: archivePage("p2", "next", "")})
	w.run(aggregator.Selection{})
	if st := w.state("s"); len(w.titles()) != 2 || st.ETag != "" || !strings.Contains(st.Error, "an older page was refused for now: get http://a.test") {
		t.Errorf("items %q, state %+v", w.titles(), st)
	}
	w.tick(4*time.Hour - time.Second)
	w.wantAsked("within Retry-After", map[string]int{"s": 1, "p1": 1})
	w.tick(2 * time.Second)
	w.wantAsked("after it", map[string]int{"s": 2, "p1": 2, "p2": 1})
	if d := cmp.Diff([]string{"From p1", "From p2", "From s", "Shared by all, from s"}, sorted(w.titles())); d != "" {
		t.Errorf("items -want +got\n%s", d)
	}
	if st := w.state("s"); st.ETag != etagA || st.Failures != 0 || st.Error != "" || st.LastOK.IsZero() {
		t.Errorf("state after the whole import = %+v", st)
	}
}

func TestP47_AnOlderPageThatIsAlwaysRefusedIsGivenUp(t *testing.T) {
	w := newWire(t)
	w.archived(tooMany(429, ""))
	for range 5 {
		w.run(aggregator.Selection{})
		w.later(8 * 24 * time.Hour)
	}
	w.wantAsked("five polls", map[string]int{"s": 5, "p1": 3})
	if st := w.state("s"); st.ETag != etagA || st.Error != "" {
		t.Errorf("state = %+v", st)
	}
}

func TestP39_P47_TwinsShareTheirOlderPages(t *testing.T) {
	w := newWire(t)
	w.archived(fetchtest.Answer{Body: archivePage("p1", "next", "")})
	twin := w.sources[0]
	twin.ID = "twin"
	w.sources = append(w.sources, twin)
	w.run(aggregator.Selection{})
	w.wantAsked("the first import", map[string]int{"s": 1, "p1": 1})
	for _, id := range []string{"s", "twin"} {
		// The entry that both pages have counts once.
		if p := w.last(id); p.New != 3 || p.Seen != 3 || len(w.titles(id)) != 3 {
			t.Errorf("%s: ledger %+v, items %q, want three", id, p, w.titles(id))
		}
	}
}

// pageFiler has trouble with what an older page brings.
type pageFiler struct {
	aggregator.Filer
	panics bool
}

func (f pageFiler) Classify(a classify.Article) classify.Result {
	if f.panics && a.Title == "From p1" {
		panic("index out of range")
	}
	return f.Filer.Classify(a)
}

func TestAReaderThatBreaksOnAnOlderPageIsLogged(t *testing.T) {
	w := newWire(t)
	s := w.archived(fetchtest.Answer{Body: archivePage("p1", "next", "")})
	if err := w.store.SyncSources(t.Context(), w.sources); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := aggregator.New(aggregator.Options{
		Archive: w.store, Fetcher: w.fetcher, Filer: always(pageFiler{w.filer, true}), Policy: w.policy, Manners: w.manners, Now: w.clock,
		Logger: slog.New(slog.NewTextHandler(&out, nil)),
	})
	if _, err := a.Run(t.Context(), w.sources, aggregator.Selection{}); err != nil {
		t.Fatal(err)
	}
	if log := out.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "older_test.go") {
		t.Errorf("the log has no stack of our broken reader:\n%s", log)
	}
	if p := w.last(s.ID); p.Outcome != news.OutcomeNew || p.New != 2 {
		t.Errorf("ledger = %+v, want the items of the first page kept", p)
	}
}

var errTaxonomy = errors.New("taxonomy")

func TestATaxonomyThatBreaksAtAnOlderPageEndsTheRun(t *testing.T) {
	w := newWire(t)
	w.archived(fetchtest.Answer{Body: archivePage("p1", "next", "")})
	if err := w.store.SyncSources(t.Context(), w.sources); err != nil {
		t.Fatal(err)
	}
	asked := 0
	a := aggregator.New(aggregator.Options{
		Archive: w.store, Fetcher: w.fetcher, Policy: w.policy, Manners: w.manners, Now: w.clock, Fatal: fullOnly,
		Filer: func() (aggregator.Filer, error) {
			if asked++; asked > 1 {
				return nil, errTaxonomy
			}
			return w.filer, nil
		},
	})
	if sum, err := a.Run(t.Context(), w.sources, aggregator.Selection{}); !errors.Is(err, errTaxonomy) || sum.Polled != 0 {
		t.Errorf("Run = %+v, %v, want the taxonomy's error and no poll", sum, err)
	}
}

func TestWhatAnOlderPageLeavesOutIsNoted(t *testing.T) {
	w := newWire(t)
	page := strings.Replace(archivePage("p1", "next", ""), "</feed>", "<entry></entry></feed>", 1)
	w.archived(fetchtest.Answer{Body: page})
	w.run(aggregator.Selection{})
	if p := w.last("s"); p.LeftOut != 1 || !strings.Contains(p.Note, "1 item left out: empty") {
		t.Errorf("ledger = %+v, want the item and why", p)
	}
}

func TestP15_P19_ARefusalOfAnExtraRequestIsHeard(t *testing.T) {
	t.Run("an older page", func(t *testing.T) {
		w := newWire(t)
		w.archived(tooMany(429, "14400"))
		w.run(aggregator.Selection{})
		until := start.Add(4 * time.Hour)
		if st := w.state("s"); !st.NotBefore.Equal(until) || !st.Busy.Equal(start) || st.NextDue.Before(until) || st.Failures != 1 {
			t.Errorf("state = %+v, want nothing before %v", st, until)
		}
		w.later(time.Hour)
		w.run(aggregator.Selection{Source: "s"})
		w.wantAsked("within Retry-After", map[string]int{"s": 1, "p1": 1})
	})
	t.Run("the search for a lost feed", func(t *testing.T) {
		w := newWire(t)
		w.source("x", fetchtest.Answer{Status: 404})
		w.source("y", tooMany(503, ""))
		w.source("z", fineAnswer)
		w.origin.On("/", tooMany(429, "14400"))
		w.run(aggregator.Selection{})
		w.wantAsked("two refusals of a domain", map[string]int{"x": 1, "robots.txt": 1, "": 1, "y": 1})
		if st := w.state("x"); !st.NotBefore.Equal(start.Add(4 * time.Hour)) {
			t.Errorf("state = %+v, want Retry-After kept", st)
		}
	})
	t.Run("a home page elsewhere", func(t *testing.T) {
		w := newWire(t)
		w.source("x", fetchtest.Answer{Status: 404}).Homepage = w.url("b.test", "/home")
		w.origin.On("/home", tooMany(429, "14400"))
		w.run(aggregator.Selection{})
		if st := w.state("x"); !st.NotBefore.IsZero() || !st.Busy.IsZero() {
			t.Errorf("state = %+v, want another domain's refusal left out", st)
		}
	})
}
