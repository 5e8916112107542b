package deliver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/pack"
)

// payload is one file to deliver.
type payload struct {
	hash string                 // of what it is made from
	body func() ([]byte, error) // made when it is needed: rendering costs time
	of   string                 // a compressed form: the name of what it is made from
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
	if of := plain(name); of != name {
		wanted := slices.ContainsFunc(d.compress, func(e Encoding) bool { return of+e.ext() == name })
		return wanted && d.keeps(of)
	}
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
func newPlan(site *publisher.Site, compress []Encoding) (map[string]*payload, error) {
	plan := make(map[string]*payload, len(site.Files)*(1+len(compress)))
	for p, f := range site.Files {
		name := strings.TrimPrefix(p, "/")
		// ValidPath knows no "..", no empty part and no absolute path. Names
		// that begin with .rightswire- are ours.
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, ".rightswire-") || strings.ContainsAny(name, "\\:\x00") {
			return nil, fmt.Errorf("%w: %q", ErrPath, p)
		}
		plan[name] = &payload{hash: f.ETag, body: f.Bytes}
		for _, e := range compress {
			if f.Body == nil || pack.Worth(f.Type, len(f.Body)) {
				plan[name+e.ext()] = &payload{hash: f.ETag, body: e.of(f), of: name}
			}
		}
	}
	return plan, nil
}

// same reports whether a file in the folder is what it has to be. The
// manifest is believed only as long as the file is as it was left; otherwise
// the bytes decide.
func (d *delivery) same(name string, old manifest) bool {
	info, err := d.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false // also a link, which is replaced, not followed
	}
	p, r := d.plan[name], old[name]
	untouched := r.Size == info.Size() && r.Modified == info.ModTime().UnixNano()
	if untouched && r.Hash == p.hash {
		return true
	}
	if p.of != "" {
		// To compress again in order to compare costs more than all the
		// rest: what was made of bytes that are still the same is good.
		return untouched && r.Sum != "" && old[p.of].Sum != "" && d.same(p.of, old)
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

// record describes a file as it is in the folder; last is how it was left
// before.
func (d *delivery) record(name string, p *payload, last record) record {
	info, err := d.root.Lstat(name)
	if err != nil {
		return record{} // compared byte for byte next time
	}
	r := record{Hash: p.hash, Size: info.Size(), Modified: info.ModTime().UnixNano(), Sum: d.sums[name]}
	if r.Sum == "" && last.Size == r.Size && last.Modified == r.Modified {
		r.Sum = last.Sum
	}
	if r.Sum == "" { // it was there, but nobody wrote its sum down
		if body, err := d.root.ReadFile(name); err == nil {
			r.Sum = sumOf(body)
		}
	}
	return r
}

func sumOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
