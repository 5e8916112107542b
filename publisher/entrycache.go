package publisher

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/rightswire/rightswire/news"
)

// entryCache keeps the entries that were read last, since a story stands in several
// editions and on several pages. What it holds is bounded, however large the
// site is: the generation that was not asked for goes when a new one is full.
// It is safe for concurrent use; the zero value is empty.
type entryCache struct {
	mu         sync.Mutex
	young, old map[int64]*cachedEntry
}

// cachedEntry is an entry with what was made of it.
type cachedEntry struct {
	entry Entry
	memo  Memo
}

// entriesKept is how many entries a generation holds; an entry with what three
// formats made of it takes some 20 KB.
const entriesKept = 500

func (t *entryCache) get(id int64) *cachedEntry {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x := t.young[id]; x != nil {
		return x
	}
	x := t.old[id]
	if x != nil {
		t.keep(id, x)
	}
	return x
}

func (t *entryCache) put(id int64, x *cachedEntry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep(id, x)
}

func (t *entryCache) keep(id int64, x *cachedEntry) {
	if t.young == nil || len(t.young) >= entriesKept {
		t.young, t.old = make(map[int64]*cachedEntry, entriesKept), t.young
	}
	t.young[id] = x
}

// entriesOf returns the entries of a list, each with the memo that it has in
// this build. A story that is gone in the meantime is left out: the next build
// knows of it.
func (r *run) entriesOf(ctx context.Context, ls []*listed) ([]Entry, error) {
	found := make(map[int64]*cachedEntry, len(ls))
	var missing []int64
	for _, l := range ls {
		if l.whole != nil {
			continue
		}
		if x := r.cache.get(l.id); x != nil {
			found[l.id] = x
		} else {
			missing = append(missing, l.id)
		}
	}
	stories, err := r.b.archive.FindStories(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, s := range stories {
		x := &cachedEntry{entry: r.b.entry(s)}
		r.cache.put(s.ID, x)
		found[s.ID] = x
	}
	out := make([]Entry, 0, len(ls))
	for _, l := range ls {
		switch x := found[l.id]; {
		case l.whole != nil:
			out = append(out, *l.whole)
		case x != nil:
			out = append(out, x.entry)
			out[len(out)-1].Memo = &x.memo
		}
	}
	return out, nil
}

// shelf is stories whose pages are next to each other in a folder: who writes
// the folder asks for them in that order, and reading them together costs a
// third. It is safe for concurrent use; nil reads one by one.
type shelf struct {
	mu      sync.Mutex
	stories []*listed // nil: read
	entries map[int64]Entry
}

// shelfSize is how many stories are read together.
const shelfSize = 32

// readAhead puts stories on shelves if a folder is what the site is made for.
func (r *run) readAhead(stories []*listed) map[*listed]*shelf {
	if r.b.opt.Aside == nil {
		return nil
	}
	byPath := slices.SortedFunc(slices.Values(stories), func(a, b *listed) int { return strings.Compare(a.uid, b.uid) })
	out := make(map[*listed]*shelf, len(stories))
	for part := range slices.Chunk(byPath, shelfSize) {
		s := &shelf{stories: part}
		for _, l := range part {
			out[l] = s
		}
	}
	return out
}

// entry returns the entry of a story, and forgets it.
func (s *shelf) entry(ctx context.Context, b *Builder, l *listed) (Entry, error) {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := s.fill(ctx, b); err != nil {
			return Entry{}, err
		}
		if e, ok := s.entries[l.id]; ok {
			delete(s.entries, l.id)
			return e, nil
		}
	}
	stories, err := b.archive.FindStories(ctx, []int64{l.id})
	if err != nil {
		return Entry{}, err
	}
	if len(stories) == 0 {
		return Entry{}, news.ErrNotFound
	}
	return b.entry(stories[0]), nil
}

// entriesNow returns the entries of stories as they are now, outside of a
// build. One that is gone in the meantime is left out.
func (b *Builder) entriesNow(ctx context.Context, ls []*listed) ([]Entry, error) {
	var ids []int64
	for _, l := range ls {
		if l.whole == nil {
			ids = append(ids, l.id)
		}
	}
	stories, err := b.archive.FindStories(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]news.Story, len(stories))
	for _, s := range stories {
		found[s.ID] = s
	}
	entries := make([]Entry, 0, len(ls))
	for _, l := range ls {
		if l.whole != nil {
			entries = append(entries, *l.whole)
		} else if s, ok := found[l.id]; ok {
			entries = append(entries, b.entry(s))
		}
	}
	return entries, nil
}

// fill reads the stories of the shelf, once.
func (s *shelf) fill(ctx context.Context, b *Builder) error {
	if s.stories == nil {
		return nil
	}
	ids := make([]int64, len(s.stories))
	for i, l := range s.stories {
		ids[i] = l.id
	}
	stories, err := b.archive.FindStories(ctx, ids)
	if err != nil {
		return err
	}
	s.stories, s.entries = nil, make(map[int64]Entry, len(stories))
	for _, st := range stories {
		s.entries[st.ID] = b.entry(st)
	}
	return nil
}
