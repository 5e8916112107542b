package aggregator

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// older reads the pages of an archive (RFC 5005) that follow the first
// document of a source, at most as many as the manners allow, with the pacing
// of any other request (P47), and once for all sources that share the address.
// A page that cannot be had ends the row; what came before it is kept. One that
// the server refuses for now is asked for again with the next poll. A feed
// sends us to pages of its own politeness key only (S13), and from https not
// to http (P30). An error is trouble on our side.
func (a *Aggregator) older(ctx context.Context, results []result, b *busy) error {
	var firsts []*result
	for i := range results {
		if r := &results[i]; r.next != "" && r.job.state.LastOK.IsZero() && !r.job.dry {
			firsts = append(firsts, r)
		}
	}
	if len(firsts) == 0 {
		return nil
	}
	r := firsts[0] // the others have the same document
	seen := map[string]bool{r.Poll.URL: true, r.job.address(): true}
	keys := map[string]bool{}
	for _, k := range r.keys {
		keys[k] = true
	}
	pages := 0
	for next := r.next; next != "" && pages < a.o.Manners.ArchivePages && !seen[next]; pages++ {
		if fetch.Key(next) != fetch.Key(r.job.source.URL) || insecure(next) && !insecure(r.Poll.URL) {
			break
		}
		seen[next] = true
		page, err := a.page(ctx, firsts, next, keys)
		if ctx.Err() != nil && err != nil {
			for _, r := range firsts {
				r.cut = true
			}
			return nil
		}
		if broken, ok := errors.AsType[fatalError](err); ok {
			return broken.error
		}
		if err != nil {
			a.noteLastPage(firsts, err, b)
			break
		}
		next = page
	}
	if pages > 0 {
		for _, r := range firsts {
			if r.Poll.New > 0 {
				r.Poll.Outcome, r.State.LastNew = news.OutcomeNew, r.Poll.At
			}
			r.Poll.Note = join(r.Poll.Note, news.Count(pages, "older page")+" read")
		}
	}
	return nil
}

// noteLastPage says what ended the row.
func (a *Aggregator) noteLastPage(firsts []*result, err error, b *busy) {
	for _, r := range firsts {
		a.noteExtra(&r.PollResult, err, b)
		r.broke, _ = errors.AsType[*brokenReader](err)
		r.Poll.Note = join(r.Poll.Note, "an older page could not be read: "+oneLine(err.Error()))
		if tooBusy(err) {
			r.importAgain(err)
		}
	}
}

const (
	refusedPage = "an older page was refused for now: " // begins the error of a source that is not wholly imported
	maxImports  = 3
)

// importAgain leaves a source as one that was not read yet, except for its
// items: the next poll, which waits for what the server asked for, gets the
// whole document and begins the row of its pages anew (P15, P47). A server that
// refuses the page every time is believed in the end.
func (r *result) importAgain(err error) {
	tries := 1
	if strings.HasPrefix(r.job.state.Error, refusedPage) {
		tries += r.job.state.Failures
	}
	if tries >= maxImports {
		return
	}
	st := &r.State
	st.LastOK, st.ETag, st.LastModified, st.BodyHash = time.Time{}, "", "", ""
	st.Failures, st.Error = tries, oneLine(refusedPage+err.Error())
}

// page reads one page for each of the sources and returns where the next one
// is. keys are the entries of the pages before it: a newer copy of one is the
// better one.
func (a *Aggregator) page(ctx context.Context, firsts []*result, address string, keys map[string]bool) (next string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	src := firsts[0].job.source
	res, err := a.o.Fetcher.Get(ctx, fetch.Request{URL: address, Home: src.URL, Header: src.Headers, Proxy: src.Proxy})
	if err != nil {
		return "", err
	}
	defer res.Release()
	var doc *feed.Document
	for _, r := range firsts {
		if doc, err = a.addPage(ctx, r, res, keys); err != nil {
			return "", err
		}
	}
	for _, k := range entryKeys(doc) {
		keys[k] = true
	}
	return doc.Next, nil
}

// addPage adds what a page has for a source to its poll.
func (a *Aggregator) addPage(ctx context.Context, r *result, res *fetch.Response, keys map[string]bool) (*feed.Document, error) {
	p := news.Poll{Source: r.Poll.Source, At: r.Poll.At}
	got, err := a.read(ctx, *r.job.source, &p, &schedule.Outcome{}, res, past{seen: r.job.state.LastOK, known: keys})
	if err != nil {
		return nil, err
	}
	gone, err := a.gone(ctx, &p, got.doc)
	if err != nil {
		return nil, err
	}
	r.Items, r.Gone = append(r.Items, got.items...), append(r.Gone, gone...)
	r.Poll.New += p.New
	r.Poll.Changed += p.Changed
	r.Poll.Seen += p.Seen
	r.Poll.LeftOut += p.LeftOut
	r.Poll.Bytes += int64(len(res.Body))
	if p.Note != "" {
		r.Poll.Note = join(r.Poll.Note, p.Note)
	}
	for _, name := range p.Repairs {
		if !slices.Contains(r.Poll.Repairs, name) {
			r.Poll.Repairs = append(r.Poll.Repairs, name)
		}
	}
	return got.doc, nil
}

// entryKeys returns the keys of a document's entries.
func entryKeys(doc *feed.Document) []string {
	keys := make([]string, len(doc.Entries))
	for i, e := range doc.Entries {
		keys[i] = e.Key
	}
	return keys
}

// insecure reports whether others on the way can read what a URL brings.
func insecure(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err != nil || u.Scheme != "https"
}
