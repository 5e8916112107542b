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
// that is ours at any time, but for what a delivery to a folder that did not end
// has left a list of.
//
// One place takes one delivery at a time; the caller sees to that.
package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
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

	// After is the State of the delivery that brought the rest of a part of a site
	// there: the place must be as that left it.
	After string

	// Progress is told how many of the files to write are there; nil: nobody
	// is. It is called from several goroutines.
	Progress func(done, total int)
}

// Report says what a delivery did. Paths are sorted and relative
// to the folder.
type Report struct {
	Written   Names
	Removed   []string
	Unchanged int

	// State tells what the place holds now from what it holds after any other
	// delivery; see [Options].After.
	State string

	// Forgot says why nothing is known of earlier deliveries although there
	// were some; nil if that is not so. Files of theirs that are no pages of
	// stories then stay for good.
	Forgot error
}

// Names are those of files, made as they are asked for: a delivery writes hundreds
// of thousands.
type Names struct{ files []*payload }

// Len returns how many there are.
func (n Names) Len() int { return len(n.files) }

// All yields them in their order.
func (n Names) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range n.files {
			if !yield(p.name()) {
				return
			}
		}
	}
}

// ErrPath is returned for a site path that is no clean path of a file.
var ErrPath = errors.New("not a path of a site")

// place is where a site goes. A folder and a bucket differ in how a file gets
// there; what has to get there, and when, is decided by the delivery.
type place interface {
	// manifest returns what earlier deliveries wrote, and nothing if there is
	// no manifest or, with errManifest, if it cannot be understood: then every
	// file is compared or written, and none is removed but withdrawn pages.
	manifest(ctx context.Context) (*manifest, error)
	// intend keeps the names of files, which are in their order, before they are
	// changed: until saveManifest is called, whatever is there has to be compared.
	intend(ctx context.Context, m *manifest, names iter.Seq[string]) error
	// saveManifest keeps a manifest with edits; see [manifest.write].
	saveManifest(ctx context.Context, m *manifest, edits iter.Seq[edit]) (state string, err error)

	// survey looks at what is there now, for look.
	survey(ctx context.Context) error
	// look returns what the place says of a file, if it is there.
	look(name string) (looks, bool)
	// equal reports whether a file that was touched by others holds these
	// bytes all the same.
	equal(name string, body []byte) bool
	// headers returns what the place has to keep about a file beside its bytes.
	headers(f *publisher.File, e Encoding) headers

	// stage makes sure of all that can be had of files, which are in the order of
	// their names, before anything is changed. It asks for them in the other
	// order. put then puts files in place, and settle makes them stay there.
	// Files whose bytes cannot be made are left out, for they are the
	// delivery's to tell of.
	stage(ctx context.Context, files, order []*payload, make maker) error
	put(ctx context.Context, files []*payload, make maker) error
	settle(ctx context.Context, files []*payload) error
	remove(ctx context.Context, names []string) error
	clean() error // what stage left behind, in this run or in one that was killed
	close() error
}

// maker makes the bytes of a file and tells what becomes of them: nil if they
// could not be made, which is not the place's fault.
type maker func(p *payload, store func(body []byte, h headers) error) error

// Deliver makes the place hold the site. It writes only what differs and
// removes only what an earlier delivery wrote; of that it leaves archive documents,
// and the pages of stories that no list shows any more until they are withdrawn;
// one whose story has changed since is made again ([publisher.Site.Outdated]).
// On an error every file is either the old or the new one, and the next
// delivery completes it; a folder is as it was if the error came before the
// first rename, as that of a full disk does. A file whose bytes cannot be made
// stays as it was (F39), and the error says so when all others are in place.
//
// Of a part of a site ([publisher.Site.Kept]) it takes the manifest's word for
// the rest, and does not look at it. If that knows of no such files, or of one
// that an earlier delivery was to change when it failed, the error is
// [ErrAstray] and nothing has been done. After a change of the options, deliver
// all of the site: what is kept is not brought into other forms.
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
	d.compare(d.same)
	return d.report(), d.place.close()
}

func newDelivery(ctx context.Context, site *publisher.Site, opt Options, make bool) (*delivery, error) {
	volumes, err := site.Volumes(ctx)
	if err != nil {
		return nil, err
	}
	p, err := open(ctx, opt, make && site.Kept == nil)
	if err != nil {
		return nil, err
	}
	d := &delivery{
		site: site, place: p, old: &manifest{}, compress: opt.Compress, progress: opt.Progress, after: opt.After,
		missing: names(site.Missing), withdrawn: names(site.Withdrawn),
	}
	if err := d.prepare(ctx, volumes); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return d, nil
}

// prepare finds out what has to be there and what is said of it. It changes
// nothing.
func (d *delivery) prepare(ctx context.Context, volumes []*publisher.File) (err error) {
	if err := d.add(d.site.Files); err != nil {
		return err
	}
	if err := d.addPages(d.site.Pages); err != nil {
		return err
	}
	if d.old, err = d.place.manifest(ctx); errors.Is(err, errManifest) {
		d.forgot, err = err, nil
	}
	if err != nil {
		return err
	}
	if d.site.Kept != nil && d.old.missing() {
		return errors.Join(fmt.Errorf("%w: there is no manifest of an earlier delivery", ErrAstray), d.forgot)
	}
	if d.site.Kept != nil && d.old.state() != d.after {
		return fmt.Errorf("%w: somebody else has delivered there", ErrAstray)
	}
	if err := d.place.survey(ctx); err != nil {
		return err
	}
	if err := d.outdated(ctx); err != nil {
		return err
	}
	d.addVolumes(volumes)
	d.match()
	if err := d.old.failed(); err != nil {
		return err // what it lacks would be taken for nobody's
	}
	return d.rests()
}

