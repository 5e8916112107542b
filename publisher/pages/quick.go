package pages

import (
	"html/template"
	"slices"
	"sync"

	"github.com/rightswire/rightswire/publisher"
)

// A wire has far more pages of stories than of anything else, and a template
// is walked by reflection. So what such a page consists of is written by the
// functions of this file and of quickparts.go, byte for byte as the templates
// have it: these are the definition. Who changes a template changes the
// function with its name, and a test that compares the two insists on it.

// shell is what all the pages of stories of one site have in common.
type shell struct {
	site publisher.SiteInfo // what it was made from
	nav  []publisher.NavItem

	base  string
	links string               // style sheet and icon
	feeds []publisher.FeedLink // of the whole site
	top   string               // from the end of the head to the page's own
	below string               // from there to the date in the footer
	foot  string               // from there to the end
}

// shellOf returns the shell of a page. The last one is kept: a site has the
// same sections on all of its pages.
func (r *Renderer) shellOf(p publisher.Page) (*shell, error) {
	if s := r.shell.Load(); s != nil && s.site == p.Site && slices.Equal(s.nav, p.Nav) {
		return s, nil
	}
	v, err := r.view(publisher.Page{Kind: publisher.PageStory, Site: p.Site, Nav: p.Nav, Path: p.Path})
	if err != nil {
		return nil, err
	}
	var part [3]template.HTML
	for i, f := range []func() (template.HTML, error){v.Masthead, v.SectionLinks, v.Foot} {
		if part[i], err = f(); err != nil {
			return nil, err
		}
	}
	var links markup
	links.raw("\n<link rel=\"stylesheet\" href=\"")
	links.address(v.Base)
	links.raw("/style.css\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"")
	links.address(v.Base)
	links.raw("/favicon.svg\">")
	s := &shell{
		site: p.Site, nav: slices.Clone(p.Nav), base: v.Base, links: string(links), feeds: v.Alternate,
		top:   "\n</head>\n<body>\n" + string(part[0]) + "\n<div class=\"wide columns\">\n<main id=\"main\" tabindex=\"-1\">\n",
		below: "\n</main>\n" + string(part[1]) + "\n</div>\n<footer class=\"footer\">\n<div class=\"wide\">",
		foot:  "\n" + string(part[2]) + "\n</div>\n</footer>\n</body>\n</html>\n",
	}
	r.shell.Store(s)
	return s, nil
}

// quick reports whether a page is one that [Renderer.quickStory] writes: of a
// story, without anything that such a page has not on a site that was built.
func (r *Renderer) quick(p publisher.Page) bool {
	return !r.slow && p.Kind == publisher.PageStory && len(p.Entries) > 0 && p.Site.URL+p.Path != "" && !fixed[p.Path] &&
		p.Target == "" && p.Prev == "" && p.Next == ""
}

// views are lent to [Renderer.quickStory], whose pages are most of a site.
var views = sync.Pool{New: func() any { return new(view) }}

// quickStory is layout.html with story.html.
func (r *Renderer) quickStory(m markup, p publisher.Page) (markup, error) {
	s, err := r.shellOf(p)
	if err != nil {
		return nil, err
	}
	v := views.Get().(*view)
	defer func() {
		*v = view{} // it holds on to a story
		views.Put(v)
	}()
	v.Page, v.r, v.Base, v.Canonical = p, r, s.base, p.Site.URL+p.Path
	if err := r.story(v); err != nil {
		return nil, err
	}
	m.head(v)
	m.raw(s.links)
	m.alternates(p.Feeds, s.feeds)
	m.raw(s.top)
	if err := m.story(v); err != nil {
		return nil, err
	}
	m.raw(s.below)
	m.updated(v)
	m.raw(s.foot)
	return m, nil
}

// updated is the date in the footer.
func (m *markup) updated(v *view) {
	if !v.Updated.IsZero() {
		m.raw("\n<p>Last updated ")
		m.time(v.Updated, "")
		m.raw(".</p>")
	}
}

// head is layout.html up to the links to other files, of a page with an address.
func (m *markup) head(v *view) {
	m.raw("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
	m.text(v.HeadTitle())
	m.raw("</title>")
	m.property(`name="description"`, v.Description)
	m.raw("\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'\">\n" +
		"<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"canonical\" href=\"")
	m.address(v.Canonical)
	m.raw("\">\n<meta property=\"og:site_name\" content=\"")
	m.text(v.Site.Title)
	m.raw("\">\n<meta property=\"og:type\" content=\"" + v.OpenGraph() + "\">\n<meta property=\"og:title\" content=\"")
	m.text(v.Title)
	m.raw("\">\n<meta property=\"og:url\" content=\"")
	m.text(v.Canonical)
	m.raw("\">")
	m.property(`property="og:description"`, v.Description)
	if v.Story == nil {
		return
	}
	m.raw("\n<meta property=\"article:published_time\" content=\"")
	m.machine(v.Story.Published)
	m.raw("\">\n<meta property=\"article:modified_time\" content=\"")
	m.machine(v.Story.Updated)
	m.raw("\">")
	m.linkedData(v)
}

// property is a meta element; there is none without a value.
func (m *markup) property(name, value string) {
	if value != "" {
		m.raw("\n<meta " + name + " content=\"")
		m.text(value)
		m.raw("\">")
	}
}

// alternates are the feeds of the page and then those of the site, as
// alternates in view.go lists them and site.html shows them.
func (m *markup) alternates(ofPage, ofSite []publisher.FeedLink) {
	for _, l := range ofPage {
		if web(l.URL) != "" {
			m.alternate(l)
		}
	}
	for _, l := range ofSite {
		if !slices.ContainsFunc(ofPage, func(o publisher.FeedLink) bool { return o.URL == l.URL && web(o.URL) != "" }) {
			m.alternate(l)
		}
	}
}

func (m *markup) alternate(l publisher.FeedLink) {
	m.raw("\n<link rel=\"alternate\" type=\"")
	m.text(l.Type)
	m.raw(`" title="`)
	m.text(l.Title)
	m.raw(`" href="`)
	m.address(l.URL)
	m.raw(`">`)
}

// story is "main" of story.html.
func (m *markup) story(v *view) error {
	e, part := v.Story, single{View: v, Entry: v.Story}
	var shown [3]template.HTML
	var err error
	for i, f := range []func() (template.HTML, error){part.Kicker, part.Meta, part.Places} {
		if shown[i], err = f(); err != nil {
			return err
		}
	}
	m.raw(`<article class="story" dir="` + e.Dir + "\">\n<header class=\"opening\">" + string(shown[0]) + "\n<h1")
	m.lang(e.Lang)
	m.raw(">")
	m.text(e.Title)
	m.raw("</h1>\n" + string(shown[1]) + "\n</header>\n<div class=\"item-content\" dir=\"" + e.Dir + `"`)
	m.lang(e.Lang)
	m.raw(">" + string(e.Body) + "</div>")
	if e.Out != "" {
		m.raw("\n<p class=\"onward\"><a href=\"")
		m.address(e.Out)
		m.raw(`" rel="noopener noreferrer" dir="ltr">Read the original at <bdi>`)
		m.text(e.Source.Title)
		m.raw("</bdi></a></p>")
	}
	m.enclosures(e)
	m.raw("\n" + string(shown[2]) + "\n</article>\n")
	m.coverage(e)
	m.beside(v)
	return nil
}

func (m *markup) enclosures(e *entry) {
	if len(e.Enclosures) == 0 {
		return
	}
	m.raw("\n<section class=\"enclosures\" aria-labelledby=\"files\">\n<h2 id=\"files\">Attached</h2>\n<ul>")
	for _, f := range e.Enclosures {
		if web(f.URL) == "" {
			continue
		}
		m.raw("\n<li><a href=\"")
		m.address(f.URL)
		m.raw(`" rel="nofollow noopener noreferrer" dir="ltr">`)
		m.text(media(f.Type, f.Length))
		m.raw("</a></li>")
	}
	m.raw("\n</ul>\n</section>")
}

func (m *markup) coverage(e *entry) {
	if e.Outlets < 2 {
		m.raw("<section class=\"coverage single-source\" aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Coverage: single source</h2>\n" +
			"<p class=\"note\">No other outlet that we read carries this story so far.</p>")
	} else {
		m.raw("<section class=\"coverage\" aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Coverage: " + e.Reach() + "</h2>")
	}
	m.raw("\n<ol>")
	for i := range e.Reports {
		m.report(&e.Reports[i])
	}
	m.raw("\n</ol>\n</section>")
}

func (m *markup) report(r *report) {
	m.raw("\n<li>")
	if !r.Undated {
		m.raw("\n")
		m.time(r.Published, "")
	}
	m.raw("\n<div class=\"report\">\n<p class=\"outlet\"><bdi")
	m.lang(tag(r.Outlet.Language))
	m.raw(">")
	m.text(r.Outlet.Title)
	m.raw("</bdi>")
	if name := languageName(r.Language); name != "" {
		m.raw(` <span class="tongue">`)
		m.text(name)
		m.raw("</span>")
	}
	if r.Lead {
		m.raw(` <span class="mark">leads</span>`)
	}
	if r.Copy {
		m.raw(` <span class="mark copy">copy</span>`)
	}
	m.raw("</p>\n<p class=\"headline\" dir=\"" + r.Dir + `"`)
	m.lang(r.Lang)
	m.raw(">")
	m.linked(r.Out, ` rel="noopener noreferrer"`, r.Title)
	m.raw("</p>\n</div>\n</li>")
}

func (m *markup) beside(v *view) {
	if len(v.Beside) == 0 {
		return
	}
	m.raw("\n<section class=\"more\" aria-labelledby=\"more\">\n<h2 id=\"more\">")
	if in := v.BesideIn; in != nil {
		m.raw(`More in <a href="`)
		m.address(v.Base)
		m.raw("/category/")
		m.rest(publisher.Slug(in.Term))
		m.raw(`/" dir="auto">`)
		m.text(in.Label)
		m.raw("</a>")
	} else {
		m.raw("More stories")
	}
	m.raw("</h2>\n<ul class=\"briefs\">")
	for _, h := range v.Beside {
		m.raw(string(h))
	}
	m.raw("\n</ul>\n</section>")
}
