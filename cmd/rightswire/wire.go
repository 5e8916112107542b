package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// errNoDatabase is returned by openStore when a database that is only to be
// read does not exist: nothing has run yet.
var errNoDatabase = errors.New("there is no database yet")

// openStore opens the database that the configuration names.
func (a *app) openStore(ctx context.Context, cfg *config.Config, readOnly bool) (*storage.Store, error) {
	if err := a.archiveThere(cfg); err != nil && readOnly {
		return nil, err
	}
	store, err := storage.Open(ctx, a.archive(cfg), storage.Options{
		ReadOnly: readOnly, Revisions: cfg.Stories.Revisions, StoryUID: storyUID, Cache: cacheFolder(), Logger: a.log, Now: a.now,
		Key: fetch.Key, Due: dueJobs(cfg),
	})
	if errors.Is(err, storage.ErrEmpty) {
		return nil, a.noDatabase(cfg)
	}
	return store, err
}

// cacheFolder is where what can be made anew is kept of an archive that is no
// file: what systemd gives us, or the user's own; "" where there is neither.
func cacheFolder() string {
	if dir, _, _ := strings.Cut(os.Getenv("CACHE_DIRECTORY"), ":"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "rightswire")
}

// located lets tests put an archive elsewhere than a configuration says.
var located = func(dsn string) string { return dsn }

// archive is the address of the archive that the configuration names.
func (a *app) archive(cfg *config.Config) string { return located(a.beside(cfg.Database.URL)) }

// archiveThere returns an error if nothing has made the database yet.
func (a *app) archiveThere(cfg *config.Config) error {
	path := a.archive(cfg)
	if _, err := os.Stat(path); !strings.Contains(path, ":") && errors.Is(err, fs.ErrNotExist) {
		return a.noDatabase(cfg)
	}
	return nil
}

// noDatabase says that nothing has made the database yet.
func (a *app) noDatabase(cfg *config.Config) error {
	return fmt.Errorf("%w at %s; \"rightswire run\" makes it", errNoDatabase, a.beside(cfg.Database.Redacted()))
}

// storyUID is the id of the story that an item founds, as it is stored.
func storyUID(source, key string) string { return dedupe.UID(source, key).String() }

// beside resolves a relative path against the folder of config.yaml, as its
// includes are: cron starts us in somebody's home. Addresses with a scheme
// are left alone.
func (a *app) beside(path string) string {
	if path == "" || filepath.IsAbs(path) || strings.Contains(path, ":") {
		return path
	}
	return filepath.Join(filepath.Dir(a.config), path)
}

// wire is the product put together: one newsroom on one database.
type wire struct {
	app      *app
	cfg      *config.Config
	store    *storage.Store
	fetcher  *fetch.Client
	agg      *aggregator.Aggregator
	grouping *aggregator.Grouping
	guest    aggregator.Fetcher // asked instead of fetcher, which polls use else; nil: none
	mail     *mailbox           // what polls ask
	outward  *outward           // what our own hub, and pings to another, go through
	pings    *pings
	digests  *digests
	metrics  *metrics // nil: nothing is counted
	away     *absence // where several processes share the database
	leaves   bool     // the next pass is the last: what only polls need goes when they have ended
	shared   bool     // other processes poll the same hosts: turns are taken in the database

	covered   map[string]time.Time         // until when a hub looks after a source, in a daemon; set between two passes
	published map[string]news.EditionState // what the database knows of what was published; set by builder
}

// open puts the rooms together for a configuration. The caller closes it.
func (a *app) open(ctx context.Context, cfg *config.Config) (*wire, error) {
	store, err := a.openStore(ctx, cfg, false)
	if err != nil {
		return nil, err
	}
	w := &wire{app: a, store: store}
	if err := w.configure(ctx, cfg); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return w, nil
}

