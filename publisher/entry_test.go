package publisher_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// one publishes a single story and returns its item.
func one(t *testing.T, opt publisher.Options, edit func(*news.Story)) (item struct {
	ID, URL, Title, Summary, Language string
	Content                           string    `json:"content_html"`
	Published                         time.Time `json:"date_published"`
	Modified                          time.Time `json:"date_modified"`
	Tags                              []string
}) {
	t.Helper()
	s := story(1, "alpha", "labor", "en", noon)
	edit(&s)
	n := &newsroom{}
	n.put(s)
	got := read(t, build(t, n, opt), "/feeds/all")
	if len(got.Items) != 1 {
		t.Fatalf("%d items, want 1", len(got.Items))
	}
	return got.Items[0]
}

func TestF22_CreditStandsInTheText(t *testing.T) {
	got := one(t, options(), func(s *news.Story) {
		other := story(2, "beta", "labor", "es", noon).Items[0]
		other.Title = "Otra <versión>"
		s.Items = append(s.Items, other)
	})
	for _, want := range []string{
		`<p>Source: <a href="https://alpha.example/">Alpha &amp; Co</a></p>`,
		`<p>Also at:</p>`, `<li><a href="https://beta.example/2">Beta</a>: Otra &lt;versión&gt; (Spanish, 4 March 2026, 12:00 UTC)</li>`,
	} {
		if !strings.Contains(got.Content, want) {
			t.Errorf("content lacks %s:\n%s", want, got.Content)
		}
	}
	if strings.Contains(got.Content, "single-source") {
		t.Errorf("a story of two outlets is marked single-source:\n%s", got.Content)
	}
	alone := one(t, options(), func(s *news.Story) {
		again := s.Items[0]
		again.ID, again.Title = 2, "A second report"
		s.Items = append(s.Items, again)
	})
	if want := `Alpha &amp; Co</a> (single-source)</p>`; !strings.Contains(alone.Content, want) {
		t.Errorf("content lacks %s:\n%s", want, alone.Content)
	}
	arabic := one(t, options(), func(s *news.Story) { s.Items[0].Language = "ar" })
	if want := `<p lang="en" dir="ltr">Source: `; !strings.Contains(arabic.Content, want) {
		t.Errorf("an Arabic entry's credit has no direction of its own:\n%s", arabic.Content)
	}
}

func TestF22_AHundredOutletsAreNamedByTheStoryPage(t *testing.T) {
	got := one(t, options(), func(s *news.Story) {
		for id := range int64(100) {
			s.Items = append(s.Items, story(id+2, "beta", "labor", "es", noon).Items[0])
		}
	})
	if n := strings.Count(got.Content, "<li>"); n != 26 || !strings.Contains(got.Content, `/story/00000000-0000-4000-8000-000000000001/">and more</a>`) {
		t.Errorf("%d lines of coverage, want 25 and a link to the rest", n)
	}
}

func TestF25_ContentPolicy(t *testing.T) {
	edit := func(source string) func(*news.Story) {
		return func(s *news.Story) {
			s.Items[0].Source = source
			s.Items[0].Summary = strings.Repeat("Words of a summary. ", 60)
			s.Items[0].Content = "<p>All of it, <b>bold</b>.</p>"
		}
	}
	title, excerpt, full := one(t, options(), edit("gamma")), one(t, options(), edit("alpha")), one(t, options(), edit("beta"))
	if title.Summary != "" || strings.Contains(title.Content, "Words") || strings.Contains(title.Content, "All of it") || !strings.Contains(title.Content, "Source: ") {
		t.Errorf("title only: %+v", title)
	}
	if !strings.HasSuffix(excerpt.Summary, "…") || len(excerpt.Summary) > 410 || strings.Contains(excerpt.Content, "All of it") || !strings.Contains(excerpt.Content, "Words of") {
		t.Errorf("excerpt: %+v", excerpt)
	}
	if !strings.HasPrefix(full.Content, "<p>All of it, <b>bold</b>.</p>") || full.Summary == "" {
		t.Errorf("full: %+v", full)
	}
	site := options()
	site.Content = news.ContentTitle // for sources without a policy of their own
	if got := one(t, site, edit("alpha")); got.Summary != "" {
		t.Errorf("the site's policy: %+v, want the title only", got)
	}
}

