// Package deliver writes a [publisher.Site] into a folder.
//
// It decides how the folder gets from one state to the next without ever
// showing a torn one: every file is written beside the tree, flushed, and
// renamed into its place only when all of them are safely on the disk. It
// makes no file and removes none that it did not write. It is a room of its
// own because all of its care is about disks.
//
// One folder takes one delivery at a time; the caller sees to that.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/publisher"
)

const (
	manifestName = ".rightswire-manifest.json"
	stageName    = ".rightswire-tmp" // what a killed run leaves behind is in there
)

// Options say where to.
type Options struct {
	Dir      string     // created if need be
	Compress []Encoding // forms to keep beside each file that is worth it
}

// Report says what a delivery did. Paths are sorted and relative
// to the folder.
type Report struct {
	Written   []string
	Removed   []string
	Unchanged int
}

// ErrPath is returned for a site path that is no clean path of a file.
var ErrPath = errors.New("not a path of a site")

// Deliver makes the folder hold the site. It writes only what differs and
// removes only what an earlier delivery wrote; of that it leaves archive documents,
// and the pages of stories that no list shows any more until they are withdrawn. On any error
// before the first rename, a full disk above all, the folder is as it was;
// after it every file is either the old or the new one, and the next delivery
// completes it. A file whose bytes cannot be made stays as it was (F39), and
// the error says so when all others are in place.
func Deliver(ctx context.Context, site *publisher.Site, opt Options) (Report, error) {
	if err := os.MkdirAll(opt.Dir, 0o755); err != nil {
		return Report{}, fmt.Errorf("deliver to %s: %w", opt.Dir, err)
	}
	d, err := newDelivery(ctx, site, opt)
	if err != nil {
		return Report{}, fmt.Errorf("deliver to %s: %w", opt.Dir, err)
	}
	defer d.root.Close()
	report, err := d.run(ctx)
	if err != nil {
		return report, fmt.Errorf("deliver to %s: %w", opt.Dir, err)
	}
	return report, nil
}

// Compare returns what [Deliver] would do, and does nothing.
func Compare(ctx context.Context, site *publisher.Site, opt Options) (Report, error) {
	if _, err := os.Stat(opt.Dir); errors.Is(err, fs.ErrNotExist) {
		plan, err := newPlan(site, opt.Compress)
		if err != nil {
			return Report{}, fmt.Errorf("compare with %s: %w", opt.Dir, err)
		}
		volumes, err := site.Volumes(ctx)
		if err != nil {
			return Report{}, fmt.Errorf("compare with %s: %w", opt.Dir, err)
		}
		for _, f := range volumes {
			plan[strings.TrimPrefix(f.Path, "/")] = nil
		}
		return Report{Written: slices.Sorted(maps.Keys(plan))}, nil
	}
	d, err := newDelivery(ctx, site, opt)
	if err != nil {
		return Report{}, fmt.Errorf("compare with %s: %w", opt.Dir, err)
	}
	defer d.root.Close()
	return d.compare(readManifest(d.root)), nil
}

