package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
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
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "The daemon: poll on schedule, publish, and serve the site",
		Long: `Polls sources when they are due, publishes after every poll that changed
something, and serves the site. A changed config.yaml is taken over by itself,
or at once on SIGHUP; one with mistakes is reported and refused, and the last
good one stays. SIGTERM ends it cleanly.`,
		Example: `  rightswire serve
  rightswire serve --config /etc/rightswire/config.yaml --listen :8080`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if listen == "" {
				listen = cfg.Listen
			}
			return a.serve(cmd.Context(), cfg, listen, nil)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "`address` of the public site instead of listen in config.yaml")
	return cmd
}

// daemon is a wire that runs: one goroutine polls and publishes, the server
// reads what it published last.
type daemon struct {
	wire    *wire
	handler *web.Handler
	builder *publisher.Builder
	site    *publisher.Site

	kick  chan struct{} // a poll is wanted
	force chan struct{} // a publication is wanted, poll or not
}

// serve runs the daemon until ctx ends. ready, if not nil, is told the
// address once the site is up.
func (a *app) serve(ctx context.Context, cfg *config.Config, listen string, ready func(addr string)) error {
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	unlock, err := w.lockRun(ctx, 0)
	if errors.Is(err, storage.ErrHeld) {
		a.log.LogAttrs(ctx, slog.LevelInfo, "waiting for a daemon or a run on this database to end", slog.Duration("at_most", handover))
		unlock, err = w.lockRun(ctx, handover)
	}
	if errors.Is(err, storage.ErrHeld) {
		err = fmt.Errorf("%w: a daemon or a run is at work on this database already; stop it, or name another database", err)
	}
	if err != nil {
		return errors.Join(err, w.close())
	}
	defer unlock()
	d := &daemon{wire: w, kick: make(chan struct{}, 1), force: make(chan struct{}, 1)}
	err = d.run(ctx, listen, ready)
	return errors.Join(err, w.close())
}

// run starts the parts and waits for the end of ctx or of one of them.
func (d *daemon) run(ctx context.Context, listen string, ready func(string)) error {
	d.handler = web.New(web.Options{MaxAge: publishInterval(d.wire.cfg), Base: basePath(d.wire.cfg.Site.URL)})
	if err := d.rebuild(ctx); err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen for readers: %w", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	srv := web.NewServer(d.handler, listen)
	g.Go(func() error { return serveUntil(ctx, srv, ln) })
	g.Go(func() error { return d.loop(ctx) })
	d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "serving", slog.String("listen", ln.Addr().String()), slog.Int("files", len(d.site.Files)))
	if ready != nil {
		ready(ln.Addr().String())
	}
	err = g.Wait()
	d.wire.app.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelInfo, "stopped")
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
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

// loop polls and publishes when it is told to, one after another, and takes
// over a changed configuration in between.
func (d *daemon) loop(ctx context.Context) error {
	reload, stop := watch(ctx, d.wire.app.config, d.wire.app.log)
	defer stop()
	clock, err := d.schedule()
	if err != nil {
		return err
	}
	defer func() { clock.Stop() }()
	want(d.kick)
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-reload:
			if err = d.reload(ctx); err == nil {
				clock.Stop()
				if next, bad := d.schedule(); bad == nil {
					clock = next
				} else {
					err = bad
				}
			}
		case <-d.kick:
			err = d.poll(ctx)
		case <-d.force:
			err = d.publish(ctx)
		}
		if err := d.survive(ctx, err); err != nil {
			return err
		}
	}
}

// survive decides what an error does to the daemon: a full disk or a locked
// database must not take the site away from its readers. It is logged and
// tried again at the next tick; only a damaged database, or the end of ctx,
// ends the daemon.
func (d *daemon) survive(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || errors.Is(err, storage.ErrDamaged) {
		return err
	}
	d.wire.app.log.LogAttrs(ctx, slog.LevelError, "pass failed, trying again at the next tick", slog.Any("err", err))
	return nil
}

