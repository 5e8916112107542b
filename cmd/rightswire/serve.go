package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher/web"
	"github.com/rightswire/rightswire/storage"
)

// shutdownGrace is how long requests and polls in flight may take to end
// after SIGTERM.
const shutdownGrace = 5 * time.Second

// handover is how long a daemon waits for the one before it, or for a run, to
// end: longer than shutdownGrace, so that a restart needs no sleep in between.
const handover = 10 * time.Second

// newServe is the command "serve".
func newServe(a *app) *cobra.Command {
	var listen string
	var noPoll bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "The daemon: poll on schedule, publish, and serve the site",
		Long: `Polls sources when they are due, publishes after every poll that changed
something, and serves the site. A changed config.yaml is taken over by itself,
or at once on SIGHUP; one with mistakes is reported and refused, and the last
good one stays. SIGTERM ends it cleanly.

With --no-poll it serves what workers bring ("rightswire work"): it polls,
groups and delivers nothing, and any number of such processes serve the same site
from one PostgreSQL.

The desk's pages have an address of their own. They are served when somebody can
log in: see "rightswire admin password".`,
		Example: `  rightswire serve
  rightswire serve --config /etc/rightswire/config.yaml --listen :8080
  rightswire serve --admin-listen localhost:9090`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err := errors.Join(err, a.checkPprof()); err != nil {
				return err
			}
			if listen == "" {
				listen = cfg.Listen
			}
			if noPoll {
				return a.serveBeside(cmd.Context(), cfg, listen, nil)
			}
			return a.serve(cmd.Context(), cfg, listen, nil)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "`address` of the public site instead of listen in config.yaml")
	cmd.Flags().StringVar(&a.adminListen, "admin-listen", "", "`address` of the desk's pages instead of admin.listen in config.yaml")
	cmd.Flags().BoolVar(&noPoll, "no-poll", false, "only serve, beside workers on the same PostgreSQL")
	cmd.Flags().StringVar(&a.pprof, "pprof", "", "also serve profiles of this process, at an `address` of this machine")
	return cmd
}

// serve runs the daemon until ctx ends. ready, if not nil, is told the
// address once the site is up.
func (a *app) serve(ctx context.Context, cfg *config.Config, listen string, ready func(addr string)) error {
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	lock, err := w.awaitPolls(ctx)
	if errors.Is(err, storage.ErrHeld) {
		if storage.IsPostgres(a.archive(cfg)) {
			a.log.LogAttrs(ctx, slog.LevelInfo, "beside workers, a daemon is started with --no-poll")
		}
		err = w.busy("stop it, or name another database")
	}
	if err != nil {
		return errors.Join(err, w.close())
	}
	defer lock.release()
	d, err := newDaemon(w, listen)
	if err == nil {
		d.lock = lock
		err = d.run(ctx, ready)
	}
	return errors.Join(err, w.close())
}

// run listens at once, so that whoever watches over the daemon hears that it
// is alive, builds the first site, and goes on until the end of ctx or of one
// of the parts.
func (d *daemon) run(ctx context.Context, ready func(string)) error {
	entry, err := openSockets(ctx, d.listen)
	if err != nil {
		return err
	}
	if d.desk != nil {
		defer d.desk.rules.end()
	}
	serveDesk, err := d.listenDesk(ctx)
	if err != nil {
		return errors.Join(err, entry.close())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serveDesk(ctx) })
	var site http.Handler = d.handler
	if d.wire.cfg.Fetch.WebSub {
		site = d.hubs.mount(site)
	}
	if d.ownHub != nil {
		site = mountHub(site, d.ownHub)
	}
	srv := web.NewServer(d.wire.metrics.counting(d.fresh(d.care.feed.mount(site, d.wire))), d.listen)
	srv.ConnState = entry.count
	for _, ln := range entry.listeners {
		g.Go(func() error { return entry.serve(ctx, srv, ln, d.handler.Ready()) })
	}
	g.Go(func() error { return d.lock.keep(ctx) })
	g.Go(func() error { return d.byOne(ctx, "hub", d.runHub) })
	g.Go(func() error { return d.byOne(ctx, "desk", d.housekeep) })
	g.Go(func() error { return d.byOne(ctx, "care", d.caretake) })
	g.Go(func() error { return d.wire.app.servePprof(ctx) })
	g.Go(func() error { return d.wire.pings.run(ctx, userAgent(d.began)) })
	g.Go(func() error {
		if err := d.begin(ctx, entry.addr(), ready); err != nil {
			return err
		}
		return d.loop(ctx)
	})
	g.Go(func() error { return d.wire.app.notify(ctx, d.handler.Ready()) })
	err = g.Wait()
	d.wire.app.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelInfo, "stopped")
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// begin builds the first site and says that it is there. A wire that cannot
// do that fails at once, in front of whoever started it.
func (d *daemon) begin(ctx context.Context, addr string, ready func(string)) error {
	log := d.wire.app.log
	log.LogAttrs(ctx, slog.LevelDebug, "listening", slog.String("listen", addr))
	if err := d.rebuild(ctx); err != nil {
		return err
	}
	log.LogAttrs(ctx, slog.LevelInfo, "serving", slog.String("listen", addr), slog.Int("files", len(d.site.Files)))
	if ready != nil {
		ready(addr)
	}
	return nil
}

// hangups delivers SIGHUP until stop is called.
func hangups() (c chan os.Signal, stop func()) {
	c = make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	var once sync.Once
	return c, func() { once.Do(func() { signal.Stop(c) }) }
}
