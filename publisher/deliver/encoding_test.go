package deliver_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

var both = []deliver.Encoding{deliver.Gzip, deliver.Brotli}

// squeezed delivers with compressed forms and checks that each says what its
// file says.
func squeezed(t *testing.T, dir string, s *publisher.Site) deliver.Report {
	t.Helper()
	r, err := deliver.Deliver(t.Context(), s, deliver.Options{To: dir, Compress: both})
	if err != nil {
		t.Fatal(err)
	}
	files := tree(t, dir)
	for name, body := range files {
		var in io.Reader
		switch filepath.Ext(name) {
		case ".gz":
			if in, err = gzip.NewReader(strings.NewReader(body)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		case ".br":
			in = brotli.NewReader(strings.NewReader(body))
		default:
			continue
		}
		of := strings.TrimSuffix(name, filepath.Ext(name))
		if got, err := io.ReadAll(in); err != nil || string(got) != files[of] {
			t.Errorf("%s says %.20q, %v; its file says %.20q", name, got, err, files[of])
		}
	}
	return r
}

func TestCompressedFormsFollowTheirFiles(t *testing.T) {
	long := strings.Repeat("news ", 200)
	dir := t.TempDir()
	first := site("/index.html", long, "/feeds/all.rss", long+"a", "/robots.txt", "short")
	r := squeezed(t, dir, first)
	want := []string{"feeds/all.rss", "feeds/all.rss.br", "feeds/all.rss.gz", "index.html", "index.html.br", "index.html.gz", "robots.txt"}
	if diff := cmp.Diff(want, slices.Collect(r.Written.All())); diff != "" {
		t.Errorf("written (-want +got)\n%s", diff)
	}
	if again := squeezed(t, dir, first); again.Unchanged != len(want) || again.Written.Len() > 0 {
		t.Errorf("a second time: %+v, want nothing to do", again)
	}
	r = squeezed(t, dir, site("/index.html", long+"new", "/feeds/all.rss", long+"a"))
	if diff := cmp.Diff(deliver.Report{Written: deliver.NamesOf("index.html", "index.html.br", "index.html.gz"), Removed: []string{"robots.txt"}, Unchanged: 3}, r, butState); diff != "" {
		t.Errorf("after a change (-want +got)\n%s", diff)
	}
	write(t, dir, "index.html.gz", "damaged")
	remove(t, dir, "index.html.br")
	r = squeezed(t, dir, site("/index.html", long+"new"))
	if diff := cmp.Diff(deliver.Report{
		Written: deliver.NamesOf("index.html.br", "index.html.gz"), Removed: []string{"feeds/all.rss", "feeds/all.rss.br", "feeds/all.rss.gz"}, Unchanged: 1,
	}, r, butState); diff != "" {
		t.Errorf("after damage (-want +got)\n%s", diff)
	}
	deliverTo(t, dir, site("/index.html", long+"new")) // not wanted any more
	if diff := cmp.Diff(map[string]string{"/index.html": long + "new"}, tree(t, dir)); diff != "" {
		t.Errorf("without compression (-want +got)\n%s", diff)
	}
}

func TestPagesOfOldStoriesKeepTheirCompressedForms(t *testing.T) {
	const old, gone = "/story/00000000-0000-4000-8000-000000000001/index.html", "/story/00000000-0000-4000-8000-000000000002/index.html"
	dir, long := t.TempDir(), strings.Repeat("news ", 200)
	squeezed(t, dir, site("/index.html", "a", old, long, gone, long))
	next := site("/index.html", "a")
	next.Withdrawn = []string{gone}
	for range 2 {
		squeezed(t, dir, next)
		got := tree(t, dir)
		if len(got) != 4 || got[old] != long || got[old+".gz"] == "" || got[old+".br"] == "" {
			t.Errorf("folder holds %d files, want the home page and the old story's three", len(got))
		}
	}
}

// A change of the configuration changes what all pages are made of, and few
// of their bytes: those are not compressed again.
func TestEqualBytesKeepTheirCompressedFormsUnderAnotherTag(t *testing.T) {
	dir := t.TempDir()
	at := func(key string) *publisher.Site {
		s := site()
		body := func() ([]byte, error) { return bytes.Repeat([]byte("page "), 200), nil }
		s.Files["/a.html"] = publisher.NewLazyFile("/a.html", "text/html", strings.Repeat(key, 32), body, time.Time{})
		return s
	}
	squeezed(t, dir, at("a"))
	if r := squeezed(t, dir, at("b")); r.Written.Len() > 0 || r.Unchanged != 3 {
		t.Errorf("delivery of the same bytes = %+v, want nothing written", r)
	}
}

func TestTheManifestHasTheHashOfEveryFile(t *testing.T) {
	dir, long := t.TempDir(), strings.Repeat("news ", 200)
	sums := func() map[string]string {
		body, err := os.ReadFile(filepath.Join(dir, ".rightswire-manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]struct {
			Sum string `json:"sha256"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for name, r := range m {
			out["/"+name] = r.Sum
		}
		return out
	}
	check := func() {
		t.Helper()
		want := map[string]string{}
		for name, body := range tree(t, dir) {
			sum := sha256.Sum256([]byte(body))
			want[name] = hex.EncodeToString(sum[:])
		}
		if diff := cmp.Diff(want, sums()); diff != "" {
			t.Errorf("manifest (-want +got)\n%s", diff)
		}
	}
	squeezed(t, dir, site("/index.html", long, "/x", "y"))
	check()
	squeezed(t, dir, site("/index.html", long+"new", "/x", "y")) // one is taken over
	check()
	remove(t, dir, ".rightswire-manifest.json") // as one of an earlier version, which has no hashes
	squeezed(t, dir, site("/index.html", long+"new", "/x", "y"))
	check()
}

func TestCompareSaysWhatDeliverWouldDo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	long := strings.Repeat("news ", 200)
	opt := deliver.Options{To: dir, Compress: both}
	for _, s := range []*publisher.Site{site("/index.html", long, "/old", "x"), site("/index.html", long+"b", "/new", "y")} {
		before := map[string]string{}
		if _, err := os.Stat(dir); err == nil {
			before = tree(t, dir)
		}
		said, err := deliver.Compare(t.Context(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(dir); err == nil {
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("Compare changed the folder (-before +after)\n%s", diff)
			}
		} else if len(before) > 0 {
			t.Error("Compare removed the folder")
		}
		if diff := cmp.Diff(said, squeezed(t, dir, s), butState); diff != "" {
			t.Errorf("said and done (-said +done)\n%s", diff)
		}
	}
}

func TestCompressedFormsOfAPageThatCannotBeMadeStay(t *testing.T) {
	dir := t.TempDir()
	at := func(key string, err error) *publisher.Site {
		s := site()
		body := func() ([]byte, error) { return bytes.Repeat([]byte("page "), 200), err }
		s.Files["/a.html"] = publisher.NewLazyFile("/a.html", "text/html", strings.Repeat(key, 32), body, time.Time{})
		return s
	}
	squeezed(t, dir, at("a", nil))
	before := tree(t, dir)
	if _, err := deliver.Deliver(t.Context(), at("b", io.ErrUnexpectedEOF), deliver.Options{To: dir, Compress: both}); err == nil {
		t.Error("Deliver said nothing of the page that could not be made")
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" || len(before) != 3 {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
}
