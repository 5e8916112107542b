package dedupe

import (
	"cmp"

	"github.com/rightswire/rightswire/news"
)

// Lead returns the index of the item that should speak for a story, or -1
// when there are no items. rank gives a source's rank, 1 primary to 9
// aggregator; 0, and a nil rank, count as 5.
//
// The order is: rank of the source, original before copy, more complete
// before shorter, earlier before later, lower ID. The last makes it total, so
// that the lead does not depend on the order in which items arrived.
func Lead(items []news.Item, rank func(source string) int) int {
	best := -1
	for i := range items {
		if best < 0 || leads(&items[i], &items[best], rank) < 0 {
			best = i
		}
	}
	return best
}

// leads compares two items as leads; negative: a should lead.
func leads(a, b *news.Item, rank func(string) int) int {
	return cmp.Or(
		cmp.Compare(rankOf(a.Source, rank), rankOf(b.Source, rank)),
		cmp.Compare(copied(a), copied(b)),
		cmp.Compare(gaps(a), gaps(b)),
		a.Published.Compare(b.Published),
		cmp.Compare(a.ID, b.ID),
		// Items that are not stored yet all have ID 0.
		cmp.Compare(a.Source, b.Source),
		cmp.Compare(a.Key, b.Key),
	)
}

// rankOf is the source's rank with the default filled in.
func rankOf(source string, rank func(string) int) int {
	if rank != nil {
		if r := rank(source); r != 0 {
			return r
		}
	}
	return 5
}

// copied is 1 for an item that copies another one's text.
func copied(it *news.Item) int {
	if it.CopyOf != 0 {
		return 1
	}
	return 0
}

// gaps counts what a reader would miss in an item. It counts coarse facts, not
// bytes: two full reports that differ by a sentence should not trade the lead
// at every edit.
func gaps(it *news.Item) int {
	n := 0
	if it.URL == "" {
		n += 4 // an entry that leads nowhere
	}
	if it.Summary == "" && it.Content == "" {
		n += 2
	}
	if len(it.Content) < 500 {
		n++
	}
	return n
}
