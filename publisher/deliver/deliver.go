// Package deliver brings a [publisher.Site] into a folder or an object store.
//
// It decides how the place gets from one state to the next without ever
// showing a torn one. What has to change, and in which order, is one plan for
// both; how a file gets there is the business of a [place]. It makes no file
// and removes none that it did not write. It is a room of its own because all
// of its care is about disks, networks, and what they do in the middle.
//
// At any moment, whatever fails, the place is complete: every file is whole,
// either the old or the new one; every file of the last delivery that came to
// its end is there until all of the new ones are; and what a page or a feed
// refers to is there before it. The manifest comes last, and names everything
// that is ours at any time.
//
// One place takes one delivery at a time; the caller sees to that.
package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// Options say where to.
type Options struct {
	To       string        // a folder, created if need be, or the address of an object store; see [IsStore]
	Compress []Encoding    // forms to keep beside each file that is worth it
	MaxAge   time.Duration // how long caches may keep what is in a store; 0: see [publisher.CacheControl]

	// Progress is told how many of the files to write are there; nil: nobody
	// is. It is called from several goroutines.
	Progress func(done, total int)
}

// Report says what a delivery did. Paths are sorted and relative
// to the folder.
type Report struct {
	Written   []string
	Removed   []string
	Unchanged int

	// Forgot says why nothing is known of earlier deliveries although there
	// were some; nil if that is not so. Files of theirs that are no pages of
	// stories then stay for good.
	Forgot error
}

// ErrPath is returned for a site path that is no clean path of a file.
var ErrPath = errors.New("not a path of a site")

// place is where a site goes. A folder and a bucket differ in how a file gets
// there; what has to get there, and when, is decided by the delivery.
type place interface {
	// manifest returns what earlier deliveries wrote, and nothing if there is
	// no manifest or, with errManifest, if it cannot be understood: then every
	// file is compared or written, and none is removed but withdrawn pages.
	manifest(ctx context.Context) (manifest, error)
	// saveManifest keeps a manifest, with names of which nothing is known.
	saveManifest(ctx context.Context, m manifest, also []string) error

	// survey looks at what is there now, for look.
	survey(ctx context.Context) error
	// look returns what the place says of a file: size, time, tag.
	look(name string) (record, bool)
	// equal reports whether a file that was touched by others holds these
	// bytes all the same.
	equal(name string, body []byte) bool
	// headers returns what the place has to keep about a file beside its bytes.
	headers(f *publisher.File, e Encoding) headers

	// stage makes sure of all that can be had before anything is changed, in
	// this order. put then puts files in place, and settle makes them stay there.
	// Files whose bytes cannot be made are left out, for they are the
	// delivery's to tell of.
	stage(ctx context.Context, names []string, make maker) error
	put(ctx context.Context, names []string, make maker) error
	settle(ctx context.Context, names []string) error
	remove(ctx context.Context, names []string) error
	clean() error // what stage left behind, in this run or in one that was killed
	close() error
}

// maker makes the bytes of a file and tells what becomes of them: nil if they
// could not be made, which is not the place's fault.
type maker func(name string, store func(body []byte, h headers) error) error

// Deliver makes the place hold the site. It writes only what differs and
// removes only what an earlier delivery wrote; of that it leaves archive documents,
// and the pages of stories that no list shows any more until they are withdrawn;
// one whose story has changed since is made again ([publisher.Site.Outdated]).
// On an error every file is either the old or the new one, and the next
// delivery completes it; a folder is as it was if the error came before the
// first rename, as that of a full disk does. A file whose bytes cannot be made
// stays as it was (F39), and the error says so when all others are in place.
func Deliver(ctx context.Context, site *publisher.Site, opt Options) (Report, error) {
	d, err := newDelivery(ctx, site, opt, true)
	if err != nil {
		return Report{}, fmt.Errorf("deliver to %s: %w", opt.To, err)
	}
	report, err := d.run(ctx)
	if err = errors.Join(err, d.place.close()); err != nil {
		return report, fmt.Errorf("deliver to %s: %w", opt.To, err)
	}
	return report, nil
}

// Compare returns what [Deliver] would do, and does nothing.
func Compare(ctx context.Context, site *publisher.Site, opt Options) (Report, error) {
	d, err := newDelivery(ctx, site, opt, false)
	if err != nil {
		return Report{}, fmt.Errorf("compare with %s: %w", opt.To, err)
	}
	return d.compare(d.same), d.place.close()
}

// Exists reports whether there may be anything at a place: somebody may have
// removed a folder that was delivered to. Of a store it is assumed, for the
// answer costs as much as a delivery that finds nothing to do.
func Exists(to string) bool {
	if IsStore(to) {
		return true
	}
	_, err := os.Stat(to)
	return err == nil
}

// open returns the place that an address names; a folder is made if make is
// set.
func open(ctx context.Context, opt Options, make bool) (place, error) {
	if IsStore(opt.To) {
		return openBucket(ctx, opt)
	}
	return openFolder(opt.To, make)
}

