package pages

import (
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	query "github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/publisher"
)

const siteURL = "https://wire.example.org"

var (
	testSite = publisher.SiteInfo{
		Title: "Rightswire", Description: "Human-rights and labor news from many desks", URL: siteURL,
		Language: "en", Contact: "desk@example.org", Version: "test", TTL: time.Hour,
	}
	noon = time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC)
)

func testLabel(scheme, term, name string) publisher.Label {
	return publisher.Label{Term: term, Scheme: siteURL + "/" + scheme + "/", Label: name}
}

// fixtureEntries are stories as a real front page has them: several
// languages, two of them right to left, one outlet or many.
func fixtureEntries() []publisher.Entry {
	outlet := func(id, title, lang string) publisher.Outlet {
		return publisher.Outlet{ID: id, Title: title, Language: lang, Homepage: "https://" + id + ".example/", FeedURL: "https://" + id + ".example/feed"}
	}
	harbour, sawt, karkun := outlet("harbour", "Harbour Dispatch", "en"), outlet("sawt", "صوت العمال", "ar"), outlet("karkun", "کارکن نیوز", "ur")
	return []publisher.Entry{
		{
			ID: "urn:uuid:11111111-1111-4111-8111-111111111111", Title: "Dock workers walk out after third crane collapse this year",
			URL: "https://harbour.example/2026/dock-walkout", StoryURL: siteURL + "/story/11111111-1111-4111-8111-111111111111/",
			Author:  "Mara Lindqvist",
			Summary: "About 2,300 crane operators and lashers stopped work at dawn after a boom fell across a loading lane. The union says two earlier warnings about the same model went unanswered; the port authority has promised an inspection, and no date.",
			Content: `<p>About 2,300 crane operators and lashers stopped work at dawn after a boom fell across a loading lane. <a href="https://harbour.example/port">The port</a> was still at noon.</p>` +
				`<h1>What the union asks</h1><p>An inspection of all eleven cranes of the model, by people the union can name.</p><figure><img src="https://harbour.example/crane.jpg" alt="A fallen crane boom"><figcaption>The boom lay across lane four.</figcaption></figure>` +
				`<blockquote><p>We reported this bolt in March. We have the paper.</p></blockquote>`,
			Published: noon, Updated: noon.Add(95 * time.Minute), Language: "en", Source: harbour,
			Coverage: []publisher.Coverage{
				{Outlet: outlet("pier", "Pier and Rail Agency", "en"), Title: "Port stands still as dockers refuse to work under cranes", URL: "https://pier.example/1", Language: "en", Published: noon.Add(10 * time.Minute)},
				{Outlet: outlet("tidewater", "Tidewater Post", "en"), Title: "Port stands still as dockers refuse to work under cranes", URL: "https://tidewater.example/9", Language: "en", Published: noon.Add(20 * time.Minute), Copy: true},
				{Outlet: sawt, Title: "عمال الميناء يضربون عن العمل بعد سقوط رافعة", URL: "https://sawt.example/5", Language: "ar", Published: noon.Add(2 * time.Hour)},
			},
			Categories: []publisher.Label{testLabel("category", "workplace-safety", "Workplace safety"), testLabel("category", "unions-strikes", "Unions and strikes"), testLabel("category", "labor", "Labor")},
			Countries:  []publisher.Label{testLabel("country", "PT", "Portugal")},
			Enclosures: []news.Enclosure{{URL: "https://harbour.example/walkout.mp3", Type: "audio/mpeg", Length: 12_400_000}},
		},
		{
			ID: "urn:uuid:2", Title: "عاملات المنازل يطالبن بيوم راحة أسبوعي في القانون الجديد", URL: "https://sawt.example/6", StoryURL: siteURL + "/story/2/",
			Author:    "ليلى منصور",
			Summary:   "قدّمت رابطة عاملات المنازل عريضة تحمل أربعة آلاف توقيع إلى لجنة العمل، وتقول إن مسودة القانون تترك يوم الراحة لتقدير صاحب العمل. وترد اللجنة بأن النص سيُراجع قبل نهاية الشهر.",
			Content:   `<p>قدّمت رابطة عاملات المنازل عريضة تحمل أربعة آلاف توقيع إلى لجنة العمل.</p><p>وتقول إن مسودة القانون تترك يوم الراحة لتقدير صاحب العمل.</p>`,
			Published: noon.Add(-time.Hour), Updated: noon.Add(-time.Hour), Language: "ar", Source: sawt,
			Categories: []publisher.Label{testLabel("category", "migrant-workers", "Migrant workers"), testLabel("category", "womens-rights", "Women's rights")},
			Countries:  []publisher.Label{testLabel("country", "LB", "Lebanon"), testLabel("country", "ET", "Ethiopia")},
		},
		{
			ID: "urn:uuid:3", Title: "بھٹہ مزدوروں کے بچوں کے لیے شام کے اسکول کھل گئے", URL: "https://karkun.example/7", StoryURL: siteURL + "/story/3/",
			Summary:   "ضلع کے چالیس بھٹوں پر شام کے اسکول کھل گئے ہیں جہاں پیشگی کے قرض میں جکڑے خاندانوں کے بچے پڑھیں گے۔ یونین کا کہنا ہے کہ قرض ختم کیے بغیر اسکول کافی نہیں۔",
			Content:   `<p>ضلع کے چالیس بھٹوں پر شام کے اسکول کھل گئے ہیں۔</p>`,
			Published: noon.Add(-26 * time.Hour), Updated: noon.Add(-20 * time.Hour), Language: "ur", Source: karkun,
			Categories: []publisher.Label{testLabel("category", "child-labor", "Child labor")},
			Countries:  []publisher.Label{testLabel("country", "PK", "Pakistan")},
		},
		{
			ID: "urn:uuid:4", Title: "Regional court orders release of photographer held since June", URL: "https://tidewater.example/10", StoryURL: siteURL + "/story/4/",
			Content:   `<p><a href="https://tidewater.example/10">Regional court orders release</a></p>`,
			Published: noon.Add(-27 * time.Hour), Updated: noon.Add(-27 * time.Hour), Source: outlet("tidewater", "Tidewater Post", ""),
		},
	}
}

