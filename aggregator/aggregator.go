// Package aggregator runs the poll: due sources are fetched, read, filed and
// stored, and what is new is grouped into stories.
//
// It decides the order of the steps, what counts as new or changed, what is
// left out, and what the ledger says; each step itself is a room below it
// (schedule, fetch, feed, dedupe, classify). It does not publish and does not
// know a database: the small interfaces here say what it needs of one. It is
// a room of its own because the same poll runs from cron, in the daemon and,
// on many machines, as a job.
package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// Fetcher is what the poll needs of the HTTP guest.
type Fetcher interface {
	Get(context.Context, fetch.Request) (*fetch.Response, error)
}

// Filer is what the poll needs of the classifier.
type Filer interface {
	Classify(classify.Article) classify.Result
}

// Archive is what the poll needs of the database.
type Archive interface {
	// States returns what earlier polls taught us, one per source that has one.
	States(context.Context) ([]news.SourceState, error)
	// FormerStates returns them of sources that are in the list no more.
	FormerStates(context.Context) ([]news.SourceState, error)
	// Known looks items up; the answer is parallel to the probes, and an ID of
	// 0 means unknown, or removed.
	Known(ctx context.Context, source string, probes []news.Probe) ([]news.Known, error)
	// Marks returns those of the last poll of a source that left some; nil: none.
	Marks(ctx context.Context, source string) ([]byte, error)
	// Item returns a stored item, whole, or [news.ErrNotFound].
	Item(ctx context.Context, id int64) (news.Item, error)
	// CommitPoll stores a poll in one transaction: all of it or nothing.
	CommitPoll(context.Context, news.PollResult) error
}

// Options configures an [Aggregator]. Archive, Fetcher, Filer and Now are
// required.
type Options struct {
	Archive Archive
	Fetcher Fetcher
	Filer   func() (Filer, error) // asked when the first item has to be filed, then often; an error ends the run
	Policy  schedule.Policy
	Manners Manners
	Zone    *time.Location // of the sources' cron expressions; nil: UTC
	Workers int            // polls under way per politeness key; 0: 1
	Polls   int            // polls under way together, also those that wait to be stored; 0: 128
	Readers int            // documents parsed at once; 0: one per processor
	Limits  feed.Limits
	// Fatal reports whether an error of the Archive means that it cannot be
	// used any more, so that the run ends instead of failing poll by poll. A
	// poll with another error is lost: the source stays as it was and is asked
	// again, but not below the floor. nil: every error is fatal.
	Fatal   func(error) bool
	Covered func(source string) time.Time // until when a hub sends the source's news, so that a slow poll will do (P46); nil: none
	Now     func() time.Time
	Logger  *slog.Logger    // nil: silent
	Observe func(news.Poll) // called after each poll, by several goroutines; may be nil
}

// Aggregator polls sources. It is safe for one [Aggregator.Run] at a time.
type Aggregator struct {
	o       Options
	log     *slog.Logger
	readers *semaphore.Weighted
	visits  *visits
	outage  outage
	born    time.Time
	policy  schedule.Policy // of the run under way
	keyed   *KeyRun         // the run is over one key; see [Aggregator.RunKey]
}

// New returns an Aggregator.
func New(o Options) *Aggregator {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Fatal == nil {
		o.Fatal = func(error) bool { return true }
	}
	o.Workers, o.Polls = max(o.Workers, 1), cmp.Or(o.Polls, 128)
	if o.Readers <= 0 {
		o.Readers = runtime.GOMAXPROCS(0)
	}
	return &Aggregator{
		o: o, log: o.Logger, readers: semaphore.NewWeighted(int64(o.Readers)),
		outage: outage{limit: o.Manners.Outage, network: &network{}}, visits: &visits{}, born: o.Now(), policy: o.Policy,
	}
}

// Summary is what one run came to.
type Summary struct {
	Polled    int // sources asked
	Failed    int // of these, how many gave no document
	Unchanged int // of these, how many had nothing new
	New       int // items stored for the first time
	Changed   int // items whose text changed
	LeftOut   int // items not kept
	Lost      int // polls whose result could not be stored; they are asked again
}

