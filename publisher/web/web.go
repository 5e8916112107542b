// Package web serves a [publisher.Site] over HTTP, from memory.
//
// It decides how a file is said in HTTP: validators, conditional answers,
// compression, caching and the headers that keep a reader safe. Whatever a
// request says, it costs a look into a map (S37); only the pages of stories
// are made on request, and of those that no list shows any more a few at a
// time, and so are searches, of which a client may make so many and no more.
// It is a room of its own because all of that is the same whatever the
// site holds, and because it is the one part that strangers can reach.
package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// Options say how a site is served.
type Options struct {
	MaxAge time.Duration // how long a cache may answer without asking: the publish interval; 0: 5 min (F15)

	// Box takes the place of Spot in every page, where the site is served and
	// can be searched; nil: none.
	Box  []byte
	Spot string
	Now  func() time.Time // the clock of the limit of searches; nil: time.Now
}

// Handler serves a site. The zero value is of no use; see [New]. It is safe
// for concurrent use.
type Handler struct {
	cache string // Cache-Control of what is there
	tree  atomic.Pointer[tree]
	ready chan struct{} // closed when tree is set
	first sync.Once

	maker  Maker         // answers while there is no tree; set when begun is closed
	begun  chan struct{} // closed when there is a maker
	begin  sync.Once
	asking atomic.Int64 // requests before there is a tree

	shelf shelf
	old   chan struct{} // places for pages of old stories; see archived

	box       *box
	limit     limiter
	searching chan struct{} // places for searches
}

// box is what pages get where they are served.
type box struct {
	html, spot []byte
	tag        string // of a page that has it: another page than the file
}

// mark is the tag of a page with the box, of which tag is the file's, both
// without the quote at their end; b may be nil.
func (b *box) mark(tag string) string {
	if b == nil {
		return tag
	}
	return tag + "-" + b.tag
}

// tree is one state of the site.
type tree struct {
	site    *publisher.Site
	at      map[string]*page // by request path: "/feeds/all.rss", "/category/labor/"
	missing *page            // body of a 404 for people; may be nil
}

// New returns a handler that answers 503 until [Handler.Swap] gives it a site.
func New(opt Options) *Handler {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	h := &Handler{
		cache: publisher.CacheControl(opt.MaxAge),
		shelf: newShelf(),
		ready: make(chan struct{}),
		begun: make(chan struct{}),
		old:   make(chan struct{}, oldPages),
		limit: newLimiter(opt.Now), searching: make(chan struct{}, searches),
	}
	if opt.Box != nil && opt.Spot != "" {
		sum := sha256.Sum256(opt.Box)
		h.box = &box{opt.Box, []byte(opt.Spot), hex.EncodeToString(sum[:4])}
	}
	return h
}

// Swap replaces the site that is served, at once and as a whole. Requests in
// flight end with the old one. Files that did not change keep their
// compressed forms.
func (h *Handler) Swap(site *publisher.Site) {
	next := &tree{site: site, at: make(map[string]*page, len(site.Files))}
	var last map[string]*page
	if t := h.tree.Load(); t != nil {
		last = t.at
	}
	for p, f := range site.Files {
		if f.MovedTo != "" {
			continue // the bytes are for folders; see moved
		}
		at := strings.TrimSuffix(p, "index.html")
		if !strings.HasSuffix(at, "/") {
			at = p
		}
		link := announce(site.Hub, site.URL, p)
		if old := last[at]; old != nil && old.file.ETag == f.ETag && old.file.Type == f.Type && old.file.Modified.Equal(f.Modified) && slices.Equal(old.link, link) {
			next.at[at] = old
		} else {
			next.at[at] = newPage(f, h.cache, h.box)
			next.at[at].link = link
		}
	}
	next.missing = next.at["/404.html"]
	delete(next.at, "/404.html")
	h.tree.Store(next)
	h.first.Do(func() { close(h.ready) })
}

// Ready returns a channel that is closed when there is a site to serve.
func (h *Handler) Ready() <-chan struct{} { return h.ready }