func TestF25_AnItemWithoutSummaryIsExcerptedFromItsContent(t *testing.T) {
	got := one(t, options(), func(s *news.Story) {
		s.Items[0].Summary, s.Items[0].Content = "", "<h1>Strike</h1><p>5 &lt; 6 &amp; more</p>"
	})
	if got.Summary != "Strike 5 < 6 & more" || !strings.Contains(got.Content, "5 &lt; 6 &amp; more") {
		t.Errorf("summary %q, content %q", got.Summary, got.Content)
	}
}

func TestS08_AnItemsTagsEndWithIt(t *testing.T) {
	for _, content := range []string{
		"<div><p>open <b>tags", "</div></div></p>closed", "<table><tr><td>cell", "<ul><li>a<ul><li>b", "<p>" + strings.Repeat("<div>", 400) + "deep",
		strings.Repeat("<div>", 5000) + "too deep for the parser", "<p>&#8;&#0;\x00\x08control</p>", "<p>a\xffb]]></p>", "<!-- never closed <p>",
	} {
		got := one(t, options(), func(s *news.Story) { s.Items[0].Source, s.Items[0].Content = "beta", content }).Content
		// What is balanced can be parsed inside an element and comes out of it whole.
		doc, err := html.Parse(strings.NewReader("<div id=box>" + got + "</div><p id=after>after</p>"))
		if err != nil {
			t.Fatal(err)
		}
		after := find(doc, "after")
		if after == nil || after.Parent.Data != "body" || !strings.Contains(got, "Source: ") {
			t.Errorf("content %.60q reaches beyond its end:\n%.300s", content, got)
		}
		for _, r := range got {
			if r < ' ' && r != '\n' && r != '\t' || r == '\ufffd' {
				t.Errorf("content %.60q is published with U+%04X", content, r)
			}
		}
	}
}

func find(n *html.Node, id string) *html.Node {
	for m := range n.Descendants() {
		for _, a := range m.Attr {
			if a.Key == "id" && a.Val == id {
				return m
			}
		}
	}
	return nil
}

func TestF27_S03_OnlyWebAddressesArePublished(t *testing.T) {
	story := "https://wire.example/story/00000000-0000-4000-8000-000000000001/"
	for in, want := range map[string]string{
		"https://a.example/ä b": "https://a.example/%C3%A4%20b", "javascript:alert(1)": story, "": story, "/relative": story, "https://user:pw@a.example/": "https://a.example/",
	} {
		n := &newsroom{}
		n.put(withURL(in))
		site := build(t, n, options())
		if got := read(t, site, "/feeds/all").Items[0].URL; got != want {
			t.Errorf("link of %q = %q, want %q", in, got, want)
		}
		for path, f := range site.Files {
			if strings.Contains(string(bytesOf(f)), "javascript:") || strings.Contains(string(bytesOf(f)), "data:text") || strings.Contains(string(bytesOf(f)), "secret") {
				t.Errorf("%s publishes a script, data or a password", path)
			}
		}
	}
}

// withURL is a story with one address everywhere.
func withURL(u string) news.Story {
	s := story(1, "alpha", "labor", "en", noon)
	it := &s.Items[0]
	it.URL, it.Image, it.Enclosures = u, "javascript:alert(2)", []news.Enclosure{{URL: "data:text/html,x"}, {URL: u}}
	other := *it
	other.Source = "beta"
	s.Items = append(s.Items, other)
	return s
}

