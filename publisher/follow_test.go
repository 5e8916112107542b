package publisher_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// frozen keeps a cabinet as it is: what a build finds there and does not change.
type frozen struct{ *cabinet }

func (frozen) Arrived(context.Context, int, bool) ([]news.Story, int64, error) { return nil, 0, nil }
func (frozen) Enter(context.Context, map[string][]int64, int64) error          { return nil }
func (frozen) Waiting(context.Context) (map[string][]int64, error)             { return nil, nil }
func (frozen) Void(context.Context) ([]news.VoidEntry, error)                  { return nil, nil }

// room is a folder that sites are brought to, with what is known of its files.
type room struct {
	files  map[string]string
	states map[string]news.EditionState
	record []byte
}

// take brings a site there as a delivery does.
func (r *room) take(t fataler, site *publisher.Site) {
	next, files := map[string]string{}, filesOf(site)
	for path, body := range r.files {
		_, ours := files[path]
		if !ours && (site.Kept[path] || strings.HasPrefix(path, "/story/")) {
			next[path] = body
		}
	}
	for path := range site.Kept {
		if _, there := r.files[path]; !there {
			t.Fatalf("%s is to be kept, and is not there", path)
		}
	}
	for _, path := range site.Withdrawn {
		delete(next, path)
	}
	old, err := site.Outdated(context.Background(), func(path string) (int64, bool) { _, is := next[path]; return -1, is })
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range old {
		if files[f.Path] != nil {
			t.Fatalf("%s is both outdated and made", f.Path)
		}
		next[f.Path] = string(bytesOf(f))
	}
	for path, f := range files {
		next[path] = string(bytesOf(f))
	}
	for _, st := range site.States() {
		r.states[st.Path] = st
	}
	r.files = next
	var record bytes.Buffer
	if err := site.Record(&record); err != nil {
		t.Fatal(err)
	}
	r.record = record.Bytes()
}

// heap is a place for bytes that is in memory after all.
type heap struct{ bytes []byte }

func (h *heap) Write(p []byte) (int, error) {
	h.bytes = append(h.bytes, p...)
	return len(p), nil
}

func (h *heap) ReadAt(p []byte, at int64) (int, error) { return copy(p, h.bytes[at:]), nil }

// fataler is what tests and properties fail with.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func (r *room) recall(_ context.Context, paths []string) (map[string]news.EditionState, error) {
	out := map[string]news.EditionState{}
	for _, p := range paths {
		if st, ok := r.states[p]; ok {
			out[p] = st
		}
	}
	return out, nil
}

func TestFollowingARecordLeavesWhatAWholeBuildMakes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := &newsroom{}
		opt := narrow()
		opt.Feeds = []publisher.DeskFeed{{ID: "x", Formerly: []string{"y"}, Query: news.Query{Sources: []string{"alpha", "beta"}, Languages: []string{"en", "pt"}}}}
		opt.Categories[2].Formerly = []string{"media"}
		if rapid.Bool().Draw(rt, "volumes") {
			opt.Volumes, opt.Redact = newCabinet(n), func(doc []byte, _ []publisher.Deleted) ([]byte, error) { return doc, nil }
		}
		place := &room{states: map[string]news.EditionState{}}
		site, _, err := newBuilder(t, n, opt).Build(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		place.take(rt, site)
		next := int64(1)
		for range rapid.IntRange(1, 6).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 4).Draw(rt, "changes") {
				change(rt, n, &next)
			}
			following := opt // a process of its own
			following.Recall = place.recall
			if rapid.Bool().Draw(rt, "aside") {
				following.Aside = &heap{}
			}
			site, report, err := newBuilder(t, n, following).Follow(t.Context(), bytes.Clone(place.record), nil)
			if err := errors.Join(err, report.Err()); err != nil {
				rt.Fatal(err)
			}
			place.take(rt, site)
			compareWhole(rt, t, n, opt, place, site)
		}
	})
}

func TestWhatIsNewSinceASiteLeavesTheNextOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n, opt := &newsroom{}, narrow()
		opt.Categories[2].Formerly = []string{"media"}
		b, next := newBuilder(t, n, opt), int64(1)
		site, _, err := b.Build(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		place := &room{states: map[string]news.EditionState{}}
		place.take(rt, site)
		for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			for range rapid.IntRange(1, 4).Draw(rt, "changes") {
				change(rt, n, &next)
			}
			after, _, err := b.Update(t.Context(), site)
			if err != nil {
				rt.Fatal(err)
			}
			since := after.Since(site)
			if since == after {
				rt.Fatal("Since returns all of it")
			}
			var record, ofAll bytes.Buffer
			if err := errors.Join(since.Record(&record), after.Record(&ofAll)); err != nil || !bytes.Equal(record.Bytes(), ofAll.Bytes()) {
				rt.Fatalf("the record of what is new is not that of all (%v)", err)
			}
			place.take(rt, since)
			compareWhole(rt, t, n, opt, place, since)
			if skipped := after.Since(&publisher.Site{}); skipped != after {
				rt.Fatal("Since of a site that it does not follow is not all of it")
			}
			site = after
		}
	})
}

