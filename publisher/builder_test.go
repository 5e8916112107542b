package publisher_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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
		want = append(want, "/feeds/"+p+".rss", "/feeds/"+p+".atom", "/feeds/"+p+".json")
	}
	for _, p := range []string{"/", "/category/", "/category/labor/", "/category/unions-strikes/", "/category/press-freedom/", "/country/", "/country/qa/", "/language/",
		"/language/en/", "/language/es/", "/language/pt/", "/source/alpha/", "/source/beta/", "/source/gamma/", "/cut/gulf/", "/corrections/", "/feeds/", "/sources/", "/about/bot/"} {
		want = append(want, p+"index.html")
	}
	for id := 1; id <= 3; id++ {
		want = append(want, fmt.Sprintf("/story/00000000-0000-4000-8000-%012d/index.html", id))
	}
	want = append(want, "/404.html", "/robots.txt", "/sources.opml", "/feeds.opml", "/style.css")
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

func TestUpdateEqualsBuild(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := &newsroom{}
		opt := options()
		// What encoders make of an edition is not the question here, and they
		// are what takes the time.
		hash := func(ed publisher.Edition) ([]byte, error) {
			b, err := json.Marshal(ed)
			return fmt.Appendf(nil, "<edition hash=\"%x\"/>", sha256.Sum256(b)), err
		}
		opt.Encoders = map[string]publisher.Encoder{"rss": hash, "atom": hash, "json": func(ed publisher.Edition) ([]byte, error) { return json.Marshal(ed) }}
		opt.Items, opt.PerSource, opt.HomePages, opt.ListPages = 4, 2, 2, 1
		opt.Feeds = []publisher.DeskFeed{{ID: "x", Query: news.Query{Sources: []string{"alpha", "beta"}, Languages: []string{"en", "pt"}}}}
		b := newBuilder(t, n, opt)
		site, _, err := b.Build(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		next := int64(1)
		for range rapid.IntRange(1, 6).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 4).Draw(rt, "changes") {
				change(rt, n, &next)
			}
			updated, report, err := b.Update(t.Context(), site)
			if err := errors.Join(err, report.Err()); err != nil {
				rt.Fatal(err)
			}
			fresh, _, err := b.Build(t.Context())
			if err != nil {
				rt.Fatal(err)
			}
			if diff := differ(fresh, updated); diff != "" {
				rt.Fatalf("Update differs from Build (-build +update):\n%s", diff)
			}
			for p, f := range updated.Files {
				if last := site.Files[p]; last != nil && last.ETag == f.ETag && !bytes.Equal(bytesOf(last), bytesOf(f)) {
					rt.Fatalf("%s: one ETag %s for\n%s\nand\n%s", p, f.ETag, bytesOf(last), bytesOf(f))
				}
			}
			site = updated
		}
	})
}

// change adds, rewrites, refiles or withdraws a story.
func change(rt *rapid.T, n *newsroom, next *int64) {
	source := rapid.SampledFrom([]string{"alpha", "beta", "gamma", "gone"})
	category := rapid.SampledFrom([]string{"labor", "unions-strikes", "unknown"})
	lang := rapid.SampledFrom([]string{"en", "es", "pt-BR", "und"})
	if len(n.stories) == 0 || rapid.IntRange(0, 3).Draw(rt, "kind") < 2 {
		at := noon.Add(time.Duration(rapid.IntRange(0, 20).Draw(rt, "hour")) * time.Hour)
		n.put(story(*next, source.Draw(rt, "source"), category.Draw(rt, "category"), lang.Draw(rt, "language"), at))
		*next++
		return
	}
	s := n.stories[rapid.IntRange(0, len(n.stories)-1).Draw(rt, "which")]
	if rapid.Bool().Draw(rt, "withdraw") {
		n.drop(s.ID)
		return
	}
	items := slices.Clone(s.Items)
	items[0].Title += " (corrected)"
	items[0].Updated = s.Updated.Add(2 * time.Hour)
	items[0].Filings = []news.Filing{{Category: category.Draw(rt, "category")}}
	s.Items, s.Updated = items, items[0].Updated
	n.put(s)
}

