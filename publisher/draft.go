package publisher

import (
	"bytes"
	"sync"
)

// draft is memory that files are written to before it is known what becomes of
// their bytes: most are put aside at once, or in a folder, and the next files are
// written over them. It is used by one goroutine at a time; nil: there is none,
// and all that is written is the caller's.
type draft struct {
	sheets [][]byte
	used   int
}

var drafts = sync.Pool{New: func() any { return new(draft) }}

// newDraft returns a draft with nothing in it. The caller calls done when nobody
// needs what is in it any more.
func newDraft() *draft { return drafts.Get().(*draft) }

func (d *draft) done() {
	d.used = 0
	drafts.Put(d)
}

// write writes what fill appends.
func (d *draft) write(fill appender) ([]byte, error) {
	if d == nil {
		return fill(nil)
	}
	if d.used == len(d.sheets) {
		d.sheets = append(d.sheets, nil)
	}
	body, err := fill(d.sheets[d.used][:0])
	if err == nil {
		d.sheets[d.used] = body
		d.used++
	}
	return body, err
}

// again lets what was written be written over.
func (d *draft) again() {
	if d != nil {
		d.used = 0
	}
}

// copyOut gives files that lie in the draft memory of their own.
func (d *draft) copyOut(files []*File) {
	if d.used == 0 {
		return
	}
	for _, f := range files {
		f.Body = bytes.Clone(f.Body)
	}
}