// Run polls every source of the list that is selected and due, and returns
// when all have been committed. Sources of one politeness key are polled one
// after another, different keys side by side. A source that fails costs the
// others nothing; its ledger row says why. The error is not nil only when the
// archive cannot be read or written, or ctx ended.
func (a *Aggregator) Run(ctx context.Context, sources []news.Source, sel Selection) (Summary, error) {
	states, err := a.o.Archive.States(ctx)
	if err != nil {
		return Summary{}, fmt.Errorf("read source states: %w", err)
	}
	former, err := a.o.Archive.FormerStates(ctx)
	if err != nil {
		return Summary{}, fmt.Errorf("read states of former sources: %w", err)
	}
	if len(former) > 0 { // of one address, what is said of a source now counts
		states = append(former, states...)
	}
	now := a.o.Now()
	if a.keyed == nil {
		a.policy = a.o.Policy.Balanced(now, rhythms(sources, states))
	}
	due := sel.due(sources, states, a.recent(sources, states, now), a.o.Policy.Floor, now)
	if sel.Gentle {
		due = a.gentle(due, now)
	}
	a.outage.begin()
	g, gctx := errgroup.WithContext(ctx)
	t := newTurns(due, a.o.Workers, a.o.Manners.Gap, a.o.Polls)
	workers := min(a.o.Polls, t.most()) // one more would wait, with a stack of its own
	r := &run{busy: newBusy(a.o.Manners.Pause, states), settlers: newSettlers(min(workers, a.o.Readers+1))}
	defer close(r.settlers)
	g.Go(func() error {
		t.run(gctx)
		return gctx.Err()
	})
	for range workers {
		g.Go(func() error { return a.work(gctx, t, r) })
	}
	err = g.Wait()
	if held := a.storeHeld(ctx, r, err != nil); err == nil {
		err = held
	}
	return r.summary(), err
}

// run is what the polls of one [Aggregator.Run] share.
type run struct {
	tally
	busy     *busy
	sites    sites
	settlers settlers
}

// work polls what is its turn until there is no more or something fatal
// happens. What it leaves because a key has had enough is due again at the
// next run (P19).
func (a *Aggregator) work(ctx context.Context, t *turns, r *run) error {
	for turn := range t.next {
		now := a.o.Now()
		if a.keyed.over() || r.busy.until(turn.job.key, now).After(now) {
			t.done(ctx, turn.lane, false)
			continue
		}
		if err := a.pollOne(ctx, *turn.job, r); err != nil {
			return err
		}
		t.done(ctx, turn.lane, true)
	}
	return nil
}

// pollOne asks for one address and commits what came of it for each source
// that has it. A result that cannot be stored leaves the source as it was,
// validators included, so that the next run asks for the same items again.
func (a *Aggregator) pollOne(ctx context.Context, j job, r *run) error {
	results, asked, err := a.poll(ctx, j, r.settlers)
	if err == nil {
		err = a.round(ctx, results, r)
	}
	var cut error
	if ended := ctx.Err(); ended != nil {
		// A failure is our interruption and says nothing about the source. Of
		// a first import that was cut short nothing is kept: older pages are
		// read with the first document or never (P47).
		n := len(results)
		results = slices.DeleteFunc(results, func(r result) bool { return r.cut })
		if len(results) < n {
			cut = ended
		}
		if err != nil || failed(results) || len(results) == 0 {
			return ended
		}
		// What came is kept, or a restart would ask for it again at once.
		var cancel context.CancelFunc
		ctx, cancel = withGrace(ctx)
		defer cancel()
	}
	if err != nil {
		return a.lost(ctx, j.source.ID, err, r)
	}
	if err := a.storeAll(ctx, a.outage.hear(j.key, asked, results), r); err != nil {
		return err
	}
	return cut
}

// failed reports whether any source got no document.
func failed(results []result) bool {
	return slices.ContainsFunc(results, func(r result) bool { return r.Poll.Outcome == news.OutcomeFailed })
}

// ProposedNote ends the ledger's note on a poll of a source that was proposed
// then, and need not be any more.
const ProposedNote = "the source is proposed: what it brings is kept apart for the desk"

// storeAll commits results, each in a transaction of its own.
func (a *Aggregator) storeAll(ctx context.Context, results []result, r *run) error {
	for i := range results {
		res := &results[i]
		if res.job.dry {
			looked(&res.PollResult, res.job)
		}
		if res.job.preview {
			res.Preview = true
			res.Marks = []byte{} // what is kept apart can be dropped, and is read whole
			res.Poll.Note = join(res.Poll.Note, ProposedNote)
		}
		if err := a.o.Archive.CommitPoll(ctx, res.PollResult); err != nil {
			if err := a.lost(ctx, res.Poll.Source, err, r); err != nil {
				return err
			}
			continue
		}
		r.add(&res.PollResult)
		a.report(ctx, &res.Poll, res.broke)
	}
	return nil
}

