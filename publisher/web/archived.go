package web

import (
	"errors"
	"net/http"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// oldPages is how many pages of old stories are made at a time: each costs a
// look into the archive, and whoever walks through all of them must not be in
// the way of the writer.
const oldPages = 4

// archived returns the page of a story that the site no longer lists; nil if
// the path is that of no such story. An error means that it may be there, but
// cannot be told now.
func (h *Handler) archived(r *http.Request, t *tree) (*page, error) {
	path := r.URL.Path
	if !publisher.IsStory(path) || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, nil
	}
	select {
	case h.old <- struct{}{}:
		defer func() { <-h.old }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	f, err := t.site.StoryPage(r.Context(), path)
	switch {
	case errors.Is(err, news.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	p := newPage(f, h.cache, h.box)
	p.forms.squeeze = false // it is made for one reader: to compress it costs more than to make it
	return p, nil
}
