package deliver_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A folder of the site may be a link to another one within the root. What is in
// it is known the next time, and goes when the site has it no more.
func TestDeliverKnowsWhatIsInALinkedFolder(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "real", "deep"), 0o755), os.Symlink("real", filepath.Join(dir, "feeds"))); err != nil {
		t.Skip(err)
	}
	s := site("/index.html", "a", "/feeds/all.rss", "b", "/feeds/deep/b.rss", "c")
	deliverTo(t, dir, s)
	if r := deliverTo(t, dir, s); r.Written.Len() > 0 {
		t.Errorf("the second time %q were written, want nothing", slices.Collect(r.Written.All()))
	}
	deliverTo(t, dir, site("/index.html", "a"))
	for _, name := range []string{"real/all.rss", "real/deep/b.rss"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want it removed", name, err)
		}
	}
	if to, err := os.Readlink(filepath.Join(dir, "feeds")); to != "real" || err != nil {
		t.Errorf("the link leads to %q, %v, want it as it was", to, err)
	}
}
