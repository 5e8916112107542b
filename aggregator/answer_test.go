package aggregator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// The next run asks first what takes longest.
func TestHowLongAnAnswerTookIsKept(t *testing.T) {
	const delay = 50 * time.Millisecond
	slow := func(a fetchtest.Answer) fetchtest.Answer {
		a.Delay = delay
		return a
	}
	tests := []struct {
		name  string
		set   func(*wire)
		least time.Duration
	}{
		{"of a feed", func(w *wire) { w.source("s", slow(fetchtest.Answer{Body: rss(story("a"))})) }, delay},
		{"of a server that fails", func(w *wire) { w.source("s", slow(fetchtest.Answer{Status: http.StatusInternalServerError})) }, delay},
		{"of the sitemaps of an index, together", func(w *wire) {
			w.sitemap("s", slow(fetchtest.Answer{Body: sitemapIndex("/news1.xml 2026-03-02", "/news2.xml 2026-03-02")}))
			w.origin.On("/news1.xml", slow(fetchtest.Answer{Body: newsSitemap("Dockers strike")}))
			w.origin.On("/news2.xml", slow(fetchtest.Answer{Status: http.StatusNotFound}))
		}, 3 * delay},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			tt.set(w)
			w.run(aggregator.Selection{})
			if got := w.state("s").Answer; got < tt.least || got%time.Millisecond != 0 {
				t.Errorf("%v, want at least %v, in whole milliseconds", got, tt.least)
			}
		})
	}
}
