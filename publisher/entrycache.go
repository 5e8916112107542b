package publisher

import (
	"context"
	"sync"
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
const entriesKept = 200

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
	stories, err := r.b.archive.FindStories(ctx, missing, r.b.showsContent)
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
			out = append(out, l.whole.Entry)
		case x != nil:
			out = append(out, x.entry)
			out[len(out)-1].Memo = &x.memo
		}
	}
	return out, nil
}
