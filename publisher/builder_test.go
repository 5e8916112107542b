package publisher_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// small is a newsroom with something in every cut.
func small() *newsroom {
	n := &newsroom{}
	n.put(story(1, "alpha", "labor", "en", noon))
	n.put(story(2, "beta", "unions-strikes", "es", noon.Add(time.Hour)))
	n.put(story(3, "gamma", "press-freedom", "pt-BR", noon.Add(2*time.Hour)))
	return n
}

func TestBuildMakesEveryAddressOfTheContract(t *testing.T) {
	opt := options()
	opt.Feeds = []publisher.DeskFeed{{ID: "gulf", Title: "Gulf", Query: news.Query{Countries: []string{"QA"}}}}
	site := build(t, small(), opt)
	var want []string
	for _, p := range []string{"all", "corrections", "labor", "labor/en", "unions-strikes", "unions-strikes/es", "press-freedom", "press-freedom/pt",
		"country/qa", "language/en", "language/es", "language/pt", "source/alpha", "source/beta", "source/gamma", "cut/gulf"} {
		want = append(want, "/feeds/"+p+".rss", "/feeds/"+p+".atom", "/feeds/"+p+".json", "/embed/"+p+".html", "/fragment/"+p+".html")
	}
	for _, p := range []string{"/", "/category/", "/category/labor/", "/category/unions-strikes/", "/category/press-freedom/", "/country/", "/country/qa/", "/language/",
		"/language/en/", "/language/es/", "/language/pt/", "/source/alpha/", "/source/beta/", "/source/gamma/", "/cut/gulf/", "/corrections/", "/feeds/", "/sources/", "/about/", "/about/bot/"} {
		want = append(want, p+"index.html")
	}
	for id := 1; id <= 3; id++ {
		want = append(want, fmt.Sprintf("/story/00000000-0000-4000-8000-%012d/index.html", id))
	}
	want = append(want, "/404.html", "/robots.txt", "/llms.txt", "/sitemap.xml", "/.well-known/security.txt", "/sources.opml", "/feeds.opml", "/style.css")
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(site.Files))); diff != "" {
		t.Errorf("Build(): files (-want +got)\n%s", diff)
	}
}

// The archive counts what is in "pt-BR" under "pt" as well; nobody may add it
// up again.
func TestTheIndexOfLanguagesCountsAStoryOnce(t *testing.T) {
	n := small()
	n.put(story(4, "gamma", "labor", "pt", noon))
	var page publisher.Page
	if err := json.Unmarshal(build(t, n, options()).Files["/language/index.html"].Body, &page); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, g := range page.Groups {
		for _, it := range g.Items {
			got[it.Title] = it.Count
		}
	}
	if diff := cmp.Diff(map[string]int{"English": 1, "Spanish": 1, "Portuguese": 2}, got); diff != "" {
		t.Errorf("/language/: stories (-want +got)\n%s", diff)
	}
}

func TestF02_SameDataSameBytes(t *testing.T) {
	n := small()
	if diff := differ(build(t, n, options()), build(t, n, options())); diff != "" {
		t.Errorf("two builds differ:\n%s", diff)
	}
}

func TestF05_FeedIDsSurviveAnotherDomainAndTitle(t *testing.T) {
	moved := options()
	moved.Site.URL, moved.Site.Title = "https://elsewhere.example", "Another wire"
	moved.Categories[1].Title = "Strikes"
	id := func(opt publisher.Options) string {
		body := string(build(t, small(), opt).Files["/feeds/unions-strikes.atom"].Body)
		_, rest, _ := strings.Cut(body, "<id>")
		got, _, _ := strings.Cut(rest, "</id>")
		return got
	}
	a, b := id(options()), id(moved)
	if a != b || a != publisher.EditionID("/feeds/unions-strikes") || !strings.HasPrefix(a, "urn:uuid:") {
		t.Errorf("feed ids %q and %q, want the same urn:uuid", a, b)
	}
	// Readers hold this one: it may never change.
	if got := publisher.EditionID("/feeds/all"); got != allID {
		t.Errorf("EditionID(/feeds/all) = %q, want %q", got, allID)
	}
}

func TestF07_IDAndPublicationStayWhenTheLeadChanges(t *testing.T) {
	n := small()
	before := read(t, build(t, n, options()), "/feeds/all")
	s := n.stories[0]
	better := story(9, "beta", "labor", "en", noon.Add(30*time.Minute)).Items[0]
	s.Items = append([]news.Item{better}, s.Items...)
	s.Lead = 9
	n.put(s)
	after := read(t, build(t, n, options()), "/feeds/all")
	old, now := before.Items[2], after.Items[2]
	if old.ID != now.ID || !old.Published.Equal(now.Published) {
		t.Errorf("id %q -> %q, published %v -> %v; want both fixed", old.ID, now.ID, old.Published, now.Published)
	}
	if now.Title != "Report 9" {
		t.Errorf("title %q, want the new lead's", now.Title)
	}
}

