package aggregator

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// seek looks once at the site of a source that was not found, for the feed
// that the site names now. What it finds is proposed to the desk and never
// taken: feeds do come back, and a site names many (P33).
func (a *Aggregator) seek(ctx context.Context, j job, r *news.PollResult) {
	if r.Poll.Status != http.StatusNotFound || r.State.Sought || j.dry || j.state.Learned != "" {
		return
	}
	site := cmp.Or(j.source.Homepage, front(j.source.URL))
	if site == "" {
		return
	}
	res, err := a.o.Fetcher.Get(ctx, fetch.Request{URL: site, Page: true, Proxy: j.source.Proxy})
	defer res.Release()
	if ctx.Err() != nil {
		return
	}
	r.State.Sought, r.State.Proposal = true, ""
	if err != nil {
		r.Poll.Note = join(r.Poll.Note, "its site could not be searched for another feed: "+oneLine(err.Error()))
		return
	}
	for _, alt := range feed.Alternates(res.Body, res.URL) {
		if alt.URL != j.source.URL && alt.URL != j.address() {
			r.State.Proposal = alt.URL
			r.Poll.Note = join(r.Poll.Note, fmt.Sprintf("its site names %s as a feed: if it is the same, change the address", oneLine(fetch.Redact(alt.URL))))
			return
		}
	}
	r.Poll.Note = join(r.Poll.Note, "its site names no other feed")
}

// front returns the front page of a URL's site, "" if it has none.
func front(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
}
