package publisher

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rightswire/rightswire/news"
)

// The lists of a site show the newest stories, and files are made of those. A
// story that no list shows any more keeps its address all the same: readers
// have it, and so have other sites. Files for a whole archive would fill the
// memory, so a server asks for such a page when it is asked for it, and a
// folder keeps the one that it has.

// StoryPage returns the page of a story that is in the archive but in no list
// of the site any more. It returns [news.ErrNotFound] for any other path, for
// a story of which nothing is visible, and if no builder made the site.
func (s *Site) StoryPage(ctx context.Context, path string) (*File, error) {
	uid, ok := storyUID(path)
	if !ok || s.state == nil || s.state.b.opt.Pages == nil {
		return nil, fmt.Errorf("page %q: %w", path, news.ErrNotFound)
	}
	b := s.state.b
	story, err := b.archive.Story(ctx, uid)
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", path, err)
	}
	if story.UID != uid { // it became part of another one
		body, err := b.render(nil, b.movedPage(path, story.UID))
		if err != nil {
			return nil, err
		}
		f := NewFile(indexFile(path), pageType, body, time.Time{})
		f.MovedTo = indexFile(storyPath(story))
		return f, nil
	}
	x := b.entry(story)
	feeds := b.feedLinks(allCut)
	if len(x.Categories) > 0 {
		feeds = slices.Concat(b.feedLinks(b.categoryCut(b.categories[x.Categories[0].Term])), feeds)
	}
	body, err := b.render(nil, b.storyPage(path, x, feeds, nil))
	if err != nil {
		return nil, err
	}
	// Undated: nobody remembers what it said when it was last asked for, and
	// a date that does not move with the bytes would keep old ones alive.
	return NewFile(indexFile(path), pageType, body, time.Time{}), nil
}

// Outdated returns the pages of stories that are in the archive but in no list
// of the site, as far as somebody holds one that is not of now: what such a
// story says changes too, when a report in it is withdrawn or corrected. held
// reports whether there is a page at a path, and the [File.Revision] that it was
// made of; it is asked in the order of the paths, but for some, since whoever holds
// many has them in order. The bytes of the pages are made when they are asked for.
func (s *Site) Outdated(ctx context.Context, held func(path string) (revision int64, is bool)) ([]*File, error) {
	if s.state == nil || s.state.b.opt.Pages == nil {
		return nil, nil
	}
	var out []*File
	look := func(uid string, changed int64) {
		page := storyPath(news.Story{UID: uid})
		path := indexFile(page)
		if revision, is := held(path); !is || revision == changed {
			return
		}
		key := hashOf([]string{s.state.print, path, strconv.FormatInt(changed, 10)})
		f := NewLazyFile(path, pageType, hex.EncodeToString(key[:]), func() ([]byte, error) {
			f, err := s.StoryPage(context.Background(), page)
			if err != nil {
				return nil, err
			}
			return f.Bytes()
		}, time.Time{})
		f.Revision = changed
		out = append(out, f)
	}
	var plain []revision
	err := s.revisions(ctx, func(uid string, changed int64) {
		if s.Pages.has(uid) || s.Files[indexFile(storyPath(news.Story{UID: uid}))] != nil {
			return
		}
		if id, is := plainUID(uid); is {
			plain = append(plain, revision{id, changed})
		} else {
			look(uid, changed)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list the pages that have changed: %w", err)
	}
	slices.SortFunc(plain, func(a, b revision) int { return bytes.Compare(a.id[:], b.id[:]) })
	for _, r := range plain {
		look(r.id.String(), r.changed)
	}
	return out, nil
}

// revision is a story as it is now; see [Site.Outdated].
type revision struct {
	id      uuid.UUID
	changed int64
}

// revisions names the stories whose pages may be outdated: of a site that follows
// a record those that changed since, for the others were looked at then.
func (s *Site) revisions(ctx context.Context, look func(uid string, changed int64)) error {
	if s.Kept == nil {
		return s.state.b.archive.StoryRevisions(ctx, look)
	}
	ids := slices.DeleteFunc(slices.Clone(s.state.changed), func(id int64) bool { return s.state.stories.of(id) != nil })
	return s.state.b.archive.StoryRevisionsOf(ctx, ids, look)
}

// IsStory reports whether a path is an address that a story's page can have,
// whether or not there is such a story.
func IsStory(path string) bool {
	_, ok := storyUID(path)
	return ok
}

// uidLength is how long a UID is in text (RFC 9562 section 4).
const uidLength = 36

// storyUID returns the UID that the address of a story's page holds.
func storyUID(path string) (string, bool) {
	uid, inside := strings.CutPrefix(path, "/story/")
	uid, whole := strings.CutSuffix(uid, "/")
	// Of the forms that can be parsed, this length and small letters are those
	// of the one that is written. A delivery asks of every file that stays.
	if !inside || !whole || len(uid) != uidLength || strings.ToLower(uid) != uid {
		return uid, false
	}
	return uid, uuid.Validate(uid) == nil
}

// moved returns the jobs that make the pages of the stories that became part of
// others: each says where its story is now. A server leads there instead
// ([Site.Elsewhere]).
func (r *run) moved(ctx context.Context) ([]job, error) {
	if r.b.opt.Pages == nil {
		return nil, nil
	}
	merged, err := r.b.archive.Merged(ctx)
	if err != nil {
		return nil, fmt.Errorf("list merged stories: %w", err)
	}
	r.merged = make(map[string]string, len(merged))
	jobs := make([]job, 0, len(merged))
	for _, uid := range slices.Sorted(maps.Keys(merged)) {
		p := r.b.movedPage(storyPath(news.Story{UID: uid}), merged[uid])
		r.merged[p.Path] = p.Target
		j := r.page(p.Kind, p.Path, given(p), p.Path, p.Target)
		jobs = append(jobs, r.marked(j, func(f *File) { f.MovedTo = indexFile(p.Target) }))
	}
	return jobs, nil
}

// movedPage fills the page of a story that became part of another one.
func (b *Builder) movedPage(path, into string) Page {
	return Page{
		Kind: PageMoved, Path: path, Target: storyPath(news.Story{UID: into}), TargetTitle: "The story that it is part of", Title: "This story is part of another one now",
		Description: "Reports that turned out to be of one event were put together.", Nav: b.nav,
	}
}

// withdrawn lists the files of the stories of which nothing is visible any
// more.
func (r *run) withdrawn(ctx context.Context) ([]string, error) {
	uids, err := r.b.archive.Withdrawn(ctx)
	if err != nil {
		return nil, fmt.Errorf("list withdrawn stories: %w", err)
	}
	paths := make([]string, len(uids))
	for i, uid := range uids {
		paths[i] = indexFile(storyPath(news.Story{UID: uid}))
	}
	slices.Sort(paths)
	return paths, nil
}
