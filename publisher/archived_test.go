package publisher_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

func address(id int) string { return fmt.Sprintf("/story/00000000-0000-4000-8000-%012d/", id) }

// shallow is a newsroom whose lists show the last two stories of eight.
func shallow(t *testing.T) (*newsroom, *publisher.Site) {
	t.Helper()
	n := &newsroom{}
	for id := int64(1); id <= 8; id++ {
		n.put(story(id, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Hour)))
	}
	opt := options()
	opt.Items, opt.HomePages, opt.ListPages = 2, 1, 1
	site := build(t, n, opt)
	if site.Files[address(1)+"index.html"] != nil || site.Files[address(8)+"index.html"] == nil {
		t.Fatal("the lists do not end between the first story and the last")
	}
	return n, site
}

func TestF06_AStoryThatNoListShowsKeepsItsPage(t *testing.T) {
	_, site := shallow(t)
	f, err := site.StoryPage(t.Context(), address(1))
	if err != nil {
		t.Fatal(err)
	}
	var p publisher.Page
	if err := json.Unmarshal(f.Body, &p); err != nil {
		t.Fatal(err)
	}
	if p.Kind != publisher.PageStory || p.Path != address(1) || len(p.Entries) != 1 || p.Entries[0].Title != "Report 1" {
		t.Errorf("page = %s of kind %q with %d entries, want the story's", p.Path, p.Kind, len(p.Entries))
	}
	var feeds []string
	for _, l := range p.Feeds {
		feeds = append(feeds, l.URL)
	}
	if diff := cmp.Diff("https://wire.example/feeds/labor.rss", feeds[0]); diff != "" {
		t.Errorf("its first feed (-want +got)\n%s", diff)
	}
	if f.Path != address(1)+"index.html" || f.ETag == "" || !f.Modified.IsZero() {
		t.Errorf("file %s, ETag %s, modified %v; want the page's path, an ETag and no date", f.Path, f.ETag, f.Modified)
	}
}

func TestOnlyVisibleStoriesHavePages(t *testing.T) {
	n, site := shallow(t)
	n.drop(2)
	for _, path := range []string{
		address(2), address(99), "/story/", "/story/x/", "/", "/category/labor/", "/story/00000000-0000-4000-8000-00000000000A/",
		"/story/{00000000-0000-4000-8000-000000000001}/", "/story/00000000-0000-4000-8000-000000000001", "/other/00000000-0000-4000-8000-000000000001/",
	} {
		if f, err := site.StoryPage(t.Context(), path); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("StoryPage(%q) = %v, %v, want %v", path, f, err, news.ErrNotFound)
		}
	}
	if _, err := (&publisher.Site{}).StoryPage(t.Context(), address(1)); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("without a builder: %v, want %v", err, news.ErrNotFound)
	}
	n.broken = errors.New("locked")
	if _, err := site.StoryPage(t.Context(), address(1)); !errors.Is(err, n.broken) {
		t.Errorf("StoryPage = %v, want the archive's error", err)
	}
}

// Whoever keeps pages is told which of them must go, also those that are no
// files of the site.
func TestAWithdrawnStoryIsNamedOnce(t *testing.T) {
	n := &newsroom{}
	for id := int64(1); id <= 8; id++ {
		n.put(story(id, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Hour)))
	}
	opt := options()
	opt.Items, opt.HomePages, opt.ListPages = 2, 1, 1
	b := newBuilder(t, n, opt)
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.drop(1)
	for i, want := range []int{1, 0} {
		next, report, err := b.Update(t.Context(), site)
		if err != nil || report.Removed != want {
			t.Errorf("Update %d: %d removed, %v, want %d", i, report.Removed, err, want)
		}
		if diff := cmp.Diff([]string{address(1) + "index.html"}, next.Withdrawn); diff != "" {
			t.Errorf("Update %d: withdrawn (-want +got)\n%s", i, diff)
		}
		site = next
	}
}
