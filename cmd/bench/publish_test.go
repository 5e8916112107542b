package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

func TestAnArchiveIsTheSameAgainAndMakes200Cuts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: fills an archive of 2,000 twice")
	}
	var stories [2][]news.Story
	for i := range stories {
		store, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "news.db"), storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if err := fillArchive(t.Context(), store, 2000); err != nil {
			t.Fatal(err)
		}
		if left, err := store.Ungrouped(t.Context(), 10); err != nil || len(left) > 0 {
			t.Fatalf("%d items are in no story (%v)", len(left), err)
		}
		if stories[i], err = store.Stories(t.Context(), news.Query{Limit: 10_000}); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			continue
		}
		b, err := newBuilder(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		site, _, err := b.Build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		cuts := 0
		for path := range site.Files {
			if strings.HasPrefix(path, "/feeds/") && strings.HasSuffix(path, ".atom") && path != "/feeds/corrections.atom" {
				cuts++
			}
		}
		if cuts != 200 {
			t.Errorf("the site has %d cuts, want 200", cuts)
		}
	}
	if d := cmp.Diff(stories[0], stories[1]); d != "" {
		t.Errorf("the second archive differs:\n%.2000s", d)
	}
	largest := slices.MaxFunc(stories[0], func(a, b news.Story) int { return len(a.Items) - len(b.Items) })
	if n := len(largest.Items); n != archiveReports {
		t.Errorf("the largest story has %d reports, want %d", n, archiveReports)
	}
}
