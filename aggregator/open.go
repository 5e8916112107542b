package aggregator

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// opened is a document beside what is stored of it: the slices are parallel to
// its entries.
type opened struct {
	doc    *feed.Document
	probes []news.Probe
	known  []news.Known
	stored []bool // what is stored is what the entry says, once the poll is
}

// open parses a document and looks its entries up. Most documents bring one
// new item among forty known ones: with the marks of its last version only
// that one is parsed and looked up. Where another of its entries could be
// meant by what is stored, all are.
func (a *Aggregator) open(ctx context.Context, src news.Source, res *fetch.Response, was past) (*opened, error) {
	for marks := was.marks; ; marks = nil {
		doc, err := parse(src, res, a.o.Limits, marks)
		if err != nil {
			return nil, err
		}
		doc.Entries = slices.DeleteFunc(doc.Entries, func(e feed.Entry) bool { return was.known[e.Key] })
		doc.Deleted = slices.DeleteFunc(doc.Deleted, func(d feed.Deleted) bool { return was.known[d.Key] })
		probes, err := guarded(func() ([]news.Probe, error) { return a.probes(doc), nil })
		if err != nil {
			return nil, err
		}
		known, err := a.o.Archive.Known(ctx, src.ID, probes)
		if err != nil {
			return nil, fatalError{fmt.Errorf("look up items of %s: %w", src.ID, err)}
		}
		s := &opened{doc, probes, known, make([]bool, len(probes))}
		if doc.Same() == 0 || !s.anyRenamed() {
			return s, nil
		}
	}
}

// anyRenamed reports whether an entry is known by something else than its key.
func (s *opened) anyRenamed() bool {
	for i := range s.known {
		if s.renamed(i) {
			return true
		}
	}
	return false
}

// renamed reports whether an entry is known by its address or a former key:
// which item that is can depend on the other entries of the document.
func (s *opened) renamed(i int) bool {
	return s.known[i].ID != 0 && s.known[i].Key != s.doc.Entries[i].Key
}

// marks returns the marks of the document, once it is sifted: of entries that
// are stored under their own key. nil means that the former ones still hold.
func (s *opened) marks(former feed.Marks) feed.Marks {
	marks := s.doc.Marks(func(i int) bool { return s.stored[i] && !s.renamed(i) })
	switch {
	case len(marks) == len(former) && len(s.doc.Entries) == 0:
		return nil // of the same entries
	case marks == nil && former != nil:
		return feed.Marks{}
	}
	return marks
}

// speakers returns which entry of a document speaks for a stored item. Two
// may claim it when a source lists one article under its old and its new
// identifier; without a rule they would take turns in changing the item at
// every poll. The one with the item's own key wins, else the first.
func speakers(entries []feed.Entry, known []news.Known) map[int64]int {
	speaks := make(map[int64]int, len(known))
	for i, k := range known {
		if j, taken := speaks[k.ID]; !taken || k.Key == entries[i].Key && k.Key != entries[j].Key {
			speaks[k.ID] = i
		}
	}
	return speaks
}

// title is the title that an entry is stored with, at a fraction of the cost
// of cleaning the whole entry.
func (a *Aggregator) title(e feed.Entry) string {
	if t := (feed.Entry{Title: e.Title}).Clean(a.o.Limits).Title; t != "" {
		return t
	}
	return e.Clean(a.o.Limits).Title
}

// probes says of each entry what a stored item is known by.
func (a *Aggregator) probes(doc *feed.Document) []news.Probe {
	probes := make([]news.Probe, len(doc.Entries))
	for i, e := range doc.Entries {
		probes[i] = news.Probe{Key: e.Key, Canonical: dedupe.Canonical(cmp.Or(e.Original, e.URL)), Title: a.title(e)}
	}
	return probes
}