func TestUpdateRendersOnlyWhatChanged(t *testing.T) {
	n := small()
	for id := range int64(200) {
		n.put(story(id+100, "beta", "press-freedom", "es", noon.Add(-time.Duration(id)*time.Minute)))
	}
	pages := &plainPages{}
	opt := options()
	opt.Pages = pages
	b := newBuilder(t, n, opt)
	site, first, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if same, report, err := b.Update(t.Context(), site); err != nil || same != site || report.Rendered != 0 {
		t.Errorf("Update of an unchanged archive: %+v, %v; want the same site", report, err)
	}
	n.put(story(900, "alpha", "labor", "en", noon.Add(9*time.Hour)))
	pages.rendered.Store(0)
	after, report, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	if report.Rendered == 0 || report.Rendered > 45 || report.Rendered+report.Unchanged != len(after.Files) {
		t.Errorf("Update: %+v of %d files; want some two dozen rendered (the first build: %+v)", report, len(after.Files), first)
	}
	if after.Files["/feeds/press-freedom.rss"] != site.Files["/feeds/press-freedom.rss"] {
		t.Error("a feed that did not change was made again")
	}
}

func TestF39_AFailingFileKeepsTheLastGoodOne(t *testing.T) {
	n := small()
	pages := &plainPages{}
	opt := options()
	opt.Pages = pages
	good := opt.Encoders["rss"]
	var fail error
	opt.Encoders["rss"] = func(e publisher.Edition) ([]byte, error) {
		body, _ := good(e)
		if fail != nil && e.Cut.Path == "/feeds/labor" {
			return body[:len(body)/2], nil // torn, and without an error
		}
		return body, nil
	}
	b := newBuilder(t, n, opt)
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fail = errors.New("no more ink")
	pages.fail = func(p publisher.Page) error {
		if p.Path == "/" {
			return fail
		}
		return nil
	}
	n.put(story(7, "alpha", "labor", "en", noon.Add(3*time.Hour)))
	after, report, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range report.Failed {
		failed = append(failed, f.Path)
	}
	want := []string{"/feeds/labor.atom", "/feeds/labor.json", "/feeds/labor.rss", "/index.html"}
	if diff := cmp.Diff(want, failed); diff != "" {
		t.Errorf("failed (-want +got)\n%s", diff)
	}
	if !errors.Is(report.Err(), fail) {
		t.Errorf("report.Err() = %v, want it to wrap %v", report.Err(), fail)
	}
	for _, p := range want {
		if after.Files[p] != site.Files[p] {
			t.Errorf("%s: the last good file did not stay", p)
		}
	}
	// A process that has no last good file says which ones it lacks, so that
	// a delivery does not take them for removed.
	blind, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, blind.Missing); diff != "" {
		t.Errorf("Missing (-want +got)\n%s", diff)
	}
	// As soon as it can be made again, it is, although nothing else changed.
	fail, pages.fail = nil, nil
	last, report, err := b.Update(t.Context(), after)
	if err != nil || report.Err() != nil {
		t.Fatal(err, report.Err())
	}
	if diff := differ(build(t, n, opt), last); diff != "" {
		t.Errorf("after recovery (-build +update)\n%s", diff)
	}
}

// A removed story has no row any more that could be named among the changes;
// only the cuts that it left are.
func TestUpdateSeesAWithdrawalWithoutAnID(t *testing.T) {
	n := small()
	b := newBuilder(t, nameless{n}, options())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.drop(1)
	after, _, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	if diff := differ(build(t, n, options()), after); diff != "" {
		t.Errorf("Update differs from Build (-build +update)\n%s", diff)
	}
}

