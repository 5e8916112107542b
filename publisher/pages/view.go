package pages

import (
	"cmp"
	"html/template"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// view is a [publisher.Page] with what the templates need worked out, so that
// they hold no logic beyond "if there is one, show it".
type view struct {
	publisher.Page
	r          *Renderer
	Base       string // path of the site's address: "" or "/wire"
	Home       bool
	Standfirst string              // Description, unless it repeats the masthead
	Canonical  string              // absolute address of this page, or of the one that took its place; "" for the 404 and for searches
	Sections   []publisher.NavItem // Nav without what the bar at the top has
	Alternate  []publisher.FeedLink
	Days       []day           // PageList
	Story      *entry          // PageStory
	Beside     []template.HTML // PageStory: More
	BesideIn   *publisher.Label
	Links      []iter.Seq[feedRow] // PageFeeds: the rows of each group, made one by one
	Found      []template.HTML     // PageSearch
	Embedded   []entry             // PageEmbed, PageFragment
}

// fixed are the pages that every page links to in its bar or its footer.
var fixed = map[string]bool{"/": true, "/feeds/": true, "/sources/": true, "/about/": true, "/about/bot/": true}

// day is a run of entries that were published on one day, UTC.
type day struct {
	ID      string // "2026-11-24"
	Title   string // "Tuesday, 24 November 2026"
	Entries []template.HTML
}

// entry is one story as a page shows it.
type entry struct {
	publisher.Entry
	Path    string // of our story page, with the site's base; the article's address if we have none
	Out     string // the article at its outlet; "" if it has no web address
	Lang    string // for lang=; "" if unknown
	Dir     string // ltr, rtl or auto
	Outlets int    // outlets that carry the story; at least 1
	Changed bool   // Updated is worth a second date
	Body    template.HTML
	Reports []report // in the order in which they were published
}

// report is one outlet's report of a story.
type report struct {
	publisher.Coverage
	Out     string
	Lang    string
	Dir     string
	Lead    bool
	Undated bool // the lead of a story that another outlet reported first: the entry has the story's date only
}

// feedRow is one line of the page of feeds.
type feedRow struct {
	publisher.NavItem
	Addresses []publisher.FeedLink // one per format
	Readers   []readerLink         // one per reader; none in a long group
	Embed     string               // absolute address of the document to be framed; "" if there is none
}

// view works out what the templates of a page need.
func (r *Renderer) view(p publisher.Page) (*view, error) {
	v := &view{Page: p, r: r, Base: base(p.Site.URL), Home: p.Kind == publisher.PageList && p.Path == "/"}
	if p.Kind != publisher.PageMissing && p.Kind != publisher.PageSearch {
		v.Canonical = p.Site.URL + cmp.Or(p.Target, p.Path)
	}
	v.Feeds = slices.DeleteFunc(slices.Clone(p.Feeds), func(l publisher.FeedLink) bool { return web(l.URL) == "" })
	v.Alternate = alternates(p.Site, v.Feeds)
	v.Sections = slices.DeleteFunc(slices.Clone(p.Nav), func(n publisher.NavItem) bool { return fixed[n.Path] })
	if v.Description == v.Site.Description {
		v.Standfirst = "" // the masthead says it already
	} else {
		v.Standfirst = v.Description
	}
	switch p.Kind {
	case publisher.PageList:
		var err error
		if v.Days, err = v.days(p.Entries); err != nil {
			return nil, err
		}
	case publisher.PageStory:
		if err := r.story(v); err != nil {
			return nil, err
		}
	case publisher.PageSearch:
		var err error
		if v.Found, err = v.found(); err != nil {
			return nil, err
		}
	case publisher.PageEmbed, publisher.PageFragment:
		v.Canonical = p.Site.URL + p.Cut.Page
		for _, e := range p.Entries {
			v.Embedded = append(v.Embedded, v.entry(e))
		}
	case publisher.PageFeeds:
		for _, g := range p.Groups {
			v.Links = append(v.Links, rows(p.Site, g))
		}
	}
	return v, nil
}

// story fills what the page of one story shows. A page without an entry is
// shown as an empty one.
func (r *Renderer) story(v *view) error {
	if len(v.Entries) == 0 {
		return nil
	}
	e := v.entry(v.Entries[0])
	body, err := r.content(e.Content, e.Source.Title)
	if err != nil {
		return err
	}
	e.Body = body
	e.Reports = reports(e.Entry)
	v.Story = &e
	for _, m := range v.More {
		h, err := v.shown("brief", m)
		if err != nil {
			return err
		}
		v.Beside = append(v.Beside, h)
	}
	if len(e.Categories) > 0 {
		v.BesideIn = &e.Categories[0]
	}
	return nil
}

func (v *view) entry(e publisher.Entry) entry {
	lang := cmp.Or(tag(e.Language), tag(v.Language), tag(v.Site.Language))
	out := entry{Entry: e, Out: web(e.URL), Lang: tag(e.Language), Dir: direction(lang), Outlets: 1}
	if e.URL == e.StoryURL {
		out.Out = "" // an item without an address: our own page is no original
	}
	out.Path = cmp.Or(v.local(e.StoryURL), out.Out)
	out.Changed = e.Updated.After(e.Published) && minute(e.Updated) != minute(e.Published) // as far as stamp tells
	if len(e.Coverage) == 0 {
		return out
	}
	seen := map[string]bool{e.Source.ID: true}
	for _, c := range e.Coverage {
		if !seen[c.Outlet.ID] {
			seen[c.Outlet.ID] = true
			out.Outlets++
		}
	}
	return out
}

// minute counts minutes; it tells times apart as [stamp] does.
func minute(t time.Time) int64 { return count(t, 60) }

// days counts days; it tells times apart as [longDay] does.
func days(t time.Time) int64 { return count(t, 24*60*60) }

func count(t time.Time, length int64) int64 {
	s := t.Unix()
	return (s - (s%length+length)%length) / length
}

// local turns an absolute address of our own into one without a host, so that
// the page works on every mirror; it returns "" for any other address.
func (v *view) local(address string) string {
	if rest, ok := strings.CutPrefix(address, v.Site.URL); ok && strings.HasPrefix(rest, "/") {
		return v.Base + rest
	}
	return web(address)
}

// base returns the path of the site's address, without a trailing slash.
func base(site string) string {
	u, err := url.Parse(site)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.EscapedPath(), "/")
}

