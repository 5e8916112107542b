package aggregator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
)

// Found is what one look at an address found: a feed, or a page that names
// feeds. Who has one releases it.
type Found struct {
	URL      string           // the feed, or the page, after redirects
	Document *feed.Document   // nil: it is no feed
	Feeds    []feed.Alternate // that the page names, best first

	guesses []feed.Guess // where the page's site may have a feed that it does not name

	asked string
	moved string // where permanent redirects led; "": nowhere
	mu    sync.Mutex
	res   *fetch.Response // until it is taken or released
}

// Discover looks at an address that the desk gave, with one request. The
// answer can then stand in for the first poll ([Found.Fetcher]), so that
// adding a source asks for its feed once (P40). It returns an error that wraps
// [feed.ErrNotAFeed] for what is neither a feed nor a page that names one.
func Discover(ctx context.Context, f Fetcher, address string, limits feed.Limits) (*Found, error) {
	found, err := look(ctx, f, fetch.Request{URL: address}, limits)
	if err != nil && (found == nil || len(found.Feeds) == 0) {
		return nil, err
	}
	return found, nil
}

// look is [Discover] for those who go on where a page names no feed: it
// returns such a page with the error.
func look(ctx context.Context, f Fetcher, r fetch.Request, limits feed.Limits) (*Found, error) {
	res, err := f.Get(ctx, r)
	if err != nil {
		return nil, err
	}
	found := &Found{URL: res.URL, asked: r.URL, res: res}
	doc, err := guarded(func() (*feed.Document, error) {
		return feed.Parse(res.Body, feed.Hints{URL: res.URL, Header: res.Header, Limits: limits})
	})
	if err == nil {
		found.Document, found.moved = doc, res.Permanent
		return found, nil
	}
	if errors.Is(err, feed.ErrNotAFeed) {
		found.Feeds = feed.Alternates(res.Body, res.URL)
		for _, alt := range feed.HeaderAlternates(res.Header, res.URL) {
			if !slices.ContainsFunc(found.Feeds, func(o feed.Alternate) bool { return o.URL == alt.URL }) {
				found.Feeds = append(found.Feeds, alt)
			}
		}
		found.guesses = feed.Guesses(res.Body, res.URL)
	}
	found.Release()
	return found, fmt.Errorf("look for a feed at %s: %w", fetch.Redact(r.URL), err)
}

// Release lets the answer go, unless a poll has taken it.
func (f *Found) Release() { f.take().Release() }

func (f *Found) take() *fetch.Response {
	f.mu.Lock()
	defer f.mu.Unlock()
	res := f.res
	f.res = nil
	return res
}

// Fetcher returns a fetcher that answers the first request for the address
// with what was found, and asks next for everything else.
func (f *Found) Fetcher(next Fetcher) Fetcher { return primed{f, next} }

type primed struct {
	found *Found
	next  Fetcher
}

// Get implements [Fetcher].
func (p primed) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if r.URL == p.found.asked && r.ETag+r.LastModified == "" {
		if res := p.found.take(); res != nil {
			return res, nil
		}
	}
	return p.next.Get(ctx, r)
}
