package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// deskPages is the hand of the desk's pages: it does what the commands do, on
// the database of the daemon that serves them.
type deskPages struct {
	app   *app
	store *storage.Store

	changed func() // the archive is another one: publish
	rules   *deskRules

	editing sync.Mutex // one change of the files at a time

	cfg     atomic.Pointer[config.Config] // in effect
	guest   atomic.Pointer[fetch.Client]  // that polls go out by
	sources atomic.Pointer[[]news.Source] // as the files have them, which the daemon may not have read yet
	refused atomic.Pointer[[]string]      // why the files are not in effect, a line each; nil: they are
}

// maxRefused is how many mistakes every page shows.
const maxRefused = 5

// refuse tells everybody at the desk why the files are not in effect; nil says
// that they are.
func (d *deskPages) refuse(err error) {
	if err == nil {
		d.refused.Store(nil)
		return
	}
	lines := strings.Split(err.Error(), "\n")
	if n := len(lines) - maxRefused; n > 0 {
		lines = append(lines[:maxRefused], fmt.Sprintf("and %d more; \"rightswire check\" lists them all", n))
	}
	d.refused.Store(&lines)
}

// whyRefused is what [deskPages.refuse] was told.
func (d *deskPages) whyRefused() []string {
	if lines := d.refused.Load(); lines != nil {
		return *lines
	}
	return nil
}

// newDeskPages returns the desk's pages of a daemon and where they are served;
// nil if nobody could log in.
func newDeskPages(w *wire) (*deskPages, error) {
	c := w.cfg.Admin
	if !c.On() {
		if w.app.adminListen != "" && !w.cfg.Metrics.On() {
			return nil, usagef("--admin-listen: nobody could log in to the desk's pages, so they are not served; make a password with \"rightswire admin password\" and name its file under admin.password_file in %s", w.app.config)
		}
		return nil, nil
	}
	d := &deskPages{app: w.app, store: w.store}
	d.rules = &deskRules{deskPages: d}
	d.use(w)
	return d, nil
}

// use takes over what is in effect now.
func (d *deskPages) use(w *wire) {
	d.cfg.Store(w.cfg)
	d.guest.Store(w.fetcher)
	list := w.cfg.Written()
	d.sources.Store(&list)
}

// handler is the pages themselves.
func (d *deskPages) handler() (http.Handler, error) {
	cfg := d.cfg.Load()
	opt := admin.Options{
		Site: cfg.Site.Title, Login: d.login(cfg.Admin), Audit: d.store, Now: d.app.now, Log: d.app.log, Refused: d.whyRefused, Sources: deskSources{d, &deskStates{}}, Items: deskItems{d.store, d},
		Stories: deskStories{d}, Config: deskConfig{d}, Health: &deskHealth{deskPages: d}, Taxonomy: d.rules,
		Finder: &deskFinder{deskPages: d}, Importer: deskImporter{d},
	}
	if opt.Login.People != nil {
		if _, err := opt.Login.People(); err != nil {
			return nil, err
		}
	}
	return admin.New(opt)
}

// login says who gets in.
func (d *deskPages) login(c config.Admin) admin.Login {
	l := admin.Login{
		ProxyHeader: c.ProxyHeader, ProxyFrom: c.ProxyFrom, Secure: strings.HasPrefix(c.URL, "https://"),
		Idle: c.Idle.Std(), Max: c.Session.Std(),
	}
	switch {
	case c.Password != "":
		l.People = func() ([]admin.Person, error) {
			list, err := admin.ParsePeople(string(c.Password))
			return list, wrapIf("admin.password", err)
		}
	case c.PasswordFile != "":
		// Read at each request: who is taken out of the file is out at once.
		path := d.app.beside(c.PasswordFile)
		l.People = func() ([]admin.Person, error) {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("admin.password_file: %w; make it with \"rightswire admin password\"", err)
			}
			list, err := admin.ParsePeople(string(text))
			return list, wrapIf(path, err)
		}
	}
	return l
}

// wrapIf says what an error is about, if it is one.
func wrapIf(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// listenDesk opens the address of the desk's pages, and returns what serves them
// and the metrics there. It does nothing if neither are served.
func (d *daemon) listenDesk(ctx context.Context) (serve func(context.Context) error, err error) {
	app, cfg, h := d.wire.app, d.wire.cfg, http.NotFoundHandler()
	if d.desk == nil && !cfg.Metrics.On() {
		return func(context.Context) error { return nil }, nil
	}
	if d.desk != nil {
		if h, err = d.desk.handler(); err != nil {
			return nil, fmt.Errorf("serve the desk's pages: %w", err)
		}
	}
	at := app.adminListen
	if at == "" {
		at = cfg.Admin.Listen
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", at)
	if err != nil {
		return nil, fmt.Errorf("listen for the desk: %w%s", err, ifTaken(err, "admin.listen or --admin-listen"))
	}
	app.log.LogAttrs(ctx, slog.LevelInfo, "serving the desk's pages", slog.String("listen", ln.Addr().String()))
	srv := admin.NewServer(d.forOperators(h), at)
	return func(ctx context.Context) error { return serveUntil(ctx, srv, ln) }, nil
}

// serveUntil serves until ctx ends, then lets requests in flight finish.
func serveUntil(ctx context.Context, srv *http.Server, ln net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		return errors.Join(err, srv.Close())
	}
	return nil
}
