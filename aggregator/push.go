package aggregator

import (
	"context"
	"errors"
	"fmt"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/aggregator/websub"
	"github.com/rightswire/rightswire/news"
)

// Push takes in what a hub sent of a source's topic, like the document of a
// poll, and leaves what polls know of the address alone: validators, failures
// and the next poll stay as they are (P46). What cannot be read is a row in the
// ledger and no error: to be sent it again would not help. It must not run
// beside [Aggregator.Run].
func (a *Aggregator) Push(ctx context.Context, src news.Source, m websub.Message) (news.Poll, error) {
	st, err := a.stateOf(ctx, src)
	if err != nil {
		return news.Poll{}, err
	}
	p := news.Poll{
		Source: src.ID, At: a.o.Now(), Status: 200, URL: fetch.Redact(m.Topic), Bytes: int64(len(m.Body)),
		NextDue: st.NextDue, NextWhy: st.NextWhy, Note: "sent by its hub", Outcome: news.OutcomeUnchanged,
	}
	res := &fetch.Response{Status: p.Status, URL: m.Topic, Header: m.Header, Body: m.Body}
	got, err := a.read(ctx, src, &p, &schedule.Outcome{}, res, past{seen: st.LastOK})
	items := got.items
	var gone []news.Gone
	if err == nil {
		gone, err = a.gone(ctx, &p, got.doc)
	}
	if broken, ok := errors.AsType[fatalError](err); ok {
		return news.Poll{}, broken.error
	}
	switch {
	case err != nil:
		items = nil
		p.Outcome, p.Error = news.OutcomeFailed, oneLine(err.Error())
	case p.New+p.Changed > 0:
		p.Outcome = news.OutcomeNew
	}
	if p.New > 0 {
		st.LastNew = p.At
	}
	p.Took = a.o.Now().Sub(p.At)
	// The next poll reads its document whole: marks are of polls, and what a
	// hub sent may be newer than what they say is stored.
	all := news.PollResult{Poll: p, State: st, Items: items, Gone: gone, Marks: []byte{}}
	if err := a.o.Archive.CommitPoll(ctx, all); err != nil {
		return news.Poll{}, fmt.Errorf("store what the hub of %s sent: %w", src.ID, err)
	}
	broke, _ := errors.AsType[*brokenReader](err)
	a.report(ctx, &p, broke)
	return p, nil
}

// stateOf returns what polls know of a source.
func (a *Aggregator) stateOf(ctx context.Context, src news.Source) (news.SourceState, error) {
	states, err := a.o.Archive.States(ctx)
	if err != nil {
		return news.SourceState{}, fmt.Errorf("read source states: %w", err)
	}
	for _, st := range states {
		if st.Source == src.ID {
			return forURL(st, src.URL), nil
		}
	}
	return news.SourceState{}, fmt.Errorf("state of %s: %w", src.ID, news.ErrNotFound)
}
