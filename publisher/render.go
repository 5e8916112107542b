package publisher

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/news"
)

// job makes one or more files that belong together. key is a hash of
// everything that goes into them. What make returns may lie in the draft: it
// holds until that is used again.
type job struct {
	paths []string
	known bool // its files are remembered from one process to the next
	key   fileKey
	list  *list     // whose stories it is made of; nil: of none
	shows []*listed // those of them that make asks for
	make  func(context.Context, *draft) ([]*File, error)
}

// render runs the jobs whose key changed, on every core, and takes the files
// of the others from the old site. all are the stories that the site lists, and gone
// the paths of pages that must not be shown any more.
func (r *run) render(ctx context.Context, all stories, gone []string) (*Site, Report, error) {
	about := len(r.pages)
	for _, j := range r.jobs {
		about += len(j.paths)
	}
	site := &Site{Files: make(map[string]*File, max(len(r.old.Files), about)), Withdrawn: gone}
	if r.far() != nil {
		site.Kept = r.kept
	}
	var report Report
	if err := r.work(ctx, site, &report, all); err != nil {
		return nil, Report{}, err
	}
	r.b.moveForms(site)
	r.b.keepMoved(r.kept)
	report.Unchanged += len(r.kept)
	for path := range r.old.Files {
		if site.Files[path] == nil {
			report.Removed++
		}
	}
	report.Removed += r.newlyGone(gone)
	slices.Sort(site.Missing)
	slices.SortFunc(report.Failed, func(a, b FileError) int { return strings.Compare(a.Path, b.Path) })
	return site, report, nil
}

// newlyGone counts the pages that nobody counts as removed because they were
// no files of the old site, although readers had them.
func (r *run) newlyGone(gone []string) (n int) {
	if r.old.state == nil || r.old.state.far {
		return 0
	}
	for _, path := range gone {
		if _, known := slices.BinarySearch(r.old.Withdrawn, path); !known && r.old.Files[path] == nil {
			n++
		}
	}
	return n
}