// compareWhole says where a place differs from what a whole build makes.
func compareWhole(rt *rapid.T, t *testing.T, n *newsroom, opt publisher.Options, place *room, site *publisher.Site) {
	if c, ok := opt.Volumes.(*cabinet); ok {
		opt.Volumes = frozen{c}
	}
	whole, _, err := newBuilder(t, n, opt).Build(t.Context())
	if err != nil {
		rt.Fatal(err)
	}
	for path, f := range whole.Files {
		if got, there := place.files[path]; !there || got != string(bytesOf(f)) {
			rt.Fatalf("%s: %q; want %q", path, got, bytesOf(f))
		}
	}
	for path := range place.files {
		if whole.Files[path] == nil && !strings.HasPrefix(path, "/story/") {
			rt.Fatalf("%s is there, which a whole build lacks", path)
		}
	}
	if len(site.Kept) > 0 && len(site.Files) > 0 {
		for path := range site.Kept {
			if site.Files[path] != nil {
				rt.Fatalf("%s is both kept and made", path)
			}
		}
	}
}

func TestFollowingMakesNothingOfWhatIsAsItWas(t *testing.T) {
	n := small()
	for id := range int64(200) {
		n.put(story(id+100, "beta", "press-freedom", "es", noon.Add(-time.Duration(id)*time.Minute)))
	}
	place := &room{states: map[string]news.EditionState{}}
	whole := build(t, n, options())
	place.take(t, whole)
	opt, pages := options(), &plainPages{}
	opt.Pages, opt.Recall = pages, place.recall
	b := newBuilder(t, n, opt)
	same, report, err := b.Follow(t.Context(), place.record, nil)
	if err != nil || len(same.Files) > 0 || report.Rendered > 0 || pages.rendered.Load() > 0 {
		t.Errorf("an unchanged archive: %+v, %d files, %v; want none", report, len(same.Files), err)
	}
	for path := range whole.Files {
		if !same.Kept[path] && !publisher.IsStory(strings.TrimSuffix(path, "index.html")) {
			t.Errorf("%s is not kept", path)
		}
	}
	n.put(story(900, "alpha", "labor", "en", noon.Add(9*time.Hour)))
	after, report, err := b.Follow(t.Context(), place.record, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Files) == 0 || len(after.Files) > 45 {
		t.Errorf("after one story: %+v, %d files; want some two dozen", report, len(after.Files))
	}
	if !after.Kept["/feeds/press-freedom.rss"] || after.Files["/feeds/labor.rss"] == nil {
		t.Errorf("kept is %v; want the feed that has nothing new there, and the other not", after.Kept)
	}
}

