package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/news"
)

// explainIdle says why a run asked nobody, and when somebody may be asked.
func (w *wire) explainIdle(ctx context.Context, f runFlags) error {
	known, err := w.lastAsked(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(w.app.out, w.idle(f, known))
	return nil
}

// lastAsked returns what is known of the sources, by id, and when their
// addresses were asked last. The floor is an address's, under whatever id it
// was asked (P22).
func (w *wire) lastAsked(ctx context.Context) (map[string]news.SourceState, error) {
	states, err := w.store.States(ctx)
	if err != nil {
		return nil, err
	}
	former, err := w.store.FormerStates(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]news.SourceState, len(states))
	for _, st := range states {
		known[st.Source] = st
	}
	byURL := map[string]news.SourceState{}
	for _, st := range append(former, states...) {
		if st.LastPoll.After(byURL[st.URL].LastPoll) {
			byURL[st.URL] = st
		}
	}
	for _, s := range w.cfg.Sources {
		if st, other := known[s.ID], byURL[s.URL]; other.LastPoll.After(st.LastPoll) {
			st.LastPoll, st.NotBefore = other.LastPoll, other.NotBefore
			known[s.ID] = st
		}
	}
	return known, nil
}

// idle is the reason, from what is known of the sources. A run that was told
// which sources to ask is held back by the floor, and by what their servers
// said.
func (w *wire) idle(f runFlags, known map[string]news.SourceState) string {
	floor := w.cfg.Fetch.Floor.Std()
	if f.source != "" {
		st := known[f.source]
		why := "fetch.floor is " + span(floor)
		may := st.LastPoll.Add(floor)
		if st.NotBefore.After(may) {
			may, why = st.NotBefore, "its server asked for that"
		}
		if !may.After(w.app.now()) {
			return fmt.Sprintf("%q was not asked: its domain is left alone for a while, or another source has its address", f.source)
		}
		return fmt.Sprintf("%q was asked %s ago and not before %s again: %s", f.source, short(w.app.now().Sub(st.LastPoll)), ahead(may), why)
	}
	first, at := "", time.Time{}
	for _, s := range w.cfg.Sources {
		st := known[s.ID]
		if s.Status == news.Paused || st.Gone >= 2 && st.URL == s.URL {
			continue // nobody asks it
		}
		may := st.LastPoll.Add(floor)
		if st.NotBefore.After(may) {
			may = st.NotBefore
		}
		if due := st.NextDue; !f.all && due.After(may) {
			may = due
		}
		if first == "" || may.Before(at) {
			first, at = s.ID, may
		}
	}
	switch {
	case len(w.cfg.Sources) == 0:
		return `there is no source to ask: "rightswire sources add URL" adds one`
	case first == "":
		return "no source is asked: every one is paused or gone for good"
	case f.all:
		return fmt.Sprintf("every source was asked less than %s ago (fetch.floor); %q may be asked first, at %s", span(floor), first, ahead(at))
	}
	return fmt.Sprintf("nothing is due; %q is next, at %s", first, ahead(at))
}

// ahead writes a time to come, rounded up to a second: who comes at it is not
// too early.
func ahead(t time.Time) string { return stamp(t.Add(time.Second - 1)) }
