package pages

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

func newRenderer(t *testing.T) *Renderer {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	return r
}

func render(t *testing.T, r *Renderer, p publisher.Page) []byte {
	t.Helper()
	b, err := r.Append(nil, p)
	if err != nil {
		t.Fatalf("Append(%s %s) = %v", p.Kind, p.Path, err)
	}
	return b
}

func TestEveryPageFilledAndEmptyIsSafeAndAccessible(t *testing.T) {
	r := newRenderer(t)
	seen := map[publisher.PageKind]int{}
	for i, p := range slices.Concat(fixturePages(), emptyPages()) {
		name := fmt.Sprintf("%d %s %s", i, p.Kind, p.Path)
		t.Run(name, func(t *testing.T) {
			body := render(t, r, p)
			d := parse(t, name, body)
			d.safe()
			d.accessible()
			d.count("head title", 1)
			d.count(`meta[name="viewport"]`, 1)
			if articles := len(d.all("article")); len(d.all(".item-content")) != articles {
				t.Errorf("%d elements of class item-content, want one for each of %d articles", len(d.all(".item-content")), articles)
			}
			if again := render(t, r, p); !bytes.Equal(body, again) {
				t.Error("rendering the page twice gave different bytes")
			}
			if bytes.Contains(body, []byte("ZgotmplZ")) {
				t.Error("a template let the escaper refuse a value")
			}
		})
		seen[p.Kind]++
	}
	for kind := range files {
		if seen[kind] < 2 {
			t.Errorf("pages of kind %q tested: %d, want a filled and an empty one", kind, seen[kind])
		}
	}
}

func TestRenderRefusesAnUnknownKind(t *testing.T) {
	if _, err := newRenderer(t).Append(nil, publisher.Page{Kind: "poster", Path: "/x/"}); err == nil || !strings.Contains(err.Error(), "poster") {
		t.Errorf(`Append(kind "poster") = %v, want an error that names the kind`, err)
	}
}

func TestF37HeadAnnouncesTheFeedsOfThePageAndOfTheSite(t *testing.T) {
	r := newRenderer(t)
	for _, p := range fixturePages() {
		d := parse(t, string(p.Kind)+" "+p.Path, render(t, r, p))
		for _, f := range publisher.Formats {
			d.count(fmt.Sprintf(`head link[rel="alternate"][type=%q][href=%q]`, strings.Split(f.Type, ";")[0], siteURL+"/feeds/all."+f.Ext), 1)
		}
		for _, f := range p.Feeds {
			d.count(fmt.Sprintf(`head link[rel="alternate"][type=%q][href=%q][title=%q]`, f.Type, f.URL, f.Title), 1)
		}
		if p.Kind != publisher.PageMissing && p.Kind != publisher.PageSearch {
			d.attribute(`head link[rel="canonical"]`, "href", siteURL+cmp.Or(p.Target, p.Path))
		} else {
			d.count(`head link[rel="canonical"]`, 0)
			d.attribute(`meta[name="robots"]`, "content", "noindex")
		}
	}
}

func TestAMovedStoryLeadsToTheOther(t *testing.T) {
	pages := fixturePages()
	d := parse(t, "moved", render(t, newRenderer(t), pages[len(pages)-1]))
	d.attribute(`meta[http-equiv="refresh"]`, "content", "0; url=/story/2/")
	d.attribute(".ways a", "href", "/story/2/")
}

func TestACorrectionIsNotMarkedSingleSource(t *testing.T) {
	p := fixturePages()[0]
	p.Entries[0].Correction, p.Entries = true, p.Entries[:1]
	parse(t, "corrections", render(t, newRenderer(t), p)).count(".reach", 0)
}

func TestListShowsWhoWroteWhatWhen(t *testing.T) {
	home := fixturePages()[0]
	d := parse(t, "home", render(t, newRenderer(t), home))
	d.text("title", "Rightswire: Latest stories")
	d.count("article.entry", len(home.Entries))
	d.count("section.day", 2)
	d.text("section.day h2", "Tuesday, 24 November 2026")
	d.attribute("article h3 a", "href", "/story/11111111-1111-4111-8111-111111111111/")
	d.text("article .outlet a", "Harbour Dispatch")
	d.attribute("article .outlet a", "href", "https://harbour.example/2026/dock-walkout")
	d.attribute("article time", "datetime", "2026-11-24T06:30:00Z")
	d.text("article time", "24 Nov 2026, 06:30 UTC")
	d.text("article time + *, article bdi > time", "24 Nov 2026, 08:05 UTC")
	d.text("article .reach", "4 outlets")
	d.text("article .single-source", "single source")
	d.attribute("article .kicker a", "href", "/category/workplace-safety/")
	d.attribute("article .places a", "href", "/country/pt/")
	d.attribute("article .places .tongue a", "href", "/language/en/")
	d.attribute(`.pages a[rel="next"]`, "href", "/page/2/")
	d.count(`article[dir="rtl"]`, 2)
	d.count(`h3[lang="ur"], .item-content[lang="ur"]`, 2)
	d.count(`article[dir="ltr"] h3:not([lang])`, 1)
	d.attribute(`.sections a[aria-current="page"]`, "href", "/category/labor/")
}

