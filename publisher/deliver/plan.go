package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
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
	headers

	revision int64 // see record
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

// outdated plans the pages of stories that no list shows any more, of which
// the place has one that says what the story does not say now.
func (d *delivery) outdated(ctx context.Context, site *publisher.Site) error {
	files, err := site.Outdated(ctx, func(path string) (int64, bool) {
		name := strings.TrimPrefix(path, "/")
		r, there := d.old[name]
		if len(d.old) == 0 { // of a lost manifest: what is there counts
			_, there = d.place.look(name)
		}
		return r.Revision, there
	})
	if err != nil {
		return err
	}
	byPath := make(map[string]*publisher.File, len(files))
	for _, f := range files {
		byPath[f.Path] = f
	}
	plan, err := newPlan(byPath, d.compress, d.place.headers)
	maps.Copy(d.plan, plan)
	return err
}

// newPlan lists what the place has to hold to hold these files, by path.
func newPlan(files map[string]*publisher.File, compress []Encoding, describe describer) (map[string]*payload, error) {
	plan := make(map[string]*payload, len(files)*(1+len(compress)))
	for p, f := range files {
		name := strings.TrimPrefix(p, "/")
		// ValidPath knows no "..", no empty part and no absolute path. Names
		// that begin with .rightswire- are ours.
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, ".rightswire-") || strings.ContainsAny(name, "\\:\x00") {
			return nil, fmt.Errorf("%w: %q", ErrPath, p)
		}
		plan[name] = &payload{hash: f.ETag, body: f.Bytes, headers: describe(f, ""), revision: f.Revision}
		for _, e := range compress {
			if f.Body == nil || pack.Worth(f.Type, len(f.Body)) {
				plan[name+e.ext()] = &payload{hash: f.ETag, body: e.of(f), of: name, headers: describe(f, e), revision: f.Revision}
			}
		}
	}
	return plan, nil
}

// same reports whether a file in the place is what it has to be. The
// manifest is believed only as long as the file is as it was left; otherwise
// the bytes decide.
func (d *delivery) same(name string) bool {
	now, there := d.place.look(name)
	p, r := d.plan[name], d.old[name]
	if !there || r.headers != p.headers {
		return false
	}
	untouched := r.untouched(now) && r.Sum != ""
	if untouched && r.Hash == p.hash {
		return true
	}
	if p.of != "" {
		// To compress again in order to compare costs more than all the
		// rest: what was made of bytes that are still the same is good.
		return untouched && d.old[p.of].Sum != "" && d.same(p.of)
	}
	// The hash of a page that is made on request says what it is made of, and
	// that can change without a change of the bytes.
	want, err := p.body()
	if err != nil || int64(len(want)) != now.Size {
		return false
	}
	sum := sumOf(want)
	if !(untouched && sum == r.Sum) && !d.place.equal(name, want) {
		return false
	}
	d.sums[name] = sum
	return true
}

// record describes a file as it is in the place; last is how it was left
// before.
func (d *delivery) record(name string, p *payload, last record) record {
	r, there := d.place.look(name)
	if !there {
		return record{} // compared byte for byte next time
	}
	r.Hash, r.headers, r.Revision, r.Sum = p.hash, p.headers, p.revision, d.sums[name]
	if r.Sum == "" && last.untouched(r) {
		r.Sum = last.Sum
	}
	return r
}

// ranked groups names by what refers to them: what others refer to first.
func ranked(names []string) [][]string {
	groups := make([][]string, 4)
	for _, name := range names {
		groups[rank(name)] = append(groups[rank(name)], name)
	}
	return slices.DeleteFunc(groups, func(g []string) bool { return len(g) == 0 })
}

// rank is 0 for what every page needs, then come the pages of stories, the
// other pages with the archive documents, and what refers to all of them:
// feeds, and lists for programs.
func rank(name string) int {
	name = plain(name)
	switch ext := path.Ext(name); {
	case ext == ".css", ext == ".svg", ext == ".png", ext == ".ico":
		return 0
	case strings.HasPrefix(name, "story/"):
		return 1
	case ext == ".html", strings.HasPrefix(name, "feeds/archive/"):
		return 2
	}
	return 3
}

func sumOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
