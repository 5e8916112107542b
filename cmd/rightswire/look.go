package main

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/rightswire/rightswire/news/health"
)

// lookKey is the setting that says when the health of the sources was looked at
// last, to tell what has begun and what is over.
const lookKey = "health look"

// lookEvery is how often that happens; a little less, since ticks are late.
const lookEvery = time.Hour - time.Minute

// look follows what is wrong with the sources and with the wire, at most once
// in an hour. trouble is what this process itself failed at last; "": nothing.
func (w *wire) look(ctx context.Context, trouble string) error {
	now := w.app.now()
	last, err := w.timeSetting(ctx, lookKey)
	if err != nil || !last.IsZero() && now.Sub(last).Abs() < lookEvery {
		return err
	}
	began := time.Now()
	found, _, err := w.app.examine(ctx, w.cfg, w.store, w.cfg.Sources, func(e *health.Exam) error {
		if trouble != "" {
			e.Own(publishTrouble(trouble))
		}
		return nil
	})
	if err != nil {
		return err
	}
	open, err := w.store.OpenSpells(ctx)
	if err != nil {
		return err
	}
	if err := w.store.SaveSpells(ctx, health.Follow(open, found, now, health.DefaultPatience()), now); err != nil {
		return err
	}
	w.app.log.LogAttrs(ctx, slog.LevelDebug, "looked at the health of the sources", slog.Int("findings", len(found)), slog.Duration("took", time.Since(began)))
	return w.store.SetSetting(ctx, lookKey, now.UTC().Format(time.RFC3339Nano))
}

// publishTrouble is the finding that the wire itself failed.
func publishTrouble(trouble string) health.Finding {
	return health.Finding{Kind: health.Publish, Severity: health.Problem,
		Says: "The wire itself failed: " + trouble,
		Do:   "The log says more. It is tried again at every tick; readers have what was published last."}
}

// saidByDaemon adds what a daemon has found wrong with itself to an exam by
// another process.
func saidByDaemon(ctx context.Context, spells func(context.Context) ([]health.Spell, error)) func(*health.Exam) error {
	return func(e *health.Exam) error {
		open, err := spells(ctx)
		for _, s := range open {
			if s.Source == "" && s.Kind == health.Publish && e.Fresh(s) {
				e.Own(s.Finding)
			}
		}
		return err
	}
}

// timeSetting reads a time that was kept as a setting; zero: none.
func (w *wire) timeSetting(ctx context.Context, key string) (time.Time, error) {
	text, err := w.store.Setting(ctx, key)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, nil // of another version
	}
	return t, nil
}

// tend does what a daemon does for the desk between polls. What fails is logged
// and tried again at the next tick: it is no reason to stop polling.
func (d *daemon) tend(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	if err := d.wire.look(ctx, cmp.Or(d.passFailed, d.keepFailed)); err != nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "the health of the sources was not looked at", slog.Any("err", err))
	}
	if err := d.wire.digests.due(ctx, d.wire.cfg); err != nil {
		d.wire.app.log.LogAttrs(ctx, slog.LevelError, "the digest was not made", slog.Any("err", err))
	}
}
