package deliver

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// finish writes the manifest of what is there now, where these files are new.
func (d *delivery) finish(ctx context.Context, written []*payload) (err error) {
	if len(written) > 0 {
		if err := d.place.survey(ctx); err != nil {
			return err
		}
	}
	for _, p := range written {
		d.look(p)
	}
	if err := d.place.clean(); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	for range d.edits() { // there are some
		d.state, err = d.place.saveManifest(ctx, d.old, d.edits())
		return err
	}
	d.state = d.old.state()
	return nil
}

// edits are what the manifest does not say yet.
func (d *delivery) edits() iter.Seq[edit] {
	return func(yield func(edit) bool) {
		strays := d.strays
		goneTo := func(upTo string) bool { // "": all
			for ; len(strays) > 0; strays = strays[1:] {
				name := d.old.name(strays[0])
				if upTo != "" && name > upTo {
					return true
				}
				if !yield(edit{name: name, gone: true}) {
					return false
				}
			}
			return true
		}
		for _, p := range d.plan {
			if p.failed || p.known && p.noted {
				continue
			}
			last, there := d.last(p)
			r := d.record(p, last)
			if there && r == last {
				continue
			}
			if !goneTo(p.name()) || !yield(edit{name: p.name(), record: r}) {
				return
			}
		}
		goneTo("")
	}
}

// salvageTime is how long a delivery that failed may take to write down what
// it did.
const salvageTime = 15 * time.Second

// salvage notes what is in place already after an error, so that the next
// delivery need not do it again. If that fails too, the next one just has more
// to do.
func (d *delivery) salvage(ctx context.Context, names []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), salvageTime)
	defer cancel()
	if d.place.survey(ctx) != nil {
		return
	}
	blank := map[string]record{}
	for _, name := range names {
		blank[name] = record{}
	}
	for _, p := range d.plan {
		if p.summed {
			d.look(p)
			blank[p.name()] = d.record(p, record{})
		}
	}
	_, _ = d.place.saveManifest(ctx, d.old, func(yield func(edit) bool) {
		for _, name := range slices.Sorted(maps.Keys(blank)) {
			if !yield(edit{name: name, record: blank[name]}) {
				return
			}
		}
	})
}

// compare finds what differs between the plan and the place, as same tells it.
func (d *delivery) compare(same func(*payload) bool) {
	for _, p := range d.plan {
		d.look(p)
		if r, there := d.last(p); there && d.known(p, r) {
			p.known, p.noted = true, r.Revision == p.source().Revision
		}
	}
	for _, p := range d.plan {
		if same(p) {
			d.unchanged++
		} else {
			d.write = append(d.write, p)
		}
	}
	for _, n := range d.strays {
		if name := d.old.name(n); d.there(name) {
			d.remove = append(d.remove, name)
		}
	}
	// Whatever the manifest knows: nobody else makes such pages.
	said := seeker{manifest: d.old}
	for _, name := range slices.Sorted(maps.Keys(d.withdrawn)) {
		for _, ext := range []string{"", Brotli.ext(), Gzip.ext()} {
			name := name + ext
			if _, noted := said.find(name); !noted && !d.planned(name) && !d.keeps(name) && d.there(name) {
				d.remove = append(d.remove, name)
			}
		}
	}
	slices.Sort(d.remove)
}

func (d *delivery) there(name string) bool {
	_, there := d.place.look(name)
	return there
}
