package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rightswire/rightswire/news"
)

// explainIdle says why a run asked nobody, and when somebody may be asked.
func (w *wire) explainIdle(ctx context.Context, f runFlags) error {
	states, err := w.store.States(ctx)
	if err != nil {
		return err
	}
	known := make(map[string]news.SourceState, len(states))
	for _, st := range states {
		known[st.Source] = st
	}
	fmt.Fprintln(w.app.out, w.idle(f, known))
	return nil
}

// idle is the reason, from what is known of the sources. A run that was told
// which sources to ask is held back by the floor alone.
func (w *wire) idle(f runFlags, known map[string]news.SourceState) string {
	floor := w.cfg.Fetch.Floor.Std()
	if f.source != "" {
		last := known[f.source].LastPoll
		return fmt.Sprintf("%q was asked %s ago and not before %s again: fetch.floor is %s",
			f.source, short(w.app.now().Sub(last)), ahead(last.Add(floor)), span(floor))
	}
	first, at := "", time.Time{}
	for _, s := range w.cfg.Sources {
		if !s.Polled() {
			continue
		}
		may := known[s.ID].LastPoll.Add(floor)
		if due := known[s.ID].NextDue; !f.all && due.After(may) {
			may = due
		}
		if first == "" || may.Before(at) {
			first, at = s.ID, may
		}
	}
	switch {
	case first == "":
		return "no source is active: every one is paused or proposed"
	case f.all:
		return fmt.Sprintf("every source was asked less than %s ago (fetch.floor); %q may be asked first, at %s", span(floor), first, ahead(at))
	}
	return fmt.Sprintf("nothing is due; %q is next, at %s", first, ahead(at))
}

// ahead writes a time to come, rounded up to a second: who comes at it is not
// too early.
func ahead(t time.Time) string { return stamp(t.Add(time.Second - 1)) }
