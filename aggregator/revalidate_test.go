package aggregator_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// conditional and whole are what an origin sees of a request.
var (
	conditional = map[string]string{"If-None-Match": etagA, "If-Modified-Since": modified}
	whole       = map[string]string{"If-None-Match": "", "If-Modified-Since": "", "A-Im": ""}
)

// A server that confirms whatever it is shown would hide its news for ever.
func TestP06_SevenDaysOf304AreNotBelieved(t *testing.T) {
	w := newWire(t)
	first := fetchtest.Answer{Body: bodyOne, ETag: etagA, LastModified: modified, Sees: whole}
	same := fetchtest.Answer{Status: 304, Sees: conditional}
	w.source("s", first, same, same, fetchtest.Answer{Status: 503, Sees: conditional}, same,
		fetchtest.Answer{Body: bodyTwo, ETag: etagA, LastModified: modified, Sees: whole}, same, same)
	for step, wait := range []time.Duration{
		0,
		30 * 24 * time.Hour,                    // a long pause before the first 304 is no row of them
		3 * 24 * time.Hour, 2 * 24 * time.Hour, // a failure does not end the row
		47 * time.Hour,
		time.Hour, // seven days after the first
		time.Hour, 6 * 24 * time.Hour,
	} {
		w.later(wait)
		w.run(aggregator.Selection{All: true})
		if want := 1; step < 5 && len(w.titles()) != want {
			t.Errorf("step %d: %q", step, w.titles())
		}
	}
	if n := len(w.origin.Requests()); n != 8 {
		t.Errorf("%d requests, want 8", n)
	}
	if d := cmp.Diff([]string{"Report one", "Report two"}, w.titles()); d != "" {
		t.Errorf("items -want +got\n%s", d)
	}
}

func TestP07_TheSameBytesTouchNoItem(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: bodyOne}) // no validators: the hash is all there is
	w.run(aggregator.Selection{})
	before := w.items()
	sum := w.again()
	if sum.Unchanged != 1 || sum.New+sum.Changed != 0 {
		t.Errorf("Run = %+v, want it unchanged", sum)
	}
	if p := w.last("s"); p.Status != 200 || p.Seen != 0 || p.Note != "same bytes as last time" {
		t.Errorf("ledger = %+v, want that nothing was read", p)
	}
	if d := cmp.Diff(before, w.items()); d != "" {
		t.Errorf("items -before +after\n%s", d)
	}
}

func TestP08_AnotherBodyUnderTheSameETagIsBelieved(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA}, fetchtest.Answer{Status: 200, Body: bodyTwo, ETag: etagA})
	w.run(aggregator.Selection{})
	w.again()
	if d := cmp.Diff([]string{"Report one", "Report two"}, w.titles()); d != "" {
		t.Errorf("items -want +got\n%s", d)
	}
}

// hinted is a feed without items, so that nothing but its hints moves it.
func hinted(inside string) fetchtest.Answer {
	return fetchtest.Answer{ETag: etagA, Status: 200, Body: `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>News</title>` + inside + `</channel></rss>`}
}

// wantNext polls a source with one answer and checks when it is asked again.
func wantNext(t *testing.T, a fetchtest.Answer, low, high time.Duration, edit ...func(*wire)) {
	t.Helper()
	w := newWire(t)
	w.source("s", a)
	for _, e := range edit {
		e(w)
	}
	w.run(aggregator.Selection{})
	st := w.state("s")
	if got := st.NextDue.Sub(start); got < low || got > high {
		t.Errorf("next in %v because %q, want %v to %v", got, st.NextWhy, low, high)
	}
}

// usual is where the default interval ends up, jitter included.
const usualLow, usualHigh = 56 * time.Minute, 64 * time.Minute

