package publisher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
)

// An edition holds the newest stories of a cut; what it has no room for any
// more is bound into volumes: archive documents (F32, RFC 5005 section 4).
// A reader that was away follows prev-archive from the edition to the volumes
// and has missed nothing. A volume is rendered once and its bytes are kept in
// the database, because neither a correction nor a new version of this program
// may change what was published. Only what is withdrawn is taken out.

// Volumes keeps volumes, and which stories are in them.
type Volumes interface {
	// Arrived returns about limit stories that came or changed since the point
	// up to which Enter has entered all, and the point that they reach; without
	// texts, what they say beyond titles may be left out.
	Arrived(ctx context.Context, limit int, texts bool) ([]news.Story, int64, error)
	// Enter notes which stories belong to which cuts, by path.
	Enter(ctx context.Context, cuts map[string][]int64, upTo int64) error
	// Waiting returns the stories that are in no volume yet, by path of their
	// cut, in order of their ids.
	Waiting(context.Context) (map[string][]int64, error)
	// LastVolumes returns the number of the newest volume of each cut.
	LastVolumes(context.Context) (map[string]int, error)
	// Matches reports whether an item has what the text of a query asks for.
	Matches(text string, it news.Item) bool
	// AddVolume keeps the next volume of a cut.
	AddVolume(context.Context, news.Volume) error
	// Void returns the entries that must not say what they say any more.
	Void(context.Context) ([]news.VoidEntry, error)
	// ReviseVolume keeps a volume without v.Stories; see [news.VoidEntry] for
	// number 0.
	ReviseVolume(ctx context.Context, v news.Volume) error
	// Volume returns one volume, or [news.ErrNotFound].
	Volume(ctx context.Context, cut string, n int) (news.Volume, error)
	// ListVolumes returns every volume without its body.
	ListVolumes(context.Context) ([]news.Volume, error)
}

// What one build does for volumes at most: an archive that is older than its
// volumes is caught up with over several builds.
const (
	enterBatch = 500 // stories read at a time
	maxEnter   = 10  // batches
	maxBound   = 200 // volumes
	leastBound = 20  // and of a build that makes little else, beside twice what came
)

// boundAtMost is how many volumes a build makes at most: one that follows another
// should cost what has changed. Twice as many as the stories that came fill keep
// up with any number of them; while old stories are still being entered, most of
// what is entered did not come now.
func (r *run) boundAtMost() int {
	switch {
	case r.old.state == nil && !r.b.opt.Trust:
		return maxBound
	case r.behind:
		return leastBound
	}
	return min(maxBound, leastBound+2*r.entered/r.b.opt.Items)
}

// bind enters what came into the archive, binds what the editions have no room
// for any more, and takes what was withdrawn out of older volumes.
func (r *run) bind(ctx context.Context, lists []*list) error {
	v := r.b.opt.Volumes
	if v == nil {
		return nil
	}
	if err := r.void(ctx, v); err != nil {
		return fmt.Errorf("take withdrawn stories out of volumes: %w", err)
	}
	if err := r.enter(ctx, v); err != nil {
		return fmt.Errorf("enter stories for volumes: %w", err)
	}
	waiting, err := v.Waiting(ctx)
	if err != nil {
		return err
	}
	if r.last, err = v.LastVolumes(ctx); err != nil {
		return err
	}
	room := r.boundAtMost()
	for _, l := range lists {
		ids := waiting[l.Path]
		if !l.bound() || len(ids) == 0 {
			continue
		}
		grown, err := r.outgrown(ctx, l, ids)
		if err != nil {
			return err
		}
		if !grown {
			continue
		}
		for len(ids) > 0 && room > 0 {
			if ids, err = r.bindNext(ctx, v, l.Cut, ids); err != nil {
				return err
			}
			room--
		}
		r.behind = r.behind || len(ids) > 0
	}
	return nil
}

// bound reports whether a cut has volumes. What a source said is in the volumes
// of everything, and what is in one language in those of the category: two more
// copies would make the database half as large again.
func (s spec) bound() bool {
	switch s.kind {
	case kindAll, kindCategory, kindLanguage, kindCountry, kindDesk:
		return true
	}
	return false
}