// work runs the jobs, those of one list one after the other.
func (r *run) work(ctx context.Context, site *Site, report *Report, all stories) error {
	var todo []job
	for _, j := range r.jobs {
		if r.stays(j) {
			r.keep(j.paths...)
		} else if files := r.reuse(j); files != nil {
			r.adopt(site, j, files)
			report.Unchanged += len(files)
		} else {
			todo = append(todo, j)
			r.cache.expect(all, j.shows)
		}
	}
	published, err := r.published(ctx, todo)
	if err != nil {
		return fmt.Errorf("read what was published: %w", err)
	}
	r.addPages(site, report, published)
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	one := func(j job) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := newDraft()
		defer d.done()
		files, err := j.make(ctx, d)
		if err == nil && r.b.opt.Aside == nil {
			d.copyOut(files)
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			r.keepLast(site, report, j, err)
			return nil
		}
		for _, f := range files {
			r.succeed(f, published)
		}
		if err := r.putAside(d, j, files); err != nil {
			return err
		}
		r.adopt(site, j, files)
		report.Rendered += len(files)
		return nil
	}
	for len(todo) > 0 {
		some := todo[:alike(todo)]
		todo = todo[len(some):]
		group.Go(func() error {
			for _, j := range some {
				if err := one(j); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// alike counts the jobs at the beginning that are of one list: two that ran at
// once would both read its stories.
func alike(jobs []job) int {
	n := 1
	for n < len(jobs) && jobs[n].list != nil && jobs[n].list == jobs[0].list {
		n++
	}
	return n
}

// addPages puts the pages of stories into the site.
func (r *run) addPages(site *Site, report *Report, published map[string]news.EditionState) {
	site.Pages = r.rows
	report.Rendered += r.rows.Len()
	for _, f := range r.pages {
		if r.old.Files[f.Path] == f {
			report.Unchanged++
		} else {
			r.succeed(f, published)
			report.Rendered++
		}
		site.Files[f.Path] = f
	}
}

// stays reports whether the files of a job are those of the site that a record
// tells of.
func (r *run) stays(j job) bool {
	st := r.far()
	return st != nil && !slices.ContainsFunc(j.paths, func(p string) bool { return st.keys[p] != j.key })
}

// reuse returns the files that a job made last time, if it would make the
// same ones now.
func (r *run) reuse(j job) []*File {
	if r.old.state == nil {
		return r.trust(j)
	}
	files := make([]*File, 0, len(j.paths))
	for _, p := range j.paths {
		f := r.old.Files[p]
		if f == nil || f.key != j.key {
			return nil
		}
		files = append(files, f)
	}
	return files
}

// adopt puts files into the site.
func (r *run) adopt(site *Site, j job, files []*File) {
	for _, f := range files {
		site.Files[f.Path] = f
		if f.key != j.key || f.known != j.known { // one of the old site has them already
			f.key, f.known = j.key, j.known
		}
	}
}

// trust returns the files of a job as an earlier process made them, if it made
// them from the same; see [Options].Trust.
func (r *run) trust(j job) []*File {
	if !r.b.opt.Trust || !j.known {
		return nil
	}
	files, key := make([]*File, len(j.paths)), j.key.String()
	for i, path := range j.paths {
		st, ok := r.b.opt.Published[path]
		if !ok || st.Key != key {
			return nil
		}
		files[i] = &File{Path: path, Type: mediaType(path), ETag: st.Hash, Modified: st.Updated, from: appender(func(dst []byte) ([]byte, error) {
			d := newDraft()
			defer d.done()
			made, err := j.make(context.Background(), d)
			if err != nil {
				return dst, err
			}
			return append(dst, made[i].Body...), nil
		})}
	}
	return files
}

// leastAside is how large a file is that is put aside, unless it is of a list: of
// those there are thousands.
const leastAside = 4 << 10

// putAside takes the bytes of files out of the draft, and most out of memory; see
// [Options].Aside.
func (r *run) putAside(d *draft, j job, files []*File) error {
	if r.b.opt.Aside == nil || d.used == 0 {
		return nil
	}
	for _, f := range files {
		if j.list == nil && len(f.Body) < leastAside {
			f.Body = bytes.Clone(f.Body)
			continue
		}
		at := aside{r.b.opt.Aside, r.aside, len(f.Body)}
		n, err := at.place.Write(f.Body)
		r.aside += int64(n)
		if err != nil {
			return fmt.Errorf("put %s aside: %w", f.Path, err)
		}
		f.Body, f.from = nil, at
	}
	return nil
}

// aside is where bytes were put aside.
type aside struct {
	place Aside
	at    int64
	size  int
}

func (a aside) append(dst []byte) ([]byte, error) {
	dst = slices.Grow(dst, a.size)
	n, err := a.place.ReadAt(dst[len(dst):len(dst)+a.size], a.at)
	if n == a.size {
		err = nil // a reader may say that nothing follows (io.ReaderAt)
	}
	return dst[:len(dst)+n], err
}

// keepLast leaves the last good files in place of those that could not be
// made (F39). They get no key, so that the next update tries again.
func (r *run) keepLast(site *Site, report *Report, j job, err error) {
	for _, p := range j.paths {
		report.Failed = append(report.Failed, FileError{Path: p, Err: err})
		if f := r.old.Files[p]; f != nil {
			site.Files[p] = f
			report.Unchanged++
		} else {
			site.Missing = append(site.Missing, p)
		}
	}
}

// succeed dates a file that takes the place of an older one. Its bytes may
// differ although no entry is newer (one was withdrawn, a title changed in
// the configuration); a reader that asks by date alone must see that too.
func (r *run) succeed(f *File, published map[string]news.EditionState) {
	last, known := published[f.Path]
	if old := r.old.Files[f.Path]; old != nil {
		last, known = old.state(), true
	}
	switch {
	case !known || f.Modified.IsZero():
	case last.Hash == f.ETag:
		f.Modified = last.Updated
	case !f.Modified.After(last.Updated):
		f.Modified = last.Updated.Add(time.Second)
	}
}

// state is what has to be remembered of a file to date the next one.
func (f *File) state() news.EditionState {
	st := news.EditionState{Path: f.Path, Hash: f.ETag, Updated: f.Modified}
	if f.known {
		st.Key = f.key.String()
	}
	return st
}

// States returns what has to be kept for [Options].Published, by path.
func (s *Site) States() []news.EditionState {
	out := make([]news.EditionState, 0, len(s.Files))
	for _, path := range slices.Sorted(maps.Keys(s.Files)) {
		if f := s.Files[path]; !f.Modified.IsZero() {
			out = append(out, f.state())
		}
	}
	return out
}
