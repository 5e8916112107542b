package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news/health"
)

// lookKey is the setting that says when the health of the sources was looked at
// last, to tell what has begun and what is over.
const lookKey = "health look"

// lookEvery is how often that happens; a little less, since ticks are late.
const lookEvery = time.Hour - time.Minute

// look follows what is wrong with the sources and with the wire, at most once
// in an hour. trouble is what this process itself failed at last; "": nothing.
func (w *wire) look(ctx context.Context, cfg *config.Config, trouble string) error {
	now := w.app.now()
	last, err := w.timeSetting(ctx, lookKey)
	if err != nil || !last.IsZero() && now.Sub(last).Abs() < lookEvery {
		return err
	}
	began := time.Now()
	found, _, err := w.app.examineWith(ctx, cfg, w.store, cfg.Sources, func(e *health.Exam) error {
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
		Do:   "The log says more. The next pass, or the next run, tries again; readers have what was published last."}
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

// chore is what is done for the desk beside the polls: it reads much of the
// database, and may wait for a mail server.
type chore struct {
	cfg     *config.Config
	trouble string
}

// care looks at the health of the sources and sends the digest, each if it is
// time.
func (w *wire) care(ctx context.Context, c chore) error {
	return errors.Join(w.look(ctx, c.cfg, c.trouble), w.digests.send(ctx, c.cfg))
}

// deskCare is what a daemon has for the desk.
type deskCare struct {
	feed   healthFeed // private
	chores chan chore

	// What failed last, for the health of the wire; "": nothing. Other steps
	// succeed between two that fail, so a failure counts for an hour.
	pass   string
	passAt time.Time
	keep   string
}

// notePass keeps what became of a step of the daemon.
func (c *deskCare) notePass(err error, now time.Time) {
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		c.pass, c.passAt = err.Error(), now
	case now.Sub(c.passAt) > time.Hour:
		c.pass = ""
	}
}

// noteKept keeps what became of storing and delivering what was published.
func (c *deskCare) noteKept(err error, delivered bool) {
	switch c.keep = ""; {
	case err != nil:
		c.keep = "what was published could not be stored: " + err.Error()
	case !delivered:
		c.keep = "the site could not be delivered to publish.to"
	}
}

// tend has the desk cared for. While that is going on, nothing is asked for
// twice.
func (d *daemon) tend() {
	select {
	case d.care.chores <- chore{d.wire.cfg, cmp.Or(d.care.pass, d.care.keep)}:
	default:
	}
}

// housekeep cares for the desk until ctx ends. What fails is logged and tried
// again at a later tick: it is no reason to stop polling.
func (d *daemon) housekeep(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-d.care.chores:
			if err := d.wire.care(ctx, c); err != nil && ctx.Err() == nil {
				d.wire.app.log.LogAttrs(ctx, slog.LevelError, "the desk was not told all", slog.Any("err", err))
			}
		}
	}
}
