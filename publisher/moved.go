package publisher

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Addresses are for ever (F42). Where the desk gives a category or a feed of
// its own another id, what it had before leads to what it has now; where it
// ends one, that is said. A server says so with a status, 301 or 410. A folder
// cannot, so there the same feed stands at both addresses, a last empty one
// where nothing comes any more, and a page with a link for people.

// move says that what was at one address is at another. Feeds have paths
// without extension, pages end in "/".
type move struct{ feed, page, toFeed, toPage string }

// listMoves lists the addresses that cuts had before.
func (b *Builder) listMoves() (out []move) {
	for _, c := range b.opt.Categories {
		to := b.categoryCut(c)
		for _, id := range c.Formerly {
			out = append(out, move{"/feeds/" + Slug(id), "/category/" + Slug(id) + "/", to.Path, to.Page})
		}
	}
	for _, f := range b.opt.Feeds {
		for _, id := range f.Formerly {
			out = append(out, move{"/feeds/cut/" + Slug(id), "/cut/" + Slug(id) + "/", "/feeds/cut/" + Slug(f.ID), "/cut/" + Slug(f.ID) + "/"})
		}
	}
	return out
}

// moveForms puts the feeds that have another address now, and what other sites
// show of them, at their old ones too, with the same bytes: what they say of
// their own address is the new one.
func (b *Builder) moveForms(site *Site) {
	for _, m := range b.moves {
		old := map[string]*File{}
		for path, f := range site.Files {
			if was := renamed(path, m.toFeed, m.feed); was != "" {
				moved := *f
				moved.Path, moved.key, moved.known, moved.MovedTo = was, fileKey{}, false, path
				old[was] = &moved
			}
		}
		maps.Copy(site.Files, old)
	}
}

// formerPages returns the jobs that make the pages at old addresses.
func (r *run) formerPages() (jobs []job) {
	if r.b.opt.Pages == nil {
		return nil
	}
	for _, m := range r.b.moves {
		p := Page{
			Kind: PageMoved, Path: m.page, Target: m.toPage, TargetTitle: "The page that took its place", Title: "This page has another address now",
			Description: "Its feeds have, too; readers that know how are led there by themselves.", Nav: r.b.nav,
		}
		jobs = append(jobs, r.marked(r.page(p.Kind, p.Path, given(p), p), func(f *File) { f.MovedTo = indexFile(m.toPage) }))
	}
	return jobs
}

// marked lets mark see the files of a job when they have been made.
func (r *run) marked(j job, mark func(*File)) job {
	inner := j.make
	j.make = func(ctx context.Context, d *draft) ([]*File, error) {
		files, err := inner(ctx, d)
		for _, f := range files {
			mark(f)
		}
		return files, err
	}
	return j
}

// retiredPaths returns the paths of the feeds and the page of a retired id.
func retiredPaths(name string) (feed, page string) {
	if id, cut := strings.CutPrefix(name, "cut/"); cut {
		return "/feeds/cut/" + Slug(id), "/cut/" + Slug(id) + "/"
	}
	return "/feeds/" + Slug(name), "/category/" + Slug(name) + "/"
}

// retired returns the jobs that make the last feeds and pages of what is gone.
func (r *run) retired() (jobs []job) {
	retire := func(f *File) { f.Retired = true }
	for _, name := range r.b.opt.Retired {
		feed, page := retiredPaths(name)
		ed := r.heading(Cut{Path: feed, Page: "/feeds/", Title: name, Description: "This feed has ended: nothing will be published here any more. Others are listed at " + r.b.opt.Site.URL + "/feeds/"})
		ed.Expired, ed.Updated, ed.Site.Hub = true, newestOf(nil), ""
		j := job{key: r.key("retired", ed), make: func(_ context.Context, d *draft) ([]*File, error) { return r.b.encode(d, ed) }}
		for _, f := range Formats {
			j.paths = append(j.paths, feed+"."+f.Ext)
		}
		jobs = append(jobs, r.marked(j, retire))
		if r.b.opt.Pages != nil {
			p := Page{
				Kind: PageMoved, Path: page, Target: "/feeds/", TargetTitle: "All feeds that there are", Title: "This page has ended",
				Description: "Nothing will be published here any more.", Nav: r.b.nav,
			}
			jobs = append(jobs, r.marked(r.page(p.Kind, p.Path, given(p), p), retire))
		}
	}
	return jobs
}

// redirects returns the job that makes the file which some hosts of static
// sites take redirects from. Stories come last: such hosts stop reading after
// some number of lines, and there a story's page leads on by itself.
func (r *run) redirects() []job {
	if len(r.b.moves)+len(r.merged) == 0 {
		return nil
	}
	return []job{r.file("/_redirects", "text/plain; charset=utf-8", []any{r.merged}, func() ([]byte, error) {
		var b bytes.Buffer
		for _, m := range r.b.moves {
			for _, f := range Formats {
				fmt.Fprintf(&b, "%s.%s %s.%s 301\n", m.feed, f.Ext, m.toFeed, f.Ext)
			}
			fmt.Fprintf(&b, "%s/* %s/:splat 301\n%s* %s:splat 301\n", m.feed, m.toFeed, m.page, m.toPage)
			for _, dir := range []string{embedDir, fragmentDir} {
				from, to := dir+strings.TrimPrefix(m.feed, feedDir), dir+strings.TrimPrefix(m.toFeed, feedDir)
				fmt.Fprintf(&b, "%s.html %s.html 301\n%s/* %s/:splat 301\n", from, to, from, to)
			}
		}
		for _, from := range slices.Sorted(maps.Keys(r.merged)) {
			fmt.Fprintf(&b, "%s %s 301\n", from, r.merged[from])
		}
		return b.Bytes(), nil
	})}
}

// Elsewhere returns where the thing is that a path without a file means, and
// whether it is there for good; "" if nobody knows. The answer is always a path
// of the site.
func (s *Site) Elsewhere(path string) (to string, forever bool) {
	if s.state == nil {
		return "", false
	}
	// What is after the newest volume is, for now, in the edition.
	if cut, n, ok := VolumeOf(path); ok && s.state.last[cut] > 0 && n == s.state.last[cut]+1 {
		return cut + ".atom", false
	}
	if to := s.state.merged[strings.TrimSuffix(strings.TrimSuffix(path, "index.html"), "/")+"/"]; to != "" {
		return to, true
	}
	for _, m := range s.state.b.moves {
		if to := renamed(path, m.feed, m.toFeed); to != "" && s.Files[to] != nil {
			return to, true
		}
		if path+"/" == m.page {
			path = m.page
		}
		rest, ok := strings.CutPrefix(strings.TrimSuffix(path, "index.html"), m.page)
		if ok && s.Files[indexFile(m.toPage+rest)] != nil {
			return m.toPage + rest, true
		}
	}
	return "", false
}

// RetiredAs returns the path of the file that says of a path that what was
// there is gone for good; "" if nothing does.
func (s *Site) RetiredAs(path string) string {
	if s.state == nil {
		return ""
	}
	for _, name := range s.state.b.opt.Retired {
		feed, page := retiredPaths(name)
		form := renamed(path, feed, feed) != ""
		if form && strings.HasPrefix(path, feedDir) {
			return feed + path[strings.LastIndexByte(path, '.'):]
		}
		if (form || strings.HasPrefix(path, page)) && s.Files[indexFile(page)] != nil {
			return page
		}
	}
	return ""
}