// web returns an address if it is absolute http(s) and "" otherwise: nothing
// else is ever linked to (S03), whoever let it come this far.
func web(address string) string {
	if plainWeb(address) {
		return address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return address
}

// plainWeb reports whether an address is web by its bytes alone, as nearly all
// are: a host of letters, digits, dots and dashes, perhaps a port, and then
// nothing that the syntax of addresses could object to.
func plainWeb(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(address, "http://"); !ok {
			return false
		}
	}
	const host, port, path = 0, 1, 2
	for i, in := 0, host; i < len(rest); i++ {
		switch c := rest[i]; {
		case '0' <= c && c <= '9':
		case in != port && ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '.'):
		case c == '/' && i > 0:
			in = path
		case c == ':' && in == host && i > 0:
			in = port
		case in == path && (c == '_' || c == '~' || c == '=' || c == '&' || c == '?'):
		default:
			return false
		}
	}
	return rest != ""
}

// alternates lists the feeds for autodiscovery: those of the page, then those
// of the whole site if the page did not name them (F37).
func alternates(site publisher.SiteInfo, ofPage []publisher.FeedLink) []publisher.FeedLink {
	out := slices.Clone(ofPage)
	for _, f := range publisher.Formats {
		link := feedLink(site, f, "/feeds/all", site.Title)
		if !slices.ContainsFunc(out, func(l publisher.FeedLink) bool { return l.URL == link.URL }) {
			out = append(out, link)
		}
	}
	return out
}

// feedLink is the address of one format of the feed at a site path.
func feedLink(site publisher.SiteInfo, f publisher.Format, path, title string) publisher.FeedLink {
	media, _, _ := strings.Cut(f.Type, ";")
	return publisher.FeedLink{Title: title + " (" + f.Name + ")", URL: site.URL + path + "." + f.Ext, Type: media, Name: f.Name}
}

// rows gives every line of a group of feeds its addresses.
func rows(site publisher.SiteInfo, g publisher.NavGroup) iter.Seq[feedRow] {
	return func(yield func(feedRow) bool) {
		for _, it := range g.Items {
			if !yield(rowOf(site, it, len(g.Items) <= offered)) {
				return
			}
		}
	}
}

// rowOf is a line; subscribable says whether it has links to readers.
func rowOf(site publisher.SiteInfo, it publisher.NavItem, subscribable bool) feedRow {
	row := feedRow{NavItem: it}
	if it.Feed == "" {
		return row
	}
	for _, f := range publisher.Formats {
		row.Addresses = append(row.Addresses, feedLink(site, f, it.Feed, it.Title))
	}
	if rest, ok := strings.CutPrefix(it.Feed, "/feeds/"); ok {
		row.Embed = site.URL + "/embed/" + rest + ".html"
	}
	if subscribable {
		row.Readers = subscriptions(site.URL + it.Feed + ".atom")
	}
	return row
}

// days splits entries, which are in order of time, at midnight UTC.
func (v *view) days(es []publisher.Entry) ([]day, error) {
	var out []day
	var last int64 // the day of the entry before
	for _, e := range es {
		// An entry out of order gets a heading of its own, whose id must
		// still be the only one of its name.
		if at := days(e.Published); len(out) == 0 || last != at {
			id := e.Published.UTC().Format(time.DateOnly)
			if slices.ContainsFunc(out, func(d day) bool { return d.ID == id }) {
				id = ""
			}
			out = append(out, day{ID: id, Title: longDay(e.Published)})
			last = at
		}
		h, err := v.shown("entry", e)
		if err != nil {
			return nil, err
		}
		last := &out[len(out)-1]
		last.Entries = append(last.Entries, h)
	}
	return out, nil
}

// reports lists who carries a story, the first to report it first. An entry
// has the date of the story, which is its lead's unless another report is as
// old; then the lead stands on top without a date rather than with a wrong one.
func reports(e publisher.Entry) []report {
	out := []report{{
		Coverage: publisher.Coverage{Outlet: e.Source, Title: e.Title, URL: e.URL, Language: e.Language, Published: e.Published},
		Lead:     true,
	}}
	for _, c := range e.Coverage {
		out = append(out, report{Coverage: c})
		if !c.Published.After(e.Published) {
			out[0].Undated = true
		}
	}
	for i := range out {
		lang := cmp.Or(tag(out[i].Language), tag(out[i].Outlet.Language))
		out[i].Out, out[i].Lang, out[i].Dir = web(out[i].URL), lang, direction(lang)
		if out[i].URL == e.StoryURL {
			out[i].Out = ""
		}
	}
	slices.SortStableFunc(out, func(a, b report) int {
		if a.Undated != b.Undated {
			return map[bool]int{true: -1, false: 1}[a.Undated]
		}
		return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.Outlet.Title, b.Outlet.Title), cmp.Compare(a.URL, b.URL))
	})
	return out
}
