package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
	"github.com/rightswire/rightswire/publisher/web"
	"github.com/rightswire/rightswire/storage"
)

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
	sum, err := d.wire.pass(ctx, aggregator.Selection{})
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
