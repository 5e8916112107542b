package publisher_test

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"

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
	for _, f := range site.Files {
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
