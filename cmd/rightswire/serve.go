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
