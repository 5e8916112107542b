package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

const (
	known   = "/story/00000000-0000-4000-8000-000000000001/"
	unknown = "/story/00000000-0000-4000-8000-000000000002/"
)

// cellar is an archive with one story, which no list shows.
type cellar struct {
	merged map[string]string
	asked  int
	broken error
	slow   bool
}

func (c *cellar) StoryMarks(context.Context, news.Query) ([]news.StoryMark, error) {
	return nil, nil
}
func (c *cellar) Arrivals(context.Context, int) ([]news.Arrival, time.Time, error) {
	return nil, time.Time{}, nil
}
func (c *cellar) StoryHeads(context.Context, []int64) ([]news.StoryHead, error) { return nil, nil }
func (c *cellar) FindStories(context.Context, []int64, func(_, _ string) bool) ([]news.Story, error) {
	return nil, nil
}

func (c *cellar) Counts(context.Context) (news.Counts, error)               { return news.Counts{}, nil }
func (c *cellar) Withdrawn(context.Context) ([]string, error)               { return nil, nil }
func (c *cellar) StoryRevisions(context.Context, func(string, int64)) error { return nil }
func (c *cellar) StoryRevisionsOf(context.Context, []int64, func(string, int64)) error {
	return nil
}
func (c *cellar) Changes(context.Context, int64) (news.Changes, error) { return news.Changes{}, nil }

func (c *cellar) Merged(context.Context) (map[string]string, error)         { return c.merged, nil }
func (c *cellar) Tombstones(context.Context, int) ([]news.Tombstone, error) { return nil, nil }
func (c *cellar) Corrections(context.Context, int) ([]news.Correction, error) {
	return nil, nil
}

func (c *cellar) PerDay(context.Context, string, time.Time) ([]news.DayCount, error) {
	return nil, nil
}

func (c *cellar) Story(_ context.Context, uid string) (news.Story, error) {
	c.asked++
	if c.broken == nil && "/story/"+uid+"/" != known {
		return news.Story{}, news.ErrNotFound
	}
	return news.Story{UID: uid, Published: changed, Updated: changed, Items: []news.Item{{Title: "Old report", Published: changed, FirstSeen: changed}}}, c.broken
}

// titles renders a page as its title.
type titles struct{}

func (titles) Append(dst []byte, p publisher.Page) ([]byte, error) {
	return append(dst, string(p.Kind)+": "+p.Title+strings.Repeat(" ", 2000)...), nil
}
func (titles) Fingerprint() string      { return "" }
func (titles) Assets() []publisher.File { return nil }

// archiveHandler serves a site whose archive is the cellar.
func archiveHandler(t *testing.T, c *cellar) http.Handler {
	t.Helper()
	encode := func(dst []byte, _ publisher.Edition) ([]byte, error) { return append(dst, "{}"...), nil }
	b, err := publisher.New(c, publisher.Options{
		Site: publisher.SiteInfo{Title: "Wire", URL: "https://wire.example", Language: "en"}, Pages: titles{},
		Encoders: map[string]publisher.Encoder{"rss": encode, "atom": encode, "json": encode},
	})
	if err != nil {
		t.Fatal(err)
	}
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return handler(site)
}

func TestAStoryThatIsNoFileIsServedFromTheArchive(t *testing.T) {
	h := archiveHandler(t, &cellar{})
	res := ask(h, "GET", known, "Accept-Encoding: gzip")
	if b := body(t, res); res.StatusCode != 200 || !strings.HasPrefix(b, "story: Old report") {
		t.Errorf("GET %s = %d %.40q, want the story", known, res.StatusCode, b)
	}
	tag := res.Header.Get("ETag")
	if tag == "" || res.Header.Get("Content-Security-Policy") == "" || !strings.Contains(res.Header.Get("Cache-Control"), "max-age=600") || res.Header.Get("Last-Modified") != "" {
		t.Errorf("headers = %v, want those of any page, and no date", res.Header)
	}
	for _, tt := range []struct {
		method, path, header string
		want                 int
		location             string
	}{
		{"GET", known, "If-None-Match: " + tag, 304, ""},
		{"HEAD", known, "X: y", 200, ""},
		{"POST", known, "X: y", 405, ""},
		{"GET", strings.TrimSuffix(known, "/"), "X: y", 301, known},
		{"GET", known + "index.html", "X: y", 301, known},
		{"GET", unknown, "X: y", 404, ""},
	} {
		res := ask(h, tt.method, tt.path, tt.header)
		if res.StatusCode != tt.want || res.Header.Get("Location") != tt.location {
			t.Errorf("%s %s (%s) = %d to %q, want %d to %q", tt.method, tt.path, tt.header, res.StatusCode, res.Header.Get("Location"), tt.want, tt.location)
		}
	}
}

// S37: only what has the form of a story's address costs more than a look into
// a map, and a broken archive is no reason to call a story gone.
func TestS37_OnlyStoriesAskTheArchive(t *testing.T) {
	c := &cellar{}
	h := archiveHandler(t, c)
	for _, path := range []string{"/", "/x", "/story/", "/story/x/", "/story/../etc/", "/feeds/all.rss", "/category/x/", strings.ToUpper(known)} {
		ask(h, "GET", path)
	}
	ask(h, "DELETE", known)
	if c.asked != 0 {
		t.Errorf("the archive was asked %d times for paths that are no story's", c.asked)
	}
	c.broken = errors.New("locked")
	if res := ask(h, "GET", known); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("with a broken archive: %d, headers %v; want 503, to be tried again", res.StatusCode, res.Header)
	}
}