func newDelivery(ctx context.Context, site *publisher.Site, opt Options) (*delivery, error) {
	volumes, err := site.Volumes(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(site, opt.Compress)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(opt.Dir)
	if err != nil {
		return nil, err
	}
	return &delivery{root: root, plan: plan, volumes: volumes, compress: opt.Compress, missing: names(site.Missing), withdrawn: names(site.Withdrawn), sums: map[string]string{}}, nil
}

// delivery is one run. Everything goes through root, which follows no link
// out of the folder and no ".." (S31).
type delivery struct {
	root    *os.Root
	plan    map[string]*payload // by name in the folder
	volumes []*publisher.File   // archive documents, which are planned where the folder lacks them

	staged             map[string]string // by name: what a new file is called before it has its place
	missing, withdrawn map[string]bool   // by name; see keeps
	compress           []Encoding
	sums               map[string]string // by name: SHA-256 of what was written
}

// compare says what differs between the plan and the folder.
func (d *delivery) compare(old manifest) Report {
	var report Report
	for _, f := range d.volumes {
		// There are many, and they stay as they are: one that was written is
		// not looked at again.
		if name := strings.TrimPrefix(f.Path, "/"); old[name].Hash != f.ETag || !isFile(d.root, name) {
			d.plan[name] = &payload{hash: f.ETag, body: f.Bytes}
		} else {
			report.Unchanged++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.plan)) {
		if d.same(name, old) {
			report.Unchanged++
		} else {
			report.Written = append(report.Written, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if d.plan[name] == nil && !d.keeps(name) && isFile(d.root, name) {
			report.Removed = append(report.Removed, name)
		}
	}
	return report
}

func (d *delivery) run(ctx context.Context) (Report, error) {
	old := readManifest(d.root)
	report := d.compare(old)
	if err := d.root.RemoveAll(stageName); err != nil {
		return Report{}, fmt.Errorf("remove the leftovers of an earlier run: %w", err)
	}
	if len(report.Written) == 0 && len(report.Removed) == 0 {
		return report, d.finish(old)
	}
	failed, err := d.stage(ctx, report.Written)
	if err != nil {
		return Report{}, errors.Join(err, d.root.RemoveAll(stageName))
	}
	report.Written = slices.DeleteFunc(report.Written, func(name string) bool { return failed[name] != nil })
	for name := range failed {
		d.missing[name] = true
		delete(d.plan, name)
	}
	if err := d.commit(old, report); err != nil {
		return Report{}, errors.Join(err, d.root.RemoveAll(stageName))
	}
	return report, errors.Join(slices.Collect(maps.Values(failed))...)
}

// stage writes all new files beside the tree. Here, and only here, the disk
// can turn out to be full (S42). It returns the files that could not be made.
func (d *delivery) stage(ctx context.Context, names []string) (failed map[string]error, err error) {
	if err := d.root.Mkdir(stageName, 0o755); err != nil {
		return nil, err
	}
	if err := d.makeFolders(names); err != nil {
		return nil, err
	}
	d.staged = make(map[string]string, len(names))
	for i, name := range names {
		d.staged[name] = fmt.Sprintf("%06d", i)
	}
	beside, err := d.root.OpenRoot(stageName)
	if err != nil {
		return nil, err
	}
	defer beside.Close()
	failed = map[string]error{}
	flush := flusher(len(names))
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(flush.writers())
	for _, name := range names {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			body, err := d.plan[name].body()
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[name] = err
				return nil
			}
			if err := writeFile(beside, d.staged[name], body, flush.each); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			d.sums[name] = sumOf(body)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return failed, flush.all(d.root)
}

// makeFolders makes the folders that files need, parents first.
func (d *delivery) makeFolders(names []string) error {
	for _, dir := range dirsOf(names) {
		if err := d.root.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make folder %s: %w", dir, err)
		}
	}
	return nil
}

// commit renames the staged files into place and then removes what is gone.
// The manifest names both old and new files while that lasts, so that a run
// killed in the middle leaves no file that nobody will ever remove.
func (d *delivery) commit(old manifest, report Report) error {
	both := maps.Clone(old)
	for _, name := range report.Written {
		both[name] = record{} // no hash: whatever is there has to be compared
	}
	if err := writeManifest(d.root, both); err != nil {
		return err
	}
	// What others refer to comes first: no page may link to a story, nor a
	// feed to a page, that is not there yet.
	order := slices.Clone(report.Written)
	slices.SortStableFunc(order, func(a, b string) int { return rank(a) - rank(b) })
	for _, name := range order {
		if err := d.root.Rename(stageName+"/"+d.staged[name], name); err != nil {
			return fmt.Errorf("put %s in place: %w", name, err)
		}
	}
	if err := d.flushNames(report.Written); err != nil {
		return err
	}
	for _, name := range report.Removed {
		if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s: %w", name, err)
		}
		removeEmpty(d.root, path.Dir(name))
	}
	return d.finish(old)
}

// finish writes the manifest of what is there now.
func (d *delivery) finish(old manifest) error {
	now := manifest{}
	for name, p := range d.plan {
		now[name] = d.record(name, p, old[name])
	}
	for name, r := range old {
		if d.plan[name] == nil && d.keeps(name) {
			now[name] = r
		}
	}
	if err := d.root.RemoveAll(stageName); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	if maps.Equal(old, now) {
		return nil
	}
	return writeManifest(d.root, now)
}

// rank orders names by what refers to them.
func rank(name string) int {
	name = plain(name)
	switch {
	case strings.HasPrefix(name, "story/"), strings.HasPrefix(name, "feeds/archive/"):
		return 1
	case strings.HasPrefix(name, "feeds/") && path.Base(name) != "index.html":
		return 3
	case strings.Contains(path.Base(name), ".html"):
		return 2
	}
	return 0
}

// dirsOf returns the folders of names, parents first.
func dirsOf(names []string) []string {
	set := map[string]bool{}
	for _, n := range names {
		for dir := path.Dir(n); ; dir = path.Dir(dir) {
			set[dir] = true
			if dir == "." {
				break
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}
