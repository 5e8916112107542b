package storagetest

import (
	"errors"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// arrivedUIDs are the stories that no volume knows yet.
func (a archive) arrivedUIDs(limit int) (uids []string, upTo int64) {
	a.Helper()
	stories, upTo, err := a.Arrived(a.Context(), limit, true)
	a.must(err)
	for _, st := range stories {
		uids = append(uids, st.UID)
	}
	return uids, upTo
}

func volumesKeepWhatWasPublished(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	a.told("u", "a", "b")
	a.told("v", "a")
	if uids, _ := a.arrivedUIDs(10); len(uids) != 0 {
		t.Errorf("stories %q whose UID can still change have arrived", uids)
	}
	a.must(s.Publish(t.Context()))
	one, upTo := a.arrivedUIDs(1)
	equal(t, "the first that arrived", one, []string{"u"})
	u, v := a.story("u").ID, a.story("v").ID
	a.must(s.Enter(t.Context(), map[string][]int64{"/feeds/all": {u}}, upTo))
	rest, upTo := a.arrivedUIDs(10)
	equal(t, "the others", rest, []string{"v"})
	a.must(s.Enter(t.Context(), map[string][]int64{"/feeds/all": {u, v}, "/feeds/x": {v}}, upTo))
	waiting := func() map[string][]int64 {
		t.Helper()
		w, err := s.Waiting(t.Context())
		a.must(err)
		return w
	}
	equal(t, "waiting", waiting(), map[string][]int64{"/feeds/all": {u, v}, "/feeds/x": {v}})

	first := news.Volume{Cut: "/feeds/all", N: 1, Hash: `"h"`, Body: []byte("<feed/>"), Stories: []int64{u}}
	a.must(s.AddVolume(t.Context(), first))
	if err := s.AddVolume(t.Context(), first); err == nil {
		t.Error("a volume that was published could be written once more")
	}
	equal(t, "waiting after the first volume", waiting(), map[string][]int64{"/feeds/all": {v}, "/feeds/x": {v}})
	last, err := s.LastVolumes(t.Context())
	a.must(err)
	equal(t, "last volumes", last, map[string]int{"/feeds/all": 1})
	first.Stories = nil
	got, err := s.Volume(t.Context(), "/feeds/all", 1)
	a.must(err)
	equal(t, "the volume", got, first)
	if _, err := s.Volume(t.Context(), "/feeds/all", 9); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("volume 9: %v, want not found", err)
	}

	// A story that loses a report is named, and waits again.
	a.must(s.Hide(t.Context(), a.id("b", "u"), "ann", "wrong"))
	void, err := s.Void(t.Context())
	a.must(err)
	if len(void) != 1 || void[0].N != 1 || void[0].Story.UID != "u" || void[0].Story.Lead == 0 || void[0].Story.Published.IsZero() {
		t.Errorf("void entries %+v, want the visible u in volume 1", void)
	}
	a.must(s.ReviseVolume(t.Context(), news.Volume{Cut: "/feeds/all", N: 1, Hash: `"i"`, Body: []byte("<feed>+</feed>"), Stories: []int64{u}}))
	equal(t, "waiting after it lost a report", waiting()["/feeds/all"], []int64{u, v})
	a.must(s.AddVolume(t.Context(), news.Volume{Cut: "/feeds/all", N: 2, Hash: `"j"`, Body: []byte("<feed/>"), Stories: []int64{u, v}}))

	// What is withdrawn is named wherever it stands or waits, until that was
	// seen to; when it comes back it waits again.
	a.must(s.Hide(t.Context(), a.id("a", "u"), "ann", "wrong"))
	void, err = s.Void(t.Context())
	a.must(err)
	if len(void) != 1 || void[0].Cut != "/feeds/all" || void[0].N != 2 || void[0].Story.UID != "u" || void[0].Story.Lead != 0 {
		t.Errorf("void entries %+v, want u in volume 2", void)
	}
	a.must(s.ReviseVolume(t.Context(), news.Volume{Cut: "/feeds/all", N: 2, Hash: `"g"`, Body: []byte("<feed>-</feed>"), Stories: []int64{u}}))
	if void, err = s.Void(t.Context()); err != nil || len(void) != 0 {
		t.Errorf("void entries after the revision: %+v, %v", void, err)
	}
	all, err := s.ListVolumes(t.Context())
	a.must(err)
	equal(t, "volumes", all, []news.Volume{{Cut: "/feeds/all", N: 1, Hash: `"i"`}, {Cut: "/feeds/all", N: 2, Hash: `"g"`}})
	a.must(s.Unhide(t.Context(), a.id("a", "u"), "ann"))
	back, upTo := a.arrivedUIDs(10)
	equal(t, "arrived again", back, []string{"u"})
	a.must(s.Enter(t.Context(), map[string][]int64{"/feeds/all": {u}}, upTo))
	equal(t, "waiting again", waiting(), map[string][]int64{"/feeds/all": {u}, "/feeds/x": {v}})
}
