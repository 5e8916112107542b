package deliver

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"github.com/rightswire/rightswire/publisher"
)

// payload is one file to deliver.
type payload struct {
	hash string                 // of what it is made from
	body func() ([]byte, error) // made when it is needed: rendering costs time
}

// names turns paths of a site into a set of names in the folder.
func names(paths []string) map[string]bool {
	set := make(map[string]bool, len(paths))
	for _, p := range paths {
		set[strings.TrimPrefix(p, "/")] = true
	}
	return set
}

// keeps reports whether a file of an earlier delivery stays although the site
// lacks it: one that could not be made this time (F39), an archive document (F32),
// or the page of a story that no list shows any more and that was not withdrawn.
func (d *delivery) keeps(name string) bool {
	if d.missing[name] {
		return true
	}
	if _, _, volume := publisher.VolumeOf("/" + name); volume {
		return true
	}
	page, ok := strings.CutSuffix(name, "index.html")
	return ok && publisher.IsStory("/"+page) && d.plan[name] == nil && !d.withdrawn[name]
}

// newPlan lists what the folder has to hold.
func newPlan(site *publisher.Site) (map[string]*payload, error) {
	plan := make(map[string]*payload, len(site.Files))
	for p, f := range site.Files {
		name := strings.TrimPrefix(p, "/")
		// ValidPath knows no "..", no empty part and no absolute path. Names
		// that begin with .rightswire- are ours.
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, ".rightswire-") || strings.ContainsAny(name, "\\:\x00") {
			return nil, fmt.Errorf("%w: %q", ErrPath, p)
		}
		plan[name] = &payload{hash: f.ETag, body: f.Bytes}
	}
	return plan, nil
}

// same reports whether a file in the folder is what it has to be. The
// manifest is believed only as long as the file is as it was left; otherwise
// the bytes decide.
func (d *delivery) same(name string, r record) bool {
	info, err := d.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false // also a link, which is replaced, not followed
	}
	p := d.plan[name]
	if r.Hash == p.hash && r.Size == info.Size() && r.Modified == info.ModTime().UnixNano() {
		return true
	}
	// The hash of a page that is made on request says what it is made of, and
	// that can change without a change of the bytes.
	want, err := p.body()
	if err != nil || int64(len(want)) != info.Size() {
		return false
	}
	got, err := d.root.ReadFile(name)
	return err == nil && bytes.Equal(got, want)
}

// record describes a file as it is in the folder.
func (d *delivery) record(name string, p *payload) record {
	info, err := d.root.Lstat(name)
	if err != nil {
		return record{} // compared byte for byte next time
	}
	return record{Hash: p.hash, Size: info.Size(), Modified: info.ModTime().UnixNano()}
}
