package aggregator_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// preview returns the titles that are kept apart of a source.
func (w *wire) preview(source string) []string {
	w.t.Helper()
	items, err := w.store.Preview(w.t.Context(), source)
	if err != nil {
		w.t.Fatal(err)
	}
	var titles []string
	for _, it := range items {
		titles = append(titles, it.Title)
	}
	return titles
}

// A proposed source is polled as any other, with its validators, and what it
// brings is in no list until the desk accepts it. Then it is, without another
// request, and with the times that it had.
func TestAProposedSourceIsPolledIntoAPreview(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(story("one"), story("two")), ETag: etagA},
		fetchtest.Answer{Body: rss(story("one"), story("two"), story("three")), ETag: etagB}).Status = news.Proposed
	if sum := w.run(aggregator.Selection{}); sum.Polled != 1 || sum.New != 0 {
		t.Errorf("Run = %+v, want one poll and nothing new to readers", sum)
	}
	if d := cmp.Diff([]string{"Report one", "Report two"}, w.preview("s")); d != "" || len(w.titles()) != 0 {
		t.Fatalf("preview -want +got\n%s\nitems %q, want none", d, w.titles())
	}
	if p := w.last("s"); p.New != 2 || p.Outcome != news.OutcomeNew || !strings.Contains(p.Note, "kept apart for the desk") {
		t.Errorf("ledger = %+v, want two new items and a word on where they are", p)
	}
	w.later(3 * time.Hour)
	w.run(aggregator.Selection{})
	if p := w.last("s"); p.New != 1 {
		t.Errorf("second poll: %d new items, want the one that was not known", p.New)
	}
	if got := w.state("s"); got.ETag != etagB || got.Failures != 0 || got.NextDue.IsZero() {
		t.Errorf("state = %+v, want validators and a schedule as of any source", got)
	}
	before, _ := w.store.Preview(t.Context(), "s")

	w.sources[0].Status = news.Active
	asked := w.asked()["s"]
	n, err := w.store.AcceptPreviews(t.Context(), w.sources)
	if err != nil || n != 3 {
		t.Fatalf("AcceptPreviews = %d, %v, want 3", n, err)
	}
	if len(w.titles()) != 3 || len(w.preview("s")) != 0 || w.asked()["s"] != asked {
		t.Errorf("items %q, preview %q, %d requests; want three, none, and no new one", w.titles(), w.preview("s"), w.asked()["s"]-asked)
	}
	for i, it := range w.items() {
		if !it.FirstSeen.Equal(before[i].FirstSeen) || !it.Published.Equal(before[i].Published) || it.Language != before[i].Language {
			t.Errorf("accepted %+v, was %+v", it, before[i])
		}
	}
	w.later(3 * time.Hour)
	if sum := w.run(aggregator.Selection{}); sum.New != 0 || sum.Unchanged != 1 {
		t.Errorf("the next poll = %+v, want nothing new: all of it is known", sum)
	}
}

// Where one address has an active and a proposed source, one answer does for
// both, and each keeps its own.
func TestAProposedSourceSharesAnAnswer(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(story("one")), ETag: etagA})
	twin := w.sources[0]
	twin.ID, twin.Status = "twin", news.Proposed
	w.sources = append(w.sources, twin)
	if sum := w.run(aggregator.Selection{}); sum.Polled != 2 || sum.New != 1 {
		t.Errorf("Run = %+v, want two polls and one new item", sum)
	}
	if len(w.titles()) != 1 || len(w.preview("twin")) != 1 || len(w.preview("s")) != 0 {
		t.Errorf("items %q, previews %q and %q", w.titles(), w.preview("s"), w.preview("twin"))
	}
}

// A source that is taken out of the list while it is proposed leaves nothing,
// and validators that vouched for it neither: it may come back.
func TestAProposedSourceThatLeavesIsForgotten(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(story("one")), ETag: etagA}).Status = news.Proposed
	w.run(aggregator.Selection{})
	s := w.sources[0]
	w.sources = nil
	w.run(aggregator.Selection{})
	s.Status = news.Active
	w.sources = []news.Source{s}
	w.later(3 * time.Hour)
	if sum := w.run(aggregator.Selection{}); sum.New != 1 {
		t.Errorf("Run = %+v, want its item as news", sum)
	}
}

// A source that is accepted while its poll is under way loses nothing.
func TestAProposedSourceIsAcceptedDuringItsPoll(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: rss(story("one"), story("two")), ETag: etagA}).Status = news.Proposed
	w.run(aggregator.Selection{})
	items, _ := w.store.Preview(t.Context(), "s")
	changed := items[0]
	changed.ID, changed.Title, changed.Hash, changed.RawHash = -1, "one, corrected", "other", "other"
	if err := w.store.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "s", At: start}, State: w.state("s"), Items: []news.Item{changed}}); err != nil {
		t.Fatal(err)
	}
	if got := w.titles(); len(got) != 2 || !slices.Contains(got, "one, corrected") || len(w.preview("s")) != 0 {
		t.Errorf("items %q, preview %q; want both items, one of them corrected", got, w.preview("s"))
	}
}
