package publisher_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/publisher"
)

func chartOf(t *testing.T, site *publisher.Site, path string) *publisher.Chart {
	t.Helper()
	var p publisher.Page
	if err := json.Unmarshal(site.Files[path+"index.html"].Body, &p); err != nil {
		t.Fatal(err)
	}
	return p.Chart
}

func TestTheChartOfACategoryCountsFourWeeksToItsNewestStory(t *testing.T) {
	n := &newsroom{}
	for i, back := range []time.Duration{0, time.Hour, 24 * time.Hour, 27 * 24 * time.Hour, 28 * 24 * time.Hour} {
		n.put(story(int64(i+1), "alpha", "labor", "en", noon.Add(-back)))
	}
	n.put(story(9, "alpha", "press-freedom", "en", noon.Add(72*time.Hour)))
	opt := options()
	opt.Items = 2 // the pages of the list hold fewer stories than the chart counts
	site := build(t, n, opt)
	want := &publisher.Chart{First: noon.AddDate(0, 0, -27).Truncate(24 * time.Hour), Counts: make([]int, 28)}
	want.Counts[0], want.Counts[26], want.Counts[27] = 1, 1, 2
	if diff := cmp.Diff(want, chartOf(t, site, "/category/labor/")); diff != "" {
		t.Errorf("chart (-want +got)\n%s", diff)
	}
	for _, path := range []string{"/category/labor/page/2/", "/category/unions-strikes/", "/", "/source/alpha/"} {
		if c := chartOf(t, site, path); c != nil {
			t.Errorf("%s has a chart: %v", path, c)
		}
	}
}
