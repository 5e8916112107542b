package main

import (
	"context"
	"errors"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/storage"
)

// serveBeside is serve for a process that leaves the polls, the stories and
// publish.to to workers on the same database. It makes the site by itself, from
// what is there: the same bytes as every other one.
func (a *app) serveBeside(ctx context.Context, cfg *config.Config, listen string, ready func(addr string)) error {
	switch {
	case !storage.IsPostgres(a.archive(cfg)):
		return usagef("--no-poll is for a database that workers share: database is %s, and nothing else polls into it; leave --no-poll away", cfg.Database.Redacted())
	case cfg.Fetch.WebSub:
		return usagef("--no-poll: fetch.websub is on, and what hubs send is taken in by the process that polls; set it to false, or leave --no-poll away")
	}
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	w.away = w.newAbsence(ctx)
	hold, err := w.holdRun(ctx)
	if err != nil {
		return errors.Join(err, w.close())
	}
	lock := &runLock{w: w, shared: true}
	lock.hold.Store(hold)
	defer lock.release()
	d, err := newDaemon(w, listen)
	if err == nil {
		d.beside, d.lock = true, lock
		err = d.run(ctx, ready)
	}
	return errors.Join(err, w.close())
}

// follow brings the served site up to date with what workers have brought.
func (d *daemon) follow(ctx context.Context) error {
	defer d.tend()
	if err := d.publish(ctx); err != nil {
		return err
	}
	d.passes.note(d.wire.app.now())
	d.wire.metrics.passed(d.wire.app.now())
	return nil
}

// newBuilder is the builder of the site: beside workers one that keeps nothing,
// for the archives of the feeds are the publisher's to write.
func (d *daemon) newBuilder(ctx context.Context) (*publisher.Builder, error) {
	if d.beside {
		return d.wire.builderOf(ctx, oldVolumes{d.wire.store}, nil)
	}
	return d.wire.builder(ctx)
}

// byOne does a part of the daemon's work in one process at a time, where
// several serve.
func (d *daemon) byOne(ctx context.Context, name string, do func(context.Context) error) error {
	if !d.beside || name == "hub" && d.ownHub == nil {
		return do(ctx)
	}
	return d.wire.alone(ctx, name, do)
}
