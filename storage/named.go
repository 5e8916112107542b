package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// naming tells what ids of sources and cuts stand for, and notes those that
// nobody has asked for yet. A list names the same few thousand again and again:
// kept here, they need no join, and no string each time.
type naming struct {
	n             *names
	sources, cuts map[int64]bool // not known yet
}

func (x *naming) source(id int64) string {
	x.n.mu.RLock()
	name, ok := x.n.sourceOf[id]
	x.n.mu.RUnlock()
	if !ok {
		x.sources = with(x.sources, id)
	}
	return name
}

func (x *naming) cut(id int64) cut {
	x.n.mu.RLock()
	c, ok := x.n.cutOf[id]
	x.n.mu.RUnlock()
	if !ok {
		x.cuts = with(x.cuts, id)
	}
	return c
}

func with(ids map[int64]bool, id int64) map[int64]bool {
	if ids == nil {
		ids = map[int64]bool{}
	}
	ids[id] = true
	return ids
}

// maxPasses bounds how often a read begins anew. Each pass but the first meets
// names that somebody stored during the one before, so more than a few are
// nothing that happens.
const maxPasses = 10

// named runs read, and again if it met ids whose names had to be looked up
// first: read must begin anew each time.
func (s *Store) named(ctx context.Context, read func(*naming) error) error {
	var sought naming // what was looked up: if one of these is not known, it has no name
	for range maxPasses {
		x := &naming{n: s.names}
		if err := read(x); err != nil || len(x.sources)+len(x.cuts) == 0 {
			return err
		}
		if sources, cuts := both(x.sources, sought.sources), both(x.cuts, sought.cuts); len(sources)+len(cuts) > 0 {
			return fmt.Errorf("sources %v and cuts %v have no names", sources, cuts)
		}
		if err := s.learnNames(ctx, x); err != nil {
			return err
		}
		for id := range x.sources {
			sought.sources = with(sought.sources, id)
		}
		for id := range x.cuts {
			sought.cuts = with(sought.cuts, id)
		}
	}
	return fmt.Errorf("new sources or cuts were met in each of %d passes; try again", maxPasses)
}

// both returns what is in a and in b.
func both(a, b map[int64]bool) []int64 {
	return slices.DeleteFunc(keys(a), func(id int64) bool { return !b[id] })
}

func keys(ids map[int64]bool) []int64 { return slices.Sorted(maps.Keys(ids)) }

// learnNames looks up the names that are not known yet.
func (s *Store) learnNames(ctx context.Context, x *naming) error {
	err := inLists(keys(x.sources), func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var id int64
			var name string
			err := rows.Scan(&id, &name)
			x.n.mu.Lock()
			defer x.n.mu.Unlock()
			x.n.sourceOf[id] = name
			return err
		}, `SELECT id, name FROM source WHERE id IN (`+list(1, len(part))+`)`, part...)
	})
	if err != nil {
		return err
	}
	return inLists(keys(x.cuts), func(part []any) error {
		return each(ctx, brief{s.read}, func(rows *rows) error {
			var id int64
			var c cut
			err := rows.Scan(&id, &c.kind, &c.value)
			x.n.mu.Lock()
			defer x.n.mu.Unlock()
			x.n.cutOf[id] = c
			return err
		}, `SELECT id, kind, value FROM cut WHERE id IN (`+list(1, len(part))+`)`, part...)
	})
}

// filed is what a story is listed under, of the kinds that items are filed under.
type filed struct {
	categories, countries []string
	known                 bool // false: it has to be looked up
}

// filed reads the cuts of a story. They are those of its visible items, all
// together: what is true of one with a single item is true of that.
func (x *naming) filed(cuts []byte) (f filed) {
	for _, id := range unpackIDs(cuts) {
		switch c := x.cut(id); c.kind {
		case cutCategory:
			f.categories = append(f.categories, c.value)
		case cutCountry:
			f.countries = append(f.countries, c.value)
		}
	}
	f.known = len(cuts) > 0
	return f
}
