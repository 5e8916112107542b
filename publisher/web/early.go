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
	// Announced says whose hub the feeds are pushed from, and what their
	// addresses begin with; hub "": none.
	Announced() (hub, url string)
}

const (
	// earlyWait is how long somebody may have to wait until there is a maker, and
	// a place.
	earlyWait = 2 * time.Second
	// headStart is how long whoever asks before there is a site keeps the
	// processor from those who build it.
	headStart = 250 * time.Millisecond
)

// Begin has maker answer until [Handler.Swap] gives the handler a site. What it
// does not know is answered 503, as everything is without it. Begin returns when
// those who wait already have their answers, or a moment later: building the site
// takes all of the processor, and a reader needs it for an instant.
func (h *Handler) Begin(ctx context.Context, maker Maker) {
	h.maker = maker
	h.begin.Do(func() { close(h.begun) })
	until := time.After(headStart)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for h.asking.Load() > 0 {
		select {
		case <-tick.C:
		case <-until:
			return
		case <-ctx.Done():
			return
		}
	}
}

// early answers before there is a site, and reports whether it did. A few
// answers are made at a time; others are told to come again.
func (h *Handler) early(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	h.asking.Add(1)
	defer h.asking.Add(-1)
	wait, cancel := context.WithTimeout(r.Context(), earlyWait)
	defer cancel()
	select {
	case <-h.begun:
	case <-h.ready:
		return false
	case <-wait.Done():
		return false
	}
	select {
	case h.old <- struct{}{}:
		defer func() { <-h.old }()
	case <-wait.Done():
		return false
	}
	f, err := h.maker.Early(r.Context(), r.URL.Path)
	if err != nil {
		return false
	}
	p := newPage(f, h.cache, h.box)
	hub, url := h.maker.Announced()
	p.link = announce(hub, url, f.Path)
	p.forms.squeeze = false                    // as with the pages of old stories
	if f.MovedTo != "" || !p.unchanged(w, r) { // a form that was compressed before the restart is the same still
		h.serve(w, r, p)
	}
	return true
}