func TestF10_AFileThatFollowsARecordIsDatedAfterTheOneBefore(t *testing.T) {
	n := small()
	n.put(story(901, "alpha", "labor", "en", noon.Add(9*time.Hour)))
	place := &room{states: map[string]news.EditionState{}}
	place.take(t, build(t, n, options()))
	before := place.states["/feeds/labor.rss"].Updated
	n.drop(901) // what is left is older
	opt := options()
	opt.Recall = place.recall
	after, _, err := newBuilder(t, n, opt).Follow(t.Context(), place.record, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.Files["/feeds/labor.rss"].Modified; !got.After(before) {
		t.Errorf("modified %v after %v; want it later, or a reader that asks by date is not told", got, before)
	}
}

func TestARecordOfAnotherSiteIsNotFollowed(t *testing.T) {
	n := small()
	place := &room{states: map[string]news.EditionState{}}
	place.take(t, build(t, n, options()))
	other := options()
	other.Site.Title = "Another wire"
	records := map[string]struct {
		opt    publisher.Options
		record []byte
	}{
		"another configuration": {other, place.record},
		"cut off":               {options(), place.record[:len(place.record)-1]},
		"something behind it":   {options(), append(bytes.Clone(place.record), 0)},
		"nothing":               {options(), nil},
	}
	for name, c := range records {
		t.Run(name, func(t *testing.T) {
			if _, _, err := newBuilder(t, n, c.opt).Follow(t.Context(), c.record, nil); !errors.Is(err, publisher.ErrRecord) {
				t.Errorf("Follow: %v; want %v", err, publisher.ErrRecord)
			}
		})
	}
}

func TestASiteThatLacksAFileHasNoRecord(t *testing.T) {
	opt := options()
	opt.Pages = &plainPages{fail: func(p publisher.Page) error {
		if p.Kind == publisher.PageAbout {
			return errors.New("no more ink")
		}
		return nil
	}}
	site, _, err := newBuilder(t, small(), opt).Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Record(&bytes.Buffer{}); !errors.Is(err, publisher.ErrRecord) {
		t.Errorf("Record: %v; want %v, for the next build to try again", err, publisher.ErrRecord)
	}
}

func FuzzFollow(f *testing.F) {
	n := small()
	site, _, err := newBuilder(f, n, options()).Build(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	var record bytes.Buffer
	if err := site.Record(&record); err != nil {
		f.Fatal(err)
	}
	f.Add(record.Bytes())
	f.Add(record.Bytes()[:200])
	b := newBuilder(f, n, options())
	f.Fuzz(func(t *testing.T, record []byte) {
		site, _, err := b.Follow(t.Context(), record, nil)
		if err == nil && len(site.Kept) > 10_000 {
			t.Error("more is kept than the record can name")
		}
	})
}

// What a feed says of others than its stories can change without any of these.
func TestFollowingMakesAFeedThatChangedWithoutItsStories(t *testing.T) {
	withdrawn := func(n int) news.Tombstone {
		gone := story(int64(500+n), "gamma", "press-freedom", "es", noon)
		return news.Tombstone{UID: gone.UID, At: noon, Items: gone.Items}
	}
	bind := func(c *cabinet, cut string) error {
		return c.AddVolume(t.Context(), news.Volume{Cut: cut, N: 1, Hash: `"x"`, Body: []byte("<feed/>")})
	}
	for name, tt := range map[string]struct {
		change func(n *newsroom, c *cabinet) error
		path   string
	}{
		"the last of its tombstones is too old": {func(n *newsroom, _ *cabinet) error {
			for i := range 100 {
				n.stones = append([]news.Tombstone{withdrawn(i)}, n.stones...)
			}
			return nil
		}, "/feeds/labor.atom"},
		"it has a newer document": {func(_ *newsroom, c *cabinet) error { return bind(c, "/feeds/labor") }, "/feeds/labor.atom"},
	} {
		t.Run(name, func(t *testing.T) {
			n := small()
			labor := story(490, "alpha", "labor", "en", noon)
			n.stones = []news.Tombstone{{UID: labor.UID, At: noon, Items: labor.Items}}
			c := newCabinet(n)
			opt := options()
			opt.Volumes, opt.Redact = c, func(doc []byte, _ []publisher.Deleted) ([]byte, error) { return doc, nil }
			c.in["/feeds/labor"] = map[int64]int{}
			place := &room{states: map[string]news.EditionState{}}
			place.take(t, build(t, n, opt))
			before := place.files[tt.path]
			if err := tt.change(n, c); err != nil {
				t.Fatal(err)
			}
			n.put(story(900, "gamma", "press-freedom", "es", noon))
			opt.Recall = place.recall
			after, _, err := newBuilder(t, n, opt).Follow(t.Context(), place.record, nil)
			if err != nil {
				t.Fatal(err)
			}
			place.take(t, after)
			if place.files[tt.path] == before {
				t.Errorf("%s stays as it was", tt.path)
			}
		})
	}
}

func TestFollowingMakesThePageAgainOfAnOldStoryThatChanged(t *testing.T) {
	n, opt := &newsroom{}, options()
	opt.Items, opt.HomePages, opt.ListPages = 4, 1, 1
	for id := range int64(4) {
		n.put(story(id+1, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Hour)))
	}
	place := &room{states: map[string]news.EditionState{}}
	place.take(t, build(t, n, opt))
	opt.Recall = place.recall
	follow := func() {
		site, _, err := newBuilder(t, n, opt).Follow(t.Context(), place.record, nil)
		if err != nil {
			t.Fatal(err)
		}
		place.take(t, site)
	}
	for id := range int64(8) {
		n.put(story(id+10, "alpha", "labor", "en", noon.Add(time.Duration(id+10)*time.Hour)))
	}
	follow()
	old := n.stories[0]
	old.Items[0].Title = "It was otherwise"
	n.put(old)
	follow()
	path := "/story/" + old.UID + "/index.html"
	if !strings.Contains(place.files[path], "It was otherwise") {
		t.Errorf("%s says %q; want what the story says now", path, place.files[path])
	}
}
