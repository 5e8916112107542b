package aggregator_test

import (
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// The next run asks first what takes longest.
func TestHowLongAnAnswerTookIsKept(t *testing.T) {
	w := newWire(t)
	w.source("slow", fetchtest.Answer{Body: rss(story("b")), Delay: 50 * time.Millisecond})
	w.run(aggregator.Selection{})
	if got := w.state("slow").Answer; got < 50*time.Millisecond || got%time.Millisecond != 0 {
		t.Errorf("the slow source answered after %v, want at least 50ms, in whole ones", got)
	}
}
