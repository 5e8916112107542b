package deliver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// finish writes the manifest of what is there now, where these files are new.
func (d *delivery) finish(ctx context.Context, written []string) error {
	if len(written) > 0 {
		if err := d.place.survey(ctx); err != nil {
			return err
		}
	}
	for _, name := range written {
		d.look(name, d.plan[name])
	}
	changed := false
	for name, p := range d.plan {
		last, there := d.old[name]
		if r := d.record(name, p, last); !there || r != last {
			d.old[name], changed = r, true
		}
	}
	for name := range d.old {
		if d.plan[name] == nil && !d.keeps(name) {
			delete(d.old, name)
			changed = true
		}
	}
	if err := d.place.clean(); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	if !changed {
		return nil
	}
	return d.place.saveManifest(ctx, d.old, nil)
}

// salvageTime is how long a delivery that failed may take to write down what
// it did.
const salvageTime = 15 * time.Second

// salvage notes what is in place already after an error, so that the next
// delivery need not do it again. If that fails too, the next one just has more
// to do.
func (d *delivery) salvage(ctx context.Context, written []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), salvageTime)
	defer cancel()
	if d.place.survey(ctx) != nil {
		return
	}
	both := maps.Clone(d.old)
	for _, name := range written {
		both[name] = record{}
	}
	for name := range d.sums {
		if p := d.plan[name]; p != nil {
			d.look(name, p)
			both[name] = d.record(name, p, record{})
		}
	}
	_ = d.place.saveManifest(ctx, both, nil)
}

// compare says what differs between the plan and the place, as same tells it.
func (d *delivery) compare(same func(name string) bool) Report {
	report := Report{Forgot: d.forgot}
	for _, f := range d.volumes {
		// There are many, and they stay as they are: one that was written is
		// not looked at again.
		name := strings.TrimPrefix(f.Path, "/")
		p := &payload{hash: f.ETag, from: &source{f: f}, headers: d.place.headers(f, "")}
		if _, there := d.place.look(name); !there || d.old[name].Hash != p.hash || d.old[name].headers != p.headers {
			d.plan[name] = p
		} else {
			report.Unchanged++
		}
	}
	for name, p := range d.plan {
		d.look(name, p)
	}
	for _, name := range slices.Sorted(maps.Keys(d.plan)) {
		if same(name) {
			report.Unchanged++
		} else {
			report.Written = append(report.Written, name)
		}
	}
	ours := maps.Clone(d.withdrawn) // whatever the manifest knows: nobody else makes such pages
	for name := range d.withdrawn {
		for _, e := range []Encoding{Gzip, Brotli} {
			ours[name+e.ext()] = true
		}
	}
	for name := range d.old {
		ours[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		if d.plan[name] != nil || d.keeps(name) {
			continue // most are, and a look costs more than to know it
		}
		if _, there := d.place.look(name); there {
			report.Removed = append(report.Removed, name)
		}
	}
	return report
}
