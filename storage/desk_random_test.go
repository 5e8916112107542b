package storage_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// Whatever the desk, the feeds and grouping do, in any order: every visible item
// that was grouped is in one story that is listed, what the desk placed stays,
// and a UID that was published is never another story's.
func TestDeskNeverLosesAnItemOrAnID(t *testing.T) {
	seeds := uint64(8)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			now := storagetest.Now
			s := open(t, filepath.Join(t.TempDir(), "news.db"), storage.Options{
				StoryUID: func(source, key string) string { return source + "/" + key }, Now: func() time.Time { return now },
			})
			w := &randomDesk{t: t, s: s, rand: rand.New(rand.NewPCG(seed, 1)), placed: map[int64]int64{}, published: map[string]int64{}}
			w.must(s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1), storagetest.Source("b", 2), storagetest.Source("c", 3)}))
			for range 60 {
				now = now.Add(time.Minute)
				w.step()
				w.check()
			}
		})
	}
}

// randomDesk does one thing after the other to an archive.
type randomDesk struct {
	t         *testing.T
	s         *storage.Store
	rand      *rand.Rand
	items     []news.Item      // by id, less one
	placed    map[int64]int64  // where the desk put an item
	published map[string]int64 // UID to story
}

func (w *randomDesk) must(err error) {
	w.t.Helper()
	if err != nil && !errors.Is(err, storage.ErrAlone) && !errors.Is(err, storage.ErrSameStory) && !errors.Is(err, storage.ErrNotInStory) &&
		!errors.Is(err, storage.ErrBySource) && !errors.Is(err, news.ErrNotFound) {
		w.t.Fatal(err)
	}
}

func (w *randomDesk) step() {
	s, ctx := w.s, w.t.Context()
	some := func() int64 { return 1 + w.rand.Int64N(int64(max(1, len(w.items)))) } // an item, or a story
	switch w.rand.IntN(11) {
	case 0, 1, 2:
		src := string(rune('a' + w.rand.IntN(3)))
		it := storagetest.Item(src, fmt.Sprint("k", len(w.items)), w.rand.IntN(10))
		w.must(s.CommitPoll(ctx, storagetest.Poll(src, it)))
		w.items = append(w.items, it)
		id := int64(len(w.items))
		p := news.Placement{Item: id, NewUID: src + "/" + it.Key}
		if st := w.rand.Int64N(id + 1); st > 0 {
			if _, err := s.FindStory(ctx, st); err == nil {
				p = news.Placement{Item: id, Story: st}
			}
		}
		w.must(s.Place(ctx, []news.Placement{p}))
	case 3:
		w.must(s.Publish(ctx))
		stories, err := s.Stories(ctx, news.Query{Limit: 500})
		w.must(err)
		for _, st := range stories {
			w.published[st.UID] = st.ID
		}
	case 4:
		id := some()
		made, err := s.Split(ctx, id, "ann", func(n int) string { return fmt.Sprintf("split/%d/%d", id, n) })
		w.must(err)
		if err == nil {
			w.placed[id], err = s.StoryID(ctx, made)
			w.must(err)
		}
	case 5:
		into, from := some(), some()
		moving, err := s.FindStory(ctx, from)
		w.must(err)
		if err := s.Merge(ctx, into, from, "ann"); err == nil {
			for _, it := range moving.Items {
				w.placed[it.ID] = into
			}
		} else {
			w.must(err)
		}
	case 6:
		w.must(s.Pin(ctx, some(), some(), "ann"))
	case 7:
		w.must(s.Hide(ctx, some(), "ann", ""))
	case 8:
		w.must(s.Unhide(ctx, some(), "ann"))
	case 9: // grouping decides again
		w.must(s.Place(ctx, []news.Placement{{Item: some(), Story: some()}}))
	case 10:
		if len(w.items) == 0 {
			return
		}
		it := w.items[some()-1]
		r := storagetest.Poll(it.Source)
		r.Gone = []news.Gone{{Key: it.Key, At: storagetest.Start}}
		w.must(s.CommitPoll(ctx, r))
	}
}

func (w *randomDesk) check() {
	t, s, ctx := w.t, w.s, w.t.Context()
	stories, err := s.Stories(ctx, news.Query{Limit: 500})
	w.must(err)
	in := map[int64]int64{}
	for _, st := range stories {
		for i, it := range st.Items {
			if in[it.ID] != 0 {
				t.Fatalf("item %d is in two stories", it.ID)
			}
			in[it.ID] = st.ID
			if i == 0 && it.ID != st.Lead {
				t.Fatalf("story %d is led by %d and shows %d first", st.ID, st.Lead, it.ID)
			}
		}
	}
	for n := range w.items {
		id := int64(n + 1)
		wd, err := s.Withdrawal(ctx, id)
		w.must(err)
		if (wd.By == "") != (in[id] != 0) {
			t.Fatalf("item %d withdrawn %q is in story %d", id, wd.By, in[id])
		}
		if st, err := s.FindStory(ctx, w.placed[id]); w.placed[id] != 0 && in[id] != 0 && (err != nil || st.ID != in[id]) {
			t.Fatalf("item %d is in story %d, the desk put it into %d (%v)", id, in[id], w.placed[id], err)
		}
	}
	for uid, id := range w.published {
		owner, err := s.StoryID(ctx, uid)
		w.must(err)
		if st, err := s.FindStory(ctx, id); err != nil || owner != id || st.ID == id && st.UID != uid {
			t.Fatalf("UID %q of story %d is now of %d; that story has %q, %v", uid, id, owner, st.UID, err)
		}
	}
	counts, err := s.Counts(ctx)
	w.must(err)
	if counts.Stories != len(stories) {
		t.Fatalf("%d stories are counted, %d listed", counts.Stories, len(stories))
	}
}