// delivery is one run.
type delivery struct {
	site   *publisher.Site
	place  place
	plan   []*payload // by name in the place
	pages  []*payload // what of it is not in plan yet
	old    *manifest  // what earlier deliveries wrote
	strays []int      // what of it belongs to nobody any more
	forgot error      // why that is not known; nil: it is

	missing, withdrawn map[string]bool // by name; see keeps
	compress           []Encoding
	after, state       string // see [Options] and [Report]

	key  []byte // for lookups
	held int    // of a part of a site: how many files stay as they are
	lost string // one of them of which that is not known; "": none

	write     []*payload // what differs, by name
	remove    []string
	unchanged int

	mu       sync.Mutex
	failures []error // why bytes could not be made

	progress func(done, total int)
	total    int
	done     atomic.Int64
}

func (d *delivery) run(ctx context.Context) (Report, error) {
	same := d.same
	if _, disk := d.place.(*folder); disk {
		// Bytes are made once: when they are there, it shows whether the folder
		// has them. To a store, nothing is written that may not have to be.
		same = func(p *payload) bool { return p.known }
	}
	d.compare(same)
	if err := d.place.clean(); err != nil {
		return Report{}, fmt.Errorf("remove the leftovers of an earlier run: %w", err)
	}
	d.total = len(d.write)
	if d.total > 0 {
		if err := d.place.stage(ctx, d.write, d.expect(), d.make); err != nil {
			return Report{}, errors.Join(err, d.place.clean())
		}
		d.spare()
	}
	if len(d.write) == 0 && len(d.remove) == 0 {
		err := d.finish(ctx, nil)
		return d.report(), err
	}
	if err := d.commit(ctx); err != nil {
		return Report{}, errors.Join(err, d.place.clean())
	}
	return d.report(), errors.Join(d.failures...)
}

// report says what was or would be done.
func (d *delivery) report() Report {
	return Report{Written: Names{d.write}, Removed: d.remove, Unchanged: d.unchanged, Forgot: d.forgot, State: d.state}
}

// changing yields the names of the files that are going to be written or removed,
// in their order.
func (d *delivery) changing() iter.Seq[string] {
	return func(yield func(string) bool) {
		rest := d.remove
		for _, p := range d.write {
			name := p.name()
			for ; len(rest) > 0 && rest[0] < name; rest = rest[1:] {
				if !yield(rest[0]) {
					return
				}
			}
			if !yield(name) {
				return
			}
		}
		for _, name := range rest {
			if !yield(name) {
				return
			}
		}
	}
}

// expect says which files will be made, and returns them in the order in which
// that is best done.
func (d *delivery) expect() []*payload {
	out := slices.Clone(d.write)
	for _, p := range out {
		p.expect()
	}
	slices.SortStableFunc(out, func(a, b *payload) int { return cmp.Compare(a.near(), b.near()) })
	return out
}

// make makes the bytes of a file for whoever stores them, unless the place has
// them. A file that cannot be made stays as it was.
func (d *delivery) make(p *payload, store func([]byte, headers) error) error {
	on := sheets.Get().(*sheet)
	defer sheets.Put(on)
	body, err := d.made(p, on)
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		p.failed, d.failures = true, append(d.failures, err)
		return nil
	}
	if p.spared = body == nil; p.spared {
		return nil
	}
	if err := store(body, d.headers(p)); err != nil {
		return fmt.Errorf("write %s: %w", p.name(), err)
	}
	p.sum, p.summed = sumOf(body), true
	if done := d.done.Add(1); d.progress != nil {
		d.progress(int(done), d.total)
	}
	return nil
}

// spare takes the files that need not be written out of what is.
func (d *delivery) spare() {
	was := len(d.write)
	d.write = slices.DeleteFunc(d.write, func(p *payload) bool { return p.spared })
	d.unchanged += was - len(d.write)
}

// commit puts the new files in place and then removes what is gone. The names of
// both are kept while that lasts, so that a run killed in the middle leaves no
// file that nobody will ever remove.
func (d *delivery) commit(ctx context.Context) error {
	if err := d.place.intend(ctx, d.old, d.changing()); err != nil {
		return err
	}
	var both []string
	if _, store := d.place.(*bucket); store { // in a folder the bytes can be compared
		both = slices.Collect(d.changing())
	}
	if err := d.replace(ctx); err != nil {
		if len(both) > 0 {
			d.salvage(ctx, both)
		}
		return err
	}
	return d.finish(ctx, d.write)
}

// replace puts what others refer to in place first: no page may link to a
// story, nor a feed to a page, that is not there yet. It removes in the
// opposite order.
func (d *delivery) replace(ctx context.Context) error {
	for _, files := range ranked(d.write, func(p *payload) string { return p.name() }) {
		if err := d.place.put(ctx, files, d.make); err != nil {
			return err
		}
	}
	d.spare()
	d.write = slices.DeleteFunc(d.write, func(p *payload) bool { return p.failed })
	if err := d.place.settle(ctx, d.write); err != nil {
		return err
	}
	groups := ranked(d.remove, func(name string) string { return name })
	slices.Reverse(groups)
	for _, names := range groups {
		if err := d.place.remove(ctx, names); err != nil {
			return err
		}
	}
	return nil
}
