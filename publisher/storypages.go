package publisher

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rightswire/rightswire/publisher/clean"
)

// moreStories is how many further stories a story's page offers.
const moreStories = 5

// storyFile is the page of a story, together with what its bytes are made of. It
// holds on to the builder and to what lists hold, but not to the build. The
// bytes are those of the story as it is when they are asked for: if it has
// changed since the build, those that the next build has under another tag.
type storyFile struct {
	File
	b     *Builder
	story *listed
	more  []*listed
	feeds []FeedLink // that the page offers
	near  *shelf
}

func (f *storyFile) expect() { f.near.expect(f.story) }

func (f *storyFile) append(dst []byte) ([]byte, error) {
	e, err := f.near.entryOf(context.Background(), f.b, f.story)
	if err != nil {
		return dst, err
	}
	return f.b.render(dst, f.b.storyPage(f.story.page(), e, f.feeds, f.more))
}

// StoryPages are the pages of stories of a site for a folder. They are nine of ten
// of its files: what is kept of each is what tells it from the others, and the
// [File] is made when it is asked for. They are in order of the UIDs of the stories,
// which with few exceptions is that of the paths.
type StoryPages struct {
	b     *Builder
	rows  []pageRow
	now   neighbours
	feeds map[string][]FeedLink // see storyFeeds
}

// pageRow is one page.
type pageRow struct {
	story *listed
	near  *shelf
	key   fileKey
}

// Len returns how many there are; of nil none.
func (p *StoryPages) Len() int {
	if p == nil {
		return 0
	}
	return len(p.rows)
}

// File returns the n-th page, made anew at each call.
func (p *StoryPages) File(n int) *File { return &p.b.storyFile(p.rows[n], p.now, p.feeds).File }

// Path is the path of the n-th page.
func (p *StoryPages) Path(n int) string { return indexFile(p.rows[n].story.page()) }

// Near is the [File].Near of the n-th page.
func (p *StoryPages) Near(n int) int { return p.rows[n].near.at() }

// has reports whether the page of a story is among them.
func (p *StoryPages) has(uid string) bool {
	if p == nil {
		return false
	}
	x := &listed{}
	x.say(uid, nil)
	_, is := slices.BinarySearchFunc(p.rows, x, func(r pageRow, x *listed) int { return byUID(r.story, x) })
	return is
}

// byUID is the order of UIDs as texts.
func byUID(a, b *listed) int {
	if a.id16 == (uuid.UUID{}) || b.id16 == (uuid.UUID{}) {
		return cmp.Compare(a.uid(), b.uid())
	}
	return bytes.Compare(a.id16[:], b.id16[:])
}

// storyFile makes the page of a row.
func (b *Builder) storyFile(r pageRow, now neighbours, feeds map[string][]FeedLink) *storyFile {
	x := r.story
	of, known := feeds[x.category]
	if !known {
		of = feeds[""]
	}
	path := indexFile(x.page())
	names := path + r.key.etag() // of which there are many: in one piece
	f := &storyFile{b: b, story: x, more: now.after(x), feeds: of, near: r.near, File: File{
		Path: names[:len(path)], Type: pageType, ETag: names[len(path):], Modified: x.updated.time().Truncate(time.Second), Revision: x.changed, Near: r.near.at(), key: r.key,
	}}
	f.from = f
	return f
}

// storyPages makes a page for every story that any edition or page shows. Nine
// files of ten are such pages, and most are never read: they are no jobs, and their
// bytes are made when they are asked for. For a folder all of them are in
// [Site].Pages, but for those that it has as they are.
func (r *run) storyPages(lists []*list, ahead *shelves) {
	if r.b.opt.Pages == nil {
		return
	}
	now := neighboursIn(lists)
	kept, feeds := r.pagesKept(now), r.storyFeeds(now)
	h := r.keyer("page " + string(PageStory))
	stories, folder := r.shown(lists), r.b.opt.Aside != nil
	if folder {
		r.rows = &StoryPages{b: r.b, now: now, feeds: feeds}
		if r.far() == nil {
			r.rows.rows = make([]pageRow, 0, len(stories))
		}
	}
	for _, x := range stories {
		if kept(x) {
			continue // whoever has it leaves it where it is, as that of any story
		}
		h.story(x)
		h.stories(now.after(x))
		row := pageRow{story: x, near: ahead.page(x), key: h.key()}
		if folder {
			r.rows.rows = append(r.rows.rows, row)
			continue
		}
		if old := r.old.Files[indexFile(x.page())]; old != nil && old.key == row.key {
			r.pages = append(r.pages, old)
			continue
		}
		r.pages = append(r.pages, &r.b.storyFile(row, now, feeds).File)
	}
	if folder {
		slices.SortFunc(r.rows.rows, func(a, b pageRow) int { return byUID(a.story, b.story) })
	}
}

// storyFeeds returns the feeds that the pages of stories offer, by the first
// category of a story; of "", those of a story that is in none.
func (r *run) storyFeeds(now neighbours) map[string][]FeedLink {
	all := r.b.feedLinks(allCut)
	out := map[string][]FeedLink{"": all}
	for category, l := range now.lists {
		out[category] = slices.Concat(r.b.feedLinks(l.Cut), all)
	}
	return out
}

// storyPage fills the page of a story. feeds are those that it offers.
func (b *Builder) storyPage(path string, e Entry, feeds []FeedLink, more []*listed) Page {
	p := Page{
		Kind: PageStory, Path: path, Title: e.Title, Description: clean.Excerpt(e.Summary, 160), Language: e.Language,
		Updated: e.Updated.Truncate(time.Second), Entries: []Entry{e}, Nav: b.nav, Feeds: feeds,
	}
	for _, m := range more {
		p.More = append(p.More, b.brief(m))
	}
	return p
}
