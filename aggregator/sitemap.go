package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// parse reads an answer as what the desk says of the source.
func parse(src news.Source, res *fetch.Response, limits feed.Limits, marks feed.Marks) (*feed.Document, error) {
	return guarded(func() (*feed.Document, error) {
		h := feed.Hints{URL: res.URL, Header: res.Header, Language: src.Language, Limits: limits, Marks: marks}
		if src.Type != news.TypeSitemap {
			return feed.Parse(res.Body, h)
		}
		doc, err := feed.ParseSitemap(res.Body, h)
		if err == nil && doc.Format == feed.FormatIndex {
			return nil, fmt.Errorf("%w: an index of sitemaps where a sitemap is expected", feed.ErrNotAFeed)
		}
		return doc, err
	})
}

// ask makes the request of a job. Of a source that is an index of sitemaps the
// answer is what its sitemaps say; left is how many that are new were not read,
// being more than [Manners] allows.
func (a *Aggregator) ask(ctx context.Context, j job, req fetch.Request) (res *fetch.Response, left int, err error) {
	res, err = a.o.Fetcher.Get(ctx, req)
	if err != nil || j.source.Type != news.TypeSitemap {
		return res, 0, err
	}
	seen := j.state.LastOK
	for _, k := range j.also {
		if k.state.LastOK.Before(seen) {
			seen = k.state.LastOK
		}
	}
	return unfold{a.o.Fetcher, req, seen, a.o.Manners.Sitemaps, a.o.Limits}.answer(ctx, res)
}

// unfold makes one sitemap of an index and the sitemaps that it names, so that
// whoever gets it needs to know nothing of indexes.
type unfold struct {
	fetcher Fetcher
	req     fetch.Request // for the index
	seen    time.Time     // what was modified before is known; zero: nothing is
	most    int           // sitemaps that are asked for
	limits  feed.Limits
}

// maxUnfolded bounds what the sitemaps of an index are together, in bytes: it
// is held beside the documents that the fetcher counts.
const maxUnfolded = 8 << 20

// answer returns res if it is no index. Otherwise res is released, and the
// answer has the text of the sitemaps that are new. The index vouches for them
// only if it says of each when it was modified: else its validators are left
// out, and the next poll asks for everything again. A sitemap that is gone is
// no loss; one that cannot be had is an error, since what is modified is asked
// for once. left is how many new ones were not asked for.
func (u unfold) answer(ctx context.Context, res *fetch.Response) (_ *fetch.Response, left int, err error) {
	if res.Status == http.StatusNotModified || !feed.MayBeSitemap(res.Body) {
		return res, 0, nil
	}
	index, err := guarded(func() (*feed.Document, error) {
		return feed.ParseSitemap(res.Body, feed.Hints{URL: res.URL, Header: res.Header, Limits: u.limits})
	})
	if err != nil || index.Format != feed.FormatIndex {
		return res, 0, nil // the reader says what is wrong
	}
	list, left, vouched := u.choose(index.Sitemaps, res.URL)
	res.Release()
	// The mark says that the text is UTF-8, whatever the index was sent as (P41).
	text := []byte("\xef\xbb\xbf<urlset></urlset>\n")
	for _, s := range list {
		more, took, err := u.add(ctx, text, s.URL)
		if err != nil {
			return nil, 0, err
		}
		text, res.Took = more, res.Took+took
	}
	res.Body = text
	if !vouched {
		res.ETag, res.LastModified = "", ""
	}
	return res, left, nil
}

// choose returns the sitemaps to ask for, newest first: those of the source's
// own politeness key, only those of news if some are named so, and not those
// that say that nothing was added since the last poll. left is how many beyond
// these are new. vouched says that the index tells when any of those that
// count, now or later, has changed.
func (u unfold) choose(all []feed.Sitemap, from string) (list []feed.Sitemap, left int, vouched bool) {
	asked := map[string]bool{from: true, u.req.URL: true}
	list = slices.DeleteFunc(slices.Clone(all), func(s feed.Sitemap) bool {
		again := asked[s.URL]
		asked[s.URL] = true
		return again || fetch.Key(s.URL) != fetch.Key(u.req.URL) || insecure(s.URL) && !insecure(from)
	})
	if slices.ContainsFunc(list, func(s feed.Sitemap) bool { return ofNews(s.URL) }) {
		list = slices.DeleteFunc(list, func(s feed.Sitemap) bool { return !ofNews(s.URL) })
	}
	vouched = !slices.ContainsFunc(list, func(s feed.Sitemap) bool { return s.Modified.IsZero() })
	list = slices.DeleteFunc(list, func(s feed.Sitemap) bool {
		return !s.Modified.IsZero() && s.Modified.Add(sitemapSlack).Before(u.seen)
	})
	// Those that do not say come first: they may hold anything.
	slices.SortStableFunc(list, func(a, b feed.Sitemap) int {
		return cmp.Or(cmp.Compare(btoi(a.Modified.IsZero()), btoi(b.Modified.IsZero())), a.Modified.Compare(b.Modified)) * -1
	})
	n := min(len(list), u.most)
	return list[:n], len(list) - n, vouched
}

// sitemapSlack is how far the clock of a site, or a cache in front of its
// index, may be behind.
const sitemapSlack = 6 * time.Hour

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ofNews reports whether a sitemap is named as one of news by its address.
func ofNews(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.Contains(strings.ToLower(u.Path+"?"+u.RawQuery), "news")
}

// add asks for one sitemap and appends its text. took is how long its server took.
func (u unfold) add(ctx context.Context, text []byte, address string) (_ []byte, took time.Duration, err error) {
	r := u.req
	r.URL, r.ETag, r.LastModified = address, "", ""
	r.Home = cmp.Or(u.req.Home, u.req.URL)
	res, err := u.fetcher.Get(ctx, r)
	if code, ok := errors.AsType[*fetch.StatusError](err); ok && (code.Code == http.StatusNotFound || code.Code == http.StatusGone) {
		return text, fetch.Took(err), nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer res.Release()
	more, err := guarded(func() ([]byte, error) {
		return feed.SitemapText(res.Body, feed.Hints{URL: res.URL, Header: res.Header, Limits: u.limits})
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read sitemap %s: %w", fetch.Redact(address), err)
	}
	if len(text)+len(more) > maxUnfolded {
		return nil, 0, fmt.Errorf("read sitemap %s: %w: the sitemaps of an index are more than %d bytes together", fetch.Redact(address), fetch.ErrTooLarge, maxUnfolded)
	}
	return append(append(text, more...), '\n'), res.Took, nil
}