func TestStoryShowsCoverageInOrderOfTime(t *testing.T) {
	p := fixturePages()[3]
	d := parse(t, "story", render(t, newRenderer(t), p))
	var got []string
	for _, li := range d.all(".coverage li") {
		got = append(got, words(all(li, ".outlet bdi")[0]))
	}
	want := []string{"Harbour Dispatch", "Pier and Rail Agency", "Tidewater Post", "صوت العمال"}
	if !slices.Equal(got, want) {
		t.Errorf("outlets of the coverage = %q, want %q", got, want)
	}
	d.count(".coverage .copy", 1)
	d.text(".coverage li:nth-child(1) .mark", "leads")
	d.count(".coverage time", 4)
	d.count(".more .briefs > li", len(p.More))
	d.attribute(".more h2 a", "href", "/category/workplace-safety/")
	d.attribute(".enclosures a", "href", "https://harbour.example/walkout.mp3")
	d.text(".enclosures a", "audio/mpeg, 12.4 MB")
	d.attribute(".item-content .media", "href", "https://harbour.example/crane.jpg")
	d.attribute(`meta[property="og:type"]`, "content", "article")
}

// The entry's date is then that of the report that came first, not the lead's.
func TestALeadThatWasNotFirstIsShownWithoutADate(t *testing.T) {
	p := fixturePages()[3]
	p.Entries = slices.Clone(p.Entries)
	p.Entries[0].Coverage = slices.Clone(p.Entries[0].Coverage)
	p.Entries[0].Coverage[1].Published = p.Entries[0].Published
	d := parse(t, "story", render(t, newRenderer(t), p))
	d.text(".coverage li:nth-child(1) .mark", "leads")
	d.count(".coverage li:nth-child(1) time", 0)
	d.text(".coverage li:nth-child(2) .outlet bdi", "Tidewater Post")
	d.count(".coverage time", 3)
}

func TestFeedsPageHasEveryAddressToCopy(t *testing.T) {
	d := parse(t, "feeds", render(t, newRenderer(t), fixturePages()[5]))
	var got []string
	for _, c := range d.all(".formats code") {
		got = append(got, words(c))
	}
	for _, want := range []string{siteURL + "/feeds/all.rss", siteURL + "/feeds/labor.atom", siteURL + "/feeds/press-freedom.json"} {
		if !slices.Contains(got, want) {
			t.Errorf("addresses on the page of feeds = %q, want %q among them", got, want)
		}
	}
	d.count(`a[href="/feeds.opml"]`, 2)
	d.count(`main a[href="/sources.opml"]`, 1)
}

func TestAFeedIsOneClickFromTheReadersThatPeopleHave(t *testing.T) {
	pages := fixturePages()
	for i, feed := range map[int]string{5: siteURL + "/feeds/labor.atom", 0: siteURL + "/feeds/all.atom"} {
		d := parse(t, pages[i].Path, render(t, newRenderer(t), pages[i]))
		escaped := url.QueryEscape(feed)
		for _, want := range []string{
			"feed:" + feed, "https://feedly.com/i/subscription/feed%2F" + escaped, "https://www.inoreader.com/?add_feed=" + escaped,
			"https://www.newsblur.com/?url=" + escaped, "https://theoldreader.com/feeds/subscribe?url=" + escaped,
		} {
			d.count(fmt.Sprintf(`details.readers a[href=%q]`, want), 1)
		}
	}
}

func TestAHundredFeedsAreNotFiveHundredLinks(t *testing.T) {
	p := fixturePages()[5]
	items := make([]publisher.NavItem, 100)
	for i := range items {
		items[i] = publisher.NavItem{Title: fmt.Sprint(i), Path: "/", Feed: fmt.Sprint("/feeds/", i)}
	}
	p.Groups = []publisher.NavGroup{{Title: "Sources", Items: items}}
	d := parse(t, "feeds", render(t, newRenderer(t), p))
	d.count("details.readers", 0)
	d.count(".formats code", 400) // three formats, and what other sites can show
}

// hostile is what S01 sends: a value that breaks out of text, attributes and
// addresses alike.
const hostile = `"'></title></a></p></h1></h3></script><script>alert(1)</script><img src=x onerror=alert(2)><!--` + "\u202e" + `{{.}} javascript:alert(3)`

