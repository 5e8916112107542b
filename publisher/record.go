package publisher

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"slices"
)

// A process that follows another one need not read the archive to know what the
// site was: the site leaves a record of its lists, and of what its files were
// made from. With it a build reads and makes what has changed since, as one
// does that has the last site in memory. Texts are not in it.

// ErrRecord is returned for a record that is of no use: of another version or
// configuration, or damaged. A whole build needs none.
var ErrRecord = errors.New("no record of this site")

// Follow makes what differs from a site of which there is a record, in the
// place that has the files of that one: [Site].Files has those that may have
// changed, and Kept what stays. What comes about is the same, byte for byte, as
// what [Builder.Build] makes. The record may be changed when read is called, which
// is long before the build is done, or else when Follow returns; read may be nil.
func (b *Builder) Follow(ctx context.Context, record []byte, read func()) (*Site, Report, error) {
	old, err := b.recall(record)
	if read != nil {
		read()
	}
	if err != nil {
		return nil, Report{}, err
	}
	return b.Update(ctx, old)
}

// recordVersion changes with the form of records, and with what their parts
// mean.
const recordVersion = 3

// Record writes what [Builder.Follow] needs. It returns [ErrRecord] for a site
// that lacks files: the next build has to try them again.
func (s *Site) Record(w io.Writer) error {
	st := s.state
	if st == nil || st.failed || len(s.Missing) > 0 {
		return ErrRecord
	}
	e := &recorder{to: w, at: map[kin]uint64{}}
	e.number(recordVersion)
	e.text(st.print)
	e.number(st.seq)
	e.flag(st.behind)
	e.bytes(st.stones[:])
	e.number(int64(len(st.stories)))
	for _, x := range st.stories {
		e.story(x)
	}
	e.lists(st)
	e.keys(s)
	e.flush()
	return e.err
}

// recorder writes a record.
type recorder struct {
	to  io.Writer
	buf []byte         // what is not written yet
	at  map[kin]uint64 // what many stories have in common, by order of appearance
	err error
}

// flush writes what has come together.
func (e *recorder) flush() {
	if e.err == nil {
		_, e.err = e.to.Write(e.buf)
	}
	e.buf = e.buf[:0]
}

// enough is how much comes together before it is written.
const enough = 32 << 10

func (e *recorder) number(n int64) { e.buf = binary.AppendVarint(e.buf, n) }

func (e *recorder) flag(f bool) {
	n := byte(0)
	if f {
		n = 1
	}
	e.buf = append(e.buf, n)
}

func (e *recorder) text(s string) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(s)))
	e.buf = append(e.buf, s...)
	e.bytes(nil)
}

func (e *recorder) bytes(b []byte) {
	e.buf = append(e.buf, b...)
	if len(e.buf) > enough {
		e.flush()
	}
}

// kin writes what many stories have in common: once, and then where it stands.
func (e *recorder) kin(k *kin) {
	if n, known := e.at[*k]; known {
		e.buf = binary.AppendUvarint(e.buf, n)
		return
	}
	e.at[*k] = uint64(len(e.at) + 1)
	e.buf = binary.AppendUvarint(e.buf, 0)
	e.text(k.source)
	e.text(k.language)
	e.text(k.category)
}

func (e *recorder) story(x *listed) {
	for _, n := range [...]int64{x.id, x.changed, int64(x.published), int64(x.seen - x.published), int64(x.updated - x.published)} {
		e.number(n)
	}
	e.bytes(x.id16[:])
	e.flag(x.said != nil)
	if x.said != nil {
		e.text(x.said.uid)
		e.flag(x.said.known)
		e.text(x.said.title)
	}
	e.kin(x.kin)
}

func (e *recorder) lists(st *state) {
	paths := slices.Sorted(maps.Keys(st.lists))
	paths = slices.DeleteFunc(paths, func(p string) bool { return st.lists[p].kind == kindCorrections })
	e.number(int64(len(paths)))
	for _, path := range paths {
		l := st.lists[path]
		e.text(path)
		e.number(int64(st.last[path]))
		e.number(int64(l.fits))
		for _, part := range [][]*listed{l.all, l.edition} {
			e.number(int64(len(part)))
			for _, x := range part {
				n, _ := st.stories.find(x.id)
				e.number(int64(n))
			}
			e.bytes(nil)
		}
		e.flag(l.chart != nil)
		if l.chart != nil {
			e.number(l.chart.First.UnixMicro())
			e.number(int64(len(l.chart.Counts)))
			for _, n := range l.chart.Counts {
				e.number(int64(n))
			}
		}
	}
}

// keys writes what files were made from, but for the pages of stories: that
// follows from the lists.
func (e *recorder) keys(s *Site) {
	keys := maps.Clone(s.state.keys)
	if keys == nil {
		keys = map[string]fileKey{}
	}
	files := s.Files
	if s.whole != nil {
		files = s.whole
	}
	for path, f := range files {
		if f.key != (fileKey{}) && f.Revision == 0 {
			keys[path] = f.key
		}
	}
	e.number(int64(len(keys)))
	for _, path := range slices.Sorted(maps.Keys(keys)) {
		key := keys[path]
		e.text(path)
		e.bytes(key[:])
	}
}
