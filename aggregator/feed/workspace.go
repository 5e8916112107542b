package feed

import "sync"

// workspace is what one document after the other is written into: most need
// about as much room as the one before, and none needs it once it is read.
type workspace struct {
	notes []note
	head  []byte
	body  []byte
	out   []byte // see [tidied.document]
	items []extent
	past  []past
	value []byte // of one element
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// What a workspace may keep: a document that is larger than most takes its room
// with it.
const (
	maxKeptBytes = 512 << 10
	maxKeptNotes = 512
)

// take returns what is written into, with room for a document of that many
// bytes.
func (w *workspace) take(size int) (notes []note, head, body []byte, items []extent) {
	if size = min(size, 1<<20); cap(w.body) < size {
		w.body = make([]byte, 0, size)
	}
	return w.notes[:0], w.head[:0], w.body[:0], w.items[:0]
}

// release lets go of a document's workspace, and of the document with it.
func (d *tidied) release() {
	w := d.space
	*w = workspace{notes: d.notes, head: d.head, body: d.body, out: w.out, items: d.items, past: d.past, value: w.value}
	*d = tidied{}
	if cap(w.head) > maxKeptBytes || cap(w.body) > maxKeptBytes || cap(w.out) > maxKeptBytes || cap(w.value) > maxKeptBytes ||
		cap(w.notes) > maxKeptNotes || cap(w.items) > 2*maxKeptNotes || cap(w.past) > 16*maxKeptNotes {
		return
	}
	clear(w.notes[:cap(w.notes)]) // of the texts that they hold
	workspaces.Put(w)
}
