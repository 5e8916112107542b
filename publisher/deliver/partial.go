package deliver

import (
	"errors"
	"fmt"
)

// ErrAstray is returned for a part of a site ([publisher.Site.Kept]) when the
// place does not hold the rest of it, as far as its manifest tells. Nothing has
// been changed then: deliver all of the site.
var ErrAstray = errors.New("the place lacks files that the site relies on; deliver the whole site")

// relied reports whether a file of the manifest that is not in the plan is one
// that stays as it is, and counts it. A compressed form stays with its file.
func (d *delivery) relied(n int, name string) bool {
	if len(d.site.Kept) == 0 {
		return false
	}
	of := plain(name)
	d.key = append(append(d.key[:0], '/'), of...)
	if !d.site.Kept[string(d.key)] || of != name && (!d.wants(name, of) || d.planned(of)) {
		return false
	}
	if d.old.blank(n) {
		d.lost = name // an earlier delivery was to change it, and nobody knows whether it did
	}
	if of == name {
		d.held++
	}
	d.unchanged++
	return true
}

// rests returns an error unless the place has what a part of a site needs.
func (d *delivery) rests() error {
	if d.site.Kept == nil {
		return nil
	}
	lacking := -d.held
	for _, is := range d.site.Kept {
		if is {
			lacking++
		}
	}
	for _, p := range d.plan {
		if d.key = append(append(d.key[:0], '/'), p.name()...); d.site.Kept[string(d.key)] {
			lacking-- // it is delivered, whatever was there
		}
	}
	if lacking > 0 {
		d.lost = fmt.Sprintf("%d files", lacking)
	}
	if d.lost == "" {
		return nil
	}
	return fmt.Errorf("%w: %s are not in the manifest as they were delivered", ErrAstray, d.lost)
}