func TestP12_TTLIsALowerBoundUpToTheCap(t *testing.T) {
	for ttl, want := range map[string][2]time.Duration{
		"240": {4 * time.Hour, 4*time.Hour + time.Minute}, "10": {usualLow, usualHigh},
		"99999": {24 * time.Hour, 25 * time.Hour}, "-5": {usualLow, usualHigh}, "soon": {usualLow, usualHigh},
	} {
		t.Run(ttl, func(t *testing.T) { wantNext(t, hinted("<ttl>"+ttl+"</ttl>"), want[0], want[1]) })
	}
	wantNext(t, hinted("<ttl>99999</ttl>"), 6*time.Hour, 6*time.Hour+time.Minute, func(w *wire) { w.policy.FreshnessMax = 6 * time.Hour })
}

func TestP13_UpdatePeriodIsAHintAndNonsenseIsAbsent(t *testing.T) {
	for _, tt := range []struct {
		period, frequency string
		low, high         time.Duration
	}{
		{"daily", "4", 6 * time.Hour, 6*time.Hour + time.Minute}, {"daily", "", 23 * time.Hour, 24 * time.Hour},
		{"yearly", "1", 23 * time.Hour, 24 * time.Hour}, {"hourly", "1000", usualLow, usualHigh},
		{"always", "1", usualLow, usualHigh}, {"hourly", "0.1", usualLow, usualHigh}, {"hourly", "-3", usualLow, usualHigh},
	} {
		t.Run(tt.period+" "+tt.frequency, func(t *testing.T) {
			wantNext(t, hinted("<sy:updatePeriod>"+tt.period+"</sy:updatePeriod><sy:updateFrequency>"+tt.frequency+"</sy:updateFrequency>"), tt.low, tt.high)
		})
	}
}

// The wire starts on a Monday at nine.
func TestP14_SkipHoursAndSkipDaysAreWaitedOut(t *testing.T) {
	hours := func(list ...int) (s string) {
		for _, h := range list {
			s += fmt.Sprintf("<hour>%d</hour>", h)
		}
		return "<skipHours>" + s + "</skipHours>"
	}
	all := make([]int, 24)
	for i := range all {
		all[i] = i
	}
	for _, tt := range []struct {
		name, inside string
		low, high    time.Duration
	}{
		{"hours", hours(9, 10, 11), 3 * time.Hour, 3*time.Hour + 10*time.Minute},
		{"another hour", hours(3), usualLow, usualHigh},
		{"a day", "<skipDays><day>Monday</day></skipDays>", 15 * time.Hour, 15*time.Hour + 10*time.Minute},
		{"every hour is no window", hours(all...), usualLow, usualHigh},
		{"every day is no window", "<skipDays><day>Monday</day><day>Tuesday</day><day>Wednesday</day><day>Thursday</day><day>Friday</day><day>Saturday</day><day>Sunday</day></skipDays>", usualLow, usualHigh},
	} {
		t.Run(tt.name, func(t *testing.T) { wantNext(t, hinted(tt.inside), tt.low, tt.high) })
	}
}

// The three words of HTTP on freshness, over the whole way.
func TestP09_P10_P11_FreshnessMovesTheNextPoll(t *testing.T) {
	with := func(header map[string]string) fetchtest.Answer {
		a := hinted("")
		a.Header = header
		return a
	}
	date := start.Format("Mon, 02 Jan 2006 15:04:05 GMT")
	for _, tt := range []struct {
		name      string
		header    map[string]string
		low, high time.Duration
	}{
		{"P09 max-age less Age", map[string]string{"Cache-Control": "max-age=10800", "Age": "3600"}, 2 * time.Hour, 2*time.Hour + time.Minute},
		{"P09 at most a day", map[string]string{"Cache-Control": "max-age=99999999"}, 24 * time.Hour, 25 * time.Hour},
		{"P10 Expires less Date", map[string]string{"Expires": start.Add(5 * time.Hour).Format("Mon, 02 Jan 2006 15:04:05 GMT"), "Date": date}, 5 * time.Hour, 5*time.Hour + time.Minute},
		{"P10 Expires 0", map[string]string{"Expires": "0", "Date": date}, usualLow, usualHigh},
		{"P11 no-store", map[string]string{"Cache-Control": "no-store, max-age=10800"}, usualLow, usualHigh},
		{"P11 no-cache", map[string]string{"Cache-Control": "no-cache"}, usualLow, usualHigh},
	} {
		t.Run(tt.name, func(t *testing.T) { wantNext(t, with(tt.header), tt.low, tt.high) })
	}
	w := newWire(t)
	w.source("s", with(map[string]string{"Cache-Control": "no-store"}), fetchtest.Answer{Status: 304, Sees: map[string]string{"If-None-Match": etagA}})
	w.run(aggregator.Selection{})
	if sum := w.again(); sum.Unchanged != 1 {
		t.Errorf("P11: Run = %+v, want the validator sent all the same", sum)
	}
}

