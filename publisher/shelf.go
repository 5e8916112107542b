package publisher

import (
	"context"
	"slices"
	"sync"

	"github.com/rightswire/rightswire/news"
)

// shelf is stories that one list shows. Who writes a folder says first which
// files it is going to ask for ([File.Expect]), and then asks for those of one
// shelf after another: their stories are read together, once, which costs a
// third, and no story is read that nothing is made of. It is safe for
// concurrent use; nil reads one by one.
type shelf struct {
	place int // among the shelves of a site, from 1

	mu      sync.Mutex
	asked   []*listed        // said to be wanted, and not in wanted yet
	wanted  map[int64]int    // by story: how often it will be asked for
	entries map[int64]*Entry // read, and not asked for that often yet
}

// shelfSize is how many stories are read together at most.
const shelfSize = 64

// shelves are those of a build; nil: it is not made for a folder.
type shelves struct {
	of      map[*list]*shelf // for what a list itself is made of
	stories stories          // all that the site lists
	on      []*shelf         // by place among them: for the page of each
}

// readAhead puts stories on shelves if a folder is what the site is made for.
// A story stands with the others of its source, of which every one is shown.
func (r *run) readAhead(lists []*list) *shelves {
	if r.b.opt.Aside == nil {
		return nil
	}
	all := r.ordered(lists)
	out := &shelves{of: map[*list]*shelf{}, stories: all, on: make([]*shelf, len(all))}
	n := 0
	next := func() *shelf { n++; return &shelf{place: n} }
	for _, sources := range []bool{true, false} {
		for _, l := range live(lists) {
			if l.kind == kindCorrections || sources != (l.kind == kindSource) || r.asIs(l) {
				continue
			}
			s, room := next(), shelfSize
			out.of[l] = s
			for _, part := range [][]*listed{l.edition, l.all} {
				for _, x := range part {
					at, _ := all.find(x.id)
					if out.on[at] != nil {
						continue
					}
					if room == 0 {
						s, room = next(), shelfSize
					}
					out.on[at] = s
					room--
				}
			}
		}
	}
	return out
}

// list returns the shelf for what a list itself is made of.
func (s *shelves) list(l *list) *shelf {
	if s == nil {
		return nil
	}
	return s.of[l]
}

// page returns the shelf for the page of a story.
func (s *shelves) page(l *listed) *shelf {
	if s == nil {
		return nil
	}
	at, there := s.stories.find(l.id)
	if !there {
		return nil
	}
	return s.on[at]
}

// at is the place of the shelf, for [File].Near.
func (s *shelf) at() int {
	if s == nil {
		return 0
	}
	return s.place
}

// expect says that stories will be asked for.
func (s *shelf) expect(ls ...*listed) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, ls...)
}

// want counts what was said to be wanted. Thousands of shelves wait at a time, and
// few are taken from, so it is done when one is.
func (s *shelf) want() {
	if s.wanted == nil {
		s.wanted = make(map[int64]int, len(s.asked))
	}
	for _, id := range idsOf(s.asked) {
		s.wanted[id]++
	}
	s.asked = nil
}

// take returns the entries of stories that are still there, by story.
func (s *shelf) take(ctx context.Context, b *Builder, ls []*listed) (map[int64]*Entry, error) {
	if s == nil {
		return b.read(ctx, idsOf(ls))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want()
	var missing []int64
	for _, id := range idsOf(ls) {
		if _, read := s.entries[id]; !read {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		if err := s.fill(ctx, b, missing); err != nil {
			return nil, err
		}
	}
	out := make(map[int64]*Entry, len(ls))
	for _, id := range idsOf(ls) {
		if e := s.entries[id]; e != nil {
			out[id] = e
		}
		if s.wanted[id] > 1 {
			s.wanted[id]--
		} else {
			delete(s.wanted, id)
			delete(s.entries, id)
		}
	}
	if len(s.wanted) == 0 { // there are thousands of shelves, and an empty map keeps its room
		s.wanted, s.entries = nil, nil
	}
	return out, nil
}

// fill reads stories, and with them all that will be asked for.
func (s *shelf) fill(ctx context.Context, b *Builder, missing []int64) error {
	for id := range s.wanted {
		if _, read := s.entries[id]; !read && !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	found, err := b.read(ctx, missing)
	if err != nil {
		return err
	}
	if s.entries == nil {
		s.entries = make(map[int64]*Entry, len(missing))
	}
	for _, id := range missing {
		s.entries[id] = found[id] // nil: it is gone
	}
	return nil
}

// read returns the entries of stories, by story; one that is gone has none.
func (b *Builder) read(ctx context.Context, ids []int64) (map[int64]*Entry, error) {
	stories, err := b.archive.FindStories(ctx, ids, b.showsContent)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*Entry, len(stories))
	for _, s := range stories {
		e := b.entry(s)
		out[s.ID] = &e
	}
	return out, nil
}

// idsOf returns the stories among what a list holds.
func idsOf(ls []*listed) []int64 {
	ids := make([]int64, 0, len(ls))
	for _, l := range ls {
		if l.whole == nil {
			ids = append(ids, l.id)
		}
	}
	return ids
}

// entryOf returns the entry of one story, or [news.ErrNotFound].
func (s *shelf) entryOf(ctx context.Context, b *Builder, l *listed) (Entry, error) {
	found, err := s.take(ctx, b, []*listed{l})
	if err != nil {
		return Entry{}, err
	}
	if found[l.id] == nil {
		return Entry{}, news.ErrNotFound
	}
	return *found[l.id], nil
}

// entriesOf returns the entries of stories as they are now, outside of a
// build. One that is gone in the meantime is left out.
func (s *shelf) entriesOf(ctx context.Context, b *Builder, ls []*listed) ([]Entry, error) {
	found, err := s.take(ctx, b, ls)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(ls))
	for _, l := range ls {
		if l.whole != nil {
			entries = append(entries, l.whole.Entry)
		} else if e := found[l.id]; e != nil {
			entries = append(entries, *e)
		}
	}
	return entries, nil
}
