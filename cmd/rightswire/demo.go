package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire"
	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/cmd/rightswire/demo"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// The demo's time. A wave of news is an hour of the demo's time and twenty
// seconds of the visitor's, so that the waves end at the visitor's own
// present.
const (
	demoStep  = time.Hour
	demoSpeed = int64(demoStep / (20 * time.Second))
)

// newDemo is the command "demo".
func newDemo(a *app) *cobra.Command {
	var once bool
	var out, listen string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "The whole product on a small bundled newsroom, no network needed",
		Long: `Starts a small origin on loopback that publishes the feeds of outlets that do
not exist, in eleven languages, some of them broken on purpose, and runs the
whole product on it: the same fetcher, reader, archive and pages as on real
sources. Time moves faster, so that news arrives while you watch. Nothing is
left behind.`,
		Example: `  rightswire demo
  rightswire demo --once --out site/`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case once && out == "":
				return usagef("--once needs --out FOLDER, the folder that the site is written to")
			case !once && out != "":
				return usagef("--out goes with --once; without it the demo serves the site")
			case once:
				return a.demoOnce(cmd.Context(), out)
			}
			return a.demoServe(cmd.Context(), listen)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "write the site into a folder and exit")
	cmd.Flags().StringVar(&out, "out", "", "the `folder` for --once")
	cmd.Flags().StringVar(&listen, "listen", "localhost:8080", "`address` to serve at; a free port if it is taken")
	offer(cmd, "out", folders)
	return cmd
}

// demoConfig is the part of config.yaml that the demo writes.
type demoConfig struct {
	Site     map[string]string `yaml:"site"`
	Database string            `yaml:"database"`
	Listen   string            `yaml:"listen"`
	Schedule map[string]string `yaml:"schedule"`
	Fetch    map[string]any    `yaml:"fetch"`
	Publish  map[string]any    `yaml:"publish"`
	Include  []string          `yaml:"include"`
	Sources  []news.Source     `yaml:"sources"`
}

// stage sets the demo up in a folder of its own: the origin, and a newsroom
// that subscribes to it. strike takes it down.
func (a *app) stage(start time.Time, siteURL, listen string) (origin *demo.Origin, strike func(), err error) {
	dir, err := os.MkdirTemp("", "rightswire-demo-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) } // a leftover in the temporary folder does no harm
	origin, err = demo.NewOrigin(demo.Options{Start: start, Step: demoStep})
	if err != nil {
		remove()
		return nil, nil, fmt.Errorf("read the bundled newsroom: %w", err)
	}
	base, err := origin.Listen()
	if err != nil {
		remove()
		return nil, nil, fmt.Errorf("start the demo's origin: %w", err)
	}
	strike = func() {
		_ = origin.Close() // nobody is left to read from it
		remove()
	}
	if err := writeDemoConfig(dir, demo.Sources(base), siteURL, listen); err != nil {
		strike()
		return nil, nil, err
	}
	a.config = filepath.Join(dir, "config.yaml")
	return origin, strike, nil
}

// writeDemoConfig writes the newsroom's configuration and the taxonomy that
// the program carries.
func writeDemoConfig(dir string, sources []news.Source, siteURL, listen string) error {
	taxonomy, err := rightswire.Newsroom.ReadFile("taxonomy.yaml")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "taxonomy.yaml"), taxonomy, 0o644); err != nil {
		return err
	}
	conf, err := yaml.Marshal(demoConfig{
		Site: map[string]string{
			"title": "Rightswire demo", "description": "Invented human-rights and labor news from outlets that do not exist",
			"url": siteURL, "language": "en", "contact": "desk@example.org",
		},
		Database: "rightswire.db", Listen: listen,
		Schedule: map[string]string{"poll": "@every 2s", "publish": "@every 1m"},
		// One origin plays all outlets, so there is nobody to be polite to but
		// ourselves; the intervals are in the demo's fast time.
		Fetch: map[string]any{
			"interval": map[string]string{"min": "10m", "default": "10m", "max": "1h"}, "floor": "5m",
			"per_domain": map[string]any{"connections": 4, "gap": "0s"}, "allow": []string{"127.0.0.0/8"},
		},
		Publish: map[string]any{"content": "excerpt"},
		Include: []string{"taxonomy.yaml"},
		Sources: sources,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "config.yaml"), conf, 0o644)
}

