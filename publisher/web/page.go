package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// policy lets a page load our own style sheet and pictures and nothing else:
// no script, no frame, no request to anyone, whatever an item carries (S02).
// Pictures of items would tell their hosts who reads what, so they are not
// allowed either.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// embedPolicy is for what other sites show in a frame: any site may. The
// sandbox is for the frame to ask for, as the manual has it: in this header it
// would also keep the tools of browsers from looking at the page.
const embedPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

const allow = "GET, HEAD, OPTIONS"

// secure sets the headers that every answer has.
func secure(h http.Header) {
	h["Content-Security-Policy"] = securePolicy
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
}

var (
	securePolicy = []string{policy}
	framed       = []string{embedPolicy}
	nosniff      = []string{"nosniff"}
	noReferrer   = []string{"no-referrer"}
	vary         = []string{"Accept-Encoding"}
	anyOrigin    = []string{"*"}
	sameOrigin   = []string{"same-origin"}
	crossOrigin  = []string{"cross-origin"}
	noDevices    = []string{"camera=(), geolocation=(), microphone=()"}
)

// page is a file with everything that answering for it takes.
type page struct {
	file     *publisher.File
	feed     bool // for programs of other sites too (F17)
	embed    bool // for frames and pages of other sites
	media    []string
	cache    []string
	modified []string // nil: unknown
	link     []string // nil: none
	since    time.Time
	forms    *forms // nil: the file's bytes are made when asked for
	box      *box   // nil: it is served as it is
}

func newPage(f *publisher.File, cache string, b *box) *page {
	t, _, _ := strings.Cut(f.Type, ";")
	p := &page{
		file: f, media: []string{f.Type}, cache: []string{cache}, since: f.Modified,
		feed: strings.HasPrefix(f.Path, "/feeds/") && t != "text/html" || t == "text/x-opml",
	}
	if publisher.IsEmbed(f.Path) {
		p.feed, p.embed, b = true, true, nil
	}
	if !f.Modified.IsZero() {
		p.modified = []string{f.Modified.UTC().Format(http.TimeFormat)}
	}
	if t == "text/html" {
		p.box = b
	}
	if f.Body != nil {
		p.forms = newForms(f, f.Body, p.box)
	}
	return p
}

// announce returns the Link header of a feed, which says where it is pushed
// from and under what name (F31, W3C WebSub section 4); nil if there is none.
func announce(hub, url, path string) []string {
	if hub == "" || !publisher.IsFeed(path) {
		return nil
	}
	return []string{"<" + hub + `>; rel="hub", <` + url + path + `>; rel="self"`}
}

// brief sets the headers of a 304: those that a 200 has and that a cache takes
// over into what it has (F12, RFC 9110 section 15.4.5), and what a script that
// asks conditionally needs to read the answer. The others are those of the 200
// that the reader has.
func (p *page) brief(h http.Header, all *forms, f *form) {
	h["Etag"] = f.etag
	h["Cache-Control"] = p.cache
	if all.squeeze {
		h["Vary"] = vary
	}
	if p.link != nil {
		h["Link"] = p.link
	}
	if p.feed {
		h["Access-Control-Allow-Origin"] = anyOrigin
		h["Access-Control-Expose-Headers"] = exposed
	}
}

// head sets the headers of a 200, but for its type and length.
func (p *page) head(h http.Header, all *forms, f *form) {
	p.brief(h, all, f)
	secure(h)
	if p.embed {
		h["Content-Security-Policy"], h["Cross-Origin-Resource-Policy"] = framed, crossOrigin
	}
	if p.modified != nil {
		h["Last-Modified"] = p.modified
	}
	if f.encoding != nil {
		h["Content-Encoding"] = f.encoding
	}
	if !p.feed {
		h["Cross-Origin-Opener-Policy"] = sameOrigin
		h["Permissions-Policy"] = noDevices
		h["Cross-Origin-Resource-Policy"] = sameOrigin
	}
}

// unchanged answers 304 for a page whose bytes, or compressed forms, are not
// there, if the reader has the form that it would get: the tag says so without any
// bytes, and a crawler that comes again costs nothing. It reports whether it did.
func (p *page) unchanged(w http.ResponseWriter, r *http.Request) bool {
	match, conditional := r.Header["If-None-Match"]
	if !conditional {
		return false
	}
	tag := p.box.mark(strings.TrimSuffix(p.file.ETag, `"`))
	switch br, gz := accepts(r.Header["Accept-Encoding"]); {
	case br:
		tag += brotliTag
	case gz:
		tag += gzipTag
	}
	tag += `"`
	for _, list := range match {
		if listed(list, tag) && !strings.Contains(list, "*") { // "*" names no form
			p.brief(w.Header(), &forms{squeeze: true}, &form{etag: []string{tag}})
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// exposed: Last-Modified may be read without a word (Fetch standard).
var exposed = []string{"ETag"}

// serve answers GET and HEAD with one of the forms of the page.
func (p *page) serve(w http.ResponseWriter, r *http.Request, all *forms) {
	f, c := all.choose(r), connOf(r)
	if fresh(r.Header, f.etag[0], p.since) {
		c.say(w, &f.brief, func(h http.Header) { p.brief(h, all, f) })
		w.WriteHeader(http.StatusNotModified)
		return
	}
	// Ranges are not served (F13): a feed is read whole, and many ranges of
	// one file are an old way to make a server send a lot.
	c.say(w, &f.full, func(h http.Header) { p.head(h, all, f) })
	h := w.Header()
	h["Content-Type"] = p.media // net/http has to know these two
	h["Content-Length"] = f.length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		c.answer(w, f.body)
	}
}

// error sends the page with another status, and without validators.
func (p *page) error(w http.ResponseWriter, r *http.Request, all *forms, code int) {
	h := w.Header()
	secure(h)
	h["Content-Type"] = p.media
	h["Content-Length"] = all.identity.length
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(all.identity.body)
	}
}

// refuse answers other methods than GET and HEAD.
func (p *page) refuse(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Allow", allow) // F13
	if r.Method != http.MethodOptions {
		status(w, r, http.StatusMethodNotAllowed, "method not allowed\n")
		return
	}
	secure(h)
	if p.feed {
		// A script that asks conditionally is preflighted, since
		// If-None-Match is not among the headers it may send unasked (F17).
		h["Access-Control-Allow-Origin"] = anyOrigin
		h.Set("Access-Control-Allow-Methods", "GET, HEAD")
		h.Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since")
		h.Set("Access-Control-Max-Age", "86400")
	}
	w.WriteHeader(http.StatusNoContent)
}
