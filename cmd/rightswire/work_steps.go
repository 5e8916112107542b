package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/publisher"
)

// groupEvery is how often new items are put into stories: polls go on all the
// time, wherever they do.
const groupEvery = 2 * time.Second

// groupAndIndex puts what comes in into stories and takes it into the search
// index, until ctx ends.
func (k *working) groupAndIndex(ctx context.Context) error {
	var room *workRoom
	var grouping *aggregator.Grouping
	for {
		if now := k.now(); now != room {
			// What others placed while they did this is not in the memory of an
			// older one.
			if grouping != nil {
				grouping.Rest()
			}
			room, grouping = now, aggregator.NewGrouping(k.w.store, now.cfg.Stories.Window.Std(), k.w.app.now, k.log())
			if _, err := k.w.store.AcceptPreviews(ctx, room.cfg.Sources); err != nil {
				return err
			}
		}
		n, err := grouping.Run(ctx)
		if err != nil {
			return err
		}
		k.metrics.grouped.Add(float64(n))
		more, err := k.w.index(ctx, time.Second)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(groupEvery):
		}
	}
}

// A change is published as soon as it is seen, and the next one some time later:
// many come together.
const (
	publishLook  = 2 * time.Second
	publishPause = 10 * time.Second
)

// publish keeps publish.to up to date until ctx ends.
func (k *working) publish(ctx context.Context) error {
	var p publishing
	for {
		last, pause := p.site, publishLook
		if err := k.publishOnce(ctx, &p); err != nil {
			return err
		}
		if p.site != last && last != nil {
			pause = publishPause
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-k.changed:
		case <-time.After(pause):
		}
	}
}

// publishing is what one publication leaves for the next.
type publishing struct {
	room    *workRoom
	builder *publisher.Builder
	site    *publisher.Site // that was delivered
	last    delivered       // and how
}

// publishOnce brings publish.to up to date with the archive. What could not be
// delivered is delivered next time, by whoever has the lock then.
func (k *working) publishOnce(ctx context.Context, p *publishing) (err error) {
	k.setup.Lock()
	defer k.setup.Unlock()
	if room := k.now(); room != p.room {
		if p.builder, err = k.w.builder(ctx); err != nil {
			return err
		}
		p.room, p.last = room, delivered{} // other compressed forms may be wanted
	}
	if err := k.w.store.Publish(ctx); err != nil {
		return err
	}
	site, report, err := p.builder.Update(ctx, p.site)
	if err != nil || site == p.site {
		return err
	}
	if err := report.Err(); err != nil {
		k.log().LogAttrs(ctx, slog.LevelError, "some files were not rendered", slog.Any("err", err))
	}
	if err := k.w.remember(ctx, site); err != nil {
		return err
	}
	if err := k.deliver(ctx, &p.last, site); err != nil {
		return err
	}
	p.site = site
	k.w.ping(ctx)
	return nil
}

// deliver writes a site to publish.to, if there is one.
func (k *working) deliver(ctx context.Context, last *delivered, site *publisher.Site) error {
	cfg := k.now().cfg
	to, written, removed := k.w.app.beside(cfg.Publish.To), 0, 0
	if to != "" {
		res, err := last.next(ctx, k.w, cfg.Publish.Verify.Std(), site, to)
		if err != nil {
			return err
		}
		written, removed = res.Written.Len(), len(res.Removed)
	}
	k.metrics.kept(true, len(site.Files), k.w.app.now())
	k.log().LogAttrs(ctx, slog.LevelInfo, "published", slog.String("to", to), slog.Int("files", len(site.Files)),
		slog.Int("written", written), slog.Int("removed", removed))
	return nil
}
