package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// A process that goes on delivers what differs, and looks at the rest when that
// is due, or when the folder is not what it left.
func TestDeliveriesOfOneProcessLookAtAllNowAndThen(t *testing.T) {
	for name, tt := range map[string]struct {
		later  time.Duration
		lose   string // a file that others remove
		mended bool
	}{
		"soon after":                       {time.Hour, "", false},
		"after publish.verify":             {25 * time.Hour, "", true},
		"with a clock that was put back":   {-time.Hour, "", true},
		"in a folder without its manifest": {time.Hour, ".rightswire-manifest.json", true},
	} {
		t.Run(name, func(t *testing.T) {
			now, dir := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), t.TempDir()
			cfg := config.Default()
			w := &wire{cfg: &cfg, app: &app{now: func() time.Time { return now }}}
			before, after := twoSites(t)
			var last delivered
			bring := func(s *publisher.Site) {
				t.Helper()
				if _, err := last.next(t.Context(), w, 24*time.Hour, s, dir); err != nil {
					t.Fatal(err)
				}
			}
			bring(before)
			const untouched = "robots.txt"
			if err := os.Remove(filepath.Join(dir, untouched)); err != nil {
				t.Fatal(err)
			}
			if tt.lose != "" {
				if err := os.Remove(filepath.Join(dir, tt.lose)); err != nil {
					t.Fatal(err)
				}
			}
			now = now.Add(tt.later)
			bring(after)
			if _, err := os.Stat(filepath.Join(dir, untouched)); (err == nil) != tt.mended {
				t.Errorf("%s that others removed: %v; want it mended: %v", untouched, err, tt.mended)
			}
			for path, f := range after.Files {
				want, err := f.Bytes()
				if err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(filepath.Join(dir, path)); path != "/"+untouched && string(got) != string(want) {
					t.Errorf("%s is not as it is made (%v)", path, err)
				}
			}
		})
	}
}

// twoSites are one site before and after there was news.
func twoSites(t *testing.T) (before, after *publisher.Site) {
	t.Helper()
	s, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "wire.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	cfg := config.Default()
	cfg.Site.URL = "https://wire.example"
	cfg.Sources = []news.Source{storagetest.Source("a", 1)}
	w := &wire{cfg: &cfg, store: s, app: &app{now: time.Now}}
	b, err := w.builder(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before, _, err = b.Build(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.SyncSources(t.Context(), cfg.Sources); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", "k", 1))); err != nil {
		t.Fatal(err)
	}
	if err := s.Place(t.Context(), []news.Placement{{Item: 1, NewUID: "00000000-0000-4000-8000-000000000001"}}); err != nil {
		t.Fatal(err)
	}
	if after, _, err = b.Update(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	return before, after
}
