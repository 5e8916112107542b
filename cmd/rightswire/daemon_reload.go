package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/rightswire/rightswire/config"
)

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
