package aggregator

import (
	"context"
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// older reads the pages of an archive (RFC 5005) that follow the first
// document of a source, at most as many as the manners allow, with the pacing
// of any other request (P47). A page that cannot be had ends the row; what
// came before it is kept. A feed sends us to pages of its own politeness key
// only (S13).
func (a *Aggregator) older(ctx context.Context, r *result) {
	seen := map[string]bool{r.Poll.URL: true, r.job.address(): true}
	keys := map[string]bool{}
	for _, k := range r.keys {
		keys[k] = true
	}
	pages := 0
	for next := r.next; next != "" && pages < a.o.Manners.ArchivePages && !seen[next]; pages++ {
		if fetch.Key(next) != fetch.Key(r.job.source.URL) {
			break
		}
		seen[next] = true
		page, err := a.page(ctx, r, next, keys)
		if err != nil {
			r.Poll.Note = join(r.Poll.Note, "an older page could not be read: "+oneLine(err.Error()))
			break
		}
		next = page
	}
	if pages > 0 {
		if r.Poll.New > 0 {
			r.Poll.Outcome, r.State.LastNew = news.OutcomeNew, r.Poll.At
		}
		r.Poll.Note = join(r.Poll.Note, fmt.Sprintf("%d older pages read", pages))
	}
}

// page reads one page and returns where the next one is. keys are the entries
// of the pages before it: a newer copy of one is the better one.
func (a *Aggregator) page(ctx context.Context, r *result, address string, keys map[string]bool) (next string, err error) {
	res, err := a.o.Fetcher.Get(ctx, fetch.Request{URL: address, Header: r.job.source.Headers, Proxy: r.job.source.Proxy})
	if err != nil {
		return "", err
	}
	defer res.Release()
	p := news.Poll{Source: r.Poll.Source, At: r.Poll.At}
	items, doc, err := a.read(ctx, r.job.source, &p, &schedule.Outcome{}, res, r.job.state.LastOK, keys)
	if err != nil {
		return "", err
	}
	r.Items = append(r.Items, items...)
	r.Poll.New += p.New
	r.Poll.Seen += p.Seen
	r.Poll.LeftOut += p.LeftOut
	r.Poll.Bytes += int64(len(res.Body))
	for _, name := range p.Repairs {
		if !slices.Contains(r.Poll.Repairs, name) {
			r.Poll.Repairs = append(r.Poll.Repairs, name)
		}
	}
	for _, e := range doc.Entries {
		keys[e.Key] = true
	}
	return doc.Next, nil
}

// entryKeys returns the keys of a document's entries.
func entryKeys(doc *feed.Document) []string {
	keys := make([]string, len(doc.Entries))
	for i, e := range doc.Entries {
		keys[i] = e.Key
	}
	return keys
}