func TestP23_WithoutValidatorsOnceADayUnlessTheDeskSaysLess(t *testing.T) {
	bare := hinted("")
	bare.ETag = ""
	wantNext(t, bare, 24*time.Hour, 25*time.Hour)
	wantNext(t, bare, usualLow, usualHigh, func(w *wire) { w.policy.NoValidators = 0 })
	wantNext(t, bare, 2*time.Hour, 2*time.Hour, func(w *wire) { w.sources[0].Schedule = "@every 2h" })
	bare.LastModified = modified
	wantNext(t, bare, usualLow, usualHigh)
}

func TestP24_WithValidatorsOnceAnHourToBeginWith(t *testing.T) {
	wantNext(t, hinted(""), usualLow, usualHigh)
	wantNext(t, hinted(""), 37*time.Minute, 43*time.Minute, func(w *wire) { w.policy.Default = 40 * time.Minute })
}

func TestP25_AMonthWithoutNewsIsOnceADay(t *testing.T) {
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: bodyOne, ETag: etagA})
	w.run(aggregator.Selection{})
	w.tick(31 * 24 * time.Hour)
	st := w.state("s")
	if got := st.NextDue.Sub(st.LastPoll); got < 21*time.Hour+30*time.Minute || got > 25*time.Hour {
		t.Errorf("next in %v because %q, want a day", got, st.NextWhy)
	}
}

// The kinds of failure weigh differently, all of them end at a day, and none
// is the end of a source.
func TestP35_FailuresWeighByKindAndNeverEndASource(t *testing.T) {
	after := func(n int, a fetchtest.Answer, edit func(*news.Source)) time.Duration {
		w := newWire(t)
		s := w.source("s", a)
		if edit != nil {
			edit(s)
		}
		w.manners.Outage = 0
		for range n {
			w.run(aggregator.Selection{All: true})
			w.later(7 * 24 * time.Hour)
		}
		st := w.state("s")
		if st.Failures != n {
			t.Fatalf("%d failures are counted, want %d", st.Failures, n)
		}
		if sum := w.run(aggregator.Selection{}); sum.Polled != 1 {
			t.Errorf("after %d failures the source is not asked any more", n)
		}
		return st.NextDue.Sub(st.LastPoll)
	}
	nowhere := func(s *news.Source) { s.URL = "http://nowhere.test/feed" }
	temp := after(4, fetchtest.Answer{Status: 503}, nil)
	name := after(4, fetchtest.Answer{}, nowhere)
	soft := after(4, fetchtest.Answer{Status: 500}, nil)
	hard := after(4, fetchtest.Answer{Status: 400}, nil)
	if temp > 3*time.Hour || name > 3*time.Hour || soft < temp*3/2 || hard < soft*3/2 {
		t.Errorf("after four failures: 503 %v, no such host %v, 500 %v, 400 %v; want each kind to wait longer", temp, name, soft, hard)
	}
	for _, status := range []int{400, 500, 503} {
		if d := after(30, fetchtest.Answer{Status: status}, nil); d < 22*time.Hour || d > 24*time.Hour {
			t.Errorf("after 30 times status %d the next poll is in %v, want a day", status, d)
		}
	}
}
