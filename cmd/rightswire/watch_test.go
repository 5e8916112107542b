package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// What came to a folder after its files were read and before it was watched is
// told by nobody: who watches a further folder is told to look again, once.
func TestFurtherFoldersAreLookedAtAgain(t *testing.T) {
	dir := t.TempDir()
	first, later := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "later", "sources.yaml")
	w := watch(t.Context(), []string{first}, slog.New(slog.DiscardHandler))
	defer w.stop()
	for _, step := range []struct {
		says    string
		files   []string
		folder  bool // is there by then
		further bool
	}{
		{"the files of the start", []string{first}, false, false},
		{"a folder that is not there, whose parent is watched", []string{first, later}, false, false},
		{"it came before it was watched", []string{first, later}, true, true},
		{"it is watched", []string{first, later}, true, false},
		{"it is asked for no more", []string{first}, true, false},
		{"it is asked for again", []string{first, later}, true, true},
	} {
		if step.folder {
			if err := os.MkdirAll(filepath.Dir(later), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.follow(t.Context(), step.files); got != step.further {
			t.Errorf("%s: a further folder: %t, want %t", step.says, got, step.further)
		}
	}
}
