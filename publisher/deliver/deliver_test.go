package deliver_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// site makes a site of "path body" pairs.
func site(pairs ...string) *publisher.Site {
	s := &publisher.Site{Files: map[string]*publisher.File{}}
	for i := 0; i < len(pairs); i += 2 {
		s.Files[pairs[i]] = publisher.NewFile(pairs[i], "text/plain; charset=utf-8", []byte(pairs[i+1]), time.Time{})
	}
	return s
}

func deliverTo(t testing.TB, dir string, s *publisher.Site) deliver.Report {
	t.Helper()
	r, err := deliver.Deliver(t.Context(), s, deliver.Options{To: dir})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tree reads a folder, without our own files.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".rightswire-manifest") {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out["/"+filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDeliverWritesOnlyWhatDiffers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	first := deliverTo(t, dir, site("/index.html", "a", "/feeds/all.rss", "b", "/story/1/index.html", "c"))
	if diff := cmp.Diff([]string{"feeds/all.rss", "index.html", "story/1/index.html"}, slices.Collect(first.Written.All())); diff != "" {
		t.Errorf("first delivery, written (-want +got)\n%s", diff)
	}
	before, _ := os.Stat(filepath.Join(dir, "index.html"))
	second := deliverTo(t, dir, site("/index.html", "a", "/feeds/all.rss", "B", "/new/index.html", "d"))
	want := deliver.Report{Written: deliver.NamesOf("feeds/all.rss", "new/index.html"), Removed: []string{"story/1/index.html"}, Unchanged: 1}
	if diff := cmp.Diff(want, second, butState); diff != "" {
		t.Errorf("second delivery (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"/index.html": "a", "/feeds/all.rss": "B", "/new/index.html": "d"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
	if after, _ := os.Stat(filepath.Join(dir, "index.html")); !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Error("an unchanged file was written again")
	}
	if _, err := os.Stat(filepath.Join(dir, "story")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder that became empty stayed")
	}
}

func TestDeliverRepairsWhatOthersDidToItsFiles(t *testing.T) {
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
	}{
		{"other bytes of the same size", func(t *testing.T, dir string) { write(t, dir, "index.html", "x") }},
		{"truncated", func(t *testing.T, dir string) { write(t, dir, "index.html", "") }},
		{"removed", func(t *testing.T, dir string) { remove(t, dir, "index.html") }},
		{"no manifest", func(t *testing.T, dir string) {
			remove(t, dir, ".rightswire-manifest.json")
			write(t, dir, "index.html", "x")
		}},
		{"a torn manifest", func(t *testing.T, dir string) { write(t, dir, ".rightswire-manifest.json", `{"index.h`) }},
		{"a manifest that lies", func(t *testing.T, dir string) {
			write(t, dir, ".rightswire-manifest.json", `{"../../victim": {}, "/etc/victim": {}, ".": {}, "feeds": {}}`)
		}},
		{"a link in the place of a file", func(t *testing.T, dir string) {
			remove(t, dir, "index.html")
			if err := os.Symlink("feeds/all.rss", filepath.Join(dir, "index.html")); err != nil {
				t.Skip(err)
			}
		}},
		{"the leftovers of a killed run", func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, ".rightswire-tmp"), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, dir, ".rightswire-tmp/000000", "torn")
			write(t, dir, ".rightswire-manifest.json.new", "torn")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := site("/index.html", "a", "/feeds/all.rss", "b")
			deliverTo(t, dir, s)
			tt.damage(t, dir)
			deliverTo(t, dir, s)
			if diff := cmp.Diff(map[string]string{"/index.html": "a", "/feeds/all.rss": "b"}, tree(t, dir)); diff != "" {
				t.Errorf("folder (-want +got)\n%s", diff)
			}
			if info, err := os.Lstat(filepath.Join(dir, "index.html")); err != nil || !info.Mode().IsRegular() {
				t.Errorf("index.html is %v, %v; want a file", info, err)
			}
		})
	}
}

// A link that looks like the file to every measure is still not the file: who
// made it may change what is behind it.
func TestDeliverReplacesALinkToAnEqualFile(t *testing.T) {
	dir := t.TempDir()
	deliverTo(t, dir, site("/index.html", "twin"))
	write(t, dir, "twin", "twin")
	remove(t, dir, "index.html")
	if err := os.Symlink("twin", filepath.Join(dir, "index.html")); err != nil {
		t.Skip(err)
	}
	deliverTo(t, dir, site("/index.html", "twin"))
	if info, err := os.Lstat(filepath.Join(dir, "index.html")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("index.html is %v, %v; want a file", info, err)
	}
}

