package publisher

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"golang.org/x/text/language"

	"github.com/rightswire/rightswire/news"
)

// Builder makes the [Site] of an archive. It has no clock: what it makes
// depends on the archive and the options alone, so the same data gives the
// same bytes (F02). It is safe for concurrent use.
type Builder struct {
	archive    Archive
	opt        Options
	sources    map[string]news.Source
	outlets    map[string]Outlet // what readers see of sources; see [Builder.outlet]
	categories map[string]news.Category
	locale     language.Tag // of the site
	nav        []NavItem
	moves      []move
	print      string // fingerprint of everything but the archive
}

// New returns a builder. It returns an error if options and archive do not
// suffice to publish anything.
func New(archive Archive, opt Options) (*Builder, error) {
	opt = opt.withDefaults()
	for _, f := range Formats {
		if opt.Encoders[f.Ext] == nil {
			return nil, fmt.Errorf("no encoder for %s", f.Name)
		}
	}
	if opt.Volumes != nil && opt.Redact == nil {
		return nil, fmt.Errorf("nothing takes what was withdrawn out of volumes")
	}
	if opt.Site.URL == "" {
		return nil, fmt.Errorf("the site has no address")
	}
	b := &Builder{archive: archive, opt: opt, sources: map[string]news.Source{}, outlets: map[string]Outlet{}, categories: map[string]news.Category{}}
	for _, s := range opt.Sources {
		b.sources[s.ID] = s
	}
	for id := range b.sources {
		b.outlets[id] = b.outletOf(id)
	}
	for _, c := range opt.Categories {
		b.categories[c.ID] = c
	}
	var err error
	if b.locale, err = language.Parse(opt.Site.Language); err != nil {
		b.locale = language.English
	}
	b.nav = b.navigation()
	b.moves = b.listMoves()
	b.print = b.fingerprint()
	return b, nil
}

// fingerprint is a hash of everything that shapes the site and is not in the
// archive. A site with another fingerprint is built anew.
func (b *Builder) fingerprint() string {
	o := b.opt
	assets, look := map[string][]byte{}, ""
	if o.Pages != nil {
		look = o.Pages.Fingerprint()
		for _, f := range o.Pages.Assets() {
			assets[f.Path] = f.Body
		}
	}
	sources := slices.Clone(o.Sources)
	for i := range sources {
		sources[i].Headers = nil // not published, and may hold secrets
	}
	o.Sources = sources
	sum := hashOf(struct {
		Options Options
		Assets  map[string][]byte
		Look    string
	}{o, assets, look})
	return hex.EncodeToString(sum[:])
}

// Build makes the whole site. It returns an error only if the archive cannot
// be read; a file that cannot be rendered is named in the report.
func (b *Builder) Build(ctx context.Context) (*Site, Report, error) {
	return b.Update(ctx, nil)
}

// Update makes the site from what the archive holds now and renders again
// only what differs from old, which stays as it is; nil means that there is
// none. The result is the same, byte for byte, as that of [Builder.Build].
// If nothing changed, Update returns old. On an error, old is still good.
func (b *Builder) Update(ctx context.Context, old *Site) (*Site, Report, error) {
	r := &run{b: b, old: old, entries: map[int64]*listed{}, kins: map[kin]*kin{}, taken: map[*list]bool{}}
	if old == nil {
		r.old = &Site{}
	}
	last := r.old.state
	if last == nil || last.print != b.print {
		last = nil
	}
	after := int64(math.MaxInt64)
	if last != nil {
		after = last.seq
	}
	// The counter is read first: what changes while we read is read again
	// next time.
	changes, err := b.archive.Changes(ctx, after)
	if err != nil {
		return nil, Report{}, fmt.Errorf("read changes: %w", err)
	}
	if last != nil && changes.Empty() && !last.failed && !last.behind {
		if last.far && old.Kept == nil {
			old.keepAll()
		}
		return old, Report{Unchanged: len(old.Files)}, nil
	}
	if r.far() != nil {
		r.kept, r.keys = make(map[string]bool, len(last.keys)), make(map[string]fileKey, len(last.keys))
	}
	lists, err := r.lists(ctx, last, changes)
	if err != nil {
		return nil, Report{}, err
	}
	if err := r.bind(ctx, lists); err != nil {
		return nil, Report{}, err
	}
	moved, err := r.moved(ctx)
	if err != nil {
		return nil, Report{}, err
	}
	ahead := r.readAhead(lists)
	r.storyPages(lists, ahead)
	r.jobs = slices.Concat(r.listed(lists, ahead), r.fixed(lists), moved, r.formerPages(), r.retired(), r.redirects())
	gone, err := r.withdrawn(ctx)
	if err != nil {
		return nil, Report{}, err
	}
	site, report, err := r.render(ctx, r.ordered(lists), gone)
	if err != nil {
		return nil, Report{}, err
	}
	site.URL, site.Hub = b.opt.Site.URL, b.opt.Site.Hub
	site.state = &state{
		b: b, print: b.print, seq: changes.Seq, lists: make(map[string]*list, len(lists)), stories: r.ordered(lists), keys: r.keys,
		failed: len(report.Failed) > 0, last: r.last, behind: r.behind, merged: r.merged,
		stones: r.stonesSum, changed: changes.Stories, token: new(byte),
	}
	if last != nil {
		site.state.follows = last.token
	}
	for _, l := range lists {
		site.state.lists[l.Path] = l
	}
	return site, report, nil
}