// storeHeld commits the failures of which only the end of the run tells whose
// they are. An early end does not, but the requests were made.
func (a *Aggregator) storeHeld(ctx context.Context, r *run, early bool) error {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = withGrace(ctx)
		defer cancel()
	}
	results, down := a.outage.end(a.o.Policy.Floor, early)
	if down {
		a.log.LogAttrs(ctx, slog.LevelError, "nobody answers, so our own network seems to be down", slog.Int("sources", len(results)))
	}
	return a.storeAll(ctx, results, r)
}

// lost decides what an error of the archive does to the run: it ends it, or
// costs one poll.
func (a *Aggregator) lost(ctx context.Context, source string, err error, r *run) error {
	if errors.Is(err, fetch.ErrTurns) { // nor will the next one be asked
		return fmt.Errorf("poll of %s: %w", source, err)
	}
	if ctx.Err() != nil || isSetup(err) || a.o.Fatal(err) {
		return fmt.Errorf("store poll of %s: %w", source, err)
	}
	r.tally.lost.Add(1)
	a.log.LogAttrs(ctx, slog.LevelError, "poll was not stored", slog.String("source", source), slog.Any("err", err))
	return nil
}

// commitGrace is how long a poll that had its answer when the run was
// interrupted may take to be stored.
const commitGrace = 5 * time.Second

// withGrace is the context of a commit after ctx ended.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), commitGrace)
}

// setupError says that the wire itself is not fit to poll, such as a taxonomy
// that cannot be compiled: every further poll would be asked for nothing.
type setupError struct{ error }

// Unwrap gives errors.Is and errors.As access to the cause.
func (e setupError) Unwrap() error { return e.error }

func isSetup(err error) bool {
	_, ok := errors.AsType[setupError](err)
	return ok
}

// looked reduces a poll of a source that takes no part in the wire to its
// ledger row. Of the state only the time of the request is kept, for the floor
// (P22), and when the server will have us (P15): validators vouch for items that were kept, and none were.
func looked(res *news.PollResult, j job) {
	st := *j.state
	st.Source, st.URL = j.source.ID, j.source.URL
	st.LastPoll, st.NotBefore, st.Busy = res.Poll.At, res.State.NotBefore, res.State.Busy
	*res = news.PollResult{Poll: res.Poll, State: st}
	p := &res.Poll
	p.New, p.Changed, p.NextDue, p.NextWhy = 0, 0, time.Time{}, ""
	if p.Outcome == news.OutcomeNew {
		p.Outcome = news.OutcomeUnchanged
	}
	p.Note = join(p.Note, fmt.Sprintf("the source is %s: looked at, nothing kept", j.source.Status))
}

// report logs a committed poll and tells the observer. A reader of ours that
// broke is somebody's to mend: its stack is in the same line.
func (a *Aggregator) report(ctx context.Context, p *news.Poll, broke *brokenReader) {
	level := slog.LevelDebug
	switch p.Outcome {
	case news.OutcomeNew:
		level = slog.LevelInfo
	case news.OutcomeFailed:
		level = slog.LevelWarn
	}
	if broke != nil {
		level = slog.LevelError
	}
	if a.o.Observe != nil {
		a.o.Observe(*p)
	}
	if !a.log.Enabled(ctx, level) {
		return // what nobody reads is not put together
	}
	attrs := []slog.Attr{
		slog.String("source", p.Source), slog.String("outcome", string(p.Outcome)), slog.Int("status", p.Status),
		slog.Int("items_new", p.New), slog.Int("items_changed", p.Changed), slog.Int("items_seen", p.Seen),
		slog.Duration("took", p.Took), slog.String("next_why", p.NextWhy),
	}
	if !p.NextDue.IsZero() {
		attrs = append(attrs, slog.Time("next_due", p.NextDue))
	}
	if p.Note != "" {
		attrs = append(attrs, slog.String("note", p.Note))
	}
	if p.Error != "" {
		attrs = append(attrs, slog.String("err", p.Error))
	}
	if broke != nil {
		attrs = append(attrs, slog.String("stack", string(broke.stack)))
	}
	a.log.LogAttrs(ctx, level, "source polled", attrs...)
}
