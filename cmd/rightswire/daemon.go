package main

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/pages"
	"github.com/rightswire/rightswire/publisher/web"
	"github.com/rightswire/rightswire/publisher/web/hub"
	"github.com/rightswire/rightswire/storage"
)

// daemon is a wire that runs: one goroutine polls and publishes, the server
// reads what it published last.
type daemon struct {
	wire      *wire
	lock      *runLock
	beside    bool // workers poll, group and deliver: see serveBeside
	hubs      *hubs
	ownHub    *hub.Hub   // nil: none
	desk      *deskPages // nil: nobody could log in
	handler   *web.Handler
	builder   *publisher.Builder
	site      *publisher.Site
	delivered delivered
	clock     *cron.Cron // turns the schedule into wishes

	began  *config.Config // as the daemon was started with
	listen string         // where it listens, whatever began says
	files  []string       // of the configuration that was looked at last, good or bad

	refused refusal // what was logged last about a bad one

	// What is to be tried again at the next tick of the publishing schedule.
	pending *config.Config // a good configuration that is not wholly in effect; nil: none
	behind  bool           // the database or publish.to lacks what the site has

	care   deskCare
	keeper keeper
	passes passes

	inEffect atomic.Pointer[config.Config] // for whoever is not the loop

	kick  chan struct{} // a poll is wanted
	force chan struct{} // a publication is wanted, poll or not
	index chan struct{} // the search index may lack something
}

// newDaemon returns a daemon on an open wire that will listen at an address.
func newDaemon(w *wire, listen string) (*daemon, error) {
	box, err := searchBox(w.cfg)
	if err != nil {
		return nil, err
	}
	desk, err := newDeskPages(w)
	if err != nil {
		return nil, err
	}
	d := &daemon{
		desk: desk,
		wire: w, hubs: newHubs(w), ownHub: newHub(w), began: w.cfg, listen: listen, files: w.cfg.Files(),
		handler: web.New(web.Options{MaxAge: publishInterval(w.cfg), Box: box, Spot: pages.SearchSpot}),
		kick:    make(chan struct{}, 1), force: make(chan struct{}, 1),
		index: make(chan struct{}, 1), care: deskCare{chores: make(chan chore, 1)}, keeper: newKeeper(),
	}
	d.inEffect.Store(w.cfg)
	d.passes.note(w.app.now())
	w.metrics = newMetrics()
	w.metrics.registry.MustRegister(&gauges{d: d})
	w.app.polls.count.Store(w.metrics)
	if desk != nil {
		desk.changed = func() { want(d.force) }
	}
	return d, nil
}

// loop polls and publishes when it is told to, one after another, and takes
// over a changed configuration in between.
func (d *daemon) loop(ctx context.Context) error {
	defer d.hubs.end()
	watcher := watch(ctx, d.files, d.wire.app.log)
	defer watcher.stop()
	if d.missed() {
		want(watcher.changed)
	}
	if err := d.reschedule(); err != nil {
		return err
	}
	defer func() { d.clock.Stop() }()
	want(d.kick)
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-watcher.changed:
			err = d.reload(ctx)
			if watcher.follow(ctx, d.files) {
				want(watcher.changed)
			}
		case <-d.kick:
			err = d.lock.during(ctx, d.poll)
		case <-d.force:
			err = d.lock.during(ctx, d.publish)
		case m := <-d.hubs.messages:
			err = d.receive(ctx, m)
		case <-d.index:
			err = d.indexSome(ctx)
		}
		if err := d.survive(ctx, err); err != nil {
			return err
		}
	}
}

// indexTurn is how long polls may have to wait for the search index, which is
// brought up to date between them.
const indexTurn = 250 * time.Millisecond

// indexSome brings the search index on for a while, and asks to go on if there
// is more to do.
func (d *daemon) indexSome(ctx context.Context) error {
	more, err := d.wire.index(ctx, indexTurn)
	if more {
		want(d.index)
	}
	return err
}

// missed reports whether the configuration is another one than the daemon was
// started with: it may have been written before anybody watched.
func (d *daemon) missed() bool {
	cfg, err := d.wire.app.read()
	return err != nil || !reflect.DeepEqual(cfg, d.wire.cfg)
}

// survive decides what an error does to the daemon: a full disk or a locked
// database must not take the site away from its readers. It is logged and
// tried again at the next tick; only a damaged database, or the end of ctx,
// ends the daemon.
func (d *daemon) survive(ctx context.Context, err error) error {
	d.care.notePass(err, d.wire.app.now())
	if ctx.Err() == nil {
		d.wire.metrics.step(err)
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, storage.ErrDamaged) {
		return err
	}
	d.wire.app.log.LogAttrs(ctx, slog.LevelError, "pass failed, trying again at the next tick", slog.Any("err", err))
	return nil
}