// poll is one pass; when it brought something, it is published at once.
func (d *daemon) poll(ctx context.Context) error {
	sum, err := d.wire.pass(ctx, aggregator.Selection{Gentle: true})
	if err != nil {
		return err
	}
	if sum.Polled > 0 {
		d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "polled", slog.Int("sources", sum.Polled), slog.Int("failed", sum.Failed),
			slog.Int("items_new", sum.New), slog.Int("items_changed", sum.Changed))
	}
	if sum.New+sum.Changed == 0 {
		return nil
	}
	return d.publish(ctx)
}

// publish brings the served site, and the folder if there is one, up to date.
func (d *daemon) publish(ctx context.Context) error {
	site, report, err := d.builder.Update(ctx, d.site)
	if err != nil {
		return err
	}
	if report.Rendered+report.Removed+len(report.Failed) == 0 {
		return nil
	}
	return d.show(ctx, site, report)
}

// rebuild makes the site anew for the current configuration.
func (d *daemon) rebuild(ctx context.Context) error {
	b, err := d.wire.builder(ctx)
	if err != nil {
		return err
	}
	site, report, err := b.Build(ctx)
	if err != nil {
		return err
	}
	d.builder = b
	return d.show(ctx, site, report)
}

// show hands a new site to the server and delivers it. Files that could not be
// rendered are logged; the last good ones stay in the site (F39).
func (d *daemon) show(ctx context.Context, site *publisher.Site, report publisher.Report) error {
	d.site = site
	d.handler.Swap(site)
	if err := report.Err(); err != nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "some files were not rendered", slog.Any("err", err))
	}
	if report.Rendered > 0 {
		d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "published", slog.Int("rendered", report.Rendered),
			slog.Int("unchanged", report.Unchanged), slog.Int("removed", report.Removed))
	}
	if err := d.wire.remember(ctx, site); err != nil {
		return err
	}
	return d.deliver(ctx)
}

// deliver writes the site to publish.to. A folder that cannot be written must
// not take the served site down: it is logged and tried again next time.
func (d *daemon) deliver(ctx context.Context) error {
	to := d.wire.app.beside(d.wire.cfg.Publish.To)
	if to == "" {
		return nil
	}
	_, err := deliver.Deliver(ctx, d.site, deliver.Options{Dir: to})
	if err != nil && ctx.Err() == nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "site was not delivered", slog.String("to", to), slog.Any("err", err))
	}
	return nil
}

// reload takes a changed config.yaml over, or says why not and keeps the old.
func (d *daemon) reload(ctx context.Context) error {
	app := d.wire.app
	cfg, err := app.load()
	if err == nil {
		err = d.wire.configure(ctx, cfg)
	}
	if err != nil {
		if fatal(err) {
			return err
		}
		app.log.LogAttrs(ctx, slog.LevelError, "changed configuration refused, the last good one stays", slog.Any("err", err))
		return nil
	}
	app.log.LogAttrs(ctx, slog.LevelInfo, "configuration reloaded", slog.Int("sources", len(cfg.Sources)))
	if err := d.rebuild(ctx); err != nil {
		return err
	}
	want(d.kick)
	return nil
}

// want leaves a wish; one that is there already is enough.
func want(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// schedule starts turning the configured schedule into wishes.
func (d *daemon) schedule() (*cron.Cron, error) {
	cfg := d.wire.cfg.Schedule
	zone, err := time.LoadLocation(cfg.Timezone)
	if err != nil {
		return nil, err
	}
	c := cron.New(cron.WithLocation(zone))
	for _, t := range []struct {
		spec string
		wish chan<- struct{}
	}{{cfg.Poll, d.kick}, {cfg.Publish, d.force}} {
		if t.spec == "" {
			continue
		}
		if _, err := c.AddFunc(t.spec, func() { want(t.wish) }); err != nil {
			return nil, fmt.Errorf("schedule %q: %w", t.spec, err)
		}
	}
	c.Start()
	return c, nil
}

// basePath is the path of the site's public address: a proxy in front takes
// it off before it asks us.
func basePath(site string) string {
	u, err := url.Parse(site)
	if err != nil {
		return ""
	}
	return u.Path
}

// hangups delivers SIGHUP until stop is called.
func hangups() (c chan os.Signal, stop func()) {
	c = make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	var once sync.Once
	return c, func() { once.Do(func() { signal.Stop(c) }) }
}
