package main

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/workers"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// working is a worker that is at work.
type working struct {
	w       *wire
	setup   sync.Mutex // guards what a configuration changes of w
	flags   workFlags
	inUse   atomic.Pointer[workRoom]
	queue   atomic.Pointer[pgxpool.Pool] // while polls are worked at
	metrics *workMetrics
	tally   workTally
	changed chan struct{} // the configuration has
}

// workRoom is what a configuration comes to. Jobs that began with an older one
// end with it.
type workRoom struct {
	cfg  *config.Config
	room workers.Newsroom
}

func newWorking(w *wire, f workFlags) *working {
	k := &working{w: w, flags: f, metrics: newWorkMetrics(), changed: make(chan struct{}, 1)}
	k.metrics.of(k)
	w.app.polls.count.Store(k.metrics.metrics)
	k.use()
	return k
}

func (k *working) now() *workRoom    { return k.inUse.Load() }
func (k *working) log() *slog.Logger { return k.w.app.log }

// use takes over what the wire is set up for.
func (k *working) use() {
	cfg, byKey := k.w.cfg, map[string][]news.Source{}
	for _, s := range cfg.Sources {
		key := fetch.Key(s.URL)
		byKey[key] = append(byKey[key], s)
	}
	k.inUse.Store(&workRoom{
		cfg: cfg,
		room: workers.Newsroom{
			Aggregator: k.w.agg, Policy: policy(cfg), Gap: cfg.Fetch.PerDomain.Gap.Std(),
			Sources: func(key string) []news.Source { return byKey[key] },
		},
	})
}

// follow takes a changed configuration over; one with mistakes is reported, and
// the last good one stays.
func (k *working) follow(ctx context.Context) error {
	files := k.w.cfg.Files()
	watcher := watch(ctx, files, k.log())
	defer watcher.stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-watcher.changed:
		}
		cfg, err := k.w.app.read()
		if bad := (*config.Errors)(nil); errors.As(err, &bad) {
			files = bad.Files
		}
		switch {
		case err != nil:
			k.log().LogAttrs(ctx, slog.LevelError, "changed configuration refused, the last good one stays", slog.Any("err", err))
		case reflect.DeepEqual(cfg, k.w.cfg):
			files = cfg.Files()
			k.log().LogAttrs(ctx, slog.LevelInfo, "configuration reloaded, nothing changed")
		default:
			files = cfg.Files()
			k.takeOver(ctx, cfg)
		}
		if watcher.follow(ctx, files) {
			want(watcher.changed) // what came before its folder was watched
		}
	}
}

// takeOver puts a configuration into effect.
func (k *working) takeOver(ctx context.Context, cfg *config.Config) {
	k.setup.Lock()
	defer k.setup.Unlock()
	old := k.w.cfg
	if err := k.w.configure(ctx, cfg); err != nil {
		k.log().LogAttrs(ctx, slog.LevelError, "changed configuration was not taken over", slog.Any("err", err))
		return
	}
	found, err := k.w.findLeft(ctx, cfg.Sources)
	if err != nil {
		k.log().LogAttrs(ctx, slog.LevelWarn, "what was found of new sources could not be read, so they are asked again", slog.Any("err", err))
	} else {
		k.w.mail.put(found) // "sources add" has asked new ones
	}
	if err := k.w.dropLeft(ctx, nil); err != nil { // what is too old by now
		k.log().LogAttrs(ctx, slog.LevelWarn, "what was found of new sources could not be forgotten", slog.Any("err", err))
	}
	k.use()
	want(k.changed)
	k.log().LogAttrs(ctx, slog.LevelInfo, "configuration reloaded", slog.Int("sources", len(cfg.Sources)))
	for key, changed := range map[string]bool{
		"database": cfg.Database != old.Database, "fetch.concurrency": cfg.Fetch.Concurrency != old.Fetch.Concurrency, "fetch.timeout": cfg.Fetch.Timeout != old.Fetch.Timeout,
	} {
		if changed {
			k.log().LogAttrs(ctx, slog.LevelWarn, "changed key needs a restart", slog.String("key", key))
		}
	}
}

// tendAlone is the lock of whoever looks after the queue.
func (k *working) tendAlone(ctx context.Context) (func(), bool, error) {
	unlock, err := k.w.store.Lock(ctx, "jobs", 0)
	if errors.Is(err, storage.ErrHeld) {
		return nil, false, nil
	}
	return unlock, err == nil, err
}

// newFetcher is fetcher, and for a process that polls beside others one that
// takes its turns in the database.
func (w *wire) newFetcher(cfg *config.Config) (*fetch.Client, error) {
	if !w.shared {
		return w.app.fetcher(cfg)
	}
	o := w.app.fetchOptions(cfg)
	o.Turns = sharedTurns{w.store, cfg.Fetch.Timeout.Std(), cfg.Fetch.PerDomain.Gap.Std()}
	return fetch.New(o)
}

// sharedTurns are turns that are taken in the database.
type sharedTurns struct {
	store        *storage.Store
	timeout, gap time.Duration
}

// Take implements [fetch.Turns]. A turn that its holder does not give back ends
// when its request has.
func (t sharedTurns) Take(ctx context.Context, key string) (func(), error) {
	return t.store.TakeTurn(ctx, key, t.timeout+t.gap+time.Second, t.gap)
}

// dueJobs pulls the jobs of keys forward whose sources have changed.
func dueJobs(cfg *config.Config) func(context.Context, pgx.Tx, []string) error {
	if !storage.IsPostgres(located(cfg.Database.URL)) {
		return nil
	}
	return func(ctx context.Context, tx pgx.Tx, keys []string) error {
		jobs, err := workers.NewInserter(cfg.Fetch.Timeout.Std())
		if err != nil {
			return err
		}
		return jobs.Due(ctx, tx, keys)
	}
}
