package publisher

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"time"
)

// recall reads a record.
func (b *Builder) recall(record []byte) (*Site, error) {
	// One text that all of the record's are parts of, instead of 80,000.
	d := &recalled{rest: string(record)}
	if d.number() != recordVersion || d.text() != b.print {
		return nil, ErrRecord
	}
	st := &state{b: b, print: b.print, far: true, last: map[string]int{}}
	st.seq = d.number()
	st.behind = d.flag()
	copy(st.stones[:], d.bytes(len(st.stones)))
	stories := make([]listed, d.count(listedSize))
	st.entries = make(map[int64]*listed, len(stories))
	for i := range stories {
		d.story(&stories[i])
		st.entries[stories[i].id] = &stories[i]
	}
	st.lists = make(map[string]*list, 64)
	d.lists(st, stories)
	n := d.count(keySize)
	st.keys = make(map[string]string, n)
	site := &Site{Kept: make(map[string]bool, n), state: st, URL: b.opt.Site.URL, Hub: b.opt.Site.Hub}
	for range n {
		path := d.text()
		st.keys[path] = hex.EncodeToString([]byte(d.bytes(keySize)))
		site.Kept[path] = true
	}
	if d.bad || d.rest != "" {
		return nil, fmt.Errorf("%w: damaged", ErrRecord)
	}
	b.keepMoved(site.Kept)
	return site, nil
}

// recalled reads what a recorder wrote. After something that cannot be it reads
// nothing any more.
type recalled struct {
	rest  string
	words []string
	bad   bool
}

func (d *recalled) fail() { d.bad, d.rest = true, "" }

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

func (d *recalled) bytes(n int) string {
	if n < 0 || n > len(d.rest) {
		d.fail()
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *recalled) flag() bool { return d.bytes(1) == "\x01" }

func (d *recalled) text() string { return d.bytes(int(min(d.unsigned(), math.MaxInt32))) }

func (d *recalled) word() string {
	switch n := d.unsigned(); {
	case n == 0:
		d.words = append(d.words, d.text())
		return d.words[len(d.words)-1]
	case n <= uint64(len(d.words)):
		return d.words[n-1]
	}
	d.fail()
	return ""
}

func (d *recalled) moment() time.Time { return time.UnixMicro(d.number()).UTC() }

// listedSize is how many bytes a story takes at least.
const listedSize = 11

func (d *recalled) story(x *listed) {
	x.id, x.changed = d.number(), d.number()
	x.published, x.seen, x.shown, x.updated = d.moment(), d.moment(), d.moment(), d.moment()
	x.uid, x.title = d.text(), d.text()
	x.source, x.language, x.category = d.word(), d.word(), d.word()
	x.sum()
}

func (d *recalled) lists(st *state, stories []listed) {
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
				if n < 0 || n >= int64(len(stories)) {
					d.fail()
					return
				}
				(*part)[i] = &stories[n]
			}
		}
		if d.flag() {
			l.chart = &Chart{First: d.moment(), Counts: make([]int, d.count(1))}
			for i := range l.chart.Counts {
				l.chart.Counts[i] = int(d.number())
			}
		}
	}
}
