package publisher

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// listed returns the jobs that make the feeds and pages of every list, and what
// other sites show of it. Those of one list follow each other, since they are made
// of the same stories.
func (r *run) listed(lists []*list, ahead *shelves) []job {
	var jobs []job
	for _, l := range live(lists) {
		if r.asIs(l) {
			r.keepList(l)
			continue
		}
		jobs = append(jobs, r.editions([]*list{l})...)
		if r.b.opt.Pages != nil && l.pages > 0 {
			jobs = append(jobs, r.listPages(l)...)
		}
		if r.b.opt.Pages != nil {
			jobs = append(jobs, r.embeds(l, ahead.list(l))...)
		}
	}
	return jobs
}

// listPages makes the pages of one cut. Unlike its feeds they are in plain
// order of time and without a cap: whoever pages through sees everything.
func (r *run) listPages(l *list) []job {
	n, count := r.b.opt.Items, r.pageCount(l)
	jobs := make([]job, 0, count)
	for i := range count {
		shown := l.all[min(len(l.all), i*n):min(len(l.all), (i+1)*n)]
		path, next, chart := pagePath(l.Page, i+1), "", l.chart
		if i > 0 {
			chart = nil
		}
		if i+1 < count {
			next = pagePath(l.Page, i+2)
		}
		j := r.page(PageList, path, func(ctx context.Context) (_ Page, err error) {
			p := r.b.listPage(l, i)
			p.Next, p.Chart = next, chart
			p.Entries, err = r.entriesOf(ctx, shown)
			p.Updated = changedAt(shown)
			return p, err
		}, path, next, l.Cut, chart, shown)
		j.known, j.list, j.shows = true, l, shown
		jobs = append(jobs, j)
	}
	return jobs
}

// listPage is the page of a list with a number from 0 on, but for what it lists. A
// job makes it when it is run: there are thousands, and each has the navigation.
func (b *Builder) listPage(l *list, i int) Page {
	p := Page{
		Kind: PageList, Path: pagePath(l.Page, i+1), Title: l.Title, Description: l.Description, Language: l.Language,
		Cut: l.Cut, Feeds: b.feedLinks(l.Cut), Nav: b.navFor(l.Page),
	}
	if i > 0 {
		p.Title = fmt.Sprintf("%s, page %d", l.Title, i+1)
		p.Prev = pagePath(l.Page, i)
	}
	return p
}

// pageCount is how many pages a list has.
func (r *run) pageCount(l *list) int {
	n := r.b.opt.Items
	return min(l.pages, max(1, (len(l.all)+n-1)/n))
}

// pagePath is the address of the n-th page of a list.
func pagePath(base string, n int) string {
	if n == 1 {
		return base
	}
	return fmt.Sprintf("%spage/%d/", base, n)
}

// page returns the job that renders a page. fill is called only if the page
// has to be made: most need not. parts are what the page is made of beyond
// the configuration: its key.
func (r *run) page(kind PageKind, path string, fill func(context.Context) (Page, error), parts ...any) job {
	path = indexFile(path)
	return job{paths: []string{path}, key: r.key("page "+string(kind), parts...), make: func(ctx context.Context, d *draft) ([]*File, error) {
		p, err := fill(ctx)
		if err != nil {
			return nil, err
		}
		body, err := d.write(func(dst []byte) ([]byte, error) { return r.b.render(dst, p) })
		if err != nil {
			return nil, err
		}
		return []*File{newFile(path, pageType, body, p.Updated)}, nil
	}}
}

// given fills a page that is known.
func given(p Page) func(context.Context) (Page, error) {
	return func(context.Context) (Page, error) { return p, nil }
}

const pageType = "text/html; charset=utf-8"

// render appends a page to dst.
func (b *Builder) render(dst []byte, p Page) ([]byte, error) {
	p.Site = b.opt.Site
	return b.opt.Pages.Append(dst, p)
}

// allCut names the feed of everything, for pages without one of their own.
var allCut = Cut{Path: "/feeds/all", Title: "Latest"}

// shown returns every story that the site lists, in a fixed order; found once
// per build.
func (r *run) shown(lists []*list) []*listed {
	if r.stories == nil {
		about := r.known
		if r.far() != nil {
			about += len(r.old.state.stories)
		}
		r.stories = shown(lists, about)
	}
	return r.stories
}

// ordered returns the stories that the site lists in the order of their ids.
func (r *run) ordered(lists []*list) stories {
	if r.inOrder == nil {
		r.inOrder = byID(r.shown(lists))
	}
	return r.inOrder
}

// shown returns the first of several of one story: if any has the title, that has,
// since lists of sources come behind those that need titles. There are about
// so many.
func shown(lists []*list, about int) []*listed {
	seen := make(map[int64]bool, about)
	out := make([]*listed, 0, about)
	for _, l := range live(lists) {
		if l.kind == kindCorrections {
			continue
		}
		for _, part := range [][]*listed{l.all, l.edition} {
			for _, x := range part {
				if !seen[x.id] {
					seen[x.id] = true
					out = append(out, x)
				}
			}
		}
	}
	return sorted(out)
}

// changedAt is the newest change among entries; zero if there are none.
func changedAt(ls []*listed) time.Time {
	if len(ls) == 0 {
		return time.Time{}
	}
	return newest(ls).Truncate(time.Second)
}

// feedLinks are the feeds of a cut, for autodiscovery (F37).
func (b *Builder) feedLinks(c Cut) []FeedLink {
	out := make([]FeedLink, len(Formats))
	for i, f := range Formats {
		media, _, _ := strings.Cut(f.Type, ";")
		out[i] = FeedLink{Title: c.Title + " (" + f.Name + ")", URL: b.opt.Site.URL + c.feed(f), Type: media, Name: f.Name}
	}
	return out
}
