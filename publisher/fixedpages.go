package publisher

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/opml"
)

// fixed returns the jobs for everything that is neither feed, list nor story.
func (r *run) fixed(lists []*list) []job {
	jobs := append([]job{r.sourcesOPML(), r.feedsOPML(lists)}, r.wellKnown(lists)...)
	if r.b.opt.Pages == nil {
		return jobs
	}
	feeds := r.b.feedLinks(allCut)
	groups := r.b.feedGroups(live(lists))
	for _, p := range []Page{
		{Kind: PageFeeds, Path: "/feeds/", Title: "Feeds", Description: "Every feed of this wire, in RSS, Atom and JSON Feed.", Groups: groups},
		{Kind: PageSources, Path: "/sources/", Title: "Sources", Description: "Who this wire reads.", Outlet: r.outlets(lists)},
		{Kind: PageIndex, Path: "/category/", Title: "Categories", Groups: r.categoryIndex()},
		{Kind: PageIndex, Path: "/country/", Title: "Countries", Groups: r.index(lists, kindCountry, "Countries", r.counts.Countries)},
		{Kind: PageIndex, Path: "/language/", Title: "Languages", Groups: r.index(lists, kindLanguage, "Languages", r.counts.Languages)},
		{Kind: PageAbout, Path: "/about/", Title: "About this site", Description: "What it is, how stories come about, and whose words they are."},
		{Kind: PageBot, Path: "/about/bot/", Title: "About our feed fetcher", Description: "What it asks for, how often, and how to reach us.", Agent: r.b.opt.Agent, Manners: r.b.opt.Manners},
		{Kind: PageMissing, Path: "/404.html", Title: "Not found"},
	} {
		p.Nav, p.Feeds = r.b.navFor(p.Path), feeds
		jobs = append(jobs, r.page(p.Kind, p.Path, given(p), p.Path, p.Groups, p.Outlet))
	}
	return append(jobs, r.assets()...)
}

// assets takes over the files that pages refer to.
func (r *run) assets() []job {
	var jobs []job
	for _, f := range r.b.opt.Pages.Assets() {
		jobs = append(jobs, job{paths: []string{f.Path}, key: r.key("asset", f.Body), make: func(context.Context, *draft) ([]*File, error) {
			return []*File{NewFile(f.Path, f.Type, f.Body, time.Time{})}, nil
		}})
	}
	return jobs
}

// file returns the job for a file that the options alone, and parts, shape.
func (r *run) file(path, mediaType string, parts []any, make func() ([]byte, error)) job {
	return r.fileOf(path, mediaType, r.key(path, parts...), func(dst []byte) ([]byte, error) {
		body, err := make()
		return append(dst, body...), err
	})
}

// fileOf is file for one whose key is known.
func (r *run) fileOf(path, mediaType string, key fileKey, fill appender) job {
	return job{paths: []string{path}, key: key, make: func(_ context.Context, d *draft) ([]*File, error) {
		body, err := d.write(fill)
		if err != nil {
			return nil, err
		}
		return []*File{newFile(path, mediaType, body, time.Time{})}, nil
	}}
}

const opmlType = "text/x-opml; charset=utf-8"

func (r *run) sourcesOPML() job {
	return r.file("/sources.opml", opmlType, nil, func() ([]byte, error) {
		body, err := opml.Sources(r.b.opmlHead("Sources of "+r.b.opt.Site.Title), r.b.opt.Sources)
		if err != nil {
			return nil, err
		}
		return body, verify("opml", body)
	})
}

func (r *run) feedsOPML(lists []*list) job {
	groups := r.b.feedGroups(live(lists))
	return r.file("/feeds.opml", opmlType, []any{groups}, func() ([]byte, error) {
		out := make([]opml.Group, len(groups))
		for i, g := range groups {
			out[i].Title = g.Title
			for _, it := range g.Items {
				out[i].Feeds = append(out[i].Feeds, opml.Feed{Title: it.Title, URL: r.b.opt.Site.URL + it.Feed + ".atom", Page: r.b.opt.Site.URL + it.Path})
			}
		}
		body, err := opml.Feeds(r.b.opmlHead("Feeds of "+r.b.opt.Site.Title), out)
		if err != nil {
			return nil, err
		}
		return body, verify("opml", body)
	})
}

func (b *Builder) opmlHead(title string) opml.Head {
	return opml.Head{Title: title, Owner: b.opt.Site.Title, Email: b.opt.Site.Contact, URL: b.opt.Site.URL}
}

