package publisher

import (
	"context"
	"slices"
	"time"

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

// storyPages returns a page for every story that any edition or page shows: those
// of the last site that are as they were, and new ones. Nine files of ten are
// such pages, and most are never read: they are no jobs, and their bytes are
// made when they are asked for.
func (r *run) storyPages(lists []*list, ahead *shelves) (pages []*File) {
	if r.b.opt.Pages == nil {
		return nil
	}
	now := neighboursIn(lists)
	kept, feeds := r.pagesKept(now), r.storyFeeds(now)
	h := r.keyer("page " + string(PageStory))
	for _, x := range r.shown(lists) {
		if kept(x) {
			continue // whoever has it leaves it where it is, as that of any story
		}
		more := now.after(x)
		h.story(x)
		h.stories(more)
		key, path := h.key(), indexFile(x.page())
		if old := r.old.Files[path]; old != nil && old.key == key {
			pages = append(pages, old)
			continue
		}
		of, known := feeds[x.category]
		if !known {
			of = feeds[""]
		}
		names := path + key.etag() // of which there are many: in one piece
		f := &storyFile{b: r.b, story: x, more: more, feeds: of, near: ahead.page(x), File: File{
			Path: names[:len(path)], Type: pageType, ETag: names[len(path):], Modified: x.updated.time().Truncate(time.Second), Revision: x.changed, key: key,
		}}
		f.Near, f.from = f.near.at(), f
		pages = append(pages, &f.File)
	}
	return pages
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
