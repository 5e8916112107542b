package publisher_test

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// asideOptions are options of a site whose bytes lie in a file.
func asideOptions(t *testing.T) publisher.Options {
	t.Helper()
	aside, err := os.Create(filepath.Join(t.TempDir(), "aside"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { aside.Close() })
	opt := options()
	opt.Aside = aside
	return opt
}

// Who says first what is going to be asked for, and asks in the order that is
// best, has every story read once, and no other story.
func TestStoriesOfExpectedFilesAreReadOnce(t *testing.T) {
	n := busy()
	opt := asideOptions(t)
	plain, site := build(t, n, options()), build(t, n, opt)

	var pages []*publisher.File
	for _, f := range filesOf(site) {
		if f.Revision != 0 {
			pages = append(pages, f)
		}
	}
	slices.SortFunc(pages, func(a, b *publisher.File) int {
		return cmp.Or(cmp.Compare(a.Near, b.Near), cmp.Compare(a.Path, b.Path))
	})
	for _, want := range []int{len(pages), 3, 1} {
		asked := pages[:want]
		n.read.Store(0)
		for _, f := range asked {
			f.Expect()
		}
		for _, f := range asked {
			if !bytes.Equal(bytesOf(f), bytesOf(plain.Files[f.Path])) {
				t.Errorf("%s differs from the page of a site in memory", f.Path)
			}
		}
		// The pages of the site in memory have read each story once more.
		if got := int(n.read.Load()) - want; got != want {
			t.Errorf("%d stories were read for %d pages", got, want)
		}
	}
}

// Nobody has to say so.
func TestFilesThatNobodyExpectedAreTheSame(t *testing.T) {
	n := busy()
	opt := asideOptions(t)
	site := build(t, n, opt)
	for range 2 {
		if d := differ(build(t, n, options()), site); d != "" {
			t.Fatalf("the site differs:\n%s", d)
		}
	}
}

// filesOf returns the files of a site by path, with those pages of stories that
// Files lacks.
func filesOf(s *publisher.Site) map[string]*publisher.File {
	out := maps.Clone(s.Files)
	for i := range s.Pages.Len() {
		f := s.Pages.File(i)
		if f.Path != s.Pages.Path(i) || f.Near != s.Pages.Near(i) || out[f.Path] != nil {
			panic("not the page that it is said to be: " + f.Path)
		}
		out[f.Path] = f
	}
	return out
}

// Most UIDs are UUIDs as they are written, and are held in fewer bytes. Others
// are held as they are.
func TestAStoryWithAnyUIDHasItsPage(t *testing.T) {
	n := busy()
	for i, uid := range []string{"Not-a-UUID", "7C9E6679-7425-40DE-944B-E07FC1F90AE7", "00000000-0000-0000-0000-000000000000", "zz"} {
		s := story(int64(700+i), "alpha", "labor", "en", noon.Add(time.Duration(i)*time.Hour))
		s.UID = uid
		n.put(s)
	}
	plain := build(t, n, options())
	folder := build(t, n, asideOptions(t))
	if d := differ(plain, folder); d != "" {
		t.Fatalf("for a folder the site differs:\n%s", d)
	}
	if page := string(bytesOf(plain.Files["/story/"+publisher.Slug("00000000-0000-0000-0000-000000000000")+"/index.html"])); !strings.Contains(page, "urn:uuid:7C9E6679") {
		t.Errorf("the page of the story after it names it otherwise: %s", page)
	}
	files := filesOf(folder)
	old, err := folder.Outdated(t.Context(), func(string) (int64, bool) { return -1, true })
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range old {
		if files[f.Path] != nil {
			t.Errorf("%s is both outdated and made", f.Path)
		}
	}
	place := &room{states: map[string]news.EditionState{}}
	place.take(t, folder)
	n.put(story(900, "alpha", "labor", "en", noon.Add(9*time.Hour)))
	opt := asideOptions(t)
	opt.Recall = place.recall
	site, _, err := newBuilder(t, n, opt).Follow(t.Context(), place.record, nil)
	if err != nil {
		t.Fatal(err)
	}
	place.take(t, site)
	for path, f := range build(t, n, options()).Files {
		if got := place.files[path]; got != string(bytesOf(f)) {
			t.Errorf("%s: %q; want %q", path, got, bytesOf(f))
		}
	}
}
