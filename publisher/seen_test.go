package publisher_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rightswire/rightswire/publisher"
)

// feed is a JSON edition as a reader sees it.
type feed struct {
	Title string
	Items []struct {
		ID, URL, Title, Summary, Language string
		Content                           string    `json:"content_html"`
		Published                         time.Time `json:"date_published"`
		Modified                          time.Time `json:"date_modified"`
		Tags                              []string
	}
}

func read(t testing.TB, site *publisher.Site, path string) feed {
	t.Helper()
	f := site.Files[path+".json"]
	if f == nil {
		t.Fatalf("there is no %s.json", path)
	}
	var out feed
	if err := json.Unmarshal(bytesOf(f), &out); err != nil {
		t.Fatalf("%s.json: %v", path, err)
	}
	return out
}

func (f feed) titles() []string {
	out := []string{}
	for _, it := range f.Items {
		out = append(out, it.Title)
	}
	return out
}

// bytesOf returns what a file holds.
func bytesOf(f *publisher.File) []byte {
	body, err := f.Bytes()
	if err != nil {
		panic(err)
	}
	return body
}

// differ returns how two sites differ, by path.
func differ(a, b *publisher.Site) string {
	text := func(s *publisher.Site) map[string]string {
		out := map[string]string{}
		for p, f := range filesOf(s) {
			out[p] = string(bytesOf(f))
		}
		return out
	}
	return cmp.Diff(text(a), text(b))
}