func write(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func TestF39_AFileThatCouldNotBeMadeStays(t *testing.T) {
	dir := t.TempDir()
	deliverTo(t, dir, site("/index.html", "a", "/feeds/all.rss", "good", "/old", "x"))
	torn := site("/index.html", "A")
	torn.Missing = []string{"/feeds/all.rss"}
	deliverTo(t, dir, torn)
	if diff := cmp.Diff(map[string]string{"/index.html": "A", "/feeds/all.rss": "good"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
	deliverTo(t, dir, site("/index.html", "A")) // it is no longer part of the site
	if diff := cmp.Diff(map[string]string{"/index.html": "A"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
}

func TestF39_APageThatCannotBeMadeOnDemandStays(t *testing.T) {
	dir := t.TempDir()
	at := func(key string, body func() ([]byte, error)) *publisher.Site {
		s := site("/index.html", "home "+key)
		s.Files["/story/1/index.html"] = publisher.NewLazyFile("/story/1/index.html", "text/html", strings.Repeat(key, 32), body, time.Time{})
		return s
	}
	deliverTo(t, dir, at("a", func() ([]byte, error) { return []byte("good"), nil }))
	torn := errors.New("no more ink")
	report, err := deliver.Deliver(t.Context(), at("b", func() ([]byte, error) { return nil, torn }), deliver.Options{To: dir})
	if !errors.Is(err, torn) || report.Written.Len() != 1 {
		t.Errorf("Deliver = %+v, %v; want the home page written and the reason", report, err)
	}
	if diff := cmp.Diff(map[string]string{"/index.html": "home b", "/story/1/index.html": "good"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
	deliverTo(t, dir, at("b", func() ([]byte, error) { return []byte("better"), nil }))
	if got := tree(t, dir)["/story/1/index.html"]; got != "better" {
		t.Errorf("with ink again: %q", got)
	}
}

// A change of the configuration changes what all pages are made of, and few of
// their bytes.
func TestDeliverLeavesEqualBytesAloneUnderAnotherTag(t *testing.T) {
	dir := t.TempDir()
	at := func(key string) *publisher.Site {
		s := site()
		s.Files["/story/1/index.html"] = publisher.NewLazyFile("/story/1/index.html", "text/html", strings.Repeat(key, 32), func() ([]byte, error) { return []byte("page"), nil }, time.Time{})
		return s
	}
	deliverTo(t, dir, at("a"))
	if r := deliverTo(t, dir, at("b")); r.Written.Len() != 0 || r.Unchanged != 1 {
		t.Errorf("delivery of the same bytes = %+v, want nothing written", r)
	}
}

// Rendering is most of what a delivery costs: a file that is made of something
// else than before is made once, whether or not its bytes turn out to be the
// same, and whatever forms of it there are.
func TestDeliverMakesBytesOnce(t *testing.T) {
	long := strings.Repeat("news ", 500)
	for name, forms := range map[string][]deliver.Encoding{"plain": nil, "and compressed": {deliver.Gzip, deliver.Brotli}} {
		t.Run(name, func(t *testing.T) {
			dir, made := t.TempDir(), 0
			at := func(key, text string) deliver.Report {
				s := site()
				s.Files["/story/1/index.html"] = publisher.NewLazyFile("/story/1/index.html", "text/html", strings.Repeat(key, 32),
					func() ([]byte, error) { made++; return []byte(text), nil }, time.Time{})
				r, err := deliver.Deliver(t.Context(), s, deliver.Options{To: dir, Compress: forms})
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			at("a", long)
			if r := at("b", long); r.Written.Len() != 0 || r.Unchanged != 1+len(forms) {
				t.Errorf("the same bytes: %+v", r)
			}
			if r := at("c", long+"!"); r.Written.Len() != 1+len(forms) {
				t.Errorf("other bytes: %+v", r)
			}
			if r := at("c", long+"!"); r.Written.Len() != 0 {
				t.Errorf("the same again: %+v", r)
			}
			if made != 3 {
				t.Errorf("made %d times in three deliveries and one that needs nothing", made)
			}
		})
	}
}

func TestDeliverAsksOnlyForBytesThatItNeeds(t *testing.T) {
	dir := t.TempDir()
	made := 0
	s := site()
	s.Files["/story/1/index.html"] = publisher.NewLazyFile("/story/1/index.html", "text/html", strings.Repeat("a", 32), func() ([]byte, error) { made++; return []byte("x"), nil }, time.Time{})
	deliverTo(t, dir, s)
	deliverTo(t, dir, s)
	if made != 1 {
		t.Errorf("made %d times in two deliveries, want once", made)
	}
}

// The address of a story is published: its page stays when no list shows the
// story any more, and goes when the story is withdrawn.
func TestF06_PagesOfOldStoriesStayUntilTheyAreWithdrawn(t *testing.T) {
	const old, gone, listed = "/story/00000000-0000-4000-8000-000000000001/index.html", "/story/00000000-0000-4000-8000-000000000002/index.html",
		"/story/00000000-0000-4000-8000-000000000003/index.html"
	dir, long := t.TempDir(), strings.Repeat("news ", 200)
	first := site("/index.html", "a", old, long, gone, long, listed, long, "/story/index.html", "not a story")
	deliverTo(t, dir, first)
	next := site("/index.html", "A", listed, "short")
	next.Withdrawn = []string{gone}
	for i := range 2 { // the second delivery knows of the pages from the first
		deliverTo(t, dir, next)
		if diff := cmp.Diff(map[string]string{"/index.html": "A", old: long, listed: "short"}, tree(t, dir)); diff != "" {
			t.Errorf("delivery %d: folder (-want +got)\n%s", i, diff)
		}
	}
	next.Withdrawn = []string{gone, old}
	deliverTo(t, dir, next)
	if diff := cmp.Diff(map[string]string{"/index.html": "A", listed: "short"}, tree(t, dir)); diff != "" {
		t.Errorf("after the withdrawal: folder (-want +got)\n%s", diff)
	}
}

// What must not be shown goes, whether or not the manifest can tell that it is
// ours, and so do the forms that it has been compressed to.
func TestWithdrawnPagesGoWithoutAManifest(t *testing.T) {
	const gone, kept = "/story/00000000-0000-4000-8000-000000000001/index.html", "/story/00000000-0000-4000-8000-000000000002/index.html"
	for name, damage := range map[string]func(string) error{
		"damaged": func(path string) error { return os.WriteFile(path, []byte(`{"story/`), 0o644) },
		"missing": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			dir, long := t.TempDir(), strings.Repeat("news ", 500)
			first := site("/index.html", "a", gone, long, kept, long)
			if _, err := deliver.Deliver(t.Context(), first, deliver.Options{To: dir, Compress: []deliver.Encoding{deliver.Gzip, deliver.Brotli}}); err != nil {
				t.Fatal(err)
			}
			if err := damage(filepath.Join(dir, ".rightswire-manifest.json")); err != nil {
				t.Fatal(err)
			}
			next := site("/index.html", "a")
			next.Withdrawn = []string{gone}
			r := deliverTo(t, dir, next)
			if (r.Forgot != nil) != (name == "damaged") {
				t.Errorf("Forgot = %v", r.Forgot)
			}
			for p := range tree(t, dir) {
				if strings.HasPrefix(p, gone) {
					t.Errorf("%s is still there", p)
				}
			}
			if _, there := tree(t, dir)[kept]; !there {
				t.Error("the page of another story went too")
			}
		})
	}
}

func TestDeliverLeavesForeignFilesAlone(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "CNAME", "wire.example")
	write(t, dir, "old.html", "not ours")
	deliverTo(t, dir, site("/index.html", "a"))
	deliverTo(t, dir, site("/other.html", "b"))
	want := map[string]string{"/CNAME": "wire.example", "/old.html": "not ours", "/other.html": "b"}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
}

func TestS31_NothingLeavesTheFolder(t *testing.T) {
	for _, path := range []string{"/../pwned", "/a/../../pwned", "//pwned", "/", "", "/a/", `/..\pwned`, "/c:pwned", "/.rightswire-manifest.json", "/a\x00b", "/./a"} {
		dir := filepath.Join(t.TempDir(), "out")
		if _, err := deliver.Deliver(t.Context(), site(path, "x"), deliver.Options{To: dir}); !errors.Is(err, deliver.ErrPath) {
			t.Errorf("Deliver(%q) = %v, want %v", path, err, deliver.ErrPath)
		}
	}
	t.Run("through a link", func(t *testing.T) {
		outside, dir := t.TempDir(), t.TempDir()
		if err := os.Symlink(outside, filepath.Join(dir, "feeds")); err != nil {
			t.Skip(err)
		}
		if _, err := deliver.Deliver(t.Context(), site("/feeds/all.rss", "x"), deliver.Options{To: dir}); err == nil {
			t.Error("a link out of the folder was followed without complaint")
		}
		if got := tree(t, outside); len(got) > 0 {
			t.Errorf("outside the folder: %v", got)
		}
	})
}

func TestDeliverStopsWhenTold(t *testing.T) {
	dir := t.TempDir()
	deliverTo(t, dir, site("/index.html", "old"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := deliver.Deliver(ctx, site("/index.html", "new"), deliver.Options{To: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("Deliver = %v, want %v", err, context.Canceled)
	}
	if diff := cmp.Diff(map[string]string{"/index.html": "old"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
}

// Whatever was there, the folder holds the site afterwards, and delivering it
// again does nothing.
func TestDeliverConverges(t *testing.T) {
	base := t.TempDir()
	paths := []string{"/index.html", "/a/index.html", "/a/b/c.rss", "/feeds/x.atom", "/story/1/index.html"}
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(base, "")
		if err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 3).Draw(rt, "deliveries") {
			want := map[string]string{}
			var pairs []string
			for _, p := range paths {
				if v := rapid.IntRange(0, 2).Draw(rt, p); v > 0 {
					want[p] = strings.Repeat("x", v)
					pairs = append(pairs, p, want[p])
				}
			}
			deliverTo(t, dir, site(pairs...))
			if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
				rt.Fatalf("folder (-want +got)\n%s", diff)
			}
			if again := deliverTo(t, dir, site(pairs...)); again.Written.Len()+len(again.Removed) > 0 {
				rt.Fatalf("again: %+v, want nothing to do", again)
			}
		}
	})
}
