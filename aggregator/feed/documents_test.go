package feed_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/news"
)

var update = flag.Bool("update", false, "rewrite the expected parses in testdata/documents")

// fixture is the .want.json file beside a document: how it was fetched, which
// people write, and what must come of it.
type fixture struct {
	URL      string            `json:"url,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Error    string            `json:"error,omitempty"`
	Document *wantDocument     `json:"document,omitempty"`
}

type wantDocument struct {
	Format, Title, Link, ID, Language, Description, Author string `json:",omitempty"`
	Updated                                                string `json:",omitempty"`
	Categories, Repairs                                    []string
	Encoding                                               string
	Self, Hub, Next                                        string         `json:",omitempty"`
	TTL, UpdatePeriod                                      string         `json:",omitempty"`
	SkipHours                                              []int          `json:",omitempty"`
	SkipDays                                               []time.Weekday `json:",omitempty"`
	Dropped, Doubles, Excess, Unfinished                   int            `json:",omitempty"`
	Entries                                                []wantEntry
}

type wantEntry struct {
	Key, GUID, URL, Title, Published, Updated, DateText, Author string           `json:",omitempty"`
	Summary, Content, Base, Language                            string           `json:",omitempty"`
	Categories                                                  []string         `json:",omitempty"`
	Enclosures                                                  []news.Enclosure `json:",omitempty"`
	Image, SourceTitle, SourceURL                               string           `json:",omitempty"`
}

// Every document in testdata/documents parses to what lies beside it. A new
// case is a document, its .want.json by -update, and a look at that.
func TestDocuments(t *testing.T) {
	for _, file := range documents(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want fixture
			wantFile := file + ".want.json"
			if raw, err := os.ReadFile(wantFile); err == nil {
				if err := json.Unmarshal(raw, &want); err != nil {
					t.Fatalf("%s: %v", wantFile, err)
				}
			} else if !*update {
				t.Fatal(err)
			}
			got := parsed(body, want)
			if *update {
				writeJSON(t, wantFile, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Parse(%s), -want +got:\n%s", file, diff)
			}
		})
	}
}

// documents lists the fixtures.
func documents(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob("testdata/documents/*")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range all {
		if !strings.HasSuffix(f, ".want.json") {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		t.Fatal("testdata/documents holds no documents")
	}
	return files
}

func parsed(body []byte, f fixture) fixture {
	header := http.Header{}
	for k, v := range f.Headers {
		header.Set(k, v)
	}
	got := fixture{URL: f.URL, Headers: f.Headers}
	d, err := feed.Parse(body, feed.Hints{URL: f.URL, Header: header})
	if err != nil {
		got.Error = err.Error()
		return got
	}
	w := &wantDocument{
		Format: d.Format, Title: d.Title, Link: d.Link, ID: d.ID, Language: d.Language, Description: d.Description, Author: d.Author,
		Updated: stamp(d.Updated), Categories: d.Categories, Repairs: d.Repairs, Encoding: d.Encoding, Self: d.Self, Hub: d.Hub, Next: d.Next,
		SkipHours: d.SkipHours, SkipDays: d.SkipDays, Dropped: d.Dropped, Doubles: d.Doubles, Excess: d.Excess, Unfinished: d.Unfinished,
	}
	if d.TTL > 0 {
		w.TTL = d.TTL.String()
	}
	if d.UpdatePeriod > 0 {
		w.UpdatePeriod = d.UpdatePeriod.String()
	}
	for _, e := range d.Entries {
		c := e.Clean(feed.Limits{})
		w.Entries = append(w.Entries, wantEntry{
			Key: e.Key, GUID: e.GUID, URL: e.URL, Title: c.Title, Published: stamp(e.Published), Updated: stamp(e.Updated), DateText: e.DateText,
			Author: e.Author, Summary: c.Summary, Content: c.Content, Base: e.Base, Language: e.Language, Categories: e.Categories,
			Enclosures: e.Enclosures, Image: e.Image, SourceTitle: e.SourceTitle, SourceURL: e.SourceURL,
		})
	}
	got.Document = w
	return got
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func writeJSON(t *testing.T, file string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
