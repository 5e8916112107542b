package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
	"github.com/rightswire/rightswire/publisher/pages"
	"github.com/rightswire/rightswire/publisher/web"
	"github.com/rightswire/rightswire/publisher/web/hub"
	"github.com/rightswire/rightswire/storage"
)

// daemon is a wire that runs: one goroutine polls and publishes, the server
// reads what it published last.
type daemon struct {
	wire    *wire
	hubs    *hubs
	ownHub  *hub.Hub   // nil: none
	desk    *deskPages // nil: nobody could log in
	handler *web.Handler
	builder *publisher.Builder
	site    *publisher.Site
	clock   *cron.Cron // turns the schedule into wishes

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
			watcher.follow(ctx, d.files)
		case <-d.kick:
			err = d.poll(ctx)
		case <-d.force:
			err = d.publish(ctx)
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
	b, err := d.wire.builder(ctx)
	if err != nil {
		return err
	}
	if err := d.wire.store.Publish(ctx); err != nil {
		return err
	}
	if d.site == nil {
		d.handler.Begin(b)
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
	res, err := deliver.Deliver(ctx, d.site, d.wire.delivery(to))
	if n := len(res.Written) + len(res.Removed); err == nil && n > 0 {
		d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "delivered", slog.String("to", to), slog.Int("written", len(res.Written)), slog.Int("removed", len(res.Removed)))
	}
	if err != nil && ctx.Err() == nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "site was not delivered", slog.String("to", to), slog.Any("err", err))
	}
	return err == nil
}

// reload takes a changed config.yaml over, or says why not and keeps the old.
func (d *daemon) reload(ctx context.Context) error {
	app := d.wire.app
	cfg, err := app.read()
	if bad := (*config.Errors)(nil); errors.As(err, &bad) {
		d.files = bad.Files
	}
	if d.desk != nil {
		d.desk.refuse(err)
	}
	if err != nil {
		d.refuse(ctx, err)
		return nil
	}
	d.files, d.refused = cfg.Files(), refusal{}
	if d.pending == nil && reflect.DeepEqual(cfg, d.wire.cfg) {
		// What is set up anew forgets whom it asked when.
		app.log.LogAttrs(ctx, slog.LevelInfo, "configuration reloaded, nothing changed", slog.Int("sources", len(cfg.Sources)))
		return nil
	}
	d.pending = cfg
	return d.takeOver(ctx)
}

// refusal is what was said last about a bad configuration.
type refusal struct {
	text string
	at   time.Time
}

// sameRefusal is how long a refusal is not repeated: SIGHUP and the watcher
// tell of one change, one at once and the other when the files are quiet.
// Whoever sends SIGHUP later wants an answer.
const sameRefusal = 10 * settle

// refuse logs why a configuration was not taken over, once.
func (d *daemon) refuse(ctx context.Context, err error) {
	now := time.Now() // the demo's clock runs faster than the watcher
	if d.refused.text == err.Error() && now.Sub(d.refused.at) < sameRefusal {
		return
	}
	d.refused = refusal{err.Error(), now}
	d.wire.app.log.LogAttrs(ctx, slog.LevelError, "changed configuration refused, the last good one stays", slog.Any("err", err))
}

// takeOver puts the pending configuration into effect. What fails on the way
// is no fault of the configuration, which stays pending.
func (d *daemon) takeOver(ctx context.Context) error {
	cfg := d.pending
	if err := d.wire.configure(ctx, cfg); err != nil {
		return fmt.Errorf("take the changed configuration over: %w", err)
	}
	if err := d.reschedule(); err != nil {
		return fmt.Errorf("take the changed schedule over: %w", err)
	}
	if err := d.rebuild(ctx); err != nil {
		return fmt.Errorf("build the site for the changed configuration: %w", err)
	}
	d.pending = nil
	d.inEffect.Store(cfg)
	if d.desk != nil {
		d.desk.use(d.wire)
	}
	d.care.feed.set(cfg)
	d.wire.app.log.LogAttrs(ctx, slog.LevelInfo, "configuration reloaded", slog.Int("sources", len(cfg.Sources)))
	d.warnOfRestart(ctx, cfg)
	want(d.kick)
	return nil
}

// warnOfRestart says which changed keys a running daemon cannot follow.
func (d *daemon) warnOfRestart(ctx context.Context, cfg *config.Config) {
	for _, k := range []struct {
		key     string
		changed bool
	}{
		// --listen wins over the key, before and after.
		{"listen", cfg.Listen != d.began.Listen && d.listen == d.began.Listen},
		{"database", cfg.Database != d.began.Database},
		{"schedule.publish, for caches", publishInterval(cfg) != publishInterval(d.began)},
		{"fetch.websub", cfg.Fetch.WebSub != d.began.Fetch.WebSub},
		{"site.url, for the search box", sitePath(cfg) != sitePath(d.began)},
		{"site.url, for the hubs", cfg.Fetch.WebSub && cfg.Site.URL != d.began.Site.URL},
		{"publish.hub, to be a hub or none", isHub(cfg) != isHub(d.began)},
		{"metrics, to be served or not", cfg.Metrics.On() != d.began.Metrics.On() && d.desk == nil},
		{"admin", !reflect.DeepEqual(cfg.Admin, d.began.Admin)},
		{"publish.hub_limits", isHub(cfg) && cfg.Publish.HubLimits != d.began.Publish.HubLimits},
		{"site.url, for our own hub", isHub(cfg) && cfg.Site.URL != d.began.Site.URL},
	} {
		if k.changed {
			d.wire.app.log.LogAttrs(ctx, slog.LevelWarn, "changed key needs a restart", slog.String("key", k.key))
		}
	}
}

// sitePath is the path of the site's address.
func sitePath(cfg *config.Config) string {
	u, err := url.Parse(cfg.Site.URL)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.Path, "/")
}

// reschedule turns the schedule of the configuration in use into wishes, from
// now on.
func (d *daemon) reschedule() error {
	cfg := d.wire.cfg.Schedule
	zone, err := time.LoadLocation(cfg.Timezone)
	if err != nil {
		return err
	}
	c := cron.New(cron.WithLocation(zone))
	for _, t := range []struct {
		spec string
		wish chan<- struct{}
	}{{cfg.Poll, d.kick}, {cfg.Publish, d.force}, {cfg.Backup, d.keeper.backup}, {cfg.Prune, d.keeper.prune}} {
		if t.spec == "" {
			continue
		}
		if _, err := c.AddFunc(t.spec, func() { want(t.wish) }); err != nil {
			return fmt.Errorf("schedule %q: %w", t.spec, err)
		}
	}
	if d.clock != nil {
		d.clock.Stop()
	}
	d.clock = c
	c.Start()
	return nil
}

// want leaves a wish; one that is there already is enough.
func want(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