func newDelivery(ctx context.Context, site *publisher.Site, opt Options, make bool) (*delivery, error) {
	volumes, err := site.Volumes(ctx)
	if err != nil {
		return nil, err
	}
	p, err := open(ctx, opt, make)
	if err != nil {
		return nil, err
	}
	d := &delivery{
		place: p, volumes: volumes, compress: opt.Compress, progress: opt.Progress,
		missing: names(site.Missing), withdrawn: names(site.Withdrawn), sums: map[string]string{}, failed: map[string]error{}, spared: map[string]bool{},
	}
	if d.plan, err = newPlan(site.Files, opt.Compress, p.headers); err == nil {
		if d.old, err = p.manifest(ctx); errors.Is(err, errManifest) {
			d.forgot, err = err, nil
		}
		if err == nil {
			err = p.survey(ctx)
		}
		if err == nil {
			err = d.outdated(ctx, site)
		}
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return d, nil
}

// delivery is one run.
type delivery struct {
	place   place
	plan    map[string]*payload // by name in the place
	volumes []*publisher.File   // archive documents, which are planned where the place lacks them
	old     manifest            // what earlier deliveries wrote
	forgot  error               // why that is not known; nil: it is

	missing, withdrawn map[string]bool // by name; see keeps
	compress           []Encoding

	mu     sync.Mutex
	sums   map[string]string // by name: SHA-256 of what was written
	failed map[string]error  // by name: why its bytes could not be made
	spared map[string]bool   // by name: it turned out to have the bytes already

	progress func(done, total int)
	total    int
	done     atomic.Int64
}

func (d *delivery) run(ctx context.Context) (Report, error) {
	same := d.same
	if _, disk := d.place.(*folder); disk {
		// Bytes are made once: when they are there, it shows whether the folder
		// has them. To a store, nothing is written that may not have to be.
		same = func(name string) bool { return d.known(d.plan[name], d.old[name]) }
	}
	report := d.compare(same)
	if err := d.place.clean(); err != nil {
		return Report{}, fmt.Errorf("remove the leftovers of an earlier run: %w", err)
	}
	d.total = len(report.Written)
	if d.total > 0 {
		if err := d.place.stage(ctx, d.expect(report.Written), d.make); err != nil {
			return Report{}, errors.Join(err, d.place.clean())
		}
		d.spare(&report)
	}
	if len(report.Written) == 0 && len(report.Removed) == 0 {
		return report, d.finish(ctx, nil)
	}
	if err := d.commit(ctx, &report); err != nil {
		return Report{}, errors.Join(err, d.place.clean())
	}
	return report, errors.Join(slices.Collect(maps.Values(d.failed))...)
}

// expect says which files will be made, and returns them in the order in which
// that is best done.
func (d *delivery) expect(names []string) []string {
	out := slices.Clone(names)
	for _, name := range out {
		from := d.plan[name].from
		if from.left == 0 {
			from.f.Expect()
		}
		from.left++
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(d.plan[a].from.f.Near, d.plan[b].from.f.Near) })
	return out
}

// make makes the bytes of a file for whoever stores them, unless the place has
// them. A file that cannot be made stays as it was.
func (d *delivery) make(name string, store func([]byte, headers) error) error {
	p := d.plan[name]
	body, err := d.made(name, p)
	if err != nil || body == nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		if err != nil {
			d.failed[name] = err
		} else {
			d.spared[name] = true
		}
		return nil
	}
	if err := store(body, p.headers); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum := sumOf(body)
	d.mu.Lock()
	d.sums[name] = sum
	d.mu.Unlock()
	if done := d.done.Add(1); d.progress != nil {
		d.progress(int(done), d.total)
	}
	return nil
}

// spare takes the files that need not be written out of a report.
func (d *delivery) spare(report *Report) {
	was := len(report.Written)
	report.Written = slices.DeleteFunc(report.Written, func(name string) bool { return d.spared[name] })
	report.Unchanged += was - len(report.Written)
}

// commit puts the new files in place and then removes what is gone. The
// manifest names both old and new files while that lasts, so that a run
// killed in the middle leaves no file that nobody will ever remove.
func (d *delivery) commit(ctx context.Context, report *Report) error {
	// Without a hash: whatever is there has to be compared.
	if err := d.place.saveManifest(ctx, d.old, report.Written); err != nil {
		return err
	}
	if err := d.replace(ctx, report); err != nil {
		if _, store := d.place.(*bucket); store { // in a folder the bytes can be compared
			d.salvage(ctx, report.Written)
		}
		return err
	}
	return d.finish(ctx, report.Written)
}

// replace puts what others refer to in place first: no page may link to a
// story, nor a feed to a page, that is not there yet. It removes in the
// opposite order.
func (d *delivery) replace(ctx context.Context, report *Report) error {
	for _, names := range ranked(report.Written) {
		if err := d.place.put(ctx, names, d.make); err != nil {
			return err
		}
	}
	d.spare(report)
	report.Written = slices.DeleteFunc(report.Written, func(name string) bool { return d.failed[name] != nil })
	for name := range d.failed {
		d.missing[name] = true
		delete(d.plan, name)
	}
	if err := d.place.settle(ctx, report.Written); err != nil {
		return err
	}
	groups := ranked(report.Removed)
	slices.Reverse(groups)
	for _, names := range groups {
		if err := d.place.remove(ctx, names); err != nil {
			return err
		}
	}
	return nil
}
