package publisher_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/publisher"
)

// library answers every search with all that the newsroom has, and remembers
// what it was asked.
type library struct {
	*newsroom
	query         string
	offset, limit int
}

func (l *library) Search(_ context.Context, q search.Query, offset, limit int) (search.Found, error) {
	l.query, l.offset, l.limit = q.String(), offset, limit
	stories := l.stories[min(offset, len(l.stories)):min(offset+limit, len(l.stories))]
	return search.Found{Stories: stories, Total: len(l.stories)}, l.broken
}

// lookup asks a site for a search.
func lookup(t *testing.T, s *publisher.Site, address string) (*publisher.File, error) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return s.Search(t.Context(), u.Path, u.Query())
}

func TestASearchIsAFeedLikeAnyOther(t *testing.T) {
	l := &library{newsroom: &newsroom{}}
	for i := range int64(3) {
		l.put(story(i+1, "beta", "labor", "en", noon.Add(-time.Duration(i)*time.Hour)))
	}
	opt := options()
	opt.Searcher, opt.Site.Hub = l, "https://hub.example/"
	site := build(t, l, opt)
	f, err := lookup(t, site, "/feeds/search.json?q=%22all+of+it%22+-x&country=qa&source=&page=4&utm=1")
	if err != nil {
		t.Fatal(err)
	}
	if want := `"all of it" -"x" country:"QA"`; l.query != want || l.offset != 0 || l.limit != 50 {
		t.Errorf("asked the archive %s from %d for %d, want %s from 0 for 50", l.query, l.offset, l.limit, want)
	}
	var got struct {
		FeedURL string            `json:"feed_url"`
		Home    string            `json:"home_page_url"`
		Hubs    []json.RawMessage `json:"hubs"`
		Items   []struct{ ID string }
	}
	if err := json.Unmarshal(f.Body, &got); err != nil {
		t.Fatal(err)
	}
	const question = "?country=qa&q=%22all+of+it%22+-x"
	if got.FeedURL != "https://wire.example/feeds/search.json"+question || got.Home != "https://wire.example/search"+question || len(got.Items) != 3 || got.Hubs != nil {
		t.Errorf("feed %s of %s with %d items and %d hubs, want its own address, 3 and none", got.FeedURL, got.Home, len(got.Items), len(got.Hubs))
	}
	again, err := lookup(t, site, "/feeds/search.json?q=%22all+of+it%22+-x&country=qa")
	if err != nil || again.ETag != f.ETag {
		t.Errorf("the same question in another order has ETag %s, want %s; %v", again.ETag, f.ETag, err)
	}
	for _, address := range []string{"/feeds/search.rss", "/feeds/search.rss?q=+", "/feeds/search.rss?q=%22%22&page=2", "/feeds/all.rss?q=a", "/search/?q=a"} {
		if _, err := lookup(t, site, address); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("Search(%s): %v, want ErrNotFound", address, err)
		}
	}
	if _, err := lookup(t, build(t, l.newsroom, options()), "/search?q=a"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Search of a site that nobody can search: %v, want ErrNotFound", err)
	}
	l.broken = errors.New("locked")
	if _, err := lookup(t, site, "/search?q=a"); !errors.Is(err, l.broken) {
		t.Errorf("Search of a broken archive: %v", err)
	}
}

func TestASearchIsAPage(t *testing.T) {
	l := &library{newsroom: &newsroom{}}
	for i := range int64(45) {
		l.put(story(i+1, []string{"alpha", "beta", "gamma"}[i%3], "labor", "en", noon.Add(-time.Duration(i)*time.Hour)))
	}
	opt := options()
	opt.Searcher = l
	site := build(t, l, opt)
	show := func(address string) (p publisher.Page) {
		t.Helper()
		f, err := lookup(t, site, address)
		if err != nil {
			t.Fatalf("Search(%s): %v", address, err)
		}
		if err := json.Unmarshal(f.Body, &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := show("/search?q=report+after:soon&source=beta&page=2")
	if p.Kind != publisher.PageSearch || len(p.Entries) != 20 || p.Search.Total != 45 || l.offset != 20 || !p.Search.Asked {
		t.Errorf("page %+v with %d entries from %d, want the second 20 of 45", p.Search, len(p.Entries), l.offset)
	}
	if p.Prev != "/search?q=report+after%3Asoon&source=beta" || p.Next != "/search?page=3&q=report+after%3Asoon&source=beta" {
		t.Errorf("before %s, after %s", p.Prev, p.Next)
	}
	if p.Search.Text != "report after:soon" || len(p.Search.Notes) != 1 || len(p.Search.Looked) != 1 || len(p.Feeds) != 3 || !strings.HasSuffix(p.Feeds[0].URL, "/feeds/search.rss?q=report+after%3Asoon&source=beta") {
		t.Errorf("the page shows %+v, feeds %v", p.Search, p.Feeds)
	}
	for _, c := range p.Search.Choices {
		chosen := 0
		for _, o := range c.Options {
			if o.Chosen {
				chosen++
			}
		}
		if want := map[bool]int{true: 1}[c.Name == "source"]; chosen != want || len(c.Options) == 0 {
			t.Errorf("%s: %d of %d chosen, want %d", c.Name, chosen, len(c.Options), want)
		}
	}
	if p := show("/search"); p.Search.Asked || len(p.Entries)+len(p.Feeds) != 0 || p.Title != "Search" {
		t.Errorf("the empty form lists %d stories", len(p.Entries))
	}
	if p := show("/search?q=a&page=-3"); l.offset != 0 || p.Prev != "" {
		t.Errorf("page -3 is from %d", l.offset)
	}
	if p := show("/search?q=a&page=9"); len(p.Entries) != 0 || p.Next != "" || p.Prev != "/search?page=3&q=a" {
		t.Errorf("page 9 lists %d and leads back to %s, want none and the last page, 3", len(p.Entries), p.Prev)
	}
	// S06: it reaches no page unescaped, and no end of it is cut inside a character.
	if p := show("/search?q=" + url.QueryEscape(strings.Repeat("ж", 900)+"\x00\xff")); len([]rune(p.Search.Text)) != search.MaxLength+1 || len(p.Search.Notes) != 1 {
		t.Errorf("a long question has %d characters and notes %q", len([]rune(p.Search.Text)), p.Search.Notes)
	}
}
