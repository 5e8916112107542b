package publisher

import (
	"context"
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// Early makes one file alone, the same that [Builder.Build] makes: of a site
// that is still being built, for whoever asks already. It reads no more of the
// archive than that file is made of. It knows the feeds and pages of lists, the
// pages of stories and what pages refer to; any other path is
// [news.ErrNotFound], which says nothing about whether it will be there.
func (b *Builder) Early(ctx context.Context, path string) (*File, error) {
	if IsStory(path) {
		return (&Site{state: &state{b: b}}).StoryPage(ctx, path)
	}
	path = indexFile(path)
	r := &run{b: b, old: &Site{}, entries: map[int64]*listed{}, kins: map[kin]*kin{}}
	if b.opt.Pages != nil {
		if j := jobFor(r.assets(), path); j != nil {
			return r.makeOne(ctx, *j, path)
		}
	}
	// The front page and the feed of everything are asked for most, and need
	// not know what else there is.
	l, err := r.listFor(ctx, b.specs(news.Counts{}), path)
	if err == nil && l == nil {
		var counts news.Counts
		if counts, err = b.archive.Counts(ctx); err == nil {
			l, err = r.listFor(ctx, b.specs(standing(counts, r.stones)), path)
		}
	}
	if err != nil {
		return nil, err
	}
	if l == nil || len(live([]*list{l})) == 0 {
		return nil, fmt.Errorf("%s: %w", path, news.ErrNotFound)
	}
	jobs := r.editions([]*list{l})
	if b.opt.Pages != nil && l.pages > 0 {
		jobs = append(jobs, r.listPages(l)...)
	}
	j := jobFor(jobs, path)
	if j == nil {
		return nil, fmt.Errorf("%s: %w", path, news.ErrNotFound)
	}
	return r.makeOne(ctx, *j, path)
}

// Announced returns the hub of the feeds and what their addresses begin with.
func (b *Builder) Announced() (hub, url string) { return b.opt.Site.Hub, b.opt.Site.URL }

// listFor reads the list that a file is made of; nil if none of the cuts has it.
func (r *run) listFor(ctx context.Context, specs []spec, path string) (_ *list, err error) {
	i := slices.IndexFunc(specs, func(s spec) bool { return s.has(path) })
	if i < 0 {
		return nil, nil
	}
	if r.stones, err = r.b.archive.Tombstones(ctx, maxStones); err != nil {
		return nil, fmt.Errorf("list tombstones: %w", err)
	}
	if v := r.b.opt.Volumes; v != nil {
		if r.last, err = v.LastVolumes(ctx); err != nil {
			return nil, err
		}
	}
	return r.load(ctx, specs[i])
}

// has reports whether a file can be one of the cut's feeds or pages.
func (s spec) has(path string) bool {
	for _, f := range Formats {
		if path == s.Path+"."+f.Ext {
			return true
		}
	}
	for n := range s.pages {
		if path == indexFile(pagePath(s.Page, n+1)) {
			return true
		}
	}
	return false
}

// makeOne runs a job for one of its files.
func (r *run) makeOne(ctx context.Context, j job, path string) (*File, error) {
	files, err := j.make(ctx, nil)
	if err != nil {
		return nil, err
	}
	f := files[slices.Index(j.paths, path)]
	r.succeed(f, r.b.opt.Published)
	return f, nil
}

func jobFor(jobs []job, path string) *job {
	i := slices.IndexFunc(jobs, func(j job) bool { return slices.Contains(j.paths, path) })
	if i < 0 {
		return nil
	}
	return &jobs[i]
}
