package aggregator

import (
	"context"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/news"
)

// gone returns the entries that a document says have been withdrawn, and counts
// those that are shown until now as changed. A document that has the entry in a
// version later than its withdrawal says that it is back, and is believed (RFC
// 6721 section 3); one that lists the same entry still is careless.
func (a *Aggregator) gone(ctx context.Context, p *news.Poll, doc *feed.Document) ([]news.Gone, error) {
	if len(doc.Deleted) == 0 {
		return nil, nil
	}
	updated := make(map[string]time.Time, len(doc.Entries))
	for _, e := range doc.Entries {
		updated[e.Key] = e.Updated
	}
	var gone []news.Gone
	var probes []news.Probe
	for _, d := range doc.Deleted {
		g := news.Gone{Key: d.Key, At: p.At, Why: oneLine(d.Comment)}
		if !d.When.IsZero() && d.When.Before(p.At) {
			g.At = d.When
		}
		if !d.When.IsZero() && updated[d.Key].After(d.When) {
			continue
		}
		gone, probes = append(gone, g), append(probes, news.Probe{Key: d.Key})
	}
	known, err := a.o.Archive.Known(ctx, p.Source, probes)
	if err != nil {
		return nil, fatalError{fmt.Errorf("look up withdrawn items of %s: %w", p.Source, err)}
	}
	n := 0
	for _, k := range known {
		if k.ID != 0 && !k.Hidden {
			n++
		}
	}
	if n > 0 {
		p.Changed += n
		p.Note = join(p.Note, news.Count(n, "item")+" withdrawn by the source")
	}
	return gone, nil
}
