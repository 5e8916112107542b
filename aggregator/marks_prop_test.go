package aggregator_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/aggregator/websub"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// forgetful is an archive that keeps no marks, so that each document is read
// whole.
type forgetful struct{ *storage.Store }

func (forgetful) Marks(context.Context, string) ([]byte, error) { return nil, nil }

// onePage answers every request with the same document.
type onePage struct{ body string }

func (p *onePage) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	return &fetch.Response{Status: 200, URL: r.URL, Body: []byte(p.body)}, nil
}

// drawEntry draws one of few entries, so that a document has some of them
// before, again, changed, or under the identifier or the address of another.
func drawEntry(t *rapid.T) string {
	n := func(label string, most int) int { return rapid.IntRange(0, most).Draw(t, label) }
	title := []string{"Dockers strike", "Minimum wage rises", "Weekly bulletin"}[n("title", 2)]
	guid := ""
	if g := n("guid", 5); g > 0 {
		guid = fmt.Sprintf("<guid isPermaLink='false'>g%d</guid>", g)
	}
	return fmt.Sprintf("<item>%s<link>https://a.example/%d</link><title>%s</title><description>Text %d</description></item>", guid, n("link", 3), title, n("text", 1))
}

// drawNext draws the next version of a list of entries: one or two have come,
// gone, changed or moved.
func drawNext(t *rapid.T, items []string) []string {
	items = slices.Clone(items)
	for range rapid.IntRange(1, 2).Draw(t, "edits") {
		at := rapid.IntRange(0, len(items)).Draw(t, "at")
		switch what := rapid.SampledFrom([]string{"come", "come", "go", "change", "move"}).Draw(t, "edit"); {
		case what == "come" && len(items) < 6:
			items = slices.Insert(items, at, drawEntry(t))
		case at == len(items):
		case what == "go":
			items = slices.Delete(items, at, at+1)
		case what == "change":
			items[at] = drawEntry(t)
		case what == "move":
			items[0], items[at] = items[at], items[0]
		}
	}
	return items
}

// drawDocument draws a document of entries: now and then it says something
// else about itself.
func drawDocument(t *rapid.T, items []string) string {
	head := ""
	if rapid.IntRange(0, 5).Draw(t, "head") == 0 {
		head = "<language>fr</language>"
	}
	return "<rss version='2.0'><channel><title>A</title>" + head + strings.Join(items, "") + "</channel></rss>"
}

// pairing is two wires that are given the same: one keeps marks and reads only
// what is new, one reads all.
type pairing struct {
	src    news.Source
	page   *onePage
	now    time.Time
	stores [2]*storage.Store // with marks, without
	wires  [2]*aggregator.Aggregator
}

// newPair opens both in a folder. The caller closes them.
func newPair(t rapid.TB, dir string, scope news.Scope) *pairing {
	classifier, err := filer()
	if err != nil {
		t.Fatal(err)
	}
	w := &pairing{src: news.Source{ID: "s", URL: "https://a.example/rss", Scope: scope}, page: &onePage{}, now: start}
	clock := func() time.Time { return w.now }
	for i, name := range []string{"marks.db", "whole.db"} {
		store, err := openStore(context.Background(), filepath.Join(dir, name), clock)
		if err == nil {
			err = store.SyncSources(context.Background(), []news.Source{w.src})
		}
		if err != nil {
			t.Fatal(err)
		}
		var archive aggregator.Archive = store
		if i == 1 {
			archive = forgetful{store}
		}
		w.stores[i] = store
		w.wires[i] = aggregator.New(aggregator.Options{
			Archive: archive, Fetcher: w.page, Filer: func() (aggregator.Filer, error) { return classifier, nil },
			Policy: schedule.Default(), Now: clock,
		})
	}
	return w
}

func (w *pairing) close() {
	for _, s := range w.stores {
		s.Close()
	}
}

// step has both do the same a day later, and compares them.
func (w *pairing) step(t rapid.TB, what, body string) {
	w.now, w.page.body = w.now.Add(25*time.Hour), body
	for i, a := range w.wires {
		var err error
		switch what {
		case "poll":
			_, err = a.Run(context.Background(), []news.Source{w.src}, aggregator.Selection{All: true})
		case "push":
			_, err = a.Push(context.Background(), w.src, websub.Message{Source: "s", Topic: w.src.URL, Body: []byte(body)})
		case "remove":
			err = removeNewest(w.stores[i])
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	if diff := gocmp.Diff(contents(t, w.stores[1]), contents(t, w.stores[0]), cmpopts.IgnoreFields(news.Poll{}, "Took")); diff != "" {
		t.Fatalf("after a %s of %s, -whole +marks:\n%s", what, body, diff)
	}
}

// Whatever a source sends, what the hub brings in between and what the desk
// removes: a wire that reads only what is new ends as one that reads all.
func TestReadingOnlyWhatIsNewChangesNothing(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		w := newPair(t, dir, rapid.SampledFrom([]news.Scope{news.ScopeAll, news.ScopeFilter}).Draw(t, "scope"))
		defer w.close()
		var items []string
		for range rapid.IntRange(3, 8).Draw(t, "steps") {
			items = drawNext(t, items)
			w.step(t, rapid.SampledFrom([]string{"poll", "poll", "poll", "push", "remove"}).Draw(t, "what"), drawDocument(t, items))
		}
	})
}

func TestReadingOnlyWhatIsNewKnowsAnItemByAllItsNames(t *testing.T) {
	w := newPair(t, t.TempDir(), news.ScopeAll)
	defer w.close()
	entry := func(guid, text string) string {
		return "<item><guid isPermaLink='false'>" + guid + "</guid><link>https://a.example/1</link><title>Dockers strike</title><description>" + text + "</description></item>"
	}
	first, renamed, other := entry("first", "Text"), entry("renamed", "Longer text"), "<item><guid>other</guid><title>Another</title></item>"
	for _, items := range [][]string{
		{first, other}, {renamed, other}, {renamed, first, other}, {renamed, other}, // whoever is listed alone speaks
		{other, renamed}, {first, other}, {other, first, renamed}, {other},
	} {
		w.step(t, "poll", "<rss version='2.0'><channel><title>A</title>"+strings.Join(items, "")+"</channel></rss>")
	}
}

// removeNewest removes the newest item, if there is one.
func removeNewest(s *storage.Store) error {
	ctx := context.Background()
	items, err := s.Items(ctx, news.Query{Limit: 1})
	if err != nil || len(items) == 0 {
		return err
	}
	return s.Remove(ctx, items[0].ID, "for the test")
}

// contents is what an archive says: items, ledger and states.
func contents(t rapid.TB, s *storage.Store) (all struct {
	Items  []news.Item
	Polls  []news.Poll
	States []news.SourceState
}) {
	var err error
	if all.Items, err = s.Items(context.Background(), news.Query{Limit: 100}); err != nil {
		t.Fatal(err)
	}
	if all.Polls, err = s.Ledger(context.Background(), "", 0); err != nil {
		t.Fatal(err)
	}
	if all.States, err = s.States(context.Background()); err != nil {
		t.Fatal(err)
	}
	return all
}
