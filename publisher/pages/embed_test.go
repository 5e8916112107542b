package pages

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/publisher"
)

func embedPage(kind publisher.PageKind) publisher.Page {
	cut := publisher.Cut{Path: "/feeds/labor", Page: "/category/labor/", Title: "Labor"}
	return publisher.Page{
		Site: testSite, Kind: kind, Path: "/embed/labor.html", Title: cut.Title, Cut: cut, Entries: fixtureEntries(),
		Feeds: []publisher.FeedLink{feedLink(testSite, publisher.Formats[0], cut.Path, cut.Title)},
	}
}

// What other sites show credits every outlet and leads to the reports, runs
// nothing, and opens everything in a window of its own.
func TestEmbed(t *testing.T) {
	for _, kind := range []publisher.PageKind{publisher.PageEmbed, publisher.PageFragment} {
		p := embedPage(kind)
		d := parse(t, string(kind), render(t, newRenderer(t), p))
		d.safe()
		d.count("a:not([target=_blank][rel~=noopener])", 0)
		d.count("[style]", 0)
		d.count(".rightswire-stories > li", len(p.Entries))
		d.attribute(".rightswire-headline", "href", p.Entries[0].URL)
		d.attribute("li:nth-child(2) .rightswire-headline", "lang", "ar")
		d.attribute("li:nth-child(2)", "dir", "rtl")
		d.text(".rightswire-credit", "Harbour Dispatch, 4 outlets, 24 Nov 2026, 06:30 UTC")
		d.attribute(".rightswire-credit a", "href", p.Entries[0].StoryURL)
		d.attribute(".rightswire-title a", "href", siteURL+"/category/labor/")
		d.text(".rightswire-by", "From Rightswire · RSS")
		p.Entries = nil
		parse(t, string(kind), render(t, newRenderer(t), p)).text(".rightswire-none", "Nothing here yet.")
	}
	if got := string(render(t, newRenderer(t), embedPage(publisher.PageFragment))); !strings.HasPrefix(got, `<div class="rightswire"`) || strings.Contains(got, "<link") || strings.Contains(got, "<html") {
		t.Errorf("the fragment is more than a list: %.200s", got)
	}
}

// A title cannot leave the place that it has on somebody else's page.
func TestS01_EmbeddedTextStaysText(t *testing.T) {
	for _, kind := range []publisher.PageKind{publisher.PageEmbed, publisher.PageFragment} {
		p := embedPage(kind)
		p.Title, p.Cut.Title, p.Site.Title, p.Language = hostile, hostile, hostile, hostile
		for i := range p.Entries {
			e := &p.Entries[i]
			e.Title, e.Author, e.Language, e.URL, e.StoryURL = hostile, hostile, hostile, "javascript:alert(1)", "javascript:alert(2)"
			e.Source.Title, e.Source.Language, e.Source.Homepage = hostile, hostile, "javascript:alert(3)"
		}
		d := parse(t, string(kind), render(t, newRenderer(t), p))
		d.safe()
		d.count(".rightswire-stories > li", len(p.Entries))
		d.count(".rightswire-headline", 0) // no web address: no link
	}
}