// enter notes which cuts the stories belong to that came since last time.
func (r *run) enter(ctx context.Context, v Volumes) error {
	specs := slices.DeleteFunc(r.b.specs(standing(r.counts, nil)), func(s spec) bool { return !s.bound() })
	texts := slices.ContainsFunc(specs, func(s spec) bool { return s.Query.Text != "" })
	for range r.enterAtMost() {
		stories, upTo, err := v.Arrived(ctx, enterBatch, texts)
		if err != nil {
			return err
		}
		cuts := map[string][]int64{}
		for _, s := range stories {
			for _, c := range specs {
				if held(c.Query, s.Items, v.Matches) {
					cuts[c.Path] = append(cuts[c.Path], s.ID)
					r.entered++
				}
			}
		}
		if err := v.Enter(ctx, cuts, upTo); err != nil {
			return err
		}
		if len(stories) < enterBatch {
			return nil
		}
	}
	r.behind = true
	return nil
}

// enterAtMost is how many batches a build enters at most: as boundAtMost.
func (r *run) enterAtMost() int {
	if r.old.state == nil {
		return maxEnter
	}
	return min(maxEnter, (2*r.changed+enterBatch)/enterBatch)
}

// outgrown reports whether one of the waiting stories is not in the edition,
// where its readers would find it.
func (r *run) outgrown(ctx context.Context, l *list, waiting []int64) (bool, error) {
	at := make(map[int64]int, len(l.edition))
	for i, x := range l.edition {
		at[x.id] = i
	}
	last := -1 // where the oldest of those that wait stands
	for _, id := range waiting {
		i, in := at[id]
		if !in {
			return true, nil
		}
		last = max(last, i)
	}
	if r.b.opt.Trust && r.b.opt.Published[l.Path+".atom"].Key == r.editionKey(l, r.goneFrom(l)).String() {
		return false, nil // as it was when this was looked at last
	}
	if l.fits == 0 {
		var err error
		if l.fits, err = r.fits(ctx, l); err != nil {
			return false, err
		}
	}
	return last >= l.fits, nil
}

// fits counts the entries of an edition that surely are in it. One that comes
// out too large loses its oldest entries. Whether it will is known only when it
// is encoded, so what could is counted: too much means that a story is in both
// the edition and a volume.
func (r *run) fits(ctx context.Context, l *list) (int, error) {
	size := 64 << 10
	n := 0
	for part := range slices.Chunk(l.edition, 50) {
		entries, err := r.entriesOf(ctx, part)
		if err != nil {
			return 0, err
		}
		for _, e := range entries {
			if size += 4<<10 + 3*len(e.Content); size > r.b.opt.MaxBytes && n > 0 {
				return n, nil
			}
			n++
		}
	}
	return n, nil
}

// bindNext makes the next volume of a cut from the oldest of the waiting
// stories and returns the others.
func (r *run) bindNext(ctx context.Context, v Volumes, c Cut, waiting []int64) ([]int64, error) {
	n := r.last[c.Path] + 1
	for size := min(len(waiting), r.b.opt.Items); ; size /= 2 {
		ids := waiting[:size]
		stories, err := r.b.archive.FindStories(ctx, ids, r.b.showsContent)
		if err != nil {
			return nil, err
		}
		ed := r.volume(c, n, stories)
		body, err := r.b.opt.Encoders["atom"](nil, ed)
		if err == nil {
			err = verify("atom", body)
		}
		if err != nil {
			return nil, fmt.Errorf("volume %d of %s: %w", n, c.Path, err)
		}
		if len(body) > r.b.opt.MaxBytes && size > 1 {
			continue
		}
		if err := v.AddVolume(ctx, news.Volume{Cut: c.Path, N: n, Hash: etagOf(body), Body: body, Stories: ids}); err != nil {
			return nil, err
		}
		r.last[c.Path] = n
		return waiting[size:], nil
	}
}

// volume is the edition that a volume is.
func (r *run) volume(c Cut, n int, stories []news.Story) Edition {
	ed := r.heading(c)
	slices.SortFunc(stories, func(a, b news.Story) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(b.ID, a.ID)) // as newestFirst
	})
	for _, s := range stories {
		ed.Entries = append(ed.Entries, r.b.entry(s))
	}
	apart(ed.Entries)
	ed.Updated = newestOf(ed.Entries)
	ed.Volume = volumePath(c.Path, n)
	// The address of the next one is known before there is one; until then it
	// leads to the edition, see [Site.Elsewhere].
	ed.NextVolume = volumePath(c.Path, n+1)
	if n > 1 {
		ed.PrevVolume = volumePath(c.Path, n-1)
	}
	return ed
}

