package deliver_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/publisher/deliver"
)

// What a killed delivery had written is ours, although no manifest names it.
func TestWhatAKilledDeliveryWroteIsNotForgotten(t *testing.T) {
	dir := t.TempDir()
	deliverTo(t, dir, site("/a.html", "a"))
	write(t, dir, "new.html", "of a delivery that was killed")
	write(t, dir, "other.ht", "of others")
	write(t, dir, ".rightswire-manifest.json.changing", "new.html\x00../victim\x00other.ht") // of the last name, the end is missing
	if stamp := deliver.Stamp(dir); stamp != "" {
		t.Errorf("Stamp = %q of a folder in which a delivery did not end", stamp)
	}
	deliverTo(t, dir, site("/a.html", "a"))
	if diff := cmp.Diff(map[string]string{"/a.html": "a", "/other.ht": "of others"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
	if deliver.Stamp(dir) == "" {
		t.Error("after a delivery that did end, the folder counts as one in which none did")
	}
}

// Two deliveries fail one after the other: the second has to remember what the
// first has left, and the third removes it.
func TestWhatTwoFailedDeliveriesWroteIsNotForgotten(t *testing.T) {
	dir := t.TempDir()
	old := site("/a.html", "a", "/feeds/all.rss", "old")
	deliverTo(t, dir, old)
	remove(t, dir, "feeds/all.rss")
	if err := os.MkdirAll(filepath.Join(dir, "feeds/all.rss"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "feeds/all.rss/in-the-way", "a folder stands where the feed belongs")
	// What the first wrote is as the second wants it, and the third does not.
	failing := site("/a.html", "a", "/one.html", "new", "/feeds/all.rss", "new")
	for _, name := range []string{"/one.html", "/two.html"} {
		failing.Files[name] = site(name, "new").Files[name]
		if _, err := deliver.Deliver(t.Context(), failing, deliver.Options{To: dir}); err == nil {
			t.Fatal("Deliver could put a feed where there is a folder")
		}
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Fatalf("this test expects pages to be in their place before feeds: %v", err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "feeds/all.rss")); err != nil {
		t.Fatal(err)
	}
	deliverTo(t, dir, old)
	if diff := cmp.Diff(map[string]string{"/a.html": "a", "/feeds/all.rss": "old"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
}
