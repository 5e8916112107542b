package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/digest"
	"github.com/rightswire/rightswire/news/health"
	"github.com/rightswire/rightswire/storage"
)

// digestKey is the setting that keeps which digest is sent, and to whom it is
// still owed.
const digestKey = "digest"

// digestState is that setting. A digest is owed from its due time on until it
// is sent or given up, so that a restart sends none twice and none not at all.
type digestState struct {
	Due     time.Time        // the due time that was taken up last
	From    time.Time        // begin of the period of its digest
	Before  []string         // the sources of the list at From
	Sources []string         // and at Due
	Owed    map[string]tries // by way: where it is still to go
}

// tries are attempts that failed.
type tries struct {
	N    int
	Next time.Time // not before
}

// How long a digest is worth sending after it was due, how long an attempt may
// take, and the longest pause between two.
const (
	digestWorth = 24 * time.Hour
	digestLease = 10 * time.Minute // of one attempt, over all ways
	digestPause = 6 * time.Hour
	digestReach = 35 * 24 * time.Hour // a digest covers no more than this
	week        = 7 * 24 * time.Hour
)

// digests sends the digest when it is due.
type digests struct {
	app   *app
	store *storage.Store
	post  http.RoundTripper // to webhooks, behind the dial guard
}

// mailing is a digest on its way.
type mailing struct {
	cfg    *config.Config
	digest digest.Digest
	due    time.Time
	ways   []string
}

func newDigests(w *wire) *digests {
	return &digests{app: w.app, store: w.store, post: w.outward}
}

// send sends the digest if it is due, or still owed from an earlier attempt.
func (d *digests) send(ctx context.Context, cfg *config.Config) error {
	m, err := d.next(ctx, cfg)
	if err != nil {
		return err
	}
	return d.deliver(ctx, m)
}

// next brings the state up to date with the clock, and returns the digest that
// may be sent now; without ways there is none.
func (d *digests) next(ctx context.Context, cfg *config.Config) (m mailing, err error) {
	if cfg.Schedule.Digest == "" || !cfg.Digest.On() {
		return m, nil
	}
	st, err := d.state(ctx)
	if err != nil {
		return m, err
	}
	now := d.app.now()
	changed, err := st.advance(cfg, now)
	if err != nil {
		return m, err
	}
	for way, t := range st.Owed {
		switch {
		case now.Sub(st.Due) > digestWorth:
			d.app.log.LogAttrs(ctx, slog.LevelError, "digest was given up", slog.String("way", way), slog.Time("due", st.Due), slog.Int("tries", t.N))
			delete(st.Owed, way)
			changed = true
		case !t.Next.After(now):
			// A kill in the middle of the attempt is found out by the time
			// that it had.
			m.ways = append(m.ways, way)
			st.Owed[way] = tries{t.N, now.Add(digestLease)}
			changed = true
		}
	}
	if changed {
		if err := d.keep(ctx, st); err != nil {
			return mailing{}, err
		}
	}
	if len(m.ways) == 0 {
		return m, nil
	}
	slices.Sort(m.ways)
	m.cfg, m.due = cfg, st.Due
	m.digest, err = d.app.gather(ctx, cfg, d.store, st.From, st.Due, st.Before)
	return m, err
}

// advance takes up the latest due time up to now, and reports whether there was
// one. The first time of all, and after a long pause, only the clock is set:
// nothing is known to compare with.
func (st *digestState) advance(cfg *config.Config, now time.Time) (bool, error) {
	zone, err := time.LoadLocation(cfg.Schedule.Timezone)
	if err != nil {
		return false, err
	}
	schedule, err := cron.ParseStandard(cfg.Schedule.Digest)
	if err != nil {
		return false, err
	}
	if st.Due.IsZero() || st.Due.After(now) || now.Sub(st.Due) > digestReach {
		*st = digestState{Due: now, From: now, Sources: sourceIDs(cfg.Sources)}
		return true, nil
	}
	due := st.Due
	for next := schedule.Next(due.In(zone)); !next.IsZero() && !next.After(now); next = schedule.Next(next) {
		due = next
	}
	if due.Equal(st.Due) {
		return false, nil
	}
	*st = digestState{Due: due.UTC(), From: st.Due, Before: st.Sources, Sources: sourceIDs(cfg.Sources), Owed: map[string]tries{}}
	for _, way := range ways(cfg) {
		st.Owed[way] = tries{}
	}
	return true, nil
}

// The ways that a digest goes; by mail, there is one for each recipient.
const (
	byMail    = "mail to "
	byWebhook = "webhook"
)

func ways(cfg *config.Config) (list []string) {
	if cfg.Digest.Mail.On() {
		for _, to := range cfg.Digest.Mail.To {
			list = append(list, byMail+to)
		}
	}
	if cfg.Digest.Webhook.URL != "" {
		list = append(list, byWebhook)
	}
	return list
}

