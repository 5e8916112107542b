package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/publisher/clean"
)

// told is what a feed says, as far as all formats can say it.
type told struct {
	Title, Link, Language string
	Items                 []toldItem
}

type toldItem struct {
	ID, Title, URL, Author, Language string
	Published, Updated               string // to the second; Updated "" if the entry was never changed
	Categories                       []string
}

// publishedFeed reads a JSON Feed without our own reader.
func publishedFeed(t *testing.T, file string) told {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Title    string `json:"title"`
		Home     string `json:"home_page_url"`
		Language string `json:"language"`
		Items    []struct {
			ID        string    `json:"id"`
			Title     string    `json:"title"`
			URL       string    `json:"url"`
			Language  string    `json:"language"`
			Published time.Time `json:"date_published"`
			Updated   time.Time `json:"date_modified"`
			Tags      []string  `json:"tags"`
			Authors   []struct {
				Name string `json:"name"`
			} `json:"authors"`
		} `json:"items"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	out := told{Title: f.Title, Link: f.Home, Language: f.Language}
	for _, it := range f.Items {
		x := toldItem{ID: it.ID, Title: it.Title, URL: it.URL, Language: it.Language, Published: stamp(it.Published), Categories: it.Tags}
		if u := it.Updated.Truncate(time.Second); u.After(it.Published) {
			x.Updated = stamp(u)
		}
		if len(it.Authors) > 0 {
			x.Author = it.Authors[0].Name
		}
		out.Items = append(out.Items, x.comparable(f.Language))
	}
	return out
}

// comparable puts an item into the form in which all formats are compared: an
// RSS title and author have no tags (F28), "und" is no language, and an item
// without a language has that of its feed.
func (x toldItem) comparable(lang string) toldItem {
	x.Title, x.Author = clean.NoTags(x.Title), clean.NoTags(x.Author)
	x.Language = strings.ToLower(strings.TrimSuffix(clean.FeedLanguage(cmp.Or(x.Language, lang)), "und"))
	for i, c := range x.Categories {
		x.Categories[i] = clean.NoTags(c)
	}
	slices.Sort(x.Categories)
	x.Categories = append([]string{}, slices.Compact(x.Categories)...)
	return x
}

// readBack is what "inspect parse" makes of a published file.
func readBack(t *testing.T, file string) told {
	t.Helper()
	line := parseFile(parseRequest{File: file}, nil, false)
	if line.Error != "" || len(line.Repairs) > 0 {
		t.Errorf("%s: error %q, repairs %q; want a feed that needs none", file, line.Error, line.Repairs)
	}
	out := told{Title: line.Title, Link: line.Link, Language: line.Language}
	for _, it := range line.Items {
		x := toldItem{ID: it.ID, Title: it.Title, URL: it.URL, Author: it.Author, Language: it.Language, Published: it.Published, Updated: it.Updated, Categories: it.Categories}
		if x.Updated <= x.Published {
			x.Updated = ""
		}
		out.Items = append(out.Items, x.comparable(line.Language))
	}
	return out
}

// readAgain holds what our own reader makes of every feed of a folder against
// what was published, and returns how many feeds and items that was.
func readAgain(t *testing.T, dir string) (feeds, items int) {
	t.Helper()
	bad := 0
	for _, json := range feedFiles(t, dir, ".json") {
		want := publishedFeed(t, json)
		for _, ext := range []string{".rss", ".atom", ".json"} {
			got := readBack(t, strings.TrimSuffix(json, ".json")+ext)
			feeds, items = feeds+1, items+len(got.Items)
			if ext != ".json" && clean.FeedLanguage(want.Language) == "und" {
				got.Language = want.Language
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s of %s: -published +read\n%s", ext, json, diff)
				if bad++; bad == 10 {
					return feeds, items
				}
			}
		}
	}
	return feeds, items
}

// feedFiles lists the feeds of a folder in one format.
func feedFiles(t *testing.T, dir string, exts ...string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "feeds"), func(path string, e os.DirEntry, err error) error {
		if err == nil && slices.Contains(exts, filepath.Ext(path)) {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d feeds in %s, %v", len(files), dir, err)
	}
	return files
}

// readByOthers lets feedparser, which most readers written in Python are made
// with, read every feed and archive document of a folder: it finds nothing to
// complain of, and as many entries as there are.
func readByOthers(t *testing.T, dir string) {
	t.Helper()
	if exec.Command("/usr/bin/python3", "-c", "import feedparser").Run() != nil {
		t.Log("feedparser is not installed (Debian: python3-feedparser), so it was not asked")
		return
	}
	const script = `import feedparser, sys, re
bad = 0
for f in sys.stdin.read().split("\n"):
    raw = open(f, "rb").read()
    d = feedparser.parse(raw)
    n = len(re.findall(rb"<(?:item|entry)(?:\s[^>]*)?>", re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", raw, flags=re.S)))
    if d.bozo or len(d.entries) != n or any(not e.get("id") or not e.get("title") or not e.get("published_parsed") for e in d.entries):
        bad += 1
        print(f, d.get("bozo_exception"), len(d.entries), "of", n)
print(bad, "bad")`
	files := feedFiles(t, dir, ".rss", ".atom")
	cmd := exec.Command("/usr/bin/python3", "-c", script)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "0 bad\n") {
		t.Errorf("feedparser on %d feeds: %v\n%.3000s", len(files), err, out)
	}
}

// What our own reader, and that of others, makes of the demo's feeds is what
// was published.
func TestF01_TheDemoIsReadAsItWasPublished(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: TestF01_TheDemoIsValid builds the same site")
	}
	a := newsroomFor(t, "")
	a.now = func() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }
	out := t.TempDir()
	if err := a.demoOnce(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	feeds, items := readAgain(t, out)
	if feeds < 300 || items < 500 {
		t.Errorf("only %d feeds with %d items were compared", feeds, items)
	}
	readByOthers(t, out)
}

// So is a site made of feeds of real sites, with all that they hold.
func TestF01_CapturedFeedsAreReadAsTheyWerePublished(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads one page after the other; TestRunReadsCapturedFeeds fetches as much at once")
	}
	origin := &capturedOrigin{feeds: readCaptured(t), asked: map[string]int{}, known: map[string]int{}}
	srv := httptest.NewServer(origin)
	defer srv.Close()
	var sources strings.Builder
	for i := range origin.feeds {
		content := []string{"excerpt", "full", "title"}[i%3]
		fmt.Fprintf(&sources, "  - {id: feed-%d, title: Feed %d, url: \"%s/feed/%d\", content: %s}\n", i, i, srv.URL, i, content)
	}
	a := newsroomFor(t, sources.String())
	if err := a.run(t.Context(), runFlags{all: true, noPublish: true}); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if err := a.publish(t.Context(), out, false); err != nil {
		t.Fatal(err)
	}
	feeds, items := readAgain(t, out)
	t.Logf("%d feeds with %d items were compared", feeds, items)
	readByOthers(t, out)
}
