package web

import (
	"errors"
	"net/http"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// oldPages is how many pages of old stories and archive documents are made at a
// time: each costs a look into the archive, and whoever walks through all of
// them must not be in the way of the writer.
const oldPages = 4

// archived returns what the site holds but does not keep in memory: the page of
// a story that no list shows any more, or an archive document; nil if the path
// is that of none. An error means that it may be there, but cannot be told now.
func (h *Handler) archived(r *http.Request, t *tree) (*page, error) {
	path := r.URL.Path
	read := t.site.StoryPage
	if _, _, volume := publisher.VolumeOf(path); volume {
		read = t.site.Volume
	} else if !publisher.IsStory(path) {
		return nil, nil
	} else if _, forever := t.site.Elsewhere(path); forever {
		return nil, nil // it became part of another story: see moved
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, nil
	}
	select {
	case h.old <- struct{}{}:
		defer func() { <-h.old }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	f, err := read(r.Context(), path)
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
