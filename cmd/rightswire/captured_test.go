package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
)

// evaluation is where the evaluation data lies beside a checkout that has it.
const evaluation = "../../../shared/eval"

// captured is one feed of the evaluation's manifest.
type captured struct {
	File    string            `json:"file"`
	Group   string            `json:"group"`
	Headers map[string]string `json:"headers"`
	Checks  []struct {
		Path  any    `json:"path"` // a string, or a list of alternatives
		Op    string `json:"op"`
		Value any    `json:"value"`
	} `json:"checks"`
}

// items returns how many items the manifest counts in the feed, and whether
// it counts them.
func (c captured) items() (int, bool) {
	for _, k := range c.Checks {
		if n, ok := k.Value.(float64); ok && k.Path == any("items.length") && k.Op == "count" {
			return int(n), true
		}
	}
	return 0, false
}

// readCaptured returns the captured feeds of real sites, or skips the test.
func readCaptured(t *testing.T) []captured {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(evaluation, "feeds/manifest.json"))
	if err != nil {
		t.Skipf("the evaluation's captured feeds are not beside this checkout: %v", err)
	}
	var manifest struct {
		Entries []captured `json:"entries"`
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	feeds := slices.DeleteFunc(manifest.Entries, func(e captured) bool { return !strings.HasPrefix(e.Group, "real") })
	if testing.Short() {
		var some []captured // of all kinds of sites, and as many at once as of all
		for i := 0; i < len(feeds); i += 8 {
			some = append(some, feeds[i])
		}
		return some
	}
	return feeds
}

// capturedOrigin serves the feeds with an ETag each, and counts.
type capturedOrigin struct {
	feeds []captured
	mu    sync.Mutex
	asked map[string]int // requests by path
	known map[string]int // of these, answered 304
}

func (o *capturedOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var i int
	if _, err := fmt.Sscanf(r.URL.Path, "/feed/%d", &i); err != nil || i >= len(o.feeds) {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf(`"captured-%d"`, i)
	o.mu.Lock()
	o.asked[r.URL.Path]++
	if r.Header.Get("If-None-Match") == tag {
		o.known[r.URL.Path]++
	}
	o.mu.Unlock()
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header()["Content-Type"] = nil // the captures do not tell it, so nothing may be guessed for them
	for name, value := range o.feeds[i].Headers {
		w.Header().Set(name, value)
	}
	http.ServeFile(w, r, filepath.Join(evaluation, "feeds", o.feeds[i].File))
}

// newsroomFor writes a configuration for sources on loopback and returns an
// app that uses it.
func newsroomFor(t *testing.T, sources string) *app {
	t.Helper()
	dir := t.TempDir()
	taxonomy, err := filepath.Abs("../../taxonomy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	conf := fmt.Sprintf(`site: {title: Test, url: "https://wire.example.org", language: en, contact: desk@example.org}
database: rightswire.db
fetch: {floor: 0s, interval: {min: 1s, default: 1s, max: 1h}, per_domain: {connections: 8, gap: 0s}, allow: [127.0.0.0/8]}
include: [%q]
sources:
%s`, taxonomy, sources)
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	a := &app{out: io.Discard, err: io.Discard, config: path, logFormat: "text", logLevel: "error", now: time.Now}
	if err := a.openLog(); err != nil {
		t.Fatal(err)
	}
	return a
}

// Feeds of real sites, served on loopback: every one is polled, every failure
// has a reason, at least 97% of the items are stored, and a second run adds
// nothing and asks conditionally.
func TestRunReadsCapturedFeeds(t *testing.T) {
	origin := &capturedOrigin{feeds: readCaptured(t), asked: map[string]int{}, known: map[string]int{}}
	srv := httptest.NewServer(origin)
	defer srv.Close()
	var sources strings.Builder
	for i := range origin.feeds {
		fmt.Fprintf(&sources, "  - {id: feed-%d, title: Feed %d, url: \"%s/feed/%d\"}\n", i, i, srv.URL, i)
	}
	a := newsroomFor(t, sources.String())
	if err := a.run(t.Context(), runFlags{all: true, noPublish: true}); err != nil {
		t.Fatalf("first run: %v", err)
	}
	first := itemsBySource(t, a)
	stored, counted := 0, 0
	for i, f := range origin.feeds {
		n, ok := f.items()
		if !ok {
			continue
		}
		got := first[fmt.Sprintf("feed-%d", i)]
		counted += n
		stored += min(got, n)
		if got < n {
			t.Logf("feed-%d (%s): %d of %d items stored", i, f.File, got, n)
		}
	}
	t.Logf("%d of %d items stored (%.2f%%) from %d feeds", stored, counted, 100*float64(stored)/float64(counted), len(origin.feeds))
	if 100*stored < 97*counted {
		t.Errorf("stored %d of %d items, want at least 97%%", stored, counted)
	}
	lines, err := a.sourceLines(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, l := range lines {
		if l.LastOK == "" {
			failed++
			t.Logf("%s failed: %s", l.ID, l.Error)
			if l.Error == "" {
				t.Errorf("%s gave no document and the ledger does not say why", l.ID)
			}
		}
	}
	for range 2 { // of a document that stops in the middle the validators count when it comes again
		if err := a.run(t.Context(), runFlags{all: true, noPublish: true}); err != nil {
			t.Fatalf("run again: %v", err)
		}
	}
	for id, n := range itemsBySource(t, a) {
		if n != first[id] {
			t.Errorf("later: %s has %d items, want the %d of the first", id, n, first[id])
		}
	}
	if len(origin.asked) != len(origin.feeds) {
		t.Errorf("%d feeds were asked, want all %d", len(origin.asked), len(origin.feeds))
	}
	if want := len(origin.feeds) - failed; len(origin.known) != want {
		t.Errorf("%d feeds were asked conditionally by the runs after the first, want %d", len(origin.known), want)
	}
}

// itemsBySource counts what the archive holds.
func itemsBySource(t *testing.T, a *app) map[string]int {
	t.Helper()
	count := map[string]int{}
	for _, l := range allItems(t, a) {
		count[l.Source]++
	}
	return count
}

// allItems is what "items list --all --json" prints.
func allItems(t *testing.T, a *app) []itemLine {
	t.Helper()
	var out bytes.Buffer
	defer func(w io.Writer) { a.out = w }(a.out)
	a.out = &out
	if err := a.listItems(t.Context(), itemFlags{query: news.Query{}, all: true, asJSON: true}); err != nil {
		t.Fatal(err)
	}
	var lines []itemLine
	for dec := json.NewDecoder(&out); dec.More(); {
		var l itemLine
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}
