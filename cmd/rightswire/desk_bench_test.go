package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// How large the desk of the benchmark is: RIGHTSWIRE_DESK_ITEMS=1000000 makes the
// archive that the pages are promised to be quick on, which takes minutes.
var (
	benchSources = 5000
	benchItems   = func() int {
		n := 20_000
		_, _ = fmt.Sscan(os.Getenv("RIGHTSWIRE_DESK_ITEMS"), &n)
		return n
	}()
)

// BenchmarkDeskPages makes each page of the desk with 5,000 sources, and gives
// the ratio to a page that has nothing on it.
func BenchmarkDeskPages(b *testing.B) {
	hash, err := deskHash()
	if err != nil {
		b.Fatal(err)
	}
	var list strings.Builder
	for i := range benchSources {
		fmt.Fprintf(&list, "  - {id: s%d, title: Source %d, url: 'https://s%d.example/rss', categories: [wages]}\n", i, i, i)
	}
	text := deskNewsroom[:strings.Index(deskNewsroom, "sources:\n")] + "sources:\n" + list.String()
	d, _ := testDaemonWith(b, text, map[string]string{"desk.passwd": "maria:" + hash + "\n"})
	fillArchive(b, d)
	h, err := d.desk.handler()
	if err != nil {
		b.Fatal(err)
	}
	cookie, empty := "", time.Duration(0)
	ask := func(path string) *httptest.ResponseRecorder {
		req := httptest.NewRequest("GET", path, nil)
		req.Header.Set("Cookie", cookie)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		return rec
	}
	req := httptest.NewRequest("POST", "/admin/login", strings.NewReader("username=maria&password="+strings.ReplaceAll(deskPassword, " ", "+")))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	cookie, _, _ = strings.Cut(rec.Header().Get("Set-Cookie"), ";")

	second := ""
	if m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(ask("/admin/").Body.String()); m != nil {
		second = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	for _, page := range []struct{ name, path string }{
		{"empty", "/admin/import"}, {"sources", "/admin/"}, {"sources, second page", second}, {"sources, words", "/admin/?q=source+49"},
		{"one source", "/admin/sources/s7"}, {"items", "/admin/items"}, {"items, a word", "/admin/items?q=plant"}, {"items, a rare word", "/admin/items?q=zebra"},
		{"items, a category", "/admin/items?category=wages"}, {"items, none like that", "/admin/items?category=labor"}, {"items, far back", "/admin/items?before=500"},
		{"one item", "/admin/items/17"}, {"stories", "/admin/stories"}, {"stories of a category", "/admin/stories?category=strikes"}, {"a story", "/admin/stories/17"},
		{"taxonomy", "/admin/taxonomy"}, {"log", "/admin/log"},
	} {
		b.Run(page.name, func(b *testing.B) {
			worked := cpuTime()
			for b.Loop() {
				if rec := ask(page.path); rec.Code != http.StatusOK {
					b.Fatalf("GET %s = %d", page.path, rec.Code)
				}
			}
			worked = (cpuTime() - worked) / time.Duration(b.N)
			each := b.Elapsed() / time.Duration(b.N)
			if page.name == "empty" {
				empty = each
			}
			b.ReportMetric(float64(each)/float64(max(empty, 1)), "x-empty")
			b.ReportMetric(float64(worked.Microseconds())/1000, "cpu-ms")
		})
	}
}

// fillArchive stores items in stories of two, and a ledger of some polls for
// each source.
func fillArchive(b *testing.B, d *daemon) {
	b.Helper()
	store, n := d.wire.store, 0
	per := max(benchItems/benchSources, 1)
	for i := 0; n < benchItems; i++ {
		id := fmt.Sprintf("s%d", i%benchSources)
		var items []news.Item
		var places []news.Placement
		for range per {
			it := storagetest.Filed(storagetest.Item(id, fmt.Sprintf("k%d", n), n), []string{"wages", "strikes"}[n/1000%2])
			it.Title = fmt.Sprintf("Workers walk out over unpaid wages at plant %d", n)
			if n%100_000 == 17 {
				it.Title += " zebra"
			}
			items = append(items, it)
			n++
			places = append(places, news.Placement{Item: int64(n), NewUID: fmt.Sprintf("u%d", (n-1)/2)})
		}
		if err := store.CommitPoll(b.Context(), storagetest.Poll(id, items...)); err != nil {
			b.Fatal(err)
		}
		if err := store.Place(b.Context(), places); err != nil {
			b.Fatal(err)
		}
	}
	for range 40 {
		for i := range min(benchSources, 200) {
			if err := store.CommitPoll(b.Context(), storagetest.Poll(fmt.Sprintf("s%d", i))); err != nil {
				b.Fatal(err)
			}
		}
	}
	for more := true; more; {
		var err error
		if _, more, err = store.Index(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if err := store.Publish(b.Context()); err != nil {
		b.Fatal(err)
	}
}
