package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/aggregator/workers"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/storage"
)

// The roles of a worker.
const (
	rolePoll    = "poll"
	roleWork    = "work"
	rolePublish = "publish"
)

var workRoles = []string{rolePoll, roleWork, rolePublish}

// workFlags are the flags of "work".
type workFlags struct {
	roles   []string
	metrics string
}

// newWork is the command "work".
func newWork(a *app) *cobra.Command {
	var f workFlags
	cmd := &cobra.Command{
		Use:   "work",
		Short: "One of several machines that poll and publish from one PostgreSQL",
		Long: `Takes a share of the work of a newsroom whose database is postgres://…: start it
as often as you like, on as many machines as you like, each with the same
configuration. Without flags it does all that there is to do; a network with
many sources has some machines for the polls and one or two for the rest.

  poll     Polls sources when they are due. There is one job for each domain, so
           that no two machines ask one server at a time, and the gap between two
           requests to it holds among all of them. More of these poll more.
  work     Groups what came into stories and brings the search index up to date.
           One process does so at a time; others of this role stand by.
  publish  Writes the site to publish.to when something has changed, and keeps the
           archives of the feeds; without publish.to only these. One process does
           so at a time; others of this role stand by.

A machine that dies takes nothing along: what it was polling is given to another
after some minutes, what stands by takes over within seconds. SIGTERM lets the
polls that are under way end, begins no other, and hands back the rest. A changed
config.yaml is taken over by itself, or at once on SIGHUP.

"rightswire serve --no-poll" serves the site beside workers. "serve" alone, and
"run", poll by themselves, and are refused while a worker is at work, as it is
while they are. docs/scaling.md says how many machines do what.`,
		Example: `  rightswire work
  rightswire work --roles poll --config /etc/rightswire/config.yaml
  rightswire work --roles work,publish --metrics localhost:9101`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err := errors.Join(err, f.check()); err != nil {
				return err
			}
			err = a.work(cmd.Context(), cfg, f)
			if cmd.Context().Err() != nil && errors.Is(err, context.Canceled) {
				return nil // asked to end before it had begun
			}
			return err
		},
	}
	cmd.Flags().StringSliceVar(&f.roles, "roles", workRoles, "what this process does: `poll,work,publish`, or some of them")
	cmd.Flags().StringVar(&f.metrics, "metrics", "", "serve /metrics, /healthz and /readyz at this `address`")
	offer(cmd, "roles", words(workRoles...))
	return cmd
}

// check refuses roles that there are not.
func (f workFlags) check() error {
	for _, role := range f.roles {
		if !slices.Contains(workRoles, role) {
			return usagef("--roles: %q is none; there are %s", role, strings.Join(workRoles, ", "))
		}
	}
	if len(f.roles) == 0 {
		return usagef("--roles: it is empty; name %s", strings.Join(workRoles, ", "))
	}
	return nil
}

func (f workFlags) has(role string) bool { return slices.Contains(f.roles, role) }

// work is one worker, until ctx ends.
func (a *app) work(ctx context.Context, cfg *config.Config, f workFlags) error {
	if !storage.IsPostgres(a.archive(cfg)) {
		return usagef("work needs a database that several machines can share: database is %s, set it to postgres://user@host/name (\"rightswire migrate --to\" moves the news there); one process with a file is \"rightswire serve\"", cfg.Database.Redacted())
	}
	if cfg.Fetch.WebSub {
		return usagef("work: fetch.websub is on, and what hubs send is taken in by \"rightswire serve\", which polls by itself; set it to false, or leave the workers away")
	}
	w, err := a.openShared(ctx, cfg)
	if err != nil {
		return err
	}
	hold, err := w.holdRun(ctx)
	if err != nil {
		return errors.Join(err, w.close())
	}
	defer hold.Release()
	err = newWorking(w, f).run(ctx, hold)
	a.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelInfo, "stopped")
	return errors.Join(err, w.close())
}

