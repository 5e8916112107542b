package aggregator_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// What a poll taught us of a source is stored with it, survives a restart, and
// stays as it is, to the byte, when there is nothing new.
func TestTheRhythmIsLearnedFromDatesAndKept(t *testing.T) {
	w := newWire(t)
	var many []entry
	for i := range 12 {
		e := story(fmt.Sprint("old", i))
		e.date = start.Add(time.Duration(-6*i-1)*time.Hour - 7*time.Minute).Format(time.RFC1123)
		many = append(many, e)
	}
	w.source("busy", fetchtest.Answer{Body: rss(many...), ETag: etagA})
	w.source("quiet", fetchtest.Answer{Body: rss(many[11]), ETag: etagA})
	w.run(aggregator.Selection{})
	learned := w.state("busy").Rhythm
	if len(learned) == 0 || bytes.Equal(learned, w.state("quiet").Rhythm) {
		t.Fatalf("rhythms %v and %v, want two that differ", learned, w.state("quiet").Rhythm)
	}
	if got := w.state("busy").NextWhy; !strings.HasPrefix(got, "about 2 items a day") {
		t.Errorf("the first poll leads to %q, want a rate learned from the dates", got)
	}
	w.later(30 * time.Hour)
	w.run(aggregator.Selection{})
	busy, quiet := w.state("busy"), w.state("quiet")
	if got := w.last("busy"); got.Status != 304 || !bytes.Equal(busy.Rhythm, learned) {
		t.Errorf("status %d left the rhythm at %v, want a 304 and %v", got.Status, busy.Rhythm, learned)
	}
	if !busy.NextDue.Before(quiet.NextDue) || !strings.Contains(busy.NextWhy, "about ") {
		t.Errorf("busy is due %v (%s), quiet %v (%s); want the busy one first", busy.NextDue, busy.NextWhy, quiet.NextDue, quiet.NextWhy)
	}
}

// A source with a cron expression takes no part in the budget.
func TestACronSourceIsAskedByItsExpression(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA}).Schedule = "30 11 * * *"
	w.run(aggregator.Selection{})
	if got, want := w.state("s").NextDue, start.Add(150*time.Minute); !got.Equal(want) {
		t.Errorf("due %v (%s), want %v", got, w.state("s").NextWhy, want)
	}
}