// demoOnce lets all the news arrive, one wave after another, and writes the
// site into a folder.
func (a *app) demoOnce(ctx context.Context, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	start := a.now().Add(-time.Duration(demo.Waves()) * demoStep).Truncate(time.Second)
	origin, strike, err := a.stage(start, "https://wire.example.org", "localhost:8080")
	if err != nil {
		return err
	}
	defer strike()
	clock := start
	a.now = func() time.Time { return clock }
	cfg, err := a.load()
	if err != nil {
		return err
	}
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	for more := true; more && err == nil; more = origin.Advance() {
		var sum aggregator.Summary
		if sum, err = w.pass(ctx, w.cfg.Sources, aggregator.Selection{}); err == nil {
			fmt.Fprintf(a.out, "%s  %s\n", clock.UTC().Format("15:04"), describe(sum))
		}
		clock = clock.Add(demoStep)
	}
	if err == nil {
		_, err = w.publishTo(ctx, out, (*publisher.Builder).Build, nil)
	}
	return errors.Join(err, w.close())
}

// demoServe runs the daemon on the bundled newsroom until it is interrupted.
func (a *app) demoServe(ctx context.Context, listen string) error {
	listen, err := freeAddress(ctx, listen)
	if err != nil {
		return err
	}
	begun := time.Now()
	start := begun.Add(-time.Duration(demo.Waves()) * demoStep).Truncate(time.Second)
	origin, strike, err := a.stage(start, "http://"+visited(listen), listen)
	if err != nil {
		return err
	}
	defer strike()
	a.now = fastClock(start, begun, time.Now)
	cfg, err := a.load()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.advance(ctx, origin) })
	g.Go(func() error {
		return a.serve(ctx, cfg, listen, func(string) {
			fmt.Fprintf(a.out, "open http://%s/ in a browser; news arrives every twenty seconds; Ctrl-C ends the demo\n", visited(listen))
		})
	})
	return g.Wait()
}

// visited is the address that a browser on this machine opens for one that is
// listened at: "all interfaces" is no place to go to.
func visited(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip, bad := netip.ParseAddr(host); err == nil && (host == "" || bad == nil && ip.IsUnspecified()) {
		return net.JoinHostPort("localhost", port)
	}
	return listen
}

// advance lets a wave of news come out every twenty seconds.
func (a *app) advance(ctx context.Context, origin *demo.Origin) error {
	tick := time.NewTicker(demoStep / time.Duration(demoSpeed))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if !origin.Advance() {
				fmt.Fprintln(a.out, "all the news is in; the demo goes on serving")
				return nil
			}
			fmt.Fprintf(a.out, "wave %d of %d came out\n", origin.Wave()+1, demo.Waves())
		}
	}
}

// fastClock returns a clock that starts in the past and runs faster until it
// has caught up with the present; from then on it is the present. It never
// shows the future: a date that lies ahead of the readers' clocks would be
// wrong in every feed.
func fastClock(start, begun time.Time, now func() time.Time) func() time.Time {
	return func() time.Time {
		real := now()
		fast := start.Add(real.Sub(begun) * time.Duration(demoSpeed))
		if fast.After(real) {
			return real
		}
		return fast
	}
}

// freeAddress returns an address that can be listened at: the one asked for,
// or a free port of the same host.
func freeAddress(ctx context.Context, listen string) (string, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		host, _, splitErr := net.SplitHostPort(listen)
		if splitErr != nil {
			return "", usagef("--listen: %q is not an address; localhost:8080 is one", listen)
		}
		if ln, err = lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0")); err != nil {
			return "", err
		}
	}
	// The port was perhaps chosen by the system; the host stays as it was asked
	// for, since it is what people will open.
	host, _, _ := net.SplitHostPort(listen)
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return net.JoinHostPort(host, port), ln.Close()
}
