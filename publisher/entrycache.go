package publisher

import (
	chain "container/list"
	"context"
	"sync"
)

// entryCache keeps entries that were read, since a story stands in several
// editions and on several pages. One goes when the last file that was said to
// show it has asked for it, or when too many others have been asked for since: what
// it holds is bounded, however large the site is. It is safe for concurrent use;
// the zero value is empty.
type entryCache struct {
	mu      sync.Mutex
	of      stories                  // whose files are counted
	left    []uint16                 // by place among them: files that have not asked yet
	entries map[int64]*chain.Element // of *cachedEntry, by story
	order   chain.List               // the one that was asked for last in front
}

// cachedEntry is an entry with what was made of it.
type cachedEntry struct {
	id    int64
	entry Entry
	memo  Memo
}

// entriesKept is how many entries are kept; one with what three formats made of
// it takes some 20 KB.
const entriesKept = 400

// expect says that the files of a job are going to ask for stories, which are among
// all. It is called before anybody asks.
func (t *entryCache) expect(all stories, ls []*listed) {
	if t.left == nil {
		t.of, t.left = all, make([]uint16, len(all))
	}
	for _, l := range ls {
		if at, there := t.of.find(l.id); there {
			t.left[at]++ // if it goes round, the story is read once more
		}
	}
}

func (t *entryCache) get(id int64) *cachedEntry {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.entries[id]
	if x == nil {
		return nil
	}
	t.order.MoveToFront(x)
	return x.Value.(*cachedEntry)
}

func (t *entryCache) put(x *cachedEntry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.entries == nil {
		t.entries = make(map[int64]*chain.Element, entriesKept)
	}
	if t.entries[x.id] != nil {
		return // two that meet here read the same thing twice
	}
	t.entries[x.id] = t.order.PushFront(x)
	if last := t.order.Back(); t.order.Len() > entriesKept {
		t.drop(last)
	}
}

func (t *entryCache) drop(x *chain.Element) {
	delete(t.entries, x.Value.(*cachedEntry).id)
	t.order.Remove(x)
}

// asked says that one of the files that were expected has asked for these stories.
func (t *entryCache) asked(ls []*listed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range ls {
		at, there := t.of.find(l.id)
		if !there || t.left[at] == 0 {
			continue
		}
		if t.left[at]--; t.left[at] > 0 {
			continue
		}
		if x := t.entries[l.id]; x != nil {
			t.drop(x)
		}
	}
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
	stories, err := r.b.archive.FindStories(ctx, missing, r.b.showsContent)
	if err != nil {
		return nil, err
	}
	for _, s := range stories {
		x := &cachedEntry{id: s.ID, entry: r.b.entry(s)}
		r.cache.put(x)
		found[s.ID] = x
	}
	r.cache.asked(ls)
	out := make([]Entry, 0, len(ls))
	for _, l := range ls {
		switch x := found[l.id]; {
		case l.whole != nil:
			out = append(out, l.whole.Entry)
		case x != nil:
			out = append(out, x.entry)
			out[len(out)-1].Memo = &x.memo
		}
	}
	return out, nil
}
