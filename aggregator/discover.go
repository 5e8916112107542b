package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// Found is the answer that a look at an address got. It can stand in for that
// of the first poll ([Found.Fetcher]), so that adding a source asks for its
// feed once (P40).
type Found struct {
	document *feed.Document   // nil: it is no feed
	feeds    []feed.Alternate // that the page names, best first
	guesses  []feed.Guess     // where the page's site may have a feed that it does not name

	kind  news.Type // what it was read as
	url   string    // after redirects
	asked string
	moved string // where permanent redirects led; "": nowhere
	mu    sync.Mutex
	res   *fetch.Response // of a feed, until a poll has taken it
}

// look asks for one address and reads the answer as what is expected there; a
// sitemap is seen for what it is in any case. What is neither a feed nor a page
// is an error; a page comes with an error that wraps [feed.ErrNotAFeed].
func (o Search) look(ctx context.Context, r fetch.Request, kind news.Type) (*Found, error) {
	r.Proxy, r.Home, r.Header = o.Proxy, o.home, o.Header
	res, err := o.Guest.Get(ctx, r)
	if err != nil {
		return nil, err
	}
	found := &Found{kind: kind, url: res.URL, asked: r.URL, moved: res.Permanent}
	if kind != news.TypeSitemap && feed.MayBeSitemap(res.Body) {
		found.kind = news.TypeSitemap
	}
	if found.kind == news.TypeSitemap {
		if res, _, err = (unfold{o.Guest, r, time.Time{}, o.Sitemaps, o.Limits}).answer(ctx, res); err != nil {
			return nil, err
		}
	}
	doc, err := parse(news.Source{Type: found.kind}, res, o.Limits, nil)
	if err == nil {
		found.document, found.res = doc, kept(res)
		return found, nil
	}
	if errors.Is(err, feed.ErrNotAFeed) {
		found.feeds = feed.Alternates(res.Body, res.URL)
		for _, alt := range feed.HeaderAlternates(res.Header, res.URL) {
			if !slices.ContainsFunc(found.feeds, func(o feed.Alternate) bool { return o.URL == alt.URL }) {
				found.feeds = append(found.feeds, alt)
			}
		}
		found.guesses = feed.Guesses(res.Body, res.URL)
	}
	res.Release()
	return found, fmt.Errorf("look for a feed at %s: %w", fetch.Redact(r.URL), err)
}

// kept returns an answer that stands in nobody's way: its places among the
// requests in flight and the large bodies are given back, and who keeps it
// bounds the memory.
func kept(res *fetch.Response) *fetch.Response {
	body := res.Body
	res.Release()
	res.Body = body
	return res
}

// Fetcher returns a fetcher that answers the first request for the feed with
// what was found, and asks next for everything else. f may be nil.
func (f *Found) Fetcher(next Fetcher) Fetcher {
	if f == nil {
		return next
	}
	return primed{f, next}
}

type primed struct {
	found *Found
	next  Fetcher
}

// Get implements [Fetcher].
func (p primed) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if res := p.found.take(r.URL); res != nil {
		return res, nil
	}
	return p.next.Get(ctx, r)
}

// Answers reports whether it is the answer that the first poll of an address
// would get.
func (f *Found) Answers(address string) bool { return address == f.asked || address == f.moved }

// Used reports that a poll has taken the answer.
func (f *Found) Used() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.res == nil
}

// packed is what a [Found] is for another process.
type packed struct {
	Asked, Moved string
	Response     *fetch.Response
}

// MarshalJSON writes the answer, so that the first poll can be another
// process's.
func (f *Found) MarshalJSON() ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return json.Marshal(packed{f.asked, f.moved, f.res})
}

// UnmarshalJSON reads what [Found.MarshalJSON] wrote.
func (f *Found) UnmarshalJSON(text []byte) error {
	var p packed
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	f.asked, f.moved, f.res = p.Asked, p.Moved, p.Response
	return nil
}

// take returns the answer, once, if it is that of an address.
func (f *Found) take(address string) *fetch.Response {
	f.mu.Lock()
	defer f.mu.Unlock()
	res := f.res
	if res == nil || !f.Answers(address) {
		return nil
	}
	f.res = nil
	if address != f.asked { // where the permanent redirects led: none is left
		res.Permanent, res.Hops = "", nil
	}
	return res
}
