package dedupe

// slotTable finds the slot of a story by its id: an open hash table of plain
// numbers, which takes a fraction of a map's room.
type slotTable struct {
	pages *pages
	table []uint32 // slot+1; 0: an empty place
	n     int
}

// place returns where a story is, or where it belongs.
func (t *slotTable) place(id int64, stories []story) *uint32 {
	last := uint64(len(t.table) - 1)
	for i := uint64(id) * 0x9e3779b97f4a7c15 >> 20 & last; ; i = (i + 1) & last {
		if c := &t.table[i]; *c == 0 || stories[*c-1].id == id {
			return c
		}
	}
}

// find returns the slot of a story; false when it has none.
func (t *slotTable) find(id int64, stories []story) (uint32, bool) {
	if len(t.table) == 0 {
		return 0, false
	}
	c := *t.place(id, stories)
	return c - 1, c != 0
}

// add enters the story that has a slot.
func (t *slotTable) add(slot uint32, stories []story) {
	if 4*(t.n+1) > 3*len(t.table) {
		t.rebuild(stories)
		return
	}
	*t.place(stories[slot].id, stories) = slot + 1
	t.n++
}

// rebuild enters all stories, with room for as many again.
func (t *slotTable) rebuild(stories []story) {
	size := 16
	for size < 2*len(stories) {
		size *= 2
	}
	give(t.pages, t.table)
	t.table, t.n = take[uint32](t.pages, size), 0
	for i := range stories {
		*t.place(stories[i].id, stories) = uint32(i + 1)
		t.n++
	}
}