// deliver sends a digest by its ways and keeps what became of it. What fails is
// owed still, after a minute, five, and so on up to six hours; what can never
// work is not.
func (d *digests) deliver(ctx context.Context, m mailing) error {
	var errs []error
	for _, way := range m.ways {
		err := d.by(ctx, way, m)
		if err != nil {
			errs = append(errs, fmt.Errorf("digest by %s: %w", way, err))
		}
		if err != nil && ctx.Err() != nil {
			break // it was cut off, and is tried again when the lease is over
		}
		if err == nil {
			d.app.log.LogAttrs(ctx, slog.LevelInfo, "digest sent", slog.String("way", way), slog.Time("due", m.due))
		}
		// Also while the program stops: what was sent and is owed is sent twice.
		if err := d.settle(context.WithoutCancel(ctx), m, way, err); err != nil {
			errs = append(errs, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// by sends a digest one way.
func (d *digests) by(ctx context.Context, way string, m mailing) error {
	if to, mail := strings.CutPrefix(way, byMail); mail {
		return sendMail(ctx, m.cfg, m.digest, m.due, to)
	}
	return d.sendHook(ctx, m.cfg, m.digest, m.due)
}

// settle keeps that a digest went one way, or when to try again.
func (d *digests) settle(ctx context.Context, m mailing, way string, failed error) error {
	st, err := d.state(ctx)
	if err != nil || !st.Due.Equal(m.due) {
		return err // of a due time that is past
	}
	t := st.Owed[way]
	switch _, never := errors.AsType[neverError](failed); {
	case failed == nil || never:
		delete(st.Owed, way)
	default:
		pause := time.Minute
		for range t.N {
			pause = min(5*pause, digestPause)
		}
		st.Owed[way] = tries{t.N + 1, d.app.now().Add(pause)}
	}
	return d.keep(ctx, st)
}

// neverError is a refusal that trying again does not change.
type neverError struct{ error }

func (d *digests) state(ctx context.Context) (st digestState, err error) {
	text, err := d.store.Setting(ctx, digestKey)
	if err != nil || text == "" {
		return st, err
	}
	if json.Unmarshal([]byte(text), &st) != nil {
		return digestState{}, nil // of another version
	}
	return st, nil
}

func (d *digests) keep(ctx context.Context, st digestState) error {
	text, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return d.store.SetSetting(ctx, digestKey, string(text))
}

func sourceIDs(sources []news.Source) []string {
	ids := make([]string, 0, len(sources))
	for _, s := range sources {
		ids = append(ids, s.ID)
	}
	return ids
}

// missing returns what is in one list and not in the other.
func missing(of, in []string) []string {
	list := []string{}
	have := map[string]bool{}
	for _, id := range in {
		have[id] = true
	}
	for _, id := range of {
		if !have[id] {
			list = append(list, id)
		}
	}
	return list
}

// gather makes the digest of a period. before are the sources that the list had
// at its begin; nil: not known.
func (a *app) gather(ctx context.Context, cfg *config.Config, store *storage.Store, from, until time.Time, before []string) (digest.Digest, error) {
	d := digest.Digest{
		Site: cfg.Site.Title, URL: cfg.Site.URL, From: from.UTC(), Until: until.UTC(), // and lists that are empty, not null
		Findings: []health.Finding{}, Ended: []health.Finding{}, Added: []string{}, Removed: []string{}, Rows: []digest.Row{}, Proposals: []digest.Proposal{},
	}
	if before != nil {
		d.Added, d.Removed = missing(sourceIDs(cfg.Sources), before), missing(before, sourceIDs(cfg.Sources))
	}
	if err := a.gatherHealth(ctx, cfg, store, &d); err != nil {
		return d, err
	}
	now, err := store.Tally(ctx, from, until)
	if err != nil {
		return d, err
	}
	then, err := store.Tally(ctx, from.Add(-until.Sub(from)), from)
	if err != nil {
		return d, err
	}
	d.Total = row("", "all", now.All, then.All)
	d.Corrected, d.Withdrawn, d.Decisions = now.Corrected, now.Withdrawn, now.Decisions
	titles := map[string]string{}
	for _, c := range cfg.Categories {
		titles[c.ID] = c.Title
	}
	ids := maps.Clone(now.Categories)
	maps.Copy(ids, then.Categories)
	for id := range ids {
		d.Rows = append(d.Rows, row(id, cmp.Or(titles[id], id), now.Categories[id], then.Categories[id]))
	}
	digest.SortRows(d.Rows)
	return d, nil
}

func row(id, title string, now, then news.Came) digest.Row {
	return digest.Row{ID: id, Title: title, Items: now.Items, ItemsBefore: then.Items, Stories: now.Stories, StoriesBefore: then.Stories}
}
