package aggregator

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// seek looks once at the site of a source that was not found, for the feed
// that the site names now. What it finds is proposed to the desk and never
// taken: feeds do come back, and a site names many (P33). Feeds that were lost
// together have one site: a run asks for a page once.
func (a *Aggregator) seek(ctx context.Context, j job, r *news.PollResult, run *run) {
	if r.Poll.Status != http.StatusNotFound || r.State.Sought || j.dry || j.state.Learned != "" {
		return
	}
	site := cmp.Or(j.source.Homepage, front(j.source.URL))
	if site == "" {
		return
	}
	s, mine := run.sites.at(site), false
	s.once.Do(func() {
		mine = true
		res, err := a.o.Fetcher.Get(ctx, fetch.Request{URL: site, Page: true, Proxy: j.source.Proxy})
		defer res.Release()
		if s.err = err; err == nil {
			s.feeds = feed.Alternates(res.Body, res.URL)
		}
	})
	if ctx.Err() != nil {
		return
	}
	r.State.Sought, r.State.Proposal = true, ""
	if mine { // one refusal is one, however many feeds were lost
		a.noteExtra(r, s.err, run.busy)
	}
	if s.err != nil {
		r.Poll.Note = join(r.Poll.Note, "its site could not be searched for another feed: "+oneLine(s.err.Error()))
		return
	}
	for _, alt := range s.feeds {
		if alt.URL != j.source.URL && alt.URL != j.address() {
			r.State.Proposal = alt.URL
			r.Poll.Note = join(r.Poll.Note, fmt.Sprintf("its site names %s as a feed: if it is the same, change the address", oneLine(fetch.Redact(alt.URL))))
			return
		}
	}
	r.Poll.Note = join(r.Poll.Note, "its site names no other feed")
}

// sites are the pages that a run has searched, by URL. The zero value is none.
type sites struct {
	mu    sync.Mutex
	pages map[string]*frontPage
}

// frontPage is what came of one page.
type frontPage struct {
	once  sync.Once
	feeds []feed.Alternate
	err   error
}

// at returns the search of a page, made or not.
func (s *sites) at(page string) *frontPage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages == nil {
		s.pages = map[string]*frontPage{}
	}
	if s.pages[page] == nil {
		s.pages[page] = &frontPage{}
	}
	return s.pages[page]
}

// front returns the front page of a URL's site, "" if it has none.
func front(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
}
