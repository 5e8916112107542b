package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

const (
	maxNamed = 8        // how many of the feeds that a page names are asked for
	maxKept  = 32 << 20 // bytes of their answers that are kept for a first poll
	maxAsked = 30       // documents in all; an index of sitemaps can name many
)

// Candidate is a feed that a [Search] found, or what was said to be one.
type Candidate struct {
	URL      string         // where to poll it: after permanent redirects
	Type     news.Type      // what is there
	Via      string         // how it was found, for people
	Document *feed.Document // nil: Err says why
	Err      error
	Comments bool     // readers' comments, by its address
	Same     []string // further addresses that brought the same entries
	Found    *Found   // the answer, for the first poll; nil: there is none, or it was too large to keep
}

// Newest returns when the newest entry was published, zero if no entry says.
func (c Candidate) Newest() time.Time {
	var newest time.Time
	if c.Document == nil {
		return newest
	}
	for _, e := range c.Document.Entries {
		if e.Published.After(newest) {
			newest = e.Published
		}
	}
	return newest
}

// Guest is what a search needs of the HTTP guest.
type Guest interface {
	Fetcher
	// Sitemaps returns the addresses of sitemaps that the robots.txt of a
	// page's site names.
	Sitemaps(ctx context.Context, page, proxy string) ([]string, error)
}

// counted is a guest that asks for so many documents and no more.
type counted struct {
	Guest
	left   int
	barred map[string]time.Time // by address, until when its server wants to be left alone
}

var errAsked = errors.New("the search has asked for enough")

// errBarred is heard by a poll and binds the desk too (P15).
var errBarred = errors.New("not asked, because its server asked to be left alone")

// Get implements [Fetcher].
func (c *counted) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if c.left == 0 {
		return nil, errAsked
	}
	if until, ok := c.barred[r.URL]; ok {
		return nil, fmt.Errorf("%w: %s, until %s", errBarred, fetch.Redact(r.URL), until.UTC().Format(time.RFC3339))
	}
	c.left--
	return c.Guest.Get(ctx, r)
}

// Search says how feeds are looked for. Guest is required.
type Search struct {
	Guest    Guest
	Limits   feed.Limits
	Proxy    string            // of all requests, as in [fetch.Request]
	Header   map[string]string // of requests to the origin of the address that was given
	Type     news.Type         // that is wanted; "": a feed, or a sitemap where there is none
	Sitemaps int               // how many sitemaps of an index are read; 0: three

	// What polls have heard, and the time: an address is not asked as long as
	// its server has said so (P15). Without them nothing is known.
	States []news.SourceState
	Now    time.Time

	home string // the address that was given
}

// barred returns until when addresses are not to be asked.
func (o Search) barred() map[string]time.Time {
	until := map[string]time.Time{}
	for i := range o.States {
		if st := &o.States[i]; bars(st, o.Now) {
			until[st.URL], until[asked(st)] = st.NotBefore, st.NotBefore
		}
	}
	return until
}

// Find looks for the feeds of an address that the desk gave: at the address
// itself, with one request; among the feeds that the page there names; if it
// names none that can be read, where such sites usually have one, until one is
// found; and if there is none, for a news sitemap. It asks for at most thirty
// documents. What nobody named, or only robots.txt, is asked for only where the
// site's robots.txt lets us.
//
// Candidates that can be read come first, comments last. Without a single
// readable one the error says why, and the candidates are what was named.
func (o Search) Find(ctx context.Context, address string) ([]Candidate, error) {
	o.Sitemaps = cmp.Or(o.Sitemaps, 3)
	o.home = address
	o.Guest = &counted{Guest: o.Guest, left: maxAsked, barred: o.barred()}
	found, err := o.look(ctx, fetch.Request{URL: address}, o.Type)
	if found == nil {
		return nil, err
	}
	if found.document != nil {
		return []Candidate{found.candidate("the address itself")}, nil
	}
	s := search{Search: o}
	if o.Type != news.TypeSitemap {
		list, ended, bad := s.feeds(ctx, found)
		if ended {
			return list, bad
		}
	}
	if o.Type != news.TypeFeed && errors.Is(err, feed.ErrNotAFeed) && !errors.Is(err, feed.ErrNoNews) {
		if bad := s.sitemaps(ctx, found.url); ctx.Err() != nil {
			return nil, bad
		}
	}
	switch {
	case s.readable():
		return s.sorted(), nil
	case s.vain == 0:
		return s.list, err
	}
	return s.list, fmt.Errorf("%w; asked in vain at %s", err, news.Count(s.vain, "usual place"))
}

