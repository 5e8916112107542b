package publisher_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// remembered is what a database keeps of a site.
func remembered(s *publisher.Site) map[string]news.EditionState {
	out := map[string]news.EditionState{}
	for _, st := range s.States() {
		out[st.Path] = st
	}
	return out
}

// trusting builds a site in a new process, as it were, beside what an earlier
// one remembers, and counts the pages that it made and the stories that it read.
func trusting(t *testing.T, n *newsroom, last *publisher.Site) (site *publisher.Site, made, read int64) {
	t.Helper()
	opt := options()
	opt.Published, opt.Trust = remembered(last), true
	pages := &plainPages{}
	opt.Pages = pages
	before := n.read.Load()
	site = build(t, n, opt)
	return site, pages.rendered.Load(), n.read.Load() - before
}

// busy is a newsroom with a hundred stories in every corner.
func busy() *newsroom {
	n := &newsroom{}
	for i := range 100 {
		s := story(int64(i+1), []string{"alpha", "beta"}[i%2], []string{"unions-strikes", "press-freedom"}[i%2], []string{"en", "es"}[i/2%2], noon.Add(time.Duration(i)*time.Hour))
		n.put(s)
	}
	return n
}

func TestABuildThatTrustsTheLastOneMakesWhatChanged(t *testing.T) {
	n := busy()
	first := build(t, n, options())
	again, made, read := trusting(t, n, first)
	if read != 0 {
		t.Errorf("%d stories were read although nothing had changed", read)
	}
	const fixed = 11 // pages of which nobody remembers anything, since they have no date: of no list, or of an empty one
	if made != fixed {
		t.Errorf("%d pages were made although nothing had changed, want %d", made, fixed)
	}
	if d := differ(first, again); d != "" {
		t.Errorf("the site differs:\n%s", d)
	}
	for path, f := range first.Files {
		if g := again.Files[path]; g.ETag != f.ETag || !g.Modified.Equal(f.Modified) || g.Type != f.Type {
			t.Errorf("%s: tag %s of %v, %s; was %s of %v, %s", path, g.ETag, g.Modified, g.Type, f.ETag, f.Modified, f.Type)
		}
	}

	n.put(story(200, "gamma", "press-freedom", "en", noon.Add(200*time.Hour)))
	after, made, _ := trusting(t, n, again)
	if d := differ(build(t, n, options()), after); d != "" {
		t.Errorf("after a new story the site differs from one that is made anew:\n%s", d)
	}
	// The lists of everything, of English, of the country, the category and the source.
	if lists := made - fixed; lists < 5 || lists > 20 {
		t.Errorf("%d pages of lists were made for one new story", lists)
	}
	third, _, read := trusting(t, n, after)
	if read != 0 {
		t.Errorf("%d stories were read the next time", read)
	}
	if !slices.Equal(third.States(), after.States()) {
		t.Error("the next build remembers another state")
	}
}

func TestWhatTheOptionsChangeIsMadeAnewInSpiteOfTrust(t *testing.T) {
	n := busy()
	opt := options()
	opt.Published, opt.Trust = remembered(build(t, n, options())), true
	opt.Site.Title = "Another wire"
	want := options()
	want.Site.Title = "Another wire"
	if d := differ(build(t, n, want), build(t, n, opt)); d != "" {
		t.Errorf("the site differs:\n%s", d)
	}
}

func TestBytesThatAreAsideAreTheSame(t *testing.T) {
	n := busy()
	opt := asideOptions(t)
	site := build(t, n, opt)
	if d := differ(build(t, n, options()), site); d != "" {
		t.Errorf("the site differs:\n%s", d)
	}
	for _, path := range []string{"/feeds/all.rss", "/feeds/press-freedom.atom", "/index.html", "/category/labor/index.html"} {
		if f := site.Files[path]; f == nil || f.Body != nil {
			t.Errorf("%s: %v is in memory", path, f)
		}
	}
}

// fullDisk takes no byte.
type fullDisk struct{ *os.File }

func (fullDisk) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left") }

func TestABuildThatCannotPutBytesAsideFails(t *testing.T) {
	opt := options()
	opt.Aside = fullDisk{}
	if _, _, err := newBuilder(t, busy(), opt).Build(t.Context()); err == nil {
		t.Error("there is a site without bytes")
	}
}
