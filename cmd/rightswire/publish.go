package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/atom"
	"github.com/rightswire/rightswire/publisher/deliver"
	"github.com/rightswire/rightswire/publisher/jsonfeed"
	"github.com/rightswire/rightswire/publisher/rss"
	"github.com/rightswire/rightswire/storage"
)

// newPublish is the command "publish".
func newPublish(a *app) *cobra.Command {
	var out string
	var dry bool
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Build the site from the database and deliver it",
		Long: `Builds every feed and page from what the database holds and writes the tree to
the folder or object store that publish.to names, or to --out. Files are
replaced whole, one by one; files that did not change are left alone, and files
that no longer belong to the site are removed, but for the pages of old stories.
A file that stands where one of the site belongs is replaced, whoever made it;
files of other names are not touched.`,
		Example: `  rightswire publish
  rightswire publish --out /var/www/wire
  rightswire publish --out s3://bucket/wire
  rightswire publish --dry-run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" && cmd.Flags().Changed("out") {
				return usagef("--out: there is no name; leave the flag out to publish to publish.to")
			}
			return a.publish(cmd.Context(), out, dry)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would change, and change nothing")
	cmd.Flags().StringVar(&out, "out", "", "deliver to this `folder` or object store instead of publish.to")
	offer(cmd, "out", folders)
	return cmd
}

// publish builds and delivers once.
func (a *app) publish(ctx context.Context, out string, dry bool) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if out == "" {
		out = a.beside(cfg.Publish.To)
	}
	if out == "" {
		return usagef("there is nowhere to publish to: set publish.to in %s, or pass --out FOLDER", a.config)
	}
	if wrong := config.WrongPlace(out); wrong != "" {
		return usagef("--out %s", wrong) // that of the file has been checked
	}
	if scheme, _, _ := strings.Cut(out, "://"); deliver.IsStore(out) && !slices.Contains(deliver.Schemes(), scheme) {
		return usagef("this binary has no driver for %s; it knows %s; %s", out, strings.Join(deliver.Schemes(), ", "), withDriver(scheme))
	}
	w, err := a.open(ctx, cfg)
	if err != nil {
		return err
	}
	if dry {
		err = w.rehearse(ctx, out)
	} else {
		err = w.publishLocked(ctx, out)
	}
	return errors.Join(err, w.close())
}

// publishLocked publishes unless a daemon or a run is at work: two of them
// would group the same items and deliver into the same folder.
func (w *wire) publishLocked(ctx context.Context, out string) error {
	lock, err := w.awaitPolls(ctx)
	if errors.Is(err, storage.ErrHeld) {
		return w.busy("it publishes by itself")
	}
	if err != nil {
		return err
	}
	defer lock.release()
	return lock.once(ctx, func(ctx context.Context) error {
		_, err := w.publishTo(ctx, out, (*publisher.Builder).Build, nil)
		return err
	})
}

// buildHow is how a site is made.
type buildHow func(*publisher.Builder, context.Context) (*publisher.Site, publisher.Report, error)

// publishTo makes the site, with options that adjust changes, and delivers it to
// a folder or an object store.
func (w *wire) publishTo(ctx context.Context, out string, how buildHow, adjust func(*publisher.Options)) (*publisher.Site, error) {
	site, _, err := w.publishAfter(ctx, out, "", how, adjust)
	return site, err
}

// publishAfter is publishTo for a place that a delivery left in a state.
func (w *wire) publishAfter(ctx context.Context, out, after string, how buildHow, adjust func(*publisher.Options)) (_ *publisher.Site, state string, _ error) {
	if _, err := w.grouping.Run(ctx); err != nil {
		return nil, "", err
	}
	aside, end, err := besideTarget(out)
	if err != nil {
		return nil, "", err
	}
	defer end()
	w.release(ctx)
	site, report, err := w.build(ctx, how, func(o *publisher.Options) {
		o.Aside = aside
		if adjust != nil {
			adjust(o)
		}
	})
	if err != nil {
		return nil, "", err
	}
	w.published = nil     // it holds every page, and the next builder reads it anew
	if site.Kept == nil { // of a whole site: the delivery should not come on top of what building it took
		debug.FreeOSMemory()
		unmapProgram()
	}
	w.release(ctx) // the archive documents were written
	opt, stop := w.delivery(out), w.app.progress("delivering", 0)
	opt.After, opt.Progress = after, w.app.advanceTo
	res, err := deliver.Deliver(ctx, site, opt)
	stop()
	if err != nil {
		return nil, "", err
	}
	if res.Forgot != nil {
		w.app.log.LogAttrs(ctx, slog.LevelWarn, "what was published earlier is not known; files that no longer belong to the site may stay, which a delivery to an empty place mends",
			slog.String("to", out), slog.Any("err", res.Forgot))
	}
	w.ping(ctx)
	fmt.Fprintf(w.app.out, "published %s to %s: %d written, %d unchanged, %d removed\n",
		news.Count(res.Written.Len()+res.Unchanged, "file"), out, res.Written.Len(), res.Unchanged, len(res.Removed))
	return site, res.State, report.Err()
}

// release makes room for what is read next. Without, a publication costs more, and
// that is all.
func (w *wire) release(ctx context.Context) {
	if err := w.store.Release(ctx); err != nil {
		w.app.log.LogAttrs(ctx, slog.LevelWarn, "what writing left in memory stays there, and reading takes longer", slog.Any("err", err))
	}
}

// oldVolumes are the archive documents that there are: a rehearsal makes none.
type oldVolumes struct{ *storage.Store }

func (oldVolumes) Arrived(context.Context, int, bool) ([]news.Story, int64, error) {
	return nil, 0, nil
}
func (oldVolumes) Enter(context.Context, map[string][]int64, int64) error { return nil }
func (oldVolumes) Waiting(context.Context) (map[string][]int64, error)    { return nil, nil }
func (oldVolumes) Void(context.Context) ([]news.VoidEntry, error)         { return nil, nil }

// rehearse says what publishing would change. It writes nothing,
// so that it runs beside a daemon; items that wait for their stories are not
// in it.
func (w *wire) rehearse(ctx context.Context, out string) error {
	b, err := w.builderOf(ctx, oldVolumes{w.store}, nil)
	if err != nil {
		return err
	}
	site, report, err := b.Build(ctx)
	if err != nil {
		return err
	}
	res, err := deliver.Compare(ctx, site, w.delivery(out))
	if err != nil {
		return err
	}
	for name := range res.Written.All() {
		fmt.Fprintln(w.app.out, "write ", name)
	}
	for _, name := range res.Removed {
		fmt.Fprintln(w.app.out, "remove", name)
	}
	fmt.Fprintf(w.app.out, "would publish %s to %s: %d written, %d unchanged, %d removed\n",
		news.Count(len(site.Files), "file"), out, res.Written.Len(), res.Unchanged, len(res.Removed))
	return report.Err()
}

// delivery is how the configuration wants a folder.
func (w *wire) delivery(dir string) deliver.Options {
	opt := deliver.Options{To: dir}
	for _, e := range w.cfg.Publish.Compress {
		opt.Compress = append(opt.Compress, deliver.Encoding(e))
	}
	return opt
}

// build makes the site, and remembers what was published when.
func (w *wire) build(ctx context.Context, how buildHow, adjust func(*publisher.Options)) (*publisher.Site, publisher.Report, error) {
	b, err := w.builderOf(ctx, w.store, adjust)
	if err != nil {
		return nil, publisher.Report{}, err
	}
	if err := w.store.Publish(ctx); err != nil {
		return nil, publisher.Report{}, err
	}
	site, report, err := how(b, ctx)
	if err != nil {
		return nil, report, err
	}
	return site, report, w.remember(ctx, site)
}

// remember stores the editions' states that differ from what is stored, so
// that the time of an edition's last change survives a restart (F10).
func (w *wire) remember(ctx context.Context, site *publisher.Site) error {
	changed := slices.DeleteFunc(site.States(), func(st news.EditionState) bool { return w.published[st.Path] == st })
	if len(changed) == 0 {
		return nil
	}
	if hub := w.cfg.Publish.Hub; hub != "" && !isHub(w.cfg) {
		if err := w.pings.owe(ctx, hub, w.cfg.Site.URL, changed, w.published); err != nil {
			return fmt.Errorf("store what the hub is to be told: %w", err)
		}
	}
	if err := w.store.SaveEditions(ctx, changed); err != nil {
		return fmt.Errorf("store what was published: %w", err)
	}
	for _, st := range changed {
		w.published[st.Path] = st
	}
	return nil
}

// ping tells the hub what it is owed. What it does not hear now it hears after
// the next publication, or run.
func (w *wire) ping(ctx context.Context) {
	if err := w.pings.sendAll(ctx, userAgent(w.cfg)); err != nil && ctx.Err() == nil {
		w.app.log.LogAttrs(ctx, slog.LevelWarn, "hub was not told of changed feeds", slog.Any("err", err))
	}
}

// publishedKey is the setting that keeps what the last delivery to publish.to
// held: the archive's change counter and the configuration's fingerprint.
const publishedKey = "published"

// placeKey is the setting that keeps the [deliver.Stamp] of the folder after that
// delivery: a database that was copied back by hand knows an older one.
const placeKey = "published to"

// asLeft reports whether a place is as the last delivery left it, as far as a
// look at it tells; one that nobody has looked at before is.
func (w *wire) asLeft(ctx context.Context, to string) (bool, error) {
	left, err := w.store.Setting(ctx, placeKey)
	switch {
	case errors.Is(err, news.ErrNotFound):
		return true, nil
	case err != nil:
		return false, err
	}
	return left == "" || left == deliver.Stamp(to), nil
}

// publishIfChanged delivers to publish.to, if it is set and anything changed
// since the last delivery there.
func (w *wire) publishIfChanged(ctx context.Context) error {
	to := w.app.beside(w.cfg.Publish.To)
	if to == "" {
		return nil
	}
	changes, err := w.store.Changes(ctx, math.MaxInt64)
	if err != nil {
		return fmt.Errorf("read what changed: %w", err)
	}
	mark := strconv.FormatInt(changes.Seq, 10) + " " + w.cfg.Fingerprint() + " " + buildVersion() + " " + to
	last, err := w.store.Setting(ctx, publishedKey)
	if err != nil && !errors.Is(err, news.ErrNotFound) {
		return fmt.Errorf("read what was published: %w", err)
	}
	left, err := w.asLeft(ctx, to)
	if err != nil {
		return fmt.Errorf("read what was published: %w", err)
	}
	if !left && sameMaker(last, mark) {
		w.app.log.LogAttrs(ctx, slog.LevelInfo, "the site is looked at as a whole", slog.String("to", to), slog.String("why", "it is not what the last run left there"))
		last = ""
	}
	if last == mark && deliver.Exists(to) {
		w.app.log.LogAttrs(ctx, slog.LevelDebug, "nothing to publish", slog.String("to", to))
		w.ping(ctx)
		return nil
	}
	return w.publishOnto(ctx, to, last, mark)
}

// publishInterval is how long what was published stays fresh: the shortest
// time between two ticks of the publishing schedule in a week. The week is a
// fixed one, since the interval stands in every feed: with the present one a
// schedule such as "0 7,19 * * *" would change all feeds twice a day (F02).
func publishInterval(cfg *config.Config) time.Duration {
	const usual = 5 * time.Minute
	schedule, err := cron.ParseStandard(cfg.Schedule.Publish)
	if err != nil {
		return usual
	}
	monday := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	shortest := 24 * time.Hour
	for at, n := schedule.Next(monday), 0; at.Before(monday.AddDate(0, 0, 7)) && n < 100; n++ {
		next := schedule.Next(at)
		shortest = min(shortest, next.Sub(at))
		at = next
	}
	return max(shortest, time.Minute)
}

// builder is the publisher for the current configuration.
func (w *wire) builder(ctx context.Context) (*publisher.Builder, error) {
	return w.builderOf(ctx, w.store, nil)
}

// builderOf is builder with somebody else to keep the archive documents, and
// options that how changes; nil: none.
func (w *wire) builderOf(ctx context.Context, volumes publisher.Volumes, how func(*publisher.Options)) (*publisher.Builder, error) {
	templates, err := renderer()
	if err != nil {
		return nil, fmt.Errorf("read the page templates: %w", err)
	}
	cfg := w.cfg
	o := publisher.Options{
		Retired: cfg.Retired,
		Site:    siteInfo(cfg), Sources: cfg.Sources, Categories: cfg.Categories,
		Items: cfg.Publish.Items, MaxBytes: int(cfg.Publish.MaxBytes), PerSource: cfg.Publish.PerSource,
		Content: cfg.Publish.Content, Agent: userAgent(cfg), Pages: templates, Searcher: w.store,
		Manners:  publisher.Manners{Floor: cfg.Fetch.Floor.Std(), Gap: cfg.Fetch.PerDomain.Gap.Std(), Connections: cfg.Fetch.PerDomain.Connections},
		Encoders: map[string]publisher.Encoder{"rss": rss.Append, "atom": atom.Append, "json": jsonfeed.Append},
		Volumes:  volumes, Redact: atom.Redact,
	}
	for _, f := range cfg.Feeds {
		o.Feeds = append(o.Feeds, publisher.DeskFeed{ID: f.ID, Title: f.Title, Formerly: f.Formerly, Query: news.Query{
			Categories: f.Where.Categories, Countries: f.Where.Countries, Languages: f.Where.Languages, Text: f.Where.Query,
		}})
	}
	if how != nil {
		how(&o)
	}
	w.published = map[string]news.EditionState{}
	if o.Recall == nil {
		if w.published, err = w.store.Editions(ctx); err != nil {
			return nil, err
		}
		o.Published = maps.Clone(w.published)
	}
	return publisher.New(w.store, o)
}

// siteInfo is what the configuration says about the site.
func siteInfo(cfg *config.Config) publisher.SiteInfo {
	return publisher.SiteInfo{
		Title: cfg.Site.Title, Description: cfg.Site.Description, URL: cfg.Site.URL, Language: cfg.Site.Language,
		Contact: cfg.Site.Contact, Hub: hubURL(cfg), Version: buildVersion(), TTL: publishInterval(cfg),
	}
}
