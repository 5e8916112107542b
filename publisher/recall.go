package publisher

import (
	"encoding/binary"
	"fmt"
	"math"
)

// recall reads a record.
func (b *Builder) recall(record []byte) (*Site, error) {
	d := &recalled{rest: record}
	if d.number() != recordVersion || d.text() != b.print {
		return nil, ErrRecord
	}
	st := &state{b: b, print: b.print, far: true, last: map[string]int{}}
	st.seq = d.number()
	st.behind = d.flag()
	copy(st.stones[:], d.bytes(len(st.stones)))
	all := make([]listed, d.count(listedSize))
	st.stories = make(stories, len(all))
	for i := range all {
		d.story(&all[i])
		if st.stories[i] = &all[i]; i > 0 && all[i].id <= all[i-1].id {
			d.fail()
		}
	}
	st.lists = make(map[string]*list, 64)
	d.lists(st, all)
	n := d.count(keySize)
	st.keys = make(map[string]fileKey, n)
	for range n {
		path, key := d.text(), fileKey{}
		copy(key[:], d.bytes(keySize))
		st.keys[path] = key
	}
	if d.bad || len(d.rest) > 0 {
		return nil, fmt.Errorf("%w: damaged", ErrRecord)
	}
	return &Site{state: st, URL: b.opt.Site.URL, Hub: b.opt.Site.Hub}, nil
}

// keepAll says of a site that was recalled, and has not changed since, that every
// file of it stays.
func (s *Site) keepAll() {
	s.Kept = make(map[string]bool, len(s.state.keys))
	for path := range s.state.keys {
		s.Kept[path] = true
	}
	s.state.b.keepMoved(s.Kept)
}

// recalled reads what a recorder wrote. After something that cannot be it reads
// nothing any more.
type recalled struct {
	rest []byte
	kins []*kin
	bad  bool
}

func (d *recalled) fail() { d.bad, d.rest = true, nil }

func (d *recalled) unsigned() uint64 {
	var n uint64
	for i := 0; i < len(d.rest) && i < binary.MaxVarintLen64; i++ {
		c := d.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.rest = d.rest[i+1:]
			return n
		}
	}
	d.fail()
	return 0
}

func (d *recalled) number() int64 {
	n := d.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

// count reads how many things follow that take some bytes each at least.
func (d *recalled) count(size int) int {
	n := d.number()
	if n < 0 || n > int64(len(d.rest)/size) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *recalled) bytes(n int) []byte {
	if n < 0 || n > len(d.rest) {
		d.fail()
		return nil
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *recalled) flag() bool { return string(d.bytes(1)) == "\x01" }

func (d *recalled) text() string { return string(d.bytes(int(min(d.unsigned(), math.MaxInt32)))) }

func (d *recalled) moment() moment { return moment(d.number()) }

// listedSize is how many bytes a story takes at least.
const listedSize = 23

func (d *recalled) story(x *listed) {
	x.id, x.changed = d.number(), d.number()
	x.published = d.moment()
	x.seen, x.updated = x.published+d.moment(), x.published+d.moment()
	copy(x.id16[:], d.bytes(len(x.id16)))
	if d.flag() {
		x.said = &said{uid: d.text(), known: d.flag(), title: d.text()}
	}
	x.kin = d.kin()
}

// kin reads what many stories have in common.
func (d *recalled) kin() *kin {
	n := d.unsigned()
	if n == 0 {
		d.kins = append(d.kins, &kin{d.text(), d.text(), d.text()})
		n = uint64(len(d.kins))
	}
	if n > uint64(len(d.kins)) {
		d.fail()
		return &kin{}
	}
	return d.kins[n-1]
}

func (d *recalled) lists(st *state, all []listed) {
	for range d.count(1) {
		l := &list{}
		path := d.text()
		st.lists[path] = l
		if n := int(d.number()); n > 0 {
			st.last[path] = n
		}
		l.fits = int(d.number())
		for _, part := range []*[]*listed{&l.all, &l.edition} {
			*part = make([]*listed, d.count(1))
			for i := range *part {
				n := d.number()
				if n < 0 || n >= int64(len(all)) {
					d.fail()
					return
				}
				(*part)[i] = &all[n]
			}
		}
		if d.flag() {
			l.chart = &Chart{First: d.moment().time(), Counts: make([]int, d.count(1))}
			for i := range l.chart.Counts {
				l.chart.Counts[i] = int(d.number())
			}
		}
	}
}