// feeds asks for what a page names, and then where its site may have feeds.
// ended says that there is nothing more to look for.
func (s *search) feeds(ctx context.Context, found *Found) (list []Candidate, ended bool, err error) {
	for _, alt := range found.feeds[:min(len(found.feeds), maxNamed)] {
		if err := s.ask(ctx, fetch.Request{URL: alt.URL}, "named by the page", news.TypeFeed); ctx.Err() != nil {
			return nil, true, err
		}
	}
	if s.readable() {
		return s.sorted(), true, nil
	}
	for _, g := range found.guesses {
		err := s.ask(ctx, fetch.Request{URL: g.URL, Guess: true}, g.Why, news.TypeFeed)
		switch {
		case ctx.Err() != nil:
			return nil, true, err
		case s.readable():
			return s.sorted(), true, nil
		case enough(err):
			return s.list, true, fmt.Errorf("look for a feed at %s: %w", fetch.Redact(found.asked), err)
		}
		s.vain++
	}
	return nil, false, nil
}

// sitemapPlaces are where sites have their news sitemap, or an index that
// names it, if robots.txt does not say.
var sitemapPlaces = []string{"/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml"}

// maxNamedSitemaps is how many of the sitemaps of a robots.txt are asked for:
// those that are named as news, before others.
const maxNamedSitemaps = 3

// sitemaps looks for a news sitemap of a page's site, until one is found that
// has news.
func (s *search) sitemaps(ctx context.Context, page string) error {
	named, err := s.Guest.Sitemaps(ctx, page, s.Proxy)
	if ctx.Err() != nil {
		return err
	}
	slices.SortStableFunc(named, func(a, b string) int { return btoi(ofNews(b)) - btoi(ofNews(a)) })
	places := slices.Clone(named[:min(len(named), maxNamedSitemaps)])
	for _, path := range sitemapPlaces {
		if u := front(page); u != "" && !slices.Contains(places, u+path[1:]) {
			places = append(places, u+path[1:])
		}
	}
	for i, place := range places {
		via := "a usual place"
		if i < min(len(named), maxNamedSitemaps) {
			via = "named by robots.txt"
		}
		err := s.ask(ctx, fetch.Request{URL: place, Guess: true}, via, news.TypeSitemap)
		if ctx.Err() != nil || s.readable() || enough(err) {
			return err
		}
		s.vain++
	}
	return nil
}

// candidate is a feed that was found where it was asked for.
func (f *Found) candidate(via string) Candidate {
	at := cmp.Or(f.moved, f.asked)
	low := strings.ToLower(at)
	return Candidate{URL: at, Type: f.kind, Via: via, Document: f.document, Found: f,
		Comments: strings.Contains(low, "/comments/") || strings.Contains(low, "comments-rss")}
}

// search is one [Search] under way.
type search struct {
	Search
	list []Candidate
	vain int
	kept int // bytes of the answers in the list
}

// ask looks at one address for what is expected there. Of a guess only success
// is kept, and a sitemap without anything in it is none.
func (s *search) ask(ctx context.Context, r fetch.Request, via string, kind news.Type) error {
	found, err := s.look(ctx, r, kind)
	switch {
	case err == nil && (found.kind != news.TypeSitemap || len(found.document.Entries) > 0):
		s.add(found.candidate(via))
	case err != nil && !r.Guess:
		s.list = append(s.list, Candidate{URL: r.URL, Type: kind, Via: via, Err: err})
	}
	return err
}

// add keeps a feed, unless it is one that we have in another format or under
// another address.
func (s *search) add(c Candidate) {
	for i := range s.list {
		if have := &s.list[i]; have.URL == c.URL || sameEntries(have.Document, c.Document) {
			if have.URL != c.URL {
				have.Same = append(have.Same, c.URL)
			}
			return
		}
	}
	if s.kept += len(c.Found.res.Body); s.kept > maxKept {
		c.Found = nil
	}
	s.list = append(s.list, c)
}

// sameEntries reports whether two feeds lead to the same articles.
func sameEntries(a, b *feed.Document) bool {
	return a != nil && b != nil && len(a.Entries) > 0 &&
		slices.EqualFunc(a.Entries, b.Entries, func(x, y feed.Entry) bool { return x.URL == y.URL && x.URL != "" })
}

func (s *search) readable() bool {
	return slices.ContainsFunc(s.list, func(c Candidate) bool { return c.Document != nil })
}

// sorted returns what can be read before what cannot, comments in between.
func (s *search) sorted() []Candidate {
	rank := func(c Candidate) int {
		switch {
		case c.Document == nil:
			return 2
		case c.Comments:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(s.list, func(a, b Candidate) int { return cmp.Compare(rank(a), rank(b)) })
	return s.list
}

// enough reports whether an answer means that the site is not to be asked for
// more: it does not answer, or has said that it is too busy, or was asked for
// as much as a search may.
func enough(err error) bool {
	return tooBusy(err) || fetch.Unreachable(err) || errors.Is(err, errAsked)
}

// tooBusy reports whether a server has said that it has had enough.
func tooBusy(err error) bool {
	code, ok := errors.AsType[*fetch.StatusError](err)
	return ok && (code.Code == http.StatusTooManyRequests || code.Code == http.StatusServiceUnavailable)
}