// configure sets everything up that depends on the configuration; the
// database stays. The daemon calls it again when config.yaml changes, between two
// passes: when it fails, what was set up before goes on.
func (w *wire) configure(ctx context.Context, cfg *config.Config) error {
	a := w.app
	zone, err := time.LoadLocation(cfg.Schedule.Timezone)
	if err != nil {
		return usagef("%s: schedule.timezone: %w", a.config, err)
	}
	fetcher, err := w.newFetcher(cfg)
	if err != nil {
		return err
	}
	if err := w.store.SyncSources(ctx, cfg.Sources); err != nil {
		fetcher.Close()
		return fmt.Errorf("bring the list of sources into the database: %w", err)
	}
	if w.fetcher != nil {
		w.fetcher.Close()
	}
	if w.outward == nil {
		w.outward = &outward{}
		w.pings, w.digests = newPings(w), newDigests(w)
	}
	if err := w.outward.set(a.fetchOptions(cfg)); err != nil {
		return err // with a proxy that is none, which the fetcher has refused already
	}
	w.cfg, w.fetcher = cfg, fetcher
	var guest aggregator.Fetcher = fetcher
	if w.guest != nil {
		guest = w.guest
	}
	w.mail = newMailbox(guest)
	w.agg = aggregator.New(aggregator.Options{
		Archive: w.store, Fetcher: w.mail, Filer: a.filer(cfg), Policy: policy(cfg), Manners: manners(cfg), Zone: zone,
		Workers: cfg.Fetch.PerDomain.Connections, Polls: 2 * cfg.Fetch.Concurrency, Limits: limits(cfg),
		Fatal: fatal, Now: a.now, Logger: a.log, Observe: a.observe,
		Covered: func(source string) time.Time { return w.covered[source] },
	})
	if w.grouping != nil {
		w.grouping.Rest() // whoever groups with it is who calls this
	}
	w.grouping = aggregator.NewGrouping(w.store, cfg.Stories.Window.Std(), a.now, a.log)
	w.grouping.KeepIn(w.store, buildVersion())
	return nil
}

// filer compiles the classifier when the first document with news needs it:
// a run that only hears "not modified" does not wait for it. What it is made
// of, in the program's file, is read once.
func (a *app) filer(cfg *config.Config) func() (aggregator.Filer, error) {
	return sync.OnceValues(func() (aggregator.Filer, error) {
		defer unmapProgram()
		return a.classifier(cfg, cfg.Taxonomy())
	})
}

// close lets go of everything.
func (w *wire) close() error {
	if w.fetcher != nil {
		w.fetcher.Close()
	}
	if w.outward != nil {
		w.outward.close()
	}
	return w.store.Close()
}

