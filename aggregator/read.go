package aggregator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// past is what is known of a source when a document of it comes.
type past struct {
	seen  time.Time       // when its last document was read; zero: never
	known map[string]bool // keys of entries that are left alone
	marks feed.Marks      // of its last document
}

// taken is what came of a document.
type taken struct {
	items []news.Item // new and changed ones
	doc   *feed.Document
	marks feed.Marks // for its next version; nil: as they were
}

// read turns a body into the items that are new or changed since the source
// was last seen. Parsing and filing cost processor time, not waiting, so as
// many documents are read at once as there are readers, however many requests
// are in flight. Entries whose keys are known are left alone, also where the
// document says that they were withdrawn.
func (a *Aggregator) read(ctx context.Context, src news.Source, p *news.Poll, o *schedule.Outcome, res *fetch.Response, was past) (taken, error) {
	if err := a.readers.Acquire(ctx, 1); err != nil {
		return taken{}, err
	}
	defer a.readers.Release(1)
	s, err := a.open(ctx, src, res, was)
	if err != nil {
		return taken{}, err
	}
	doc := s.doc
	noteDocument(p, o, doc)
	left := p.LeftOut
	items, err := a.sift(ctx, src, p, s, was.seen)
	if err != nil {
		return taken{}, err
	}
	o.Window = p.Seen - (p.LeftOut - left)
	for _, it := range items {
		if it.ID == 0 {
			o.News = append(o.News, it.Published)
		}
	}
	return taken{items, doc, s.marks(was.marks)}, nil
}

// noteDocument puts what the document says about itself into the ledger row
// and the schedule's question.
func noteDocument(p *news.Poll, o *schedule.Outcome, doc *feed.Document) {
	p.Seen, p.Repairs, p.Encoding = doc.Same()+len(doc.Entries), doc.Repairs, doc.Encoding
	o.Read, o.TTL, o.UpdatePeriod = true, doc.TTL, doc.UpdatePeriod
	o.SkipHours, o.SkipDays = doc.SkipHours, doc.SkipDays
	leaveOut(p, doc.Dropped, "empty or incomplete")
	leaveOut(p, doc.Doubles, "twice in the document, under one id and address; the newest version counts")
	leaveOut(p, doc.Excess, "the oldest beyond fetch.max_items")
	leaveOut(p, doc.Unfinished, "the feed ended in the middle of it")
}

// sift compares a document with what is stored and makes items of what is new
// or changed. An entry whose raw hash is known costs a lookup and nothing
// else.
func (a *Aggregator) sift(ctx context.Context, src news.Source, p *news.Poll, s *opened, seen time.Time) ([]news.Item, error) {
	doc, probes, known := s.doc, s.probes, s.known
	speaks := speakers(doc.Entries, known)
	var items []news.Item
	var filer Filer
	var err error
	unfiled, removed := 0, 0
	for i, e := range doc.Entries {
		if known[i].Removed {
			removed++
			continue
		}
		if known[i].ID != 0 && speaks[known[i].ID] != i {
			continue
		}
		if known[i].ID != 0 && known[i].RawHash == e.RawHash {
			s.stored[i] = true
			continue
		}
		if filer == nil {
			if filer, err = a.o.Filer(); err != nil {
				return nil, fatalError{setupError{err}}
			}
		}
		it, err := guarded(func() (news.Item, error) { return a.item(src, e, probes[i].Canonical, doc, filer, p.At), nil })
		if err != nil {
			return nil, err
		}
		it.ID = known[i].ID
		if it.ID != 0 && it.Hash != known[i].Hash {
			if err := a.keepHash(ctx, &it, known[i].Hash); err != nil {
				return nil, err
			}
		}
		switch {
		case it.ID == 0 && src.Scope == news.ScopeFilter && len(it.Filings) == 0:
			unfiled++
			continue
		case it.ID == 0:
			p.New++
		case it.Hash != known[i].Hash:
			p.Changed++
			if !it.Updated.After(seen) {
				it.Updated = p.At // the feed does not say when, or speaks of an earlier change (F09)
			}
		}
		s.stored[i] = true
		if items == nil {
			items = make([]news.Item, 0, len(doc.Entries)-i)
		}
		items = append(items, it)
	}
	leaveOut(p, unfiled, "outside the taxonomy (scope: filter)")
	leaveOut(p, removed, "removed from the archive before")
	return items, nil
}

