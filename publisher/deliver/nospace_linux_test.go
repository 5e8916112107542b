package deliver_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/rightswire/rightswire/publisher/deliver"
)

// A disk that is full at any byte: the folder is as it was, or it is the new
// one, and when there is room again it becomes the new one.
func TestS42_ADiskThatIsFullAtAnyByteLeavesTheLastGoodSite(t *testing.T) {
	const page = 4096
	mount := t.TempDir()
	if err := unix.Mount("tmpfs", mount, "tmpfs", 0, "size=256k,nr_inodes=64"); err != nil {
		t.Skipf("cannot mount a small disk: %v; root can", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(mount, unix.MNT_DETACH) })
	big := func(c string) string { return strings.Repeat(c, 3*page) }
	old := map[string]string{"/index.html": big("a"), "/feeds/all.rss": big("b"), "/old/index.html": big("c")}
	next := map[string]string{"/index.html": big("d"), "/feeds/all.rss": big("e"), "/new/index.html": big("f")}
	full, through := 0, 0
	for left := 0; left < 24; left++ {
		dir := filepath.Join(mount, "site")
		deliverTo(t, dir, site(pairs(old)...))
		fill(t, mount, left*page)
		_, err := deliver.Deliver(t.Context(), site(pairs(next)...), deliver.Options{To: dir})
		want := next
		if errors.Is(err, unix.ENOSPC) {
			want = old
			full++
		} else if err != nil {
			t.Fatalf("%d pages left: %v", left, err)
		} else {
			through++
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Fatalf("%d pages left, Deliver = %v (-want +got)\n%.1000s", left, err, diff)
		}
		remove(t, mount, "ballast")
		deliverTo(t, dir, site(pairs(next)...))
		if diff := cmp.Diff(next, tree(t, dir)); diff != "" {
			t.Fatalf("%d pages left, with room again (-want +got)\n%.1000s", left, diff)
		}
	}
	if full < 5 || through == 0 {
		t.Errorf("the disk was full %d times and had room %d times; want both", full, through)
	}
}

// fill leaves so many bytes free.
func fill(t *testing.T, mount string, left int) {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(mount, &st); err != nil {
		t.Fatal(err)
	}
	write(t, mount, "ballast", strings.Repeat("x", max(0, int(st.Bavail)*int(st.Bsize)-left)))
}

// A name that cannot be put in place, whichever it is, leaves every file the old
// or the new one, and the next delivery completes it.
func TestAFileThatCannotBeReplacedLeavesAllOthersWhole(t *testing.T) {
	old, next := everything("1"), everything("2")
	for in := range next {
		dir := t.TempDir()
		deliverTo(t, dir, site(pairs(old)...))
		remove(t, dir, in[1:])
		obstacle := filepath.Join(dir, in[1:], "mine")
		if err := os.MkdirAll(obstacle, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := deliver.Deliver(t.Context(), site(pairs(next)...), deliver.Options{To: dir}); err == nil || !strings.Contains(err.Error(), in[1:]) {
			t.Errorf("Deliver = %v, want an error that names %s", err, in)
		}
		got := tree(t, dir)
		for path := range next {
			if path != in && got[path] != old[path] && got[path] != next[path] {
				t.Errorf("with a folder in the place of %s, %s is neither the old nor the new one", in, path)
			}
		}
		if err := os.RemoveAll(filepath.Join(dir, in[1:])); err != nil {
			t.Fatal(err)
		}
		deliverTo(t, dir, site(pairs(next)...))
		if diff := cmp.Diff(next, tree(t, dir)); diff != "" {
			t.Errorf("after %s (-want +got)\n%s", in, diff)
		}
	}
}
