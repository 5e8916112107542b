package publisher

import (
	"context"
	"maps"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// What a build need not make when the place has the files of the last site, and
// a record says what they were made from. It looks at no list and no story that
// is as it was.

// Since returns what a place needs that has the files of old, which s came about
// from by one [Builder.Update]: a site whose Files are those that differ, and
// which keeps the others. If s came about in another way, it is s itself.
func (s *Site) Since(old *Site) *Site {
	if old == nil || s.state == nil || old.state == nil || s.state.follows != old.state.token || s.Kept != nil {
		return s
	}
	less := *s
	less.Files, less.Kept, less.whole = map[string]*File{}, map[string]bool{}, s.Files
	for path, f := range s.Files {
		switch last := old.Files[path]; {
		case last == nil || last != f && (last.ETag != f.ETag || !last.Modified.Equal(f.Modified) || last.Type != f.Type):
			less.Files[path] = f
		case f.Revision == 0:
			less.Kept[path] = true // the page of a story stays anyway
		}
	}
	return &less
}

// far returns the site that a record told of; nil if this build does not follow
// one.
func (r *run) far() *state {
	if st := r.old.state; st != nil && st.far {
		return st
	}
	return nil
}

// asIs reports whether nothing that a list's files are made of has changed.
func (r *run) asIs(l *list) bool {
	st := r.far()
	return st != nil && r.taken[l] && r.stonesSum == st.stones && r.last[l.Path] == st.last[l.Path]
}

// keep takes over the files of the last site that nobody need look at.
func (r *run) keep(paths ...string) {
	for _, p := range paths {
		r.kept[p] = true
		if key, is := r.old.state.keys[p]; is {
			r.keys[p] = key
		}
	}
}

// keepList keeps the feeds and pages of a list, and what other sites show of it.
func (r *run) keepList(l *list) {
	for _, f := range Formats {
		r.keep(l.Path + "." + f.Ext)
	}
	if r.b.opt.Pages == nil {
		return
	}
	for i := range r.pageCount(l) {
		r.keep(indexFile(pagePath(l.Page, i+1)))
	}
	r.keep(inDir(embedDir, l.Cut), inDir(fragmentDir, l.Cut))
}

// keepMoved adds to files that are kept what stands at their old addresses.
func (b *Builder) keepMoved(kept map[string]bool) {
	for _, m := range b.moves {
		for _, path := range slices.Collect(maps.Keys(kept)) {
			if was := renamed(path, m.toFeed, m.feed); was != "" {
				kept[was] = true
			}
		}
	}
}

// neighbours says which stories follow a story on its page: those after it in
// the list of its category.
type neighbours struct {
	lists map[string]*list         // by category
	place map[string]map[int64]int // by category: where a story stands in its list
}

func newNeighbours() neighbours { return neighbours{map[string]*list{}, map[string]map[int64]int{}} }

func neighboursIn(lists []*list) neighbours {
	n := newNeighbours()
	for _, l := range lists {
		if l.kind == kindCategory {
			n.add(l.term, l)
		}
	}
	return n
}

func (n neighbours) add(category string, l *list) {
	at := make(map[int64]int, len(l.all))
	for i, x := range l.all {
		at[x.id] = i
	}
	n.lists[category], n.place[category] = l, at
}

// after returns the stories that follow x.
func (n neighbours) after(x *listed) []*listed {
	i, ok := n.place[x.category][x.id]
	if !ok {
		return nil
	}
	all := n.lists[x.category].all
	return all[i+1 : min(len(all), i+1+moreStories)]
}

// pagesKept returns a function that reports whether the page of a story is as
// it was on the site of the record.
func (r *run) pagesKept(now neighbours) func(*listed) bool {
	st := r.far()
	if st == nil {
		return func(*listed) bool { return false }
	}
	was := newNeighbours()
	for category, l := range now.lists {
		if old := st.lists[l.Path]; old == l {
			was.lists[category], was.place[category] = l, now.place[category]
		} else if old != nil {
			was.add(category, old)
		}
	}
	return func(x *listed) bool {
		return st.stories.of(x.id) == x && slices.Equal(was.after(x), now.after(x))
	}
}

// published returns what is known of files that are going to be made, and of the
// pages of stories.
func (r *run) published(ctx context.Context, jobs []job) (map[string]news.EditionState, error) {
	if r.far() == nil || r.b.opt.Recall == nil {
		return r.b.opt.Published, nil
	}
	var paths []string
	for _, j := range jobs {
		paths = append(paths, j.paths...)
	}
	for _, f := range r.pages {
		paths = append(paths, f.Path)
	}
	return r.b.opt.Recall(ctx, paths)
}