// poll is one pass; when it brought something, it is published at once. Hubs
// come last, since one that is slow must not keep news from readers.
func (d *daemon) poll(ctx context.Context) error {
	if d.beside {
		return d.follow(ctx)
	}
	defer want(d.index)
	defer d.tend()
	if err := d.hubs.refresh(ctx); err != nil {
		return err
	}
	sum, err := d.wire.pass(ctx, d.wire.cfg.Sources, aggregator.Selection{Gentle: true})
	if err != nil {
		return err
	}
	d.passes.note(d.wire.app.now())
	d.wire.metrics.passed(d.wire.app.now())
	if sum.Polled > 0 {
		d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "polled", slog.Int("sources", sum.Polled), slog.Int("failed", sum.Failed),
			slog.Int("items_new", sum.New), slog.Int("items_changed", sum.Changed))
	}
	fresh, err := d.hubs.takeWaiting(ctx)
	if err != nil {
		return err
	}
	if sum.New+sum.Changed > 0 || fresh {
		if err := d.publish(ctx); err != nil {
			return err
		}
	}
	return d.hubs.keep(ctx)
}

// receive reads what a hub sent; when it brought something, it is published at
// once.
func (d *daemon) receive(ctx context.Context, m message) error {
	defer want(d.index)
	earlier, err := d.hubs.takeWaiting(ctx) // or an old text would replace a new one
	if err != nil {
		m.done <- err
		return err
	}
	fresh, err := d.hubs.take(ctx, m)
	if err != nil || !fresh && !earlier {
		return err
	}
	return d.publish(ctx)
}

// publish brings the served site, and the folder if there is one, up to date,
// and does what could not be done before.
func (d *daemon) publish(ctx context.Context) error {
	if d.pending != nil {
		return d.takeOver(ctx)
	}
	if err := d.wire.store.Publish(ctx); err != nil {
		return err
	}
	site, report, err := d.builder.Update(ctx, d.site)
	if err != nil {
		return err
	}
	if report.Rendered+report.Removed+len(report.Failed) > 0 {
		return d.show(ctx, site, report)
	}
	if d.behind {
		return d.keep(ctx)
	}
	return nil
}

// rebuild makes the site anew for the current configuration.
func (d *daemon) rebuild(ctx context.Context) error {
	b, err := d.newBuilder(ctx)
	if err != nil {
		return err
	}
	if err := d.wire.store.Publish(ctx); err != nil {
		return err
	}
	if d.site == nil {
		d.handler.Begin(ctx, b)
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
	if d.ownHub != nil {
		d.ownHub.Swap(site)
	}
	if err := report.Err(); err != nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "some files were not rendered", slog.Any("err", err))
	}
	if report.Rendered > 0 {
		d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "published", slog.Int("rendered", report.Rendered),
			slog.Int("unchanged", report.Unchanged), slog.Int("removed", report.Removed))
	}
	return d.keep(ctx)
}

// keep stores what was published and writes the site to publish.to. A disk
// that is full or a folder that cannot be written must not take the served
// site down, nor keep the other from being done: it is logged, and tried again
// at the next tick.
func (d *daemon) keep(ctx context.Context) error {
	if d.beside {
		d.wire.metrics.kept(true, len(d.site.Files), d.wire.app.now())
		return nil // the publisher among the workers does
	}
	err := d.wire.remember(ctx, d.site)
	if errors.Is(err, storage.ErrDamaged) {
		return err
	}
	if err != nil && ctx.Err() == nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "what was published was not stored", slog.Any("err", err))
	}
	delivered := d.deliver(ctx)
	d.care.noteKept(err, delivered)
	d.wire.metrics.kept(err == nil && delivered, len(d.site.Files), d.wire.app.now())
	want(d.wire.pings.kick)
	d.behind = err != nil || !delivered
	return nil
}

// deliver writes the site to publish.to, if that is set, and reports whether
// it holds the site now.
func (d *daemon) deliver(ctx context.Context) bool {
	to := d.wire.app.beside(d.wire.cfg.Publish.To)
	if to == "" {
		return true
	}
	res, err := d.delivered.next(ctx, d.wire, d.wire.cfg.Publish.Verify.Std(), d.site, to)
	if n := res.Written.Len() + len(res.Removed); err == nil && n > 0 {
		d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "delivered", slog.String("to", to), slog.Int("written", res.Written.Len()), slog.Int("removed", len(res.Removed)))
	}
	if err != nil && ctx.Err() == nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "site was not delivered", slog.String("to", to), slog.Any("err", err))
	}
	return err == nil
}

// want leaves a wish; one that is there already is enough.
func want(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