// feedGroups lists every feed under a heading.
func (b *Builder) feedGroups(lists []*list) []NavGroup {
	groups := []NavGroup{
		{Title: "Everything"}, {Title: "Categories"}, {Title: "The desk's selections"}, {Title: "Languages"},
		{Title: "Countries"}, {Title: "Categories in one language"}, {Title: "Sources"},
	}
	at := map[kind]int{kindAll: 0, kindCorrections: 0, kindCategory: 1, kindDesk: 2, kindLanguage: 3, kindCountry: 4, kindPair: 5, kindSource: 6}
	for _, l := range lists {
		g := &groups[at[l.kind]]
		g.Items = append(g.Items, NavItem{Title: l.Title, Path: l.Page, Feed: l.Path})
	}
	return slices.DeleteFunc(groups, func(g NavGroup) bool { return len(g.Items) == 0 })
}

// outlets describes the sources for the page about them.
func (r *run) outlets(lists []*list) []OutletInfo {
	var out []OutletInfo
	for _, l := range lists {
		if l.kind != kindSource {
			continue
		}
		s := r.b.sources[l.term]
		info := OutletInfo{Outlet: r.b.outlet(l.term), Kind: clean.Line(s.Kind), Country: r.b.country(s.Country), Path: l.Page}
		for _, id := range s.Categories {
			if c, ok := r.b.categories[id]; ok {
				info.Categories = append(info.Categories, Label{Term: c.ID, Scheme: r.b.opt.Site.URL + "/category/", Label: clean.Line(c.Title)})
			}
		}
		if len(l.all) > 0 {
			info.LastNew = l.all[0].shown()
		}
		out = append(out, info)
	}
	return out
}

// categoryIndex lists the categories under their umbrellas.
func (r *run) categoryIndex() []NavGroup {
	var groups []NavGroup
	rest := NavGroup{Title: "Other categories"}
	at := map[string]int{}
	for _, c := range r.b.opt.Categories {
		if c.Umbrella {
			at[c.ID] = len(groups)
			groups = append(groups, NavGroup{Title: clean.Line(c.Title), Note: clean.Line(c.Description), Items: []NavItem{r.b.navCategory(c.ID, r.counts.Categories[c.ID])}})
		}
	}
	if len(groups) == 0 {
		rest.Title = "Categories"
	}
	for _, c := range r.b.opt.Categories {
		if c.Umbrella {
			continue
		}
		item := r.b.navCategory(c.ID, r.counts.Categories[c.ID])
		if i, ok := at[c.Group]; ok {
			groups[i].Items = append(groups[i].Items, item)
		} else {
			rest.Items = append(rest.Items, item)
		}
	}
	if len(rest.Items) > 0 {
		groups = append(groups, rest)
	}
	return groups
}

// index lists the cuts of one kind by name, with counts.
func (r *run) index(lists []*list, k kind, title string, counts map[string]int) []NavGroup {
	g := NavGroup{Title: title}
	for _, l := range lists {
		if l.kind == k {
			g.Items = append(g.Items, NavItem{Title: l.Title, Path: l.Page, Feed: l.Path, Count: counts[l.term]})
		}
	}
	slices.SortFunc(g.Items, func(a, b NavItem) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.Path, b.Path)) })
	if len(g.Items) == 0 {
		return nil
	}
	return []NavGroup{g}
}

// navigation is the same on every page, without counts: a count in it would
// make every page of the site differ after every poll.
func (b *Builder) navigation() []NavItem {
	nav := []NavItem{{Title: "Latest", Path: "/", Feed: "/feeds/all"}}
	for _, c := range b.opt.Categories {
		nav = append(nav, b.navCategory(c.ID, 0))
	}
	return append(nav,
		NavItem{Title: "Categories", Path: "/category/"}, NavItem{Title: "Countries", Path: "/country/"}, NavItem{Title: "Languages", Path: "/language/"},
		NavItem{Title: "Corrections", Path: "/corrections/", Feed: "/feeds/corrections"},
		NavItem{Title: "Sources", Path: "/sources/"}, NavItem{Title: "Feeds", Path: "/feeds/"}, NavItem{Title: "About our fetcher", Path: "/about/bot/"})
}

func (b *Builder) navCategory(id string, count int) NavItem {
	c := b.categoryCut(b.categories[id])
	return NavItem{Title: c.Title, Path: c.Page, Feed: c.Path, Count: count}
}

// navFor marks the page that the reader is on.
func (b *Builder) navFor(path string) []NavItem {
	nav := slices.Clone(b.nav)
	for i := range nav {
		nav[i].Current = nav[i].Path == path
	}
	return nav
}
