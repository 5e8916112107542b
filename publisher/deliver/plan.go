package deliver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/pack"
)

// payload is one file to deliver. There are as many as the site has files: what
// is not needed of most of them is not in here.
type payload struct {
	*origin
	page int32 // of the pages of stories, which one it is
	old  int32 // its number in the manifest; -1: it is not in there
	as   int32 // see [folder.stage]

	now looks    // how the place has it, if it is there
	sum [32]byte // SHA-256 of its bytes, if that is known

	there  bool
	known  bool // the manifest says that it is what it has to be; see delivery.known
	noted  bool // and its revision
	summed bool // sum is known: it was written, or is what was there
	staged bool // it was written beside the tree, and now is how it was left
	spared bool // it turned out to have the bytes already
	failed bool // its bytes could not be made: it stays as it was
}

// origin is what a payload is made from: most pages of stories have one in common.
type origin struct {
	called string                // its name, unless it is the page of a story
	file   *publisher.File       // nil: it is the page of a story
	among  *publisher.StoryPages // of these
	with   *shared               // with others; nil: nothing else is made from it
	of     *payload              // a compressed form: what it is a form of; nil: it is none
	form   Encoding              // "": as it is
}

// name is what it is called in the place.
func (p *payload) name() string {
	if p.called != "" {
		return p.called
	}
	return p.among.Path(int(p.page))[1:]
}

// source is what it is made from.
func (p *payload) source() *publisher.File {
	if p.file != nil {
		return p.file
	}
	return p.among.File(int(p.page))
}

// near is what it has in common with others that it is best made with.
func (p *payload) near() int {
	if p.file != nil {
		return p.file.Near
	}
	return p.among.Near(int(p.page))
}

// shared are the bytes of a file that several payloads are made from.
type shared struct {
	mu   sync.Mutex
	left int    // how many of them have not been made yet
	body []byte // until they are
}

// body makes the bytes.
func (p *payload) body() ([]byte, error) {
	body, err := p.source().Bytes()
	if err != nil || p.of == nil {
		return body, err
	}
	return p.form.squeeze(body)
}

// sheet is memory that is lent for the bytes of one file after another.
type sheet struct{ buf []byte }

var sheets = sync.Pool{New: func() any { return &sheet{make([]byte, 0, 64<<10)} }}

// bytesOf returns the bytes of a file, good until the next call.
func (s *sheet) bytesOf(f *publisher.File) (body []byte, err error) {
	if f.Body != nil {
		return f.Body, nil
	}
	body, err = f.AppendTo(s.buf[:0])
	s.buf = body
	return body, err
}