// openShared is open for a process that polls beside others.
func (a *app) openShared(ctx context.Context, cfg *config.Config) (*wire, error) {
	store, err := a.openStore(ctx, cfg, false)
	if err != nil {
		return nil, err
	}
	w := &wire{app: a, store: store, shared: true}
	if err := w.configure(ctx, cfg); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return w, nil
}

// holdRun keeps those out who poll by themselves, together with all others who
// do not.
func (w *wire) holdRun(ctx context.Context) (*storage.Hold, error) {
	hold, err := w.store.Hold(ctx, "run", true, 0)
	if errors.Is(err, storage.ErrHeld) {
		w.app.log.LogAttrs(ctx, slog.LevelInfo, "waiting for a daemon or a run on this database to end", slog.Duration("at_most", handover))
		hold, err = w.store.Hold(ctx, "run", true, handover)
	}
	if errors.Is(err, storage.ErrHeld) {
		err = w.busy(`end it, or start it as "rightswire serve --no-poll", which leaves the polls to workers`)
	}
	return hold, err
}

// errRunLost is returned when others may poll by themselves again.
var errRunLost = errors.New("the connection to the database that says we may work is lost; start again")

// run does what the roles say until ctx ends or the right to do so is lost.
func (k *working) run(ctx context.Context, hold *storage.Hold) error {
	g, ctx := errgroup.WithContext(ctx)
	k.w.away = k.w.newAbsence(ctx)
	g.Go(func() error {
		select {
		case <-hold.Lost():
			return errRunLost
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	g.Go(func() error { return k.follow(ctx) })
	if k.flags.metrics != "" {
		g.Go(func() error { return k.serveMetrics(ctx) })
	}
	if k.flags.has(rolePoll) {
		g.Go(func() error { return k.poll(ctx) })
		g.Go(func() error { return k.tell(ctx) })
	}
	if k.flags.has(roleWork) {
		g.Go(func() error { return k.w.alone(ctx, "group", k.groupAndIndex) })
	}
	if k.flags.has(rolePublish) {
		g.Go(func() error { return k.w.alone(ctx, "publish", k.publish) })
	}
	k.log().LogAttrs(ctx, slog.LevelInfo, "working", slog.String("roles", strings.Join(k.flags.roles, ",")), slog.Int("sources", len(k.now().cfg.Sources)))
	if err := g.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// poll works at the queue of the polls.
func (k *working) poll(ctx context.Context) error {
	room := k.now()
	pool, err := k.pool(ctx, room.cfg)
	if err != nil {
		return err
	}
	defer pool.Close()
	unlock, err := k.w.store.Lock(ctx, "open", time.Minute)
	if err != nil {
		return err
	}
	err = workers.Migrate(ctx, pool)
	unlock()
	if err != nil {
		return err
	}
	queue, err := workers.New(workers.Options{
		Pool: pool, Store: k.w.store, Newsroom: func() workers.Newsroom { return k.now().room }, Workers: 2 * room.cfg.Fetch.Concurrency,
		Timeout: room.cfg.Fetch.Timeout.Std(), Alone: k.tendAlone, Now: k.w.app.now, Logger: k.log(), Away: k.w.away.note, Observe: k.observe,
	})
	if err != nil {
		return err
	}
	k.queue.Store(pool)
	defer k.queue.Store(nil)
	return queue.Run(ctx)
}

// queueConns is how many connections the queue has: it fetches jobs and says
// what became of them, many at a time.
const queueConns = 4

// pool connects to the database for the queue.
func (k *working) pool(ctx context.Context, cfg *config.Config) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(k.w.app.archive(cfg))
	if err != nil {
		return nil, fmt.Errorf("the address of the database cannot be read: %s", cfg.Database.Redacted())
	}
	c.MaxConns = queueConns
	c.ConnConfig.RuntimeParams["application_name"] = "rightswire queue"
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect for the queue: %w", err)
	}
	return pool, nil
}