// void takes what is gone out of the volumes that hold it.
func (r *run) void(ctx context.Context, v Volumes) error {
	gone, err := v.Void(ctx)
	if err != nil {
		return err
	}
	same := func(a, b news.VoidEntry) bool { return a.Cut == b.Cut && a.N == b.N }
	for len(gone) > 0 {
		end := 1
		for end < len(gone) && same(gone[0], gone[end]) {
			end++
		}
		next := news.Volume{Cut: gone[0].Cut, N: gone[0].N}
		var stones []Deleted
		for _, g := range gone[:end] {
			next.Stories = append(next.Stories, g.Story.ID)
			stones = append(stones, r.stone(g.Story))
		}
		gone = gone[end:]
		if next.N > 0 {
			old, err := v.Volume(ctx, next.Cut, next.N)
			if err != nil {
				return err
			}
			if next.Body, err = r.b.opt.Redact(old.Body, stones); err == nil {
				err = verify("atom", next.Body)
			}
			if err != nil {
				return fmt.Errorf("volume %d of %s: %w", next.N, next.Cut, err)
			}
			next.Hash = etagOf(next.Body)
		}
		if err := v.ReviseVolume(ctx, next); err != nil {
			return err
		}
	}
	return nil
}

// stone is what takes the place of a story in a volume.
func (r *run) stone(s news.Story) Deleted {
	if s.Lead != 0 {
		// The date is no later than any that the entry has where it stands now,
		// so that nobody takes it for deleted there (RFC 6721 section 3).
		return Deleted{
			ID: clean.Text(s.EntryID()), When: s.Published.UTC().Truncate(time.Second),
			Why: "A report of it was withdrawn; the story is in the current feed or in a newer document.",
		}
	}
	for _, t := range r.stones {
		if t.UID == s.UID {
			return r.b.deleted(t)
		}
	}
	return r.b.deleted(news.Tombstone{UID: s.UID, At: s.Updated})
}

// volumePath is the site path of a volume.
func volumePath(cut string, n int) string {
	return "/feeds/archive/" + strings.TrimPrefix(cut, "/feeds/") + "/" + strconv.Itoa(n) + ".atom"
}

// VolumeOf reports which volume of which cut has a site path, whether or not
// there is one.
func VolumeOf(path string) (cut string, n int, ok bool) {
	rest, ok := strings.CutPrefix(path, "/feeds/archive/")
	if !ok {
		return "", 0, false
	}
	i := strings.LastIndexByte(rest, '/')
	if i <= 0 {
		return "", 0, false
	}
	cut = "/feeds/" + rest[:i]
	n, err := strconv.Atoi(strings.TrimSuffix(rest[i+1:], ".atom"))
	return cut, n, err == nil && n > 0 && volumePath(cut, n) == path
}

// Volume returns the volume at a site path; [news.ErrNotFound] if there is
// none.
func (s *Site) Volume(ctx context.Context, path string) (*File, error) {
	cut, n, ok := VolumeOf(path)
	if !ok || s.state == nil || s.state.b.opt.Volumes == nil || n > s.state.last[cut] {
		return nil, fmt.Errorf("volume %q: %w", path, news.ErrNotFound)
	}
	v, err := s.state.b.opt.Volumes.Volume(ctx, cut, n)
	if err != nil {
		return nil, err
	}
	// Undated, as the page of an old story is.
	return &File{Path: path, Type: Formats[1].Type, Body: v.Body, ETag: v.Hash}, nil
}

// Volumes returns every volume as a file whose bytes are read when asked for;
// they are no part of Files, which stays in memory.
func (s *Site) Volumes(ctx context.Context) ([]*File, error) {
	if s.state == nil || s.state.b.opt.Volumes == nil {
		return nil, nil
	}
	all, err := s.state.b.opt.Volumes.ListVolumes(ctx)
	if err != nil {
		return nil, err
	}
	files := make([]*File, len(all))
	for i, v := range all {
		path := volumePath(v.Cut, v.N)
		files[i] = &File{Path: path, Type: Formats[1].Type, ETag: v.Hash, from: appender(func(dst []byte) ([]byte, error) {
			v, err := s.state.b.opt.Volumes.Volume(ctx, v.Cut, v.N)
			return append(dst, v.Body...), err
		})}
	}
	return files, nil
}