// ServeHTTP answers GET, HEAD and OPTIONS for the files of the site, and
// /healthz and /readyz.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := h.tree.Load()
	switch r.URL.Path {
	case "/healthz":
		status(w, r, http.StatusOK, "ok\n")
		return
	case "/readyz":
		if t == nil {
			notYet(w, r) // at once: a probe has little patience
			return
		}
		status(w, r, http.StatusOK, "ready\n")
		return
	}
	if t == nil {
		if h.early(w, r) {
			return
		}
		t = h.tree.Load() // it may have waited
	}
	if t == nil {
		notYet(w, r)
		return
	}
	p := t.at[r.URL.Path] // the query string is looked at for searches alone (S37)
	if p == nil && h.search(w, r, t) {
		return
	}
	if p == nil {
		var err error
		if p, err = h.archived(r, t); err != nil {
			w.Header().Set("Retry-After", "60")
			status(w, r, http.StatusServiceUnavailable, "this page cannot be made now\n")
			return
		}
	}
	if p == nil {
		p = t.at[t.site.RetiredAs(r.URL.Path)]
	}
	switch {
	case p == nil && t.moved(w, r):
	case p == nil:
		t.elsewhere(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		h.serve(w, r, p)
	default:
		p.refuse(w, r)
	}
}

// notYet answers where there is no site yet.
func notYet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "5")
	status(w, r, http.StatusServiceUnavailable, "the first edition is being made\n")
}

// serve answers with a page. Its bytes come from our own templates, so that
// there are none is a mistake of ours, and says so.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, p *page) {
	if to := p.file.MovedTo; to != "" {
		leads(w, r, strings.TrimSuffix(to, "index.html"), true) // F42
		return
	}
	if p.forms == nil && p.unchanged(w, r) {
		return
	}
	forms, err := h.shelf.of(p)
	if err != nil {
		status(w, r, http.StatusInternalServerError, "this page could not be made\n")
		return
	}
	if p.file.Retired {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		if p.feed {
			w.Header()["Access-Control-Allow-Origin"] = anyOrigin
		}
		p.error(w, r, forms, http.StatusGone) // F42
		return
	}
	p.serve(w, r, forms)
}

// moved leads to what has another address now, and reports whether it did
// (F42).
func (t *tree) moved(w http.ResponseWriter, r *http.Request) bool {
	to, forever := t.site.Elsewhere(r.URL.Path)
	if to == "" {
		return false
	}
	leads(w, r, to, forever)
	return true
}

// leads answers that what was asked for is at another address.
func leads(w http.ResponseWriter, r *http.Request, to string, forever bool) {
	h, code := w.Header(), http.StatusMovedPermanently
	h.Set("Location", to)
	h.Set("Cache-Control", "public, max-age=86400")
	if !forever {
		h.Set("Cache-Control", "public, max-age=60")
		code = http.StatusFound
	}
	if strings.HasPrefix(to, "/feeds/") || publisher.IsEmbed(to) {
		h["Access-Control-Allow-Origin"] = anyOrigin // scripts are led there too (F17)
	}
	status(w, r, code, "it is at another address\n")
}

// elsewhere answers for a path that is no file's: with the path that was
// meant, or with 404.
func (t *tree) elsewhere(w http.ResponseWriter, r *http.Request) {
	// Only a path of the site itself, or one that holds nothing but the id of
	// a story, is ever redirected to, so that no request can choose where it
	// leads (S34).
	meant := path.Clean("/" + strings.TrimSuffix(r.URL.Path, "index.html"))
	for _, to := range []string{meant, strings.TrimSuffix(meant, "/") + "/"} {
		if (t.at[to] != nil || publisher.IsStory(to)) && to != r.URL.Path {
			w.Header().Set("Location", to)
			w.Header().Set("Cache-Control", "public, max-age=3600")
			status(w, r, http.StatusMovedPermanently, "moved\n")
			return
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", allow)
		status(w, r, http.StatusMethodNotAllowed, "method not allowed\n")
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=60")
	if t.missing == nil || t.missing.forms == nil || strings.HasPrefix(r.URL.Path, "/feeds/") {
		// The path is not repeated: what is not there cannot be escaped
		// wrongly (S06).
		status(w, r, http.StatusNotFound, "not found\n")
		return
	}
	t.missing.error(w, r, t.missing.forms, http.StatusNotFound)
}

// status answers with a line of text.
func status(w http.ResponseWriter, r *http.Request, code int, text string) {
	h := w.Header()
	secure(h)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(text)) // a reader that hung up is no error of ours
	}
}
