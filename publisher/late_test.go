package publisher_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestF41_OfABusyWireNoEntryMakesRoomForAnOlderOne(t *testing.T) {
	n := &newsroom{}
	for i := range 200 {
		n.put(story(int64(i+1), "alpha", "press-freedom", "en", noon.Add(time.Duration(i)*time.Minute)))
	}
	got := read(t, build(t, n, options()), "/feeds/press-freedom").titles()
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprint("Report ", 200-i))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the newest 50 are not what is published: %q", got)
	}
	// One with an old date that came last has a place, and takes that of the oldest.
	late := story(300, "alpha", "press-freedom", "en", noon)
	late.Items[0].FirstSeen = noon.Add(201 * time.Minute)
	n.put(late)
	got = read(t, build(t, n, options()), "/feeds/press-freedom").titles()
	if !slices.Equal(got, append(slices.Clone(want[:49]), "Report 300")) {
		t.Errorf("the late report is not at the end: %q", got)
	}
}

// Of a cut with more news in two days than are looked at, a report that came last
// and says that it is a week old would be behind all that came in its time.
func TestF41_ALateReportIsNotHiddenByTheNewsOfABusyCut(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		n := &newsroom{}
		for i := range 700 {
			n.put(story(int64(i+1), "alpha", "press-freedom", "en", noon.Add(time.Duration(i)*time.Minute)))
		}
		late := story(1000, "alpha", "press-freedom", "en", noon.Add(-7*24*time.Hour))
		late.Items[0].FirstSeen = noon.Add(701 * time.Minute)
		n.put(late)
		n.quiet = quiet
		if got := read(t, build(t, n, options()), "/feeds/press-freedom").titles(); !slices.Contains(got, "Report 1000") {
			t.Errorf("found by a walk: %v: the late report is not in the feed", quiet)
		}
	}
}

// Whether late stories are found among the latest arrivals or by a walk through
// a list is only a matter of time.
func TestF41_LateStoriesAreTheSameEitherWay(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: compares some hundred sites")
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := &newsroom{}
		for i := range rapid.IntRange(40, 120).Draw(rt, "stories") {
			s := story(int64(i+1), rapid.SampledFrom([]string{"alpha", "beta"}).Draw(rt, "source"), rapid.SampledFrom([]string{"labor", "press-freedom"}).Draw(rt, "category"),
				rapid.SampledFrom([]string{"en", "es"}).Draw(rt, "language"), noon.Add(time.Duration(rapid.IntRange(0, 200).Draw(rt, "at"))*time.Hour))
			s.Items[0].FirstSeen = s.Published.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 30, 90}).Draw(rt, "late")) * time.Hour)
			n.put(s)
		}
		opt := options()
		opt.Items = 20
		quick := build(t, n, opt)
		n.quiet = true
		if d := differ(build(t, n, opt), quick); d != "" {
			rt.Fatalf("the site differs:\n%s", d)
		}
	})
}

// A name that begins like another's and goes on behind a hyphen is another
// name: that is so of languages only.
func TestALateReportIsNotInTheFeedOfASourceWhoseNameItsOwnBeginsWith(t *testing.T) {
	n := &newsroom{}
	for i := range 60 {
		n.put(story(int64(i+1), "alpha", "press-freedom", "en", noon.Add(time.Duration(i)*time.Minute)))
	}
	late := story(300, "alpha-west", "press-freedom-abroad", "en", noon)
	late.Items[0].FirstSeen = noon.Add(201 * time.Minute)
	n.put(late)
	site := build(t, n, options())
	for _, feed := range []string{"/feeds/source/alpha", "/feeds/press-freedom"} {
		if got := read(t, site, feed).titles(); slices.Contains(got, "Report 300") {
			t.Errorf("%s has a report of another: %q", feed, got)
		}
	}
	if got := read(t, site, "/feeds/source/alpha-west").titles(); !slices.Equal(got, []string{"Report 300"}) {
		t.Errorf("its own feed has %q", got)
	}
}