// state is what a site remembers of how it was made.
type state struct {
	b       *Builder
	print   string
	seq     int64
	lists   map[string]*list   // by cut path; empty optional ones too
	stories stories            // that lists hold
	keys    map[string]fileKey // of files that the site lacks, by path
	far     bool               // a record tells of it, and its files are with others
	changed []int64            // stories that changed since the site before
	token   *byte              // stands for this site, for those that follow it, and keeps none of it in memory
	follows *byte              // the token of the one before; nil: none
	stones  [32]byte           // hash of the latest stories that were gone
	failed  bool               // some file is not what it should be
	last    map[string]int     // by cut path: number of the newest volume
	behind  bool               // there is more to bind into volumes
	merged  map[string]string  // page of a story that became part of another: the page of that one
}

// run is one build.
type run struct {
	b       *Builder
	old     *Site
	counts  news.Counts
	entries map[int64]*listed // by story
	kins    map[kin]*kin
	known   int              // how many of them were read
	stories []*listed        // what the site lists; see shown
	inOrder stories          // the same; see ordered
	changed int              // stories that changed since the last site
	taken   map[*list]bool   // lists of the last site that nothing has touched
	kept    map[string]bool  // by file path: what stays where it is; see [Site].Kept
	stones  []news.Tombstone // the latest stories that are gone
	jobs    []job
	pages   []*File            // of stories, in memory
	rows    *StoryPages        // or for a folder
	last    map[string]int     // by cut path: number of the newest volume
	behind  bool               // there is more to bind into volumes
	merged  map[string]string  // page of a story that became part of another: the page of that one
	keys    map[string]fileKey // of what is kept
	cache   entryCache
	aside   int64 // bytes that were put aside

	stonesSum [32]byte // of stones
	entered   int      // entries of cuts that were noted for volumes

	arrivals arrivals
}

// listings returns stories as lists hold them, each read once per build and
// only if it changed since the last one, or if its title is needed now. One that
// is gone in the meantime is left out.
func (r *run) listings(ctx context.Context, marks []news.StoryMark, titled bool) ([]*listed, error) {
	var unknown []int64
	for _, m := range marks {
		if x := r.entries[m.ID]; x != nil && (!titled || x.titled()) {
			continue
		}
		if last := r.old.state; last != nil {
			if old := last.stories.of(m.ID); old != nil && old.changed == m.Changed && (!titled || old.titled()) {
				r.entries[m.ID] = old
				continue
			}
		}
		unknown = append(unknown, m.ID)
	}
	heads, err := r.b.archive.StoryHeads(ctx, unknown)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		r.entries[h.ID] = r.listing(h, titled)
	}
	out := make([]*listed, 0, len(marks))
	for _, m := range marks {
		if l := r.entries[m.ID]; l != nil {
			out = append(out, l)
		}
	}
	return out, nil
}

// lists reads every cut that changed and takes over the others.
func (r *run) lists(ctx context.Context, last *state, changes news.Changes) ([]*list, error) {
	counts, err := r.b.archive.Counts(ctx)
	if err != nil {
		return nil, fmt.Errorf("count stories: %w", err)
	}
	r.counts = counts
	changed := make(map[int64]bool, len(changes.Stories))
	for _, id := range changes.Stories {
		changed[id] = true
	}
	if r.stones, err = r.b.archive.Tombstones(ctx, maxStones); err != nil {
		return nil, fmt.Errorf("list tombstones: %w", err)
	}
	r.stonesSum, r.changed = hashOf(r.stones), len(changes.Stories)
	var lists []*list
	for _, s := range r.b.specs(standing(counts, r.stones)) {
		if last != nil {
			if l, ok := last.lists[s.Path]; ok && !s.touched(changes) && !l.holds(changed) {
				if last.far {
					l.spec = s // a record holds none
				}
				r.taken[l] = true
				lists = append(lists, l)
				continue
			}
		}
		l, err := r.load(ctx, s)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	l, err := r.correctionsList(ctx)
	if err != nil {
		return nil, err
	}
	r.known, r.entries = len(r.entries), nil // there are as many as the site has pages
	return append(lists, l), nil
}

// holds reports whether the list shows one of the stories.
func (l *list) holds(stories map[int64]bool) bool {
	in := func(x *listed) bool { return stories[x.id] }
	return len(stories) > 0 && (slices.ContainsFunc(l.all, in) || slices.ContainsFunc(l.edition, in))
}

// live returns the lists that are published.
func live(lists []*list) []*list {
	return slices.DeleteFunc(slices.Clone(lists), func(l *list) bool { return l.optional && len(l.all) == 0 })
}
