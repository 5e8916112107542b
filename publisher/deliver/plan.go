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
	"sync"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/pack"
)

// payload is one file to deliver.
type payload struct {
	hash string // of what it is made from
	from *source
	form Encoding // "": as it is
	of   string   // a compressed form: the name of what it is made from
	headers

	revision int64 // see record

	now   record // how the place has it; see there
	there bool
}

// body makes the bytes.
func (p *payload) body() ([]byte, error) {
	body, err := p.from.f.Bytes()
	if err != nil || p.form == "" {
		return body, err
	}
	return p.form.squeeze(body)
}

// source is the file that one payload or several are made of.
type source struct {
	f *publisher.File

	mu   sync.Mutex
	left int    // how many of them have not been made yet
	body []byte // until they are
}

// take returns the bytes of the file, which are made once for all that need
// them.
func (s *source) take() (body []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if body = s.body; body == nil {
		body, err = s.f.Bytes()
	}
	s.body = nil
	if s.left--; s.left > 0 {
		s.body = body
	}
	return body, err
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
		from := &source{f: f}
		plan[name] = &payload{hash: f.ETag, from: from, headers: describe(f, ""), revision: f.Revision}
		for _, e := range compress {
			if f.Body == nil || pack.Worth(f.Type, len(f.Body)) {
				plan[name+e.ext()] = &payload{hash: f.ETag, from: from, form: e, of: name, headers: describe(f, e), revision: f.Revision}
			}
		}
	}
	return plan, nil
}

// look asks the place for a file of the plan.
func (d *delivery) look(name string, p *payload) {
	p.now, p.there = d.place.look(name)
}

// known reports whether the manifest says that a file is what it has to be. It
// is believed only as long as the file is as it was left.
func (d *delivery) known(p *payload, r record) bool {
	return d.trusted(p, r) && r.Hash == p.hash
}

// trusted reports whether a file is as it was left, for the same readers.
func (d *delivery) trusted(p *payload, r record) bool {
	return p.there && r.headers == p.headers && r.Sum != "" && r.untouched(p.now)
}

// same reports whether a file in the place is what it has to be: the manifest
// says so, or the bytes do.
func (d *delivery) same(name string) bool {
	p, r := d.plan[name], d.old[name]
	if d.known(p, r) {
		return true
	}
	if p.of != "" {
		// To compress again in order to compare costs more than all the
		// rest: what was made of bytes that are still the same is good.
		return d.trusted(p, r) && d.old[p.of].Sum != "" && d.same(p.of)
	}
	if !p.there || r.headers != p.headers {
		return false
	}
	// The hash of a page that is made on request says what it is made of, and
	// that can change without a change of the bytes.
	want, err := p.body()
	return err == nil && d.holds(name, p, want)
}

// holds reports whether a file in the place has these bytes, and notes their
// sum if it has.
func (d *delivery) holds(name string, p *payload, want []byte) bool {
	r := d.old[name]
	if !p.there || r.headers != p.headers || int64(len(want)) != p.now.Size {
		return false
	}
	sum := sumOf(want)
	if !(d.trusted(p, r) && sum == r.Sum) && !d.place.equal(name, want) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sums[name] = sum
	return true
}

// made returns the bytes of a file; nil if the place has them already.
func (d *delivery) made(name string, p *payload) ([]byte, error) {
	body, err := p.from.take()
	if err != nil {
		return nil, err
	}
	if p.form == "" {
		if d.holds(name, p, body) {
			return nil, nil
		}
		return body, nil
	}
	// As in same.
	if of := d.old[p.of]; d.trusted(p, d.old[name]) && of.Sum != "" && of.Size == int64(len(body)) && of.Sum == sumOf(body) {
		return nil, nil
	}
	return p.form.squeeze(body)
}

// record describes a file as it is in the place; last is how it was left
// before.
func (d *delivery) record(name string, p *payload, last record) record {
	if !p.there {
		return record{} // compared byte for byte next time
	}
	r := p.now
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
