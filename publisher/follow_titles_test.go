package publisher_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
)

// The titles of most stories are in no record: only on the pages of stories of a
// category others are named, and a story may come to be one of those.
func TestAStoryThatMovesUpIsNamedByItsTitle(t *testing.T) {
	n, opt := &newsroom{}, options()
	opt.Items, opt.ListPages, opt.HomePages = 4, 1, 1
	for id := range int64(8) {
		source := []string{"alpha", "beta"}[id/4]
		n.put(story(id+1, source, "labor", "en", noon.Add(-time.Duration(id)*time.Minute)))
	}
	place := &room{states: map[string]news.EditionState{}}
	place.take(t, build(t, n, opt))
	if title := "Report 7"; strings.Contains(string(place.record), title) {
		t.Errorf("the record holds %q, which no page of another story names", title)
	}
	for id := range int64(4) {
		n.drop(id + 1)
	}
	opt.Recall = place.recall
	site, _, err := newBuilder(t, n, opt).Follow(t.Context(), place.record, nil)
	if err != nil {
		t.Fatal(err)
	}
	place.take(t, site)
	page := place.files["/story/"+n.stories[0].UID+"/index.html"]
	if !strings.Contains(page, `"Title":"Report 7"`) {
		t.Errorf("the page of report 5 does not name report 7: %s", page)
	}
}