// An archive may name only the cuts that a story is in now; those that show it
// still are read again all the same.
func TestUpdateReadsCutsThatAStoryLeft(t *testing.T) {
	n := small()
	b := newBuilder(t, forgetful{n}, options())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refiled := n.stories[0]
	refiled.Items = slices.Clone(refiled.Items)
	refiled.Items[0].Filings = []news.Filing{{Category: "press-freedom"}}
	n.put(refiled)
	after, _, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	if diff := differ(build(t, n, options()), after); diff != "" {
		t.Errorf("Update differs from Build (-build +update)\n%s", diff)
	}
}

// forgetful tells changes by what stories are now, not by what they were.
type forgetful struct{ *newsroom }

func (n forgetful) Changes(ctx context.Context, after int64) (news.Changes, error) {
	n.changed = nil
	return n.newsroom.Changes(ctx, after)
}

// nameless forgets the ids of removed stories, as a database does.
type nameless struct{ *newsroom }

func (n nameless) Changes(ctx context.Context, after int64) (news.Changes, error) {
	c, err := n.newsroom.Changes(ctx, after)
	c.Stories = slices.DeleteFunc(c.Stories, func(id int64) bool {
		return !slices.ContainsFunc(n.stories, func(s news.Story) bool { return s.ID == id })
	})
	return c, err
}

func TestUpdateKeepsTheOldSiteWhenTheArchiveFails(t *testing.T) {
	n := small()
	b := newBuilder(t, n, options())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.broken = errors.New("disk on fire")
	if got, _, err := b.Update(t.Context(), site); got != nil || !errors.Is(err, n.broken) {
		t.Errorf("Update() = %v, %v; want no site and %v", got, err, n.broken)
	}
}

func TestF11_ModifiedMovesWheneverBytesDo(t *testing.T) {
	n := small()
	opt := options()
	before, _, err := newBuilder(t, n, opt).Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.drop(3) // the newest goes: no entry is newer than before
	after, _, err := newBuilder(t, n, opt).Update(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	opt.Published = map[string]news.EditionState{}
	for _, st := range before.States() {
		opt.Published[st.Path] = st
	}
	restarted := build(t, n, opt) // by a process that never saw the site before
	a := before.Files["/feeds/all.rss"]
	for _, site := range []*publisher.Site{after, restarted} {
		if b := site.Files["/feeds/all.rss"]; a.ETag == b.ETag || !b.Modified.After(a.Modified) {
			t.Errorf("ETag %s -> %s, modified %v -> %v; want both to move", a.ETag, b.ETag, a.Modified, b.Modified)
		}
	}
}

func TestS31_NoIDLeadsOutOfItsFolder(t *testing.T) {
	tests := []struct{ id, want string }{
		{"unions-strikes", "unions-strikes"},
		{"../../pwned", "pwned-"},
		{"/etc/x", "etc-x-"},
		{"..", ""},
		{"a..b", "a-b-"},
		{"Labor", "labor-"},
		{"all", "all-"},
		{"nul\x00", "nul-"},
		{"права", ""},
		{strings.Repeat("x", 500), strings.Repeat("x", 40) + "-"},
	}
	seen := map[string]string{}
	for _, tt := range tests {
		got := publisher.Slug(tt.id)
		if !strings.HasPrefix(got, tt.want) || got == "" || strings.ContainsAny(got, "/\\\x00") || strings.Contains(got, "..") || seen[got] != "" {
			t.Errorf("Slug(%q) = %q, want a plain name of its own that starts with %q", tt.id, got, tt.want)
		}
		seen[got] = tt.id
	}
}

func TestCorrectionsListWhatChangedAfterPublication(t *testing.T) {
	n := small()
	s := n.stories[0]
	items := slices.Clone(s.Items)
	items[0].Updated = items[0].FirstSeen.Add(time.Hour)
	s.Items, s.Updated = items, items[0].Updated
	n.put(s)
	if got := read(t, build(t, n, options()), "/feeds/corrections").titles(); !slices.Equal(got, []string{"Report 1"}) {
		t.Errorf("corrections = %q, want Report 1 only", got)
	}
}

const allID = "urn:uuid:a3a35326-b2a3-558a-bf47-e45cb9c7db27"