// fatal reports whether an error of the database means that nothing more can
// be stored in it.
func fatal(err error) bool {
	for _, target := range []error{storage.ErrDamaged, storage.ErrLocked, storage.ErrFull, storage.ErrReadOnly, storage.ErrUnreachable} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// fetcher returns a guest with the manners as configured. The caller closes it.
func (a *app) fetcher(cfg *config.Config) (*fetch.Client, error) {
	c, err := fetch.New(a.fetchOptions(cfg))
	if err != nil {
		return nil, fmt.Errorf("set up the fetcher: %w", err)
	}
	return c, nil
}

// fetchOptions are the guest's manners as configured.
func (a *app) fetchOptions(cfg *config.Config) fetch.Options {
	f := cfg.Fetch
	return fetch.Options{
		UserAgent: userAgent(cfg), Timeout: f.Timeout.Std(), MaxBody: int64(f.MaxBody), MaxRedirects: f.MaxRedirects,
		Allow: f.Allow, Connections: f.PerDomain.Connections, Gap: f.PerDomain.Gap.Std(), Concurrency: f.Concurrency,
		Downgrade: f.Downgrade, RobotsTTL: f.Robots.Std(), Proxy: f.Proxy, Now: a.now, Logger: a.log,
	}
}

// userAgent says who asks and where to complain (P37).
func userAgent(cfg *config.Config) string {
	return fmt.Sprintf("rightswire/%s (+%s/about/bot/; %s)", buildVersion(), cfg.Site.URL, cfg.Site.Contact)
}

// policy is when to ask again, as configured.
func policy(cfg *config.Config) schedule.Policy {
	f := cfg.Fetch
	return schedule.Policy{
		Min: f.Interval.Min.Std(), Default: f.Interval.Default.Std(), Max: f.Interval.Max.Std(),
		Floor: f.Floor.Std(), FreshnessMax: f.FreshnessMax.Std(), RetryAfterMax: f.RetryAfterMax.Std(),
		NoValidators: f.NoValidators.Std(),
	}
}

// limits are what one document may cost, as configured.
func limits(cfg *config.Config) feed.Limits {
	return feed.Limits{Items: cfg.Fetch.MaxItems, Inflated: int(cfg.Fetch.MaxBody)}
}

// manners are the rules over many requests, as configured.
func manners(cfg *config.Config) aggregator.Manners {
	f := cfg.Fetch
	return aggregator.Manners{
		Gap: f.PerDomain.Gap.Std(), Pause: f.PerDomain.Pause.Std(), Burst: f.Burst, Unconditional: f.Unconditional.Std(),
		MoveSeen: f.Moves.Seen, MoveFor: f.Moves.For.Std(), Outage: f.Outage, ArchivePages: f.ArchivePages, Sitemaps: f.Sitemaps,
	}
}

// pass is one look at the selected ones of sources: poll, and group what comes.
func (w *wire) pass(ctx context.Context, sources []news.Source, sel aggregator.Selection) (sum aggregator.Summary, err error) {
	found, err := w.findLeft(ctx, sources)
	if err != nil {
		return sum, fmt.Errorf("read what was found of new sources: %w", err)
	}
	w.mail.put(found)
	defer w.mail.put(nil)
	err = w.grouping.Alongside(ctx, func() error {
		accepted, err := w.store.AcceptPreviews(ctx, w.cfg.Sources)
		if err != nil {
			return err
		}
		sum, err = w.agg.Run(ctx, sources, sel)
		if w.leaves {
			w.agg = nil // and the classifier with it: what is left to group needs the room
			// Else what is to be grouped would be read beside all that polls needed.
			if sum.New+sum.Changed > 0 {
				debug.FreeOSMemory()
				unmapProgram()
			}
		}
		sum.New += accepted
		return err
	})
	if err != nil {
		return sum, err // what was used is not asked for again within the floor
	}
	if err := w.dropLeft(ctx, found); err != nil {
		return sum, fmt.Errorf("forget what was found of new sources: %w", err)
	}
	return sum, nil
}

// polled lets go of what only polls need, in a process that polls no more.
// Publishing takes the room.
func (w *wire) polled() {
	w.grouping.Rest()
	unmapProgram()
}

// index brings the search index on for about the given time, and reports
// whether there is more to do.
func (w *wire) index(ctx context.Context, turn time.Duration) (more bool, err error) {
	end := time.Now().Add(turn) // real time, whatever the wire's clock says
	for more = true; more && err == nil && time.Now().Before(end); {
		_, more, err = w.store.Index(ctx)
	}
	return more && err == nil, err
}

// lockRun makes sure that one process polls at a time. The lock is the
// kernel's, or the database server's, so a killed run leaves none behind.
func (w *wire) lockRun(ctx context.Context, wait time.Duration) (func(), error) {
	return w.store.Lock(ctx, "run", wait)
}

// busy says who holds the lock, and what to do about it.
func (w *wire) busy(advice string) error {
	return fmt.Errorf("a daemon, a run or a worker is at work on %s already; %s", w.app.beside(w.cfg.Database.Redacted()), advice)
}

// findSource returns the source with an id.
func findSource(cfg *config.Config, id string) (news.Source, error) {
	for _, s := range cfg.Sources {
		if s.ID == id {
			return s, nil
		}
	}
	return news.Source{}, usagef("there is no source %q; \"rightswire sources list\" names them", id)
}

// isTerminal reports whether a stream is a terminal; /dev/null, where a crontab
// sends what nobody reads, is none.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
