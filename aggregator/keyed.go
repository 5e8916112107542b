package aggregator

import (
	"context"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// KeyRun is a run over the sources of one politeness key: the share of the work
// that is given to one machine of several.
type KeyRun struct {
	Sources []news.Source // all that the list has of the key
	Archive Archive       // instead of that of the [Options]; its states are of these sources alone
	// Policy is the one of all sources, balanced: a single key cannot tell how
	// requests are shared out among all.
	Policy schedule.Policy
	// Enough is asked before each poll and reports whether no further one is to
	// begin, so that the run ends in time; nil: all that are due are polled.
	// What is left is due.
	Enough func() bool
}

// over reports whether no further poll may begin.
func (k *KeyRun) over() bool { return k != nil && k.Enough != nil && k.Enough() }

// RunKey is [Aggregator.Run] for one politeness key. Other than that, many may
// run at a time, each for a key of its own. It returns when the next source of
// the key is due: zero, if none is to be asked by itself any more.
//
// All of them share what this process knows: which addresses it has just asked,
// and whether its network is down. How many documents are parsed at once counts
// for all together.
func (a *Aggregator) RunKey(ctx context.Context, k KeyRun) (sum Summary, next time.Time, err error) {
	one := &Aggregator{
		o: a.o, log: a.log, readers: a.readers, visits: a.visits, outage: outage{limit: a.outage.limit, network: a.outage.network},
		born: a.born, policy: k.Policy, keyed: &k,
	}
	one.o.Archive = k.Archive
	sum, err = one.Run(ctx, k.Sources, Selection{})
	if err != nil {
		return sum, next, err
	}
	next, err = one.next(ctx, k.Sources)
	return sum, next, err
}

// recent returns which addresses this process has asked within the floor.
func (a *Aggregator) recent(sources []news.Source, states []news.SourceState, now time.Time) map[string]bool {
	if a.keyed == nil {
		return a.visits.within(a.o.Policy.Floor, now)
	}
	recent := map[string]bool{}
	for address := range a.visits.last(addresses(sources, states), a.o.Policy.Floor, now) {
		recent[address] = true
	}
	return recent
}

// addresses returns where sources may be asked.
func addresses(sources []news.Source, states []news.SourceState) map[string]bool {
	all := map[string]bool{}
	for i := range sources {
		all[sources[i].URL] = true
	}
	for i := range states {
		all[asked(&states[i])] = true
	}
	return all
}

// next returns when the first of the sources is to be asked by [Selection.due],
// from what is stored now.
func (a *Aggregator) next(ctx context.Context, sources []news.Source) (next time.Time, err error) {
	states, err := a.o.Archive.States(ctx)
	if err != nil {
		return next, fmt.Errorf("read source states: %w", err)
	}
	former, err := a.o.Archive.FormerStates(ctx)
	if err != nil {
		return next, fmt.Errorf("read states of former sources: %w", err)
	}
	states = append(former, states...)
	now := a.o.Now()
	floors, known := map[string]time.Time{}, map[string]*news.SourceState{}
	later := func(of map[string]time.Time, address string, t time.Time) {
		if t.After(of[address]) {
			of[address] = t
		}
	}
	for address, at := range a.visits.last(addresses(sources, states), a.o.Policy.Floor, now) {
		floors[address] = at.Add(a.o.Policy.Floor)
	}
	for i := range states {
		st := &states[i]
		known[st.Source] = st
		for _, address := range []string{st.URL, asked(st)} {
			if !st.LastPoll.IsZero() && tooSoon(st.LastPoll, a.o.Policy.Floor, now) {
				later(floors, address, st.LastPoll.Add(a.o.Policy.Floor))
			}
			if bars(st, now) {
				later(floors, address, st.NotBefore)
			}
		}
	}
	busy := newBusy(a.o.Manners.Pause, states)
	for i := range sources {
		src := &sources[i]
		st := known[src.ID]
		if st == nil {
			st = &news.SourceState{}
		}
		if !(Selection{All: true}).wants(src, st, now) {
			continue
		}
		at := now
		if !(Selection{}).wants(src, st, now) {
			at = st.NextDue
		}
		if floor := floors[newJob(src, st).address()]; floor.After(at) {
			at = floor
		}
		if until := busy.until(fetch.Key(src.URL), now); until.After(at) {
			at = until
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, nil
}
