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
	hash string // of the body, as the site has it
	body []byte
}

// kept returns the names in the folder that stay although the site lacks
// them: files that could not be made this time (F39).
func kept(site *publisher.Site) map[string]bool {
	keep := make(map[string]bool, len(site.Missing))
	for _, p := range site.Missing {
		keep[strings.TrimPrefix(p, "/")] = true
	}
	return keep
}

// newPlan lists what the folder has to hold.
func newPlan(site *publisher.Site) (map[string]*payload, error) {
	plan := make(map[string]*payload, len(site.Files))
	for p, f := range site.Files {
		name := strings.TrimPrefix(p, "/")
		// ValidPath knows no "..", no empty part and no absolute path. Names
		// that begin with a dot are ours.
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, ".rightswire-") || strings.ContainsAny(name, "\\:\x00") {
			return nil, fmt.Errorf("%w: %q", ErrPath, p)
		}
		plan[name] = &payload{hash: f.ETag, body: f.Body}
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
	if r.Hash != "" && r.Size == info.Size() && r.Modified == info.ModTime().UnixNano() {
		return r.Hash == p.hash
	}
	want := p.body
	if int64(len(want)) != info.Size() {
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
