package web

import (
	"context"
	"net/http"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// Maker makes one file of a site that is still being built.
type Maker interface {
	Early(ctx context.Context, path string) (*publisher.File, error)
}

// Begin has maker answer until [Handler.Swap] gives the handler a site. What it
// does not know is answered 503, as everything is without it.
func (h *Handler) Begin(maker Maker) { h.maker.Store(&maker) }

// early answers before there is a site, and reports whether it did. A few
// answers are made at a time; others are told to come again.
func (h *Handler) early(w http.ResponseWriter, r *http.Request) bool {
	maker := h.maker.Load()
	if maker == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	select {
	case h.old <- struct{}{}:
		defer func() { <-h.old }()
	case <-r.Context().Done():
		return false
	case <-time.After(earlyWait):
		return false
	}
	f, err := (*maker).Early(r.Context(), r.URL.Path)
	if err != nil {
		return false
	}
	p := newPage(f, h.cache, h.box)
	p.forms.squeeze = false // as with the pages of old stories
	h.serve(w, r, p)
	return true
}

// earlyWait is how long somebody may wait for a place.
const earlyWait = 2 * time.Second
