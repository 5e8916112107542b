package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web/client"
)

// Bounds of a search, which is the one thing here that a stranger can make
// dear (S37).
const (
	searches    = 4 // at a time
	searchTime  = 3 * time.Second
	maxQuestion = 8 << 10 // bytes of a query string
)

// search answers for the pages and feeds of searches, and reports whether the
// request was for one.
func (h *Handler) search(w http.ResponseWriter, r *http.Request, t *tree) bool {
	if !publisher.IsSearch(r.URL.Path) {
		return false
	}
	feed := r.URL.Path != "/search"
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		(&page{feed: feed}).refuse(w, r)
		return true
	}
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	if len(r.URL.RawQuery) > maxQuestion {
		status(w, r, http.StatusRequestURITooLong, "this question is too long\n")
		return true
	}
	if wait := h.limit.wait(client.Of(r)); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		status(w, r, http.StatusTooManyRequests, "too many searches, wait a moment\n") // RFC 6585 section 4
		return true
	}
	ctx, cancel := context.WithTimeout(r.Context(), searchTime)
	defer cancel()
	f, err := h.ask(ctx, r, t)
	switch {
	case errors.Is(err, news.ErrNotFound):
		w.Header().Del("X-Robots-Tag")
		return false
	case err != nil && ctx.Err() != nil:
		w.Header().Set("Retry-After", "30")
		status(w, r, http.StatusServiceUnavailable, "this search took too long; more words, a source or dates make it quicker\n")
	case err != nil:
		w.Header().Set("Retry-After", "60")
		status(w, r, http.StatusServiceUnavailable, "this cannot be searched now\n")
	default:
		p := newPage(f, h.cache, nil)
		if !feed {
			p.forms.squeeze = false // made for one reader: to compress it costs more than to make it
		}
		p.serve(w, r, p.forms)
	}
	return true
}

// ask waits for its turn and searches.
func (h *Handler) ask(ctx context.Context, r *http.Request, t *tree) (*publisher.File, error) {
	select {
	case h.searching <- struct{}{}:
		defer func() { <-h.searching }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// What cannot be read of a query string is no reason not to read the rest.
	values, _ := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	return t.site.Search(ctx, r.URL.Path, values)
}