// take returns the bytes of the file, which are made once for all that need
// them. They may lie on the sheet.
func (p *payload) take(on *sheet) (body []byte, err error) {
	s := p.with
	if s == nil {
		return on.bytesOf(p.source())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if body = s.body; body == nil {
		body, err = p.source().Bytes()
	}
	s.body = nil
	if s.left--; s.left > 0 {
		s.body = body
	}
	return body, err
}

// expect says that the bytes will be taken.
func (p *payload) expect() {
	if p.with == nil {
		p.source().Expect()
		return
	}
	if p.with.left == 0 {
		p.source().Expect()
	}
	p.with.left++
}

// names turns paths of a site into a set of names in the folder.
func names(paths []string) map[string]bool {
	set := make(map[string]bool, len(paths))
	for _, p := range paths {
		set[strings.TrimPrefix(p, "/")] = true
	}
	return set
}

// keeps reports whether a file of an earlier delivery that is not in the plan
// stays although the site lacks it: one that could not be made this time (F39),
// an archive document (F32), or the page of a story that no list shows any more
// and that was not withdrawn.
func (d *delivery) keeps(name string) bool {
	of := plain(name)
	if of != name && !d.wants(name, of) {
		return false
	}
	if d.missing[of] {
		return true
	}
	path := "/" + of
	if _, _, volume := publisher.VolumeOf(path); volume {
		return true
	}
	page, ok := strings.CutSuffix(path, "index.html")
	return ok && publisher.IsStory(page) && !d.withdrawn[of] && (of == name || !d.planned(of))
}

// wants reports whether a compressed form of a file is of a kind that is kept
// beside files.
func (d *delivery) wants(name, of string) bool {
	return slices.ContainsFunc(d.compress, func(e Encoding) bool { return of+e.ext() == name })
}

// planned reports whether a file is to be delivered.
func (d *delivery) planned(name string) bool {
	_, is := slices.BinarySearchFunc(d.plan, name, byName)
	return is
}

func byName(p *payload, name string) int { return cmp.Compare(p.name(), name) }

// outdated plans the pages of stories that no list shows any more, of which
// the place has one that says what the story does not say now.
func (d *delivery) outdated(ctx context.Context) error {
	said := seeker{manifest: d.old}
	files, err := d.site.Outdated(ctx, func(path string) (int64, bool) {
		name := strings.TrimPrefix(path, "/")
		r, there := said.of(name)
		if len(d.old.at) == 0 { // of a lost manifest: what is there counts
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
	return d.add(byPath)
}

// add plans what the place has to hold to hold these files, by path.
func (d *delivery) add(files map[string]*publisher.File) error {
	slab, origins := make([]payload, len(files)), make([]origin, len(files))
	d.plan = slices.Grow(d.plan, len(files))
	n := 0
	for path, f := range files {
		p := &slab[n]
		p.origin, p.old = &origins[n], -1
		n++
		p.file = f
		if p.called = strings.TrimPrefix(path, "/"); !validName(p.called) {
			return fmt.Errorf("%w: %q", ErrPath, path)
		}
		d.plan = append(d.plan, p)
		if f.Body == nil || pack.Worth(f.Type, len(f.Body)) {
			d.addForms(p)
		}
	}
	return nil
}

// addPages is add for the pages of stories. Most are in the order of their names
// already; see match.
func (d *delivery) addPages(pages *publisher.StoryPages) error {
	slab, common, last := make([]payload, pages.Len()), &origin{among: pages}, ""
	d.pages = make([]*payload, 0, len(slab))
	for i := range slab {
		p := &slab[i]
		p.origin, p.page, p.old = common, int32(i), -1
		name := p.name()
		if !validName(name) {
			return fmt.Errorf("%w: %q", ErrPath, name)
		}
		if name > last {
			d.pages, last = append(d.pages, p), name
		} else {
			p.origin = &origin{called: name, among: pages}
			d.plan = append(d.plan, p)
		}
		d.addForms(p)
	}
	return nil
}

// validName reports whether a name is one that a file of a site may have.
func validName(name string) bool {
	// ValidPath knows no "..", no empty part and no absolute path. Names
	// that begin with .rightswire- are ours.
	return fs.ValidPath(name) && name != "." && !strings.HasPrefix(name, ".rightswire-") && !strings.ContainsAny(name, "\\:\x00")
}

// addForms plans the compressed forms of a file.
func (d *delivery) addForms(p *payload) {
	if len(d.compress) == 0 {
		return
	}
	own := *p.origin
	own.with = &shared{}
	p.origin = &own
	for _, e := range d.compress {
		from := &origin{called: p.name() + e.ext(), file: p.file, among: p.among, with: p.with, of: p, form: e}
		d.plan = append(d.plan, &payload{origin: from, page: p.page, old: -1})
	}
}

// addVolumes plans the archive documents that the place lacks. There are many,
// and they stay as they are: one that was written is not looked at again, nor
// whether it is still there if only a part of the site is delivered.
func (d *delivery) addVolumes(volumes []*publisher.File) {
	said := seeker{manifest: d.old}
	slices.SortFunc(volumes, func(a, b *publisher.File) int { return cmp.Compare(a.Path, b.Path) })
	for _, f := range volumes {
		name := strings.TrimPrefix(f.Path, "/")
		r, there := said.of(name)
		if there && d.site.Kept == nil {
			_, there = d.place.look(name)
		}
		if there && r.Hash == f.ETag && r.headers == d.place.headers(f, "") && (r.Sum != "" || d.site.Kept == nil) {
			d.unchanged++
		} else {
			d.plan = append(d.plan, &payload{origin: &origin{called: name, file: f}, old: -1})
		}
	}
}

// match sorts the plan and finds in the manifest what is said of it, and what
// is in there and belongs to nobody any more.
func (d *delivery) match() {
	slices.SortFunc(d.plan, func(a, b *payload) int { return cmp.Compare(a.called, b.called) })
	d.plan = slices.CompactFunc(d.plan, func(a, b *payload) bool { return a.called == b.called })
	d.plan, d.pages = merge(d.plan, d.pages), nil
	plan, next := d.plan, ""
	if len(plan) > 0 {
		next = plan[0].name()
	}
	for n := range d.old.at {
		name := d.old.name(n)
		for len(plan) > 0 && next < name {
			if plan = plan[1:]; len(plan) > 0 {
				next = plan[0].name()
			}
		}
		switch {
		case len(plan) > 0 && next == name:
			plan[0].old = int32(n)
		case d.relied(n, name), d.keeps(name):
		default:
			d.strays = append(d.strays, n)
		}
	}
}

// merge returns one list in order of two; of a name that both have, that of the
// first.
func merge(a, b []*payload) []*payload {
	if len(b) == 0 {
		return a
	}
	out := make([]*payload, 0, len(a)+len(b))
	for _, p := range b {
		name := p.name()
		for len(a) > 0 && a[0].called < name {
			out, a = append(out, a[0]), a[1:]
		}
		if len(a) == 0 || a[0].called != name {
			out = append(out, p)
		}
	}
	return append(out, a...)
}

// ranked groups files by what refers to them: what others refer to first.
func ranked[T any](files []T, name func(T) string) [][]T {
	groups := make([][]T, 4)
	for _, f := range files {
		n := rank(name(f))
		groups[n] = append(groups[n], f)
	}
	return slices.DeleteFunc(groups, func(g []T) bool { return len(g) == 0 })
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

// is reports whether a record's sum is that of these bytes.
func (r record) is(sum [32]byte) bool { return r.Sum == hex.EncodeToString(sum[:]) }

func sumOf(body []byte) [32]byte { return sha256.Sum256(body) }
