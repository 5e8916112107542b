package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// runFlags are the flags of "run".
type runFlags struct {
	all, noPublish bool
	source         string
	now            string
	wait           time.Duration
}

// newRun is the command "run".
func newRun(a *app) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Poll what is due, publish, and exit: for cron",
		Long: `Polls every source that is due, groups what came into stories, publishes, and
exits. It is safe to start at any moment and as often as you like: a run that
finds another one at work leaves it alone, and what a killed run did not finish
the next one does. A source that fails does not fail the run; "rightswire
sources list --failed" says what is wrong with it.

No URL is asked more often than fetch.floor allows, whatever the flags say.`,
		Example: `  rightswire run
  rightswire run --source un-news-women --no-publish

  # a crontab's line
  */5 * * * *  rightswire --config /etc/rightswire/config.yaml run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), f) },
	}
	cmd.Flags().BoolVar(&f.all, "all", false, "also poll sources that are not due yet")
	cmd.Flags().StringVar(&f.source, "source", "", "poll only the source with this `id`, due or not")
	offer(cmd, "source", a.completeSource)
	cmd.Flags().BoolVar(&f.noPublish, "no-publish", false, "poll only")
	cmd.Flags().StringVar(&f.now, "now", "", "pretend that it is this `time` (RFC 3339), for replays from addresses in fetch.allow")
	cmd.Flags().DurationVar(&f.wait, "wait", 0, "how long to wait for another run to end before leaving")
	return cmd
}

// run is one pass for cron.
func (a *app) run(ctx context.Context, f runFlags) error {
	if f.now != "" {
		at, err := time.Parse(time.RFC3339, f.now)
		if err != nil {
			return usagef("--now: %q is not a time; 2026-11-24T06:00:00Z is one", f.now)
		}
		a.now = func() time.Time { return at }
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if f.source != "" {
		if _, err := findSource(cfg, f.source); err != nil {
			return err
		}
	}
	unmapProgram()
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	err = w.runOnce(ctx, f)
	return errors.Join(err, w.close())
}

// replayed returns the sources that may be polled with a turned clock: those
// at an address of fetch.allow. It must not poll others sooner than the real
// one would, nor note a year that is to come as the time of their last poll.
func (w *wire) replayed() []news.Source {
	var out []news.Source
	for _, src := range w.cfg.Sources {
		if allowed(src.URL, w.cfg.Fetch.Allow) {
			out = append(out, src)
		}
	}
	if left := len(w.cfg.Sources) - len(out); left > 0 {
		fmt.Fprintf(w.app.err, "--now: %s not at an address of fetch.allow, left alone\n", news.Count(left, "source"))
	}
	return out
}

// allowed reports whether the host of a URL is an address within prefixes.
func allowed(address string, prefixes []netip.Prefix) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// runOnce polls and publishes under the lock.
func (w *wire) runOnce(ctx context.Context, f runFlags) error {
	lock, err := w.lockPolls(ctx, f.wait)
	if errors.Is(err, storage.ErrHeld) {
		if w.besideWorkers(ctx) {
			return w.busy("workers poll by themselves, so that no run is needed; take it out of cron, or end them first")
		}
		fmt.Fprintln(w.app.out, "another run is at work on this database; leaving it alone")
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.release()
	return lock.once(ctx, func(ctx context.Context) error { return w.runLocked(ctx, f) })
}

// runLocked is runOnce for the one that has the lock.
func (w *wire) runLocked(ctx context.Context, f runFlags) error {
	sources := w.cfg.Sources
	if f.now != "" {
		sources = w.replayed()
	}
	stop := w.app.progress("polling", len(sources))
	sum, err := w.pass(ctx, sources, aggregator.Selection{All: f.all, Source: f.source})
	stop()
	w.grouping.Forget() // what is left to do needs neither this nor the classifier, which goes with the polls
	w.agg = nil
	unmapProgram()
	if err != nil {
		return err
	}
	fmt.Fprintln(w.app.out, describe(sum)+lookUp(sum))
	if sum.Polled+sum.Lost == 0 {
		err = w.explainIdle(ctx, f)
	}
	if sum.Lost > 0 {
		err = fmt.Errorf("%s could not be stored; the next run asks again", news.Count(sum.Lost, "poll"))
	}
	err = errors.Join(err, w.publishAndIndex(ctx, f.noPublish))
	return errors.Join(err, w.tellDesk(ctx, f, err))
}

// publishAndIndex publishes what a pass brought and takes it into the search
// index. News does not wait for the index, unless a feed of the desk asks for
// words: what the index lacks is compared story by story for each such feed.
func (w *wire) publishAndIndex(ctx context.Context, noPublish bool) error {
	publish := func() error {
		if noPublish {
			return nil
		}
		return w.publishIfChanged(ctx)
	}
	index := func() error {
		_, err := w.index(ctx, indexRun)
		return err
	}
	if slices.ContainsFunc(w.cfg.Feeds, func(f config.Feed) bool { return f.Where.Query != "" }) {
		indexed := index()
		return errors.Join(indexed, publish())
	}
	published := publish()
	return errors.Join(published, index())
}

// tellDesk looks at the health of the sources and sends the digest if it is
// due. A replay is no time to write to anybody.
func (w *wire) tellDesk(ctx context.Context, f runFlags, failed error) error {
	if f.now != "" {
		return nil
	}
	trouble := ""
	if failed != nil {
		trouble = failed.Error()
	}
	return w.care(ctx, chore{w.cfg, trouble})
}

// indexRun is how long a run may go on for the search index alone; the next
// one goes on where it ended.
const indexRun = 30 * time.Second

// describe says in one line what a pass came to.
func describe(s aggregator.Summary) string {
	line := fmt.Sprintf("polled %s: %d new and %d changed items, %s unchanged, %d failed",
		news.Count(s.Polled, "source"), s.New, s.Changed, news.Count(s.Unchanged, "source"), s.Failed)
	if s.LeftOut > 0 {
		line += fmt.Sprintf(", %s left out", news.Count(s.LeftOut, "item"))
	}
	if s.Lost > 0 {
		line += fmt.Sprintf(", %s not stored", news.Count(s.Lost, "poll"))
	}
	return line
}

// lookUp says where the reasons of failures are told.
func lookUp(s aggregator.Summary) string {
	if s.Failed == 0 {
		return ""
	}
	return `; "rightswire sources list --failed" says why`
}
