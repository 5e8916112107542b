package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// read turns a body into the items that are new or changed. Parsing and
// filing cost processor time, not waiting, so as many documents are read at
// once as there are readers, however many requests are in flight.
func (a *Aggregator) read(ctx context.Context, src news.Source, p *news.Poll, o *schedule.Outcome, res *fetch.Response) ([]news.Item, error) {
	if err := a.readers.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer a.readers.Release(1)
	doc, err := feed.Parse(res.Body, a.hints(res))
	if err != nil {
		return nil, err
	}
	noteDocument(p, o, doc)
	return a.sift(ctx, src, p, doc)
}

// noteDocument puts what the document says about itself into the ledger row
// and the schedule's question.
func noteDocument(p *news.Poll, o *schedule.Outcome, doc *feed.Document) {
	p.Seen, p.Repairs, p.Encoding = len(doc.Entries), doc.Repairs, doc.Encoding
	o.TTL, o.UpdatePeriod = doc.TTL, doc.UpdatePeriod
	o.SkipHours, o.SkipDays = doc.SkipHours, doc.SkipDays
	if doc.Dropped > 0 {
		p.LeftOut = doc.Dropped
		p.Note = join(p.Note, fmt.Sprintf("%d items were empty or over the limits", doc.Dropped))
	}
}

// sift compares a document with what is stored and makes items of what is new
// or changed. An entry whose raw hash is known costs a lookup and nothing
// else: most documents bring one new item among forty known ones.
func (a *Aggregator) sift(ctx context.Context, src news.Source, p *news.Poll, doc *feed.Document) ([]news.Item, error) {
	probes := make([]news.Probe, len(doc.Entries))
	for i, e := range doc.Entries {
		probes[i] = news.Probe{Key: e.Key, Canonical: dedupe.Canonical(e.URL), Title: feed.PlainText(e.Title)}
	}
	known, err := a.o.Archive.Known(ctx, src.ID, probes)
	if err != nil {
		return nil, fatalError{fmt.Errorf("look up items of %s: %w", src.ID, err)}
	}
	var items []news.Item
	var filer Filer
	unfiled := 0
	for i, e := range doc.Entries {
		if known[i].ID != 0 && known[i].RawHash == e.RawHash {
			continue
		}
		if filer == nil {
			if filer, err = a.o.Filer(); err != nil {
				return nil, fatalError{err}
			}
		}
		it := a.item(src, e, doc, filer, p.At)
		it.Canonical = probes[i].Canonical
		it.ID = known[i].ID
		switch {
		case it.ID == 0 && src.Scope == news.ScopeFilter && len(it.Filings) == 0:
			unfiled++
			continue
		case it.ID == 0:
			p.New++
		case it.Hash != known[i].Hash:
			p.Changed++
		}
		items = append(items, it)
	}
	if unfiled > 0 {
		p.LeftOut += unfiled
		p.Note = join(p.Note, fmt.Sprintf("%d items outside the taxonomy left out (scope: filter)", unfiled))
	}
	return items, nil
}

// item makes an item of an entry: cleaned, dated and filed.
func (a *Aggregator) item(src news.Source, e feed.Entry, doc *feed.Document, filer Filer, now time.Time) news.Item {
	c := e.Clean(a.o.Limits)
	it := news.Item{
		Source: src.ID, Key: e.Key, GUID: e.GUID, URL: e.URL,
		Title: c.Title, Summary: c.Summary, Content: c.Content, Author: e.Author,
		FirstSeen: now, Image: e.Image, Enclosures: e.Enclosures, Tags: e.Categories,
		RawHash: e.RawHash,
	}
	it.Published, it.Updated, it.Claimed = e.Dates(now, now)
	it.Hash = textHash(it)
	filed := filer.Classify(classify.Article{
		Title: it.Title, Text: it.Summary, URL: it.URL, Tags: it.Tags, Source: src,
		Language: firstOf(e.Language, src.Language, doc.Language),
	})
	it.Language, it.Filings, it.Places = filed.Language, filed.Filings, filed.Places
	return it
}

// textHash is the hash of what readers see of an item: two items with one
// hash look the same.
func textHash(it news.Item) string {
	h := sha256.New()
	for _, s := range []string{it.Title, it.Summary, it.Content, it.URL} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
