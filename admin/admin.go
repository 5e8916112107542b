// Package admin is the desk's pages: what the people who run the wire see of it
// and do to it in a browser.
//
// It decides who gets in, what a request may do, what is put on record, and how
// things are shown. What an action does, it does not decide: the commands and
// these pages share one hand, which cmd passes in by way of the small interfaces
// that stand beside each page. It knows no file, no database and no network.
//
// It is a room of its own because it is the one place where somebody from
// outside can change anything. All of its rules of security are here, in files
// of their own, and its pages run no script at all.
package admin

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"
)

// Options are what the desk's pages are made of.
type Options struct {
	Site  string           // the site's title
	Login Login            // who gets in
	Audit Audit            // where it is put on record what was done
	Now   func() time.Time // the clock
	Log   *slog.Logger     // for what is put on record, and failed requests

	// Refused says, a line each, why the newsroom's files as they are now are
	// not in effect; nothing if they are. Every page shows it. May be nil.
	Refused func() []string

	Sources Sources
	Items   Items
	Stories Stories
	Config  Config
	Health  Health

	Taxonomy Taxonomy
	Finder   Finder
	Importer Importer
}

// Login says who gets in, and for how long.
type Login struct {
	People      func() ([]Person, error) // who may log in by password, read at each request; nil: nobody
	ProxyHeader string                   // request header in which a proxy names who has logged in there; "": none
	ProxyFrom   []netip.Prefix           // the only addresses from which ProxyHeader and X-Forwarded-For are believed
	Secure      bool                     // browsers come by https: the cookie is for that only
	Idle        time.Duration            // a session ends when nothing was asked for as long
	Max         time.Duration            // and at the latest after this
}

// ErrNobody is returned by [New] when nobody could log in: pages that nobody
// has to log in for are not served.
var ErrNobody = errors.New("nobody can log in to the desk's pages")

// Desk serves the desk's pages below /admin/. It is safe for concurrent use.
type Desk struct {
	opt      Options
	pages    pages
	sessions *sessions
	throttle *throttle
	hashing  chan struct{} // one password at a time: each takes 64 MiB
	handler  http.Handler
}

// New returns the desk's pages. It returns [ErrNobody] if opt.Login has neither
// people nor a proxy to believe.
func New(opt Options) (*Desk, error) {
	if l := opt.Login; l.People == nil && (l.ProxyHeader == "" || len(l.ProxyFrom) == 0) {
		return nil, ErrNobody
	}
	p, err := parsePages()
	if err != nil {
		return nil, err
	}
	d := &Desk{opt: opt, pages: p, sessions: newSessions(opt.Login, opt.Now), throttle: newThrottle(opt.Now), hashing: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	d.routes(mux)
	d.handler = guard(mux)
	return d, nil
}

// ServeHTTP implements [http.Handler].
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// routes is every address of the desk.
func (d *Desk) routes(mux *http.ServeMux) {
	static(mux)
	mux.Handle("GET /{$}", http.RedirectHandler(home, http.StatusSeeOther))
	mux.Handle("GET /admin/login", d.open(d.loginPage))
	mux.Handle("POST /admin/login", d.open(d.login))
	d.form(mux, "POST /admin/logout", smallForm, d.logout)

	d.show(mux, "GET /admin/{$}", d.sourcesPage)
	d.show(mux, "GET /admin/sources/{id}", d.sourcePage)
	d.show(mux, "GET /admin/sources/{id}/preview", d.previewPage)
	d.act(mux, "POST /admin/sources/{id}/{deed}", smallForm, d.editSource)

	d.show(mux, "GET /admin/add", d.addPage)
	d.form(mux, "POST /admin/add/search", smallForm, d.searchPage)
	d.act(mux, "POST /admin/add/save", smallForm, d.add)
	d.show(mux, "GET /admin/import", d.importPage)
	d.form(mux, "POST /admin/import", textForm, d.planImport)
	d.form(mux, "POST /admin/import/{deed}", textForm, d.planImport)

	d.show(mux, "GET /admin/items", d.itemsPage)
	d.show(mux, "GET /admin/items/{id}", d.itemPage)
	d.act(mux, "POST /admin/items/{id}/{deed}", smallForm, d.editItem)

	d.show(mux, "GET /admin/stories", d.storiesPage)
	d.show(mux, "GET /admin/stories/{id}", d.storyPage)
	d.act(mux, "POST /admin/stories/{id}/{deed}", smallForm, d.editStory)

	d.show(mux, "GET /admin/health", d.healthPage)
	d.show(mux, "GET /admin/digest", d.digestPage)

	d.show(mux, "GET /admin/taxonomy", d.taxonomyPage)
	d.show(mux, "GET /admin/taxonomy/test", d.testPage)
	d.act(mux, "POST /admin/taxonomy/test", textForm, d.startTest)

	d.show(mux, "GET /admin/config", d.configPage)
	d.editor(mux, "POST /admin/config/{deed}", d.editConfig)

	d.show(mux, "GET /admin/log", d.auditPage)
}

// home is where the desk begins.
const home = "/admin/"