func TestF08_EntriesOfOneSecondHaveTimesOfTheirOwn(t *testing.T) {
	n := &newsroom{}
	for id := range int64(40) {
		n.put(story(id+1, "alpha", "labor", "en", noon))
	}
	opt := options()
	all := read(t, build(t, n, opt), "/feeds/all")
	seen := map[string]bool{}
	at := map[string]time.Time{}
	for _, it := range all.Items {
		seen[it.Modified.String()] = true
		at[it.ID] = it.Modified
		if d := it.Modified.Sub(noon); d < 0 || d >= time.Second {
			t.Errorf("%s: modified %v, want within the second of %v", it.ID, it.Modified, noon)
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d different times for 40 entries", len(seen))
	}
	// F09: a neighbour that leaves must not seem to update those that stay.
	n.drop(17)
	for _, it := range read(t, build(t, n, opt), "/feeds/all").Items {
		if !it.Modified.Equal(at[it.ID]) {
			t.Errorf("%s: modified moved from %v to %v", it.ID, at[it.ID], it.Modified)
		}
	}
}

func TestF10_FeedIsAsOldAsItsNewestChange(t *testing.T) {
	n := small()
	s := n.stories[0]
	s.Updated = noon.Add(5 * time.Hour) // an old story, corrected
	n.put(s)
	f := build(t, n, options()).Files["/feeds/all.rss"]
	if want := "<lastBuildDate>Wed, 04 Mar 2026 17:00:00 +0000</lastBuildDate>"; !strings.Contains(string(bytesOf(f)), want) {
		t.Errorf("all.rss has no %s", want)
	}
	if want := noon.Add(5 * time.Hour); !f.Modified.Equal(want) {
		t.Errorf("Modified = %v, want %v", f.Modified, want)
	}
}

func TestF33_OversizeDropsTheOldestFromEveryFormat(t *testing.T) {
	n := &newsroom{}
	for id := range int64(30) {
		s := story(id+1, "beta", "labor", "en", noon.Add(time.Duration(id)*time.Minute))
		s.Items[0].Content = "<p>" + strings.Repeat("word ", 400) + "</p>"
		n.put(s)
	}
	opt := options()
	opt.MaxBytes = 40_000
	site := build(t, n, opt)
	got := read(t, site, "/feeds/all")
	if len(got.Items) < 5 || len(got.Items) > 20 || got.Items[0].Title != "Report 30" {
		t.Errorf("%d items, first %q; want the newest that fit", len(got.Items), got.Items[0].Title)
	}
	for _, f := range publisher.Formats {
		body := bytesOf(site.Files["/feeds/all."+f.Ext])
		if len(body) > opt.MaxBytes {
			t.Errorf("%s: %d bytes, bound %d", f.Name, len(body), opt.MaxBytes)
		}
		for _, it := range got.Items {
			if !strings.Contains(string(body), it.ID) {
				t.Errorf("%s lacks %s, which JSON Feed has", f.Name, it.ID)
			}
		}
	}
}

func TestF33_OneHugeItemIsExcerpted(t *testing.T) {
	n := small()
	s := n.stories[1]
	s.Items[0].Content = "<p>" + strings.Repeat("word ", 400_000) + "</p>"
	n.put(s)
	got := read(t, build(t, n, options()), "/feeds/all")
	if len(got.Items) != 3 || len(got.Items[1].Content) > 2000 {
		t.Errorf("%d items, the huge one of %d bytes; want 3 and an excerpt", len(got.Items), len(got.Items[1].Content))
	}
}

func TestF34_OneSourceLeavesRoomForOthers(t *testing.T) {
	flood := func(loud, quiet int) *newsroom {
		n := &newsroom{}
		for id := range loud {
			n.put(story(int64(id+100), "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Minute)))
		}
		for id := range quiet {
			n.put(story(int64(id+1), "beta", "labor", "en", noon.Add(-time.Duration(id+1)*time.Hour)))
		}
		return n
	}
	tests := []struct {
		name        string
		loud, quiet int
		wantLoud    int
	}{
		{"others wait: each gets its share", 30, 20, 5},
		{"nobody else is there: the cap empties nothing", 30, 0, 10},
		{"few others: the rest of the places are filled", 30, 2, 8},
		{"a flood deeper than the list is read through", 500, 20, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opt := options()
			opt.Items, opt.PerSource = 10, 4
			loud := 0
			got := read(t, build(t, flood(tt.loud, tt.quiet), opt), "/feeds/labor")
			for _, it := range got.Items {
				if strings.Contains(it.URL, "alpha") {
					loud++
				}
			}
			if len(got.Items) != 10 || loud != tt.wantLoud {
				t.Errorf("%d items, %d of the loud source; want 10 and %d: %q", len(got.Items), loud, tt.wantLoud, got.titles())
			}
		})
	}
	t.Run("the source's own feed has no cap", func(t *testing.T) {
		opt := options()
		opt.PerSource = 2
		if got := read(t, build(t, flood(30, 30), opt), "/feeds/source/alpha"); len(got.Items) != 30 {
			t.Errorf("%d items, want 30", len(got.Items))
		}
	})
}

func TestF34_EmptyCategoriesArePublished(t *testing.T) {
	site := build(t, &newsroom{}, options())
	for _, f := range publisher.Formats {
		if site.Files["/feeds/press-freedom."+f.Ext] == nil {
			t.Errorf("no %s of an empty category", f.Name)
		}
	}
	if body := string(bytesOf(site.Files["/feeds/press-freedom.json"])); !strings.Contains(body, `"items": []`) {
		t.Errorf("empty JSON Feed has no items: %s", body)
	}
}

func TestF41_NewestFirstAndLateItemsAtTheirPlace(t *testing.T) {
	n := &newsroom{}
	for id := range int64(60) {
		n.put(story(id+1, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Hour)))
	}
	old := story(99, "beta", "labor", "en", noon.Add(-1000*time.Hour))
	old.Items[0].FirstSeen = noon.Add(60 * time.Hour) // it came only now
	n.put(old)
	opt := options()
	opt.Items, opt.HomePages = 10, 1
	opt.LateWindow = 5 * time.Hour
	got := read(t, build(t, n, opt), "/feeds/all")
	want := []string{"Report 60", "Report 59", "Report 58", "Report 57", "Report 56", "Report 55", "Report 54", "Report 53", "Report 52", "Report 99"}
	if diff := cmp.Diff(want, got.titles()); diff != "" {
		t.Errorf("order (-want +got)\n%s", diff)
	}
}