func TestS01HostileStringsInEveryFieldStayText(t *testing.T) {
	r := newRenderer(t)
	bad := "javascript:alert(4)//https://ok.example/"
	out := publisher.Outlet{ID: hostile, Title: hostile, FeedURL: bad, Homepage: bad, Language: hostile}
	lab := []publisher.Label{{Term: hostile, Scheme: bad, Label: hostile}}
	e := publisher.Entry{
		ID: hostile, Title: hostile, URL: bad, StoryURL: bad, Author: hostile, Summary: hostile, Content: hostile, Language: hostile,
		Published: noon, Updated: noon.Add(time.Hour), Source: out, Categories: lab, Countries: lab, Image: bad,
		Coverage:   []publisher.Coverage{{Outlet: out, Title: hostile, URL: bad, Language: hostile, Published: noon, Copy: true}},
		Enclosures: []news.Enclosure{{URL: bad, Type: hostile, Length: -1}, {URL: "https://ok.example/a.mp3", Type: hostile, Length: 1 << 62}},
	}
	nav := []publisher.NavItem{{Title: hostile, Path: "/" + hostile, Feed: "/" + hostile, Count: 1, Current: true}}
	for kind := range files {
		p := publisher.Page{
			Site: publisher.SiteInfo{Title: hostile, Description: hostile, URL: siteURL, Language: hostile, Contact: hostile, Hub: bad, Version: hostile},
			Kind: kind, Path: "/" + hostile, Title: hostile, Description: hostile, Language: hostile, Updated: noon,
			Entries: []publisher.Entry{e}, More: []publisher.Entry{e}, Nav: nav, Agent: hostile, Prev: "/" + hostile, Next: "/" + hostile,
			Feeds:  []publisher.FeedLink{{Title: hostile, URL: bad, Type: hostile, Name: hostile}},
			Groups: []publisher.NavGroup{{Title: hostile, Note: hostile, Items: nav}},
			Outlet: []publisher.OutletInfo{{Outlet: out, Kind: hostile, Country: hostile, Categories: lab, Path: "/" + hostile}},
		}
		d := parse(t, string(kind), render(t, r, p))
		d.safe()
		d.accessible()
		d.text("h1", strings.Join(strings.Fields(hostile), " "))
		if kind == publisher.PageList {
			d.text("article h3", strings.Join(strings.Fields(hostile), " "))
			d.text("article .item-content p", strings.Join(strings.Fields(hostile), " "))
		}
	}
}

func TestPagesOfASiteBelowAPathLinkThere(t *testing.T) {
	p := fixturePages()[0]
	p.Site.URL = "https://ngo.example/wire"
	p.Entries = p.Entries[:1]
	p.Entries[0].StoryURL = "https://ngo.example/wire/story/1/"
	d := parse(t, "below a path", render(t, newRenderer(t), p))
	d.attribute("article h3 a", "href", "/wire/story/1/")
	d.attribute(`link[rel="stylesheet"]`, "href", "/wire/style.css")
	d.attribute(".sections a", "href", "/wire/category/labor/")
	d.attribute(`link[rel="canonical"]`, "href", "https://ngo.example/wire/")
}

func TestAssetsAreThereAndFetchNothing(t *testing.T) {
	got := map[string]publisher.File{}
	for _, a := range newRenderer(t).Assets() {
		got[a.Path] = a
	}
	for path, media := range map[string]string{"/style.css": "text/css; charset=utf-8", "/favicon.svg": "image/svg+xml"} {
		a := got[path]
		if a.Type != media || len(a.Body) == 0 {
			t.Errorf("asset %s has type %q and %d bytes, want type %q and some", path, a.Type, len(a.Body), media)
		}
		for _, fetches := range []string{"url(", "@import", "<script", "href="} {
			if bytes.Contains(a.Body, []byte(fetches)) {
				t.Errorf("asset %s contains %q", path, fetches)
			}
		}
	}
	if n := len(got["/style.css"].Body); n > 20_000 {
		t.Errorf("the style sheet has %d bytes, want at most 20000", n)
	}
}

// The page for webmasters promises what the configuration keeps, and nothing
// else.
func TestP37_TheBotPagePromisesWhatIsConfigured(t *testing.T) {
	r := newRenderer(t)
	for name, tt := range map[string]struct {
		manners  publisher.Manners
		has, not []string
	}{
		"polite":   {publisher.Manners{Floor: 15 * time.Minute, Gap: 2 * time.Second, Connections: 1}, []string{"every 15 minutes,", "one connection at", "2 seconds or more"}, nil},
		"impolite": {publisher.Manners{Floor: 90 * time.Second, Connections: 4}, []string{"every 90 seconds,", "at most 4 connections at"}, []string{"a pause of"}},
		"unknown":  {publisher.Manners{}, nil, []string{"more often than", "at a time to a domain", "a pause of"}},
	} {
		page := string(render(t, r, publisher.Page{Kind: publisher.PageBot, Path: "/about/bot/", Title: "Bot", Manners: tt.manners}))
		for _, want := range tt.has {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %q", name, want)
			}
		}
		for _, bad := range tt.not {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page has %q", name, bad)
			}
		}
	}
}