func TestF24_LabelsComeFromEveryReport(t *testing.T) {
	got := one(t, options(), func(s *news.Story) {
		other := story(2, "beta", "press-freedom", "es", noon).Items[0]
		other.Places = []news.Place{{Country: "XK"}, {Country: "ZZ"}, {Country: "QA"}}
		other.Filings = append(other.Filings, news.Filing{Category: "removed-by-the-desk"})
		s.Items = append(s.Items, other)
	})
	if want := []string{"Labor", "Press freedom", "Qatar", "Kosovo"}; !slices.Equal(got.Tags, want) {
		t.Errorf("tags %q, want %q", got.Tags, want)
	}
}

func TestS29_TitlesEndTheirDirections(t *testing.T) {
	got := one(t, options(), func(s *news.Story) { s.Items[0].Title = "\u202eevil\u2067 isolate \u200fmark" })
	if want := "evil\u2067 isolate \u200fmark\u2069"; got.Title != want {
		t.Errorf("title %q, want %q", got.Title, want)
	}
}

func TestImplausibleDatesGiveWayToFirstSight(t *testing.T) {
	got := one(t, options(), func(s *news.Story) {
		s.Published, s.Updated = time.Unix(0, 0), time.Unix(0, 0)
	})
	if want := noon.Add(time.Minute); !got.Published.Equal(want) || !got.Modified.Truncate(time.Second).Equal(want) {
		t.Errorf("published %v, modified %v; want %v", got.Published, got.Modified, want)
	}
}

func TestASourceThatTheDeskRemovedIsStillNamed(t *testing.T) {
	n := &newsroom{}
	n.put(story(1, "gone", "labor", "en", noon))
	site := build(t, n, options())
	if body := string(bytesOf(site.Files["/feeds/all.rss"])); !strings.Contains(body, `<source url="https://wire.example/feeds/source/gone.rss">gone</source>`) {
		t.Errorf("no source element that leads somewhere:\n%s", body)
	}
	if site.Files["/feeds/source/gone.rss"] == nil {
		t.Error("its feed is gone, and its readers are not")
	}
}

func TestF37_EveryPageNamesItsFeeds(t *testing.T) {
	site := build(t, small(), options())
	for path, f := range site.Files {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		var p publisher.Page
		if err := json.Unmarshal(bytesOf(f), &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Feeds) < 3 {
			t.Errorf("%s names %d feeds, want one in each format", path, len(p.Feeds))
		}
		for _, l := range p.Feeds {
			if rel, ok := strings.CutPrefix(l.URL, "https://wire.example"); !ok || site.Files[rel] == nil {
				t.Errorf("%s names %s, which is not there", path, l.URL)
			}
		}
		for _, n := range p.Nav {
			if site.Files[n.Path+"index.html"] == nil {
				t.Errorf("%s links to %s, which is not there", path, n.Path)
			}
		}
	}
}

func TestListsGoOnOverPages(t *testing.T) {
	n := &newsroom{}
	for id := range int64(25) {
		n.put(story(id+1, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Hour)))
	}
	opt := options()
	opt.Items, opt.HomePages, opt.PerSource = 10, 2, 1
	site := build(t, n, opt)
	page := func(path string) (p publisher.Page) {
		if err := json.Unmarshal(bytesOf(site.Files[path]), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	first, second := page("/index.html"), page("/page/2/index.html")
	if len(first.Entries) != 10 || first.Prev != "" || first.Next != "/page/2/" || first.Entries[0].Title != "Report 25" {
		t.Errorf("first page: %d entries, %q, %q", len(first.Entries), first.Prev, first.Next)
	}
	if len(second.Entries) != 10 || second.Prev != "/" || second.Next != "" || second.Entries[9].Title != "Report 6" {
		t.Errorf("second page: %d entries, %q, %q; want the last one allowed", len(second.Entries), second.Prev, second.Next)
	}
	if got := page("/category/labor/page/3/index.html"); len(got.Entries) != 5 {
		t.Errorf("third page of the category: %d entries, want the rest", len(got.Entries))
	}
	story := page("/story/00000000-0000-4000-8000-000000000025/index.html")
	if len(story.Entries) != 1 || len(story.More) != 5 || story.More[0].Title != "Report 24" {
		t.Errorf("story page: %d entries, %d more", len(story.Entries), len(story.More))
	}
}
