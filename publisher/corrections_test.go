package publisher_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// corrected returns a change of a report of a source.
func corrected(source string, before, after news.Revision) news.Correction {
	s := story(1, source, "labor", "en", noon)
	it := s.Items[0]
	it.Title, it.Summary, it.Content = after.Title, after.Summary, after.Content
	return news.Correction{At: noon.Add(time.Hour), Item: it, Before: before, After: after, Story: s.UID, Visible: true}
}

func TestF36_CorrectionsSayWhatChanged(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for _, tt := range []struct {
		name          string
		source        string
		before, after news.Revision
		want          []string
		not           []string
	}{
		{"a headline", "alpha", news.Revision{Title: "14 hurt", Summary: "s"}, news.Revision{Title: "41 hurt", Summary: "s"},
			[]string{"The headline changed:", "<del>14</del> <ins>41</ins> hurt", "/story/00000000-0000-4000-8000-000000000001/"}, []string{"text changed"}},
		{"an excerpt", "alpha", news.Revision{Title: "t", Summary: "They <b> were hurt"}, news.Revision{Title: "t", Summary: "They <b> were not hurt"},
			[]string{"The text changed:", "They &lt;b&gt; were <ins>not</ins> hurt"}, []string{"headline"}},
		{"a text behind the excerpt is not shown", "alpha", news.Revision{Title: "t", Summary: long + "old"}, news.Revision{Title: "t", Summary: long + "new"},
			[]string{"The text changed; what it says is at the outlet."}, []string{"old", "new"}},
		{"of a source of titles no text is shown", "gamma", news.Revision{Title: "t", Summary: "old"}, news.Revision{Title: "t", Summary: "new"},
			[]string{"The text changed; what it says is at the outlet."}, []string{"old", "new"}},
		{"of a source of full text all is shown", "beta", news.Revision{Title: "t", Content: "<p>" + long + "<i>old</i></p>"}, news.Revision{Title: "t", Content: "<p>" + long + "new</p>"},
			[]string{"The text changed:", "… word", "<del>old</del> <ins>new</ins>"}, []string{"<i>"}},
		{"an address", "alpha", news.Revision{Title: "t", URL: "https://a.example/1"}, news.Revision{Title: "t", URL: "https://a.example/2"},
			[]string{"The address of the report changed."}, []string{"text", "headline"}},
		{"nothing that is kept", "alpha", news.Revision{Title: "t"}, news.Revision{Title: "t"}, []string{"Source: "}, []string{"text", "headline", "address"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := small()
			n.corrections = []news.Correction{corrected(tt.source, tt.before, tt.after)}
			got := read(t, build(t, n, options()), "/feeds/corrections").Items
			if len(got) != 1 || got[0].Title != "Corrected: "+tt.after.Title {
				t.Fatalf("corrections = %+v, want one with the new title", got)
			}
			for _, want := range tt.want {
				if !strings.Contains(got[0].Content, want) {
					t.Errorf("content lacks %s:\n%s", want, got[0].Content)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(got[0].Content, not) {
					t.Errorf("content has %s:\n%s", not, got[0].Content)
				}
			}
		})
	}
}

// A feed of corrections has an entry for each: a second change of a report is
// news, and the report's own entry keeps its id.
func TestEveryCorrectionHasAnIDOfItsOwn(t *testing.T) {
	n := small()
	first := corrected("alpha", news.Revision{Title: "a"}, news.Revision{Title: "b"})
	second := corrected("alpha", news.Revision{Title: "b"}, news.Revision{Title: "c"})
	second.At = second.At.Add(time.Hour)
	n.corrections = []news.Correction{second, first}
	site := build(t, n, options())
	seen := map[string]bool{}
	for _, path := range []string{"/feeds/corrections", "/feeds/all"} {
		for _, it := range read(t, site, path).Items {
			if seen[it.ID] {
				t.Errorf("two entries have the id %s", it.ID)
			}
			seen[it.ID] = true
		}
	}
	if d := differ(site, build(t, n, options())); d != "" {
		t.Errorf("built twice (F02):\n%s", d)
	}
}

func TestF36_WithdrawalsAreTold(t *testing.T) {
	n := small()
	bySource := news.Correction{At: noon.Add(2 * time.Hour), Item: story(1, "alpha", "labor", "es", noon).Items[0],
		Withdrawn: news.Withdrawal{By: news.BySource, Why: "court order"}, Story: story(1, "alpha", "labor", "es", noon).UID, Visible: true}
	byDesk := bySource
	byDesk.At, byDesk.Item = noon.Add(time.Hour), story(9, "gamma", "labor", "en", noon).Items[0]
	byDesk.Item.Title, byDesk.Withdrawn, byDesk.Visible = "A slander", news.Withdrawal{By: news.ByDesk, Why: "it named a minor"}, false
	n.corrections = []news.Correction{bySource, byDesk}
	site := build(t, n, options())
	got := read(t, site, "/feeds/corrections").Items
	if len(got) != 2 {
		t.Fatalf("%d corrections, want 2", len(got))
	}
	if got[0].Title != "Withdrawn: Report 1" || !strings.Contains(got[0].Content, "Alpha &amp; Co has withdrawn its report of 4 March 2026. Reason given: court order") ||
		!strings.Contains(got[0].Content, "/story/") {
		t.Errorf("withdrawn by its source: %q\n%s", got[0].Title, got[0].Content)
	}
	if got[1].Title != "Withdrawn: a report by Gamma" || !strings.Contains(got[1].Content, "it named a minor") || strings.Contains(got[1].Content, "/story/") {
		t.Errorf("withdrawn by the desk: %q\n%s", got[1].Title, got[1].Content)
	}
	for path, f := range site.Files {
		if strings.Contains(string(bytesOf(f)), "slander") {
			t.Errorf("%s repeats what the desk has withdrawn", path)
		}
	}
}

// A tombstone stands in the Atom feeds that had the story, and in no others
// (F36, RFC 6721).
func TestF36_TombstonesStandWhereTheStoryStood(t *testing.T) {
	n := small()
	gone, merged := story(8, "beta", "press-freedom", "pt-BR", noon), story(7, "alpha", "unions-strikes", "es", noon)
	n.stones = []news.Tombstone{
		{UID: gone.UID, At: noon.Add(9 * time.Hour), Items: gone.Items},
		{UID: merged.UID, At: noon.Add(8 * time.Hour), Into: n.stories[0].UID, Items: merged.Items},
	}
	site := build(t, n, options())
	got := map[string][]string{}
	for path, f := range site.Files {
		feed, ok := strings.CutSuffix(path, ".atom")
		if !ok {
			if strings.Contains(string(bytesOf(f)), gone.UID) {
				t.Errorf("%s names the story that is gone", path)
			}
			continue
		}
		for _, s := range n.stones {
			if strings.Contains(string(bytesOf(f)), `<at:deleted-entry ref="urn:uuid:`+s.UID) {
				got[s.UID] = append(got[s.UID], strings.TrimPrefix(feed, "/feeds/"))
			}
		}
	}
	for _, feeds := range got {
		slices.Sort(feeds)
	}
	want := map[string][]string{
		gone.UID:   {"all", "country/qa", "language/pt", "press-freedom", "press-freedom/pt", "source/beta"},
		merged.UID: {"all", "country/qa", "language/es", "source/alpha", "unions-strikes", "unions-strikes/es"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("feeds with a tombstone (-want +got)\n%s", d)
	}
	all := string(bytesOf(site.Files["/feeds/all.atom"]))
	for _, want := range []string{
		`when="2026-03-04T21:00:00Z"`, "<updated>2026-03-04T21:00:00Z</updated>",
		"Now part of urn:uuid:" + n.stories[0].UID + ", https://wire.example/story/" + n.stories[0].UID + "/",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("all.atom lacks %s:\n%.1500s", want, all)
		}
	}
}

// A feed whose last story has gone stays, and says so.
func TestF34_AFeedStaysWhenItsLastStoryGoes(t *testing.T) {
	n := small()
	gone := story(8, "beta", "press-freedom", "sw", noon)
	gone.Items[0].Places = []news.Place{{Country: "KE"}}
	n.stones = []news.Tombstone{{UID: gone.UID, At: noon, Items: gone.Items}}
	site := build(t, n, options())
	for _, path := range []string{"/feeds/country/ke.atom", "/feeds/language/sw.atom"} {
		f := site.Files[path]
		if f == nil || !strings.Contains(string(f.Body), gone.UID) || strings.Contains(string(f.Body), "<entry") {
			t.Errorf("%s: %v, want an empty feed with the tombstone", path, f)
		}
	}
	n.stones = nil
	if f := build(t, n, options()).Files["/feeds/country/ke.atom"]; f != nil {
		t.Error("a country that never had a story has a feed")
	}
}

// The page of a story that became part of another one leads there, in a folder
// and on request.
func TestAMergedStorysPageLeadsToTheOther(t *testing.T) {
	n := small()
	from, into := story(8, "beta", "labor", "en", noon), n.stories[0]
	n.merged = map[string]string{from.UID: into.UID}
	site := build(t, n, options())
	f := site.Files["/story/"+from.UID+"/index.html"]
	if f == nil {
		t.Fatal("the merged story has no page")
	}
	for _, want := range []string{`"Kind":"moved"`, fmt.Sprintf(`"Target":"/story/%s/"`, into.UID)} {
		if !strings.Contains(string(bytesOf(f)), want) {
			t.Errorf("page lacks %s:\n%s", want, bytesOf(f))
		}
	}
	if want := "/story/" + into.UID + "/index.html"; f.MovedTo != want {
		t.Errorf("the page is at %q now, want %q", f.MovedTo, want)
	}
	for _, asked := range []string{"/story/" + from.UID + "/", "/story/" + from.UID, "/story/" + from.UID + "/index.html"} {
		if to, forever := site.Elsewhere(asked); to != "/story/"+into.UID+"/" || !forever {
			t.Errorf("Elsewhere(%s) = %q, %v; want the other story, for good", asked, to, forever)
		}
	}
	line := fmt.Sprintf("/story/%s/ /story/%s/ 301\n", from.UID, into.UID)
	if f := site.Files["/_redirects"]; f == nil || !strings.Contains(string(f.Body), line) {
		t.Errorf("_redirects lacks %q: %v", line, f)
	}
}

var _ publisher.Archive = (*newsroom)(nil)