// leaveOut says in the ledger row how many items were not kept, and why.
func leaveOut(p *news.Poll, n int, why string) {
	if n > 0 {
		p.LeftOut += n
		p.Note = join(p.Note, fmt.Sprintf("%s left out: %s", news.Count(n, "item"), why))
	}
}

// item makes an item of an entry: cleaned, dated, filed and hashed.
func (a *Aggregator) item(src news.Source, e feed.Entry, canonical string, doc *feed.Document, filer Filer, now time.Time) news.Item {
	c := e.Clean(a.o.Limits)
	it := news.Item{
		Source: src.ID, Key: e.Key, GUID: e.GUID, URL: e.URL, Canonical: canonical,
		Title: c.Title, Summary: c.Summary, Content: c.Content, Author: e.Author,
		FirstSeen: now, Image: e.Image, Enclosures: e.Enclosures, Tags: e.Categories,
		RawHash: e.RawHash,
	}
	it.Published, it.Updated, it.Claimed = e.Dates(now, now)
	filed := filer.Classify(classify.Article{
		Title: it.Title, Text: it.Summary, URL: it.URL, Tags: it.Tags, Source: src,
		Language: declared(e, src, doc),
	})
	it.Language, it.Filings, it.Places = filed.Language, filed.Filings, filed.Places
	it.Hash = textHash(it)
	return it
}

// textHash is the hash of what an item says: a difference is a correction.
// Markup, pictures, the query of the address and all that [appendGist] leaves
// out do not count: software changes them by itself, and not seldom at every
// request, and each difference tells all readers that the item was updated
// (F09). An address that differs in its query alone is stored, and not told.
func textHash(it news.Item) string {
	buf := hashBuffers.Get().(*[]byte)
	defer hashBuffers.Put(buf)
	b := (*buf)[:0]
	for _, s := range [...]string{it.Title, it.Summary, feed.PlainText(it.Content)} {
		b = append(appendGist(b, s), 0) // which no gist holds
	}
	address, _, _ := strings.Cut(cmp.Or(it.Canonical, it.URL), "?")
	b = append(b, address...)
	*buf = b
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// keepHash gives an item its former hash if what is stored says the same: the
// hash was made by an earlier version of this program, whose rules of what
// counts, or of canonical addresses, were others. A new version must not tell
// readers of corrections that nobody made (F09).
func (a *Aggregator) keepHash(ctx context.Context, it *news.Item, former string) error {
	stored, err := a.o.Archive.Item(ctx, it.ID)
	if errors.Is(err, news.ErrNotFound) {
		return nil // removed in the meantime
	}
	if err != nil {
		return fatalError{fmt.Errorf("read item %d of %s: %w", it.ID, it.Source, err)}
	}
	stored.Canonical = dedupe.Canonical(stored.URL)
	if stored.URL == it.URL {
		stored.Canonical = it.Canonical // which need not come from the URL
	}
	if textHash(stored) == it.Hash {
		it.Hash = former
	}
	return nil
}

// hashBuffers holds the buffers of textHash: a whole article goes through.
var hashBuffers = sync.Pool{New: func() any { return new([]byte) }}

// declared returns the language that an entry is said to be in: what it says
// itself, else what the desk says of the source. What the feed says as a whole
// comes last, because many say what their software was installed with.
func declared(e feed.Entry, src news.Source, doc *feed.Document) string {
	if e.Language == doc.Language { // as inherited
		return cmp.Or(src.Language, doc.Language)
	}
	return e.Language
}
