package aggregator_test

import (
	"context"
	"flag"
	"fmt"
	"html"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

func TestMain(m *testing.M) {
	// A check of these properties is a database or four; -rapid.checks=1000
	// is for those who have the time.
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// start is when the wires of these tests begin.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// taxonomy files what says "minimum wage" or "strike", and nothing else.
var taxonomy = news.Taxonomy{Categories: []news.Category{
	{ID: "wages", Title: "Wages", Strong: []string{"minimum wage"}},
	{ID: "strikes", Title: "Strikes", Strong: []string{"strike*"}},
}}

// filer is compiled once: it keeps nothing of what it files.
var filer = sync.OnceValues(func() (*classify.Classifier, error) { return classify.New(taxonomy) })

// openStore opens a new archive at a path, in place of what was there.
func openStore(ctx context.Context, path string, now func() time.Time) (*storage.Store, error) {
	empty, err := storagetest.Empty()
	if err != nil {
		return nil, err
	}
	for _, left := range []string{"-wal", "-shm"} {
		os.Remove(path + left) // of a test that failed
	}
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		return nil, err
	}
	return storage.Open(ctx, path, storage.Options{Now: now})
}

// wire is the whole pipeline on a fresh database, with a clock that the test
// moves. Each run is a new Aggregator, as after a restart.
type wire struct {
	t       *testing.T
	origin  *fetchtest.Origin
	store   *storage.Store
	archive aggregator.Archive // the store, or a wrapper of it
	fetcher *fetch.Client
	get     aggregator.Fetcher // the fetcher, or a wrapper of it
	filer   aggregator.Filer
	sources []news.Source
	workers int
	policy  schedule.Policy
	manners aggregator.Manners
	fatal   func(error) bool

	mu  sync.Mutex
	now time.Time
}

func newWire(t *testing.T, sources ...news.Source) *wire {
	t.Helper()
	w := &wire{t: t, origin: fetchtest.New(t), now: start, sources: sources, policy: schedule.Default(), manners: aggregator.DefaultManners()}
	w.manners.Gap = 0 // its fetcher keeps none
	// Names, so that sources can have politeness keys of their own; one that
	// leads to the inside; nothing else exists.
	names := fetchtest.NewNames().On("inside.test", "10.0.0.7")
	for _, host := range []string{"a.test", "b.test", "c.test", "d.test", "e.test", "f.test", "g.test", "feeds.a.test"} {
		names.On(host, "127.0.0.1")
	}
	var err error
	w.fetcher, err = fetch.New(fetch.Options{
		Allow: loopback, Resolver: names.Resolver(),
		Timeout: 10 * time.Second, MaxBody: 256 << 10, Connections: 8, Now: w.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.fetcher.Close)
	w.get = w.fetcher
	w.filer, err = filer()
	if err != nil {
		t.Fatal(err)
	}
	w.store, err = openStore(t.Context(), filepath.Join(t.TempDir(), "wire.db"), w.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.archive = w.store
	return w
}

// url is the address of a path at the origin, as seen from a host name.
func (w *wire) url(host, path string) string {
	return "http://" + host + ":" + w.origin.Port() + path
}

func (w *wire) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// later moves the clock.
func (w *wire) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// source adds a source at the origin whose id is also its path.
func (w *wire) source(id string, answers ...fetchtest.Answer) *news.Source {
	w.origin.On("/"+id, answers...)
	w.sources = append(w.sources, news.Source{ID: id, Title: id, URL: w.url("a.test", "/"+id)})
	return &w.sources[len(w.sources)-1]
}

// try polls the selection and returns what came of it.
func (w *wire) try(ctx context.Context, sel aggregator.Selection) (aggregator.Summary, error) {
	w.t.Helper()
	if err := w.store.SyncSources(ctx, w.sources); err != nil {
		w.t.Fatal(err)
	}
	return w.aggregator().Run(ctx, w.sources, sel)
}

// aggregator is what a process that starts now polls with.
func (w *wire) aggregator() *aggregator.Aggregator {
	return aggregator.New(aggregator.Options{
		Archive: w.archive, Fetcher: w.get, Filer: always(w.filer), Policy: w.policy, Manners: w.manners, Workers: w.workers,
		Fatal: w.fatal, Now: w.clock,
	})
}

// run is try for runs that must not end early.
func (w *wire) run(sel aggregator.Selection) aggregator.Summary {
	w.t.Helper()
	sum, err := w.try(w.t.Context(), sel)
	if err != nil {
		w.t.Fatalf("Run(%+v) = %v", sel, err)
	}
	return sum
}

// again lets enough time go by for everything to be due, and runs.
func (w *wire) again() aggregator.Summary {
	w.t.Helper()
	w.later(8 * 24 * time.Hour)
	return w.run(aggregator.Selection{})
}

// group places what is ungrouped, as a new process would.
func (w *wire) group() int {
	w.t.Helper()
	n, err := aggregator.NewGrouping(w.store, window, w.clock, slog.New(slog.DiscardHandler)).Run(w.t.Context())
	if err != nil {
		w.t.Fatalf("Grouping.Run = %v", err)
	}
	return n
}

const window = 96 * time.Hour

// last returns the newest ledger row of a source.
func (w *wire) last(id string) news.Poll {
	w.t.Helper()
	polls, err := w.store.Ledger(w.t.Context(), id, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(polls) == 0 {
		w.t.Fatalf("no poll of %q in the ledger", id)
	}
	return polls[0]
}

// state returns what is known of a source.
func (w *wire) state(id string) news.SourceState {
	w.t.Helper()
	states, err := w.store.States(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, st := range states {
		if st.Source == id {
			return st
		}
	}
	w.t.Fatalf("no state of %q", id)
	return news.SourceState{}
}

// items returns what is stored, of all sources or of those named, by id.
func (w *wire) items(ids ...string) []news.Item {
	w.t.Helper()
	var items []news.Item
	err := w.store.EachItem(w.t.Context(), news.Query{}, func(it news.Item) error {
		if len(ids) == 0 || slices.Contains(ids, it.Source) {
			items = append(items, it)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return items
}

// titles returns the titles of what is stored, in the order of ids.
func (w *wire) titles(ids ...string) []string {
	w.t.Helper()
	titles := []string{}
	for _, it := range w.items(ids...) {
		titles = append(titles, it.Title)
	}
	return titles
}

// entry is one item of a feed.
type entry struct{ guid, link, title, text, content, date string }

// rss writes a feed.
func rss(entries ...entry) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>`)
	for _, e := range entries {
		b.WriteString("<item>")
		for _, f := range [][2]string{
			{"guid", e.guid}, {"link", e.link}, {"title", e.title}, {"description", e.text}, {"content:encoded", e.content}, {"pubDate", e.date},
		} {
			if f[1] != "" {
				fmt.Fprintf(&b, "<%s>%s</%[1]s>", f[0], html.EscapeString(f[1]))
			}
		}
		b.WriteString("</item>")
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// story is an entry whose text, title and address hang on its name.
func story(name string) entry {
	return entry{
		guid: "id-" + name, link: "https://news.test/" + name, title: "Report " + name,
		text: "What happened at " + name + ".", date: "Mon, 02 Mar 2026 08:00:00 GMT",
	}
}

// always is a classifier that is compiled already.
func always(f aggregator.Filer) func() (aggregator.Filer, error) {
	return func() (aggregator.Filer, error) { return f, nil }
}

// sorted returns a list in order.
func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// loopback lets the tests' servers through.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