// fixturePages is a filled page of every kind.
func fixturePages() []publisher.Page {
	es := fixtureEntries()
	nav := []publisher.NavItem{
		{Title: "Labor", Path: "/category/labor/", Count: 41, Feed: "/feeds/labor", Current: true},
		{Title: "Unions and strikes", Path: "/category/unions-strikes/", Count: 17, Feed: "/feeds/unions-strikes"},
		{Title: "Migrant workers", Path: "/category/migrant-workers/", Count: 12, Feed: "/feeds/migrant-workers"},
		{Title: "Press freedom", Path: "/category/press-freedom/", Feed: "/feeds/press-freedom"},
		{Title: "Countries", Path: "/country/"},
	}
	groups := []publisher.NavGroup{
		{Title: "Everything", Items: []publisher.NavItem{{Title: "All stories", Path: "/", Count: 96, Feed: "/feeds/all"}}},
		{Title: "Categories", Note: "What the stories are about.", Items: nav},
		{Title: "Languages", Note: "None so far."},
	}
	feeds := func(path, title string) []publisher.FeedLink {
		var out []publisher.FeedLink
		for _, f := range publisher.Formats {
			out = append(out, feedLink(testSite, f, path, title))
		}
		return out
	}
	page := func(kind publisher.PageKind, path, title, desc string) publisher.Page {
		return publisher.Page{Site: testSite, Kind: kind, Path: path, Title: title, Description: desc, Nav: nav, Updated: noon}
	}

	home := page(publisher.PageList, "/", "Latest stories", "Human-rights and labor news from many desks, newest first.")
	home.Entries, home.Feeds, home.Next = es, feeds("/feeds/all", "Rightswire"), "/page/2/"
	category := page(publisher.PageList, "/category/labor/page/2/", "Labor", "Work, pay and unions.")
	category.Entries, category.Feeds, category.Prev = es[:1], feeds("/feeds/labor", "Labor"), "/category/labor/"
	category.Chart = &publisher.Chart{First: noon.AddDate(0, 0, -3), Counts: []int{0, 7, 0, 2}}
	arabic := page(publisher.PageList, "/language/ar/", "Arabic", "")
	arabic.Entries, arabic.Language, arabic.Feeds = es[1:2], "ar", feeds("/feeds/language/ar", "Arabic")
	story := page(publisher.PageStory, "/story/11111111-1111-4111-8111-111111111111/", es[0].Title, es[0].Summary)
	story.Entries, story.More = es[:1], es[1:]
	storyRTL := page(publisher.PageStory, "/story/2/", es[1].Title, es[1].Summary)
	storyRTL.Entries, storyRTL.More = es[1:2], es[2:]
	list := page(publisher.PageFeeds, "/feeds/", "Feeds", "Every feed that this wire publishes, with its address.")
	list.Groups = groups
	sources := page(publisher.PageSources, "/sources/", "Sources", "Who we read.")
	sources.Outlet = []publisher.OutletInfo{
		{Outlet: es[0].Source, Kind: "news", Country: "Portugal", Path: "/source/harbour/", LastNew: noon, Categories: []publisher.Label{testLabel("category", "labor", "Labor"), testLabel("category", "workplace-safety", "Workplace safety")}},
		{Outlet: es[1].Source, Kind: "union", Path: "/source/sawt/"},
	}
	index := page(publisher.PageIndex, "/category/", "Categories", "What the stories are about.")
	index.Groups = groups
	bot := page(publisher.PageBot, "/about/bot/", "Our fetcher", "For webmasters who find us in their logs.")
	bot.Agent = "rightswire/1.0 (+https://wire.example.org/about/bot/; desk@example.org)"
	bot.Manners = publisher.Manners{Floor: 15 * time.Minute, Gap: time.Second, Connections: 1}
	about := page(publisher.PageAbout, "/about/", "About this site", "What it is.")
	missing := page(publisher.PageMissing, "/404/", "There is no page at this address", "")
	moved := page(publisher.PageMoved, "/story/3/", "This story is part of another one now", "")
	moved.Target, moved.TargetTitle = "/story/2/", "The story that it is part of"
	search := page(publisher.PageSearch, "/search", "Search: Dock walk* العمل", "")
	search.Entries, search.Next, search.Prev = es, "/search?page=3&q=a+b", "/search?q=a+b"
	search.Search = publisher.SearchPage{
		Text: `Dock "walk*" العمل`, After: "2026-01-01", Asked: true, Total: 44, More: true, Notes: []string{"after: \"soon\" is no date."},
		Looked:  query.Parse("Dock walk* العمل").Looked(),
		Choices: []publisher.Choice{{Name: "category", Title: "Category", Options: []publisher.Option{{Value: "labor", Title: "Labor", Chosen: true}, {Value: "x", Title: "X"}}}, {Name: "country", Title: "Country"}},
	}
	return []publisher.Page{home, category, arabic, story, storyRTL, list, sources, index, bot, about, missing, search, moved}
}

// emptyPages is a page of every kind with nothing on it.
func emptyPages() []publisher.Page {
	var out []publisher.Page
	for _, kind := range []publisher.PageKind{
		publisher.PageList, publisher.PageStory, publisher.PageFeeds, publisher.PageSources, publisher.PageIndex, publisher.PageBot, publisher.PageAbout, publisher.PageMissing,
		publisher.PageMoved, publisher.PageSearch,
	} {
		site := publisher.SiteInfo{Title: "Wire", URL: siteURL}
		out = append(out, publisher.Page{Site: site, Kind: kind, Path: "/" + string(kind) + "/", Title: strings.ToUpper(string(kind))})
	}
	return out
}
