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
)

const (
	maxNamed = 8        // how many of the feeds that a page names are asked for
	maxKept  = 32 << 20 // bytes of their answers that are kept for a first poll
)

// Candidate is a feed that [Search] found, or what was said to be one.
type Candidate struct {
	URL      string         // where to poll it: after permanent redirects
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

// Search looks for the feeds of an address that the desk gave: at the address
// itself, with one request; among the feeds that the page there names; and, if
// it names none that can be read, where such sites usually have one, until one
// is found. It asks for at most twenty documents. What nobody named is asked for
// only where the site's robots.txt lets us.
//
// Candidates that can be read come first, comments last. Without a single
// readable one the error says why, and the candidates are what was named.
func Search(ctx context.Context, f Fetcher, address string, limits feed.Limits) ([]Candidate, error) {
	found, err := look(ctx, f, fetch.Request{URL: address}, limits)
	if found == nil {
		return nil, err
	}
	if found.document != nil {
		return []Candidate{found.candidate("the address itself")}, nil
	}
	s := search{fetcher: f, limits: limits}
	for _, alt := range found.feeds[:min(len(found.feeds), maxNamed)] {
		if err := s.ask(ctx, fetch.Request{URL: alt.URL}, "named by the page"); ctx.Err() != nil {
			return nil, err
		}
	}
	if s.readable() {
		return s.sorted(), nil
	}
	for _, g := range found.guesses {
		err := s.ask(ctx, fetch.Request{URL: g.URL, Guess: true}, g.Why)
		switch {
		case ctx.Err() != nil:
			return nil, err
		case s.readable():
			return s.sorted(), nil
		case enough(err):
			return s.list, fmt.Errorf("look for a feed at %s: %w", fetch.Redact(address), err)
		}
		s.vain++
	}
	if s.vain == 0 {
		return s.list, err
	}
	return s.list, fmt.Errorf("%w; asked in vain at %s", err, plural(s.vain, "usual place"))
}

// candidate is a feed that was found where it was asked for.
func (f *Found) candidate(via string) Candidate {
	at := cmp.Or(f.moved, f.asked)
	low := strings.ToLower(at)
	return Candidate{URL: at, Via: via, Document: f.document, Found: f,
		Comments: strings.Contains(low, "/comments/") || strings.Contains(low, "comments-rss")}
}

// search is one [Search] under way.
type search struct {
	fetcher Fetcher
	limits  feed.Limits
	list    []Candidate
	vain    int
	kept    int // bytes of the answers in the list
}

// ask looks at one address. Of a guess only success is kept.
func (s *search) ask(ctx context.Context, r fetch.Request, via string) error {
	found, err := look(ctx, s.fetcher, r, s.limits)
	if err == nil {
		s.add(found.candidate(via))
	} else if !r.Guess {
		s.list = append(s.list, Candidate{URL: r.URL, Via: via, Err: err})
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
// more: it does not answer, or has said that it is too busy.
func enough(err error) bool {
	if code, ok := errors.AsType[*fetch.StatusError](err); ok {
		return code.Code == http.StatusTooManyRequests || code.Code == http.StatusServiceUnavailable
	}
	return fetch.Unreachable(err)
}
