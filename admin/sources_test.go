package admin

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
)

// drawLine draws a source in any state.
func drawLine(t *rapid.T, n int) SourceLine {
	at := func(name string) time.Time {
		if rapid.Bool().Draw(t, "has "+name) {
			return noon.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, name)) * time.Hour)
		}
		return time.Time{}
	}
	return SourceLine{
		Source: news.Source{
			ID: fmt.Sprintf("s%d", n), Title: rapid.SampledFrom([]string{"A", "a", "B\nC", "ü 12 3", ""}).Draw(t, "title"),
			Status: rapid.SampledFrom([]news.Status{news.Active, news.Paused, news.Proposed}).Draw(t, "status"),
		},
		State: news.SourceState{
			LastPoll: at("last poll"), LastNew: at("last new"), NextDue: at("next due"), Failures: rapid.IntRange(0, 3).Draw(t, "failures"),
			Error: rapid.SampledFrom([]string{"", "status 503"}).Draw(t, "error"), Gone: rapid.IntRange(0, 1).Draw(t, "gone"),
			Moved: rapid.SampledFrom([]string{"", "https://x.example/"}).Draw(t, "moved"),
		},
	}
}

// In every order the pages hold every source once, and going on from a place
// needs no more than what the address says, whatever becomes of the source that
// stood there.
func TestPagesHoldEverySourceOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []SourceLine
		for n := range rapid.IntRange(0, 40).Draw(t, "sources") {
			all = append(all, drawLine(t, n))
		}
		sort := rapid.SampledFrom(sortings).Draw(t, "order").Name
		size := rapid.IntRange(1, 7).Draw(t, "page")
		var seen []string
		for after := ""; ; {
			p := sourcesView{Sort: sort}
			lines := slices.Clone(all)
			p.Counts = countHealth(lines)
			rows := p.choose(lines, after)
			more := len(rows) > size
			rows = rows[:min(size, len(rows))]
			for _, l := range rows {
				seen = append(seen, l.ID)
			}
			if !more {
				break
			}
			last := *rows[len(rows)-1]
			u, err := url.Parse(p.address(last))
			if err != nil {
				t.Fatal(err)
			}
			after = u.Query().Get("after")
			if rapid.Bool().Draw(t, "it goes") { // the source that the page ended with
				all = slices.DeleteFunc(all, func(l SourceLine) bool { return l.ID == last.ID })
			}
		}
		if got := slices.Compact(slices.Sorted(slices.Values(seen))); len(got) != len(seen) {
			t.Fatalf("order %s: a source is on two pages: %q", sort, seen)
		}
		for _, l := range all {
			if !slices.Contains(seen, l.ID) {
				t.Fatalf("order %s: %s is on no page: %q", sort, l.ID, seen)
			}
		}
	})
}

func TestHealth(t *testing.T) {
	asked := news.SourceState{LastPoll: noon, NextDue: noon}
	with := func(change func(*SourceLine)) SourceLine {
		l := SourceLine{State: asked}
		change(&l)
		return l
	}
	for _, tt := range []struct {
		want string
		line SourceLine
	}{
		{"fine", with(func(*SourceLine) {})},
		{"new", SourceLine{}},
		{"failing", with(func(l *SourceLine) { l.State.Error = "status 500" })},
		{"gone", with(func(l *SourceLine) { l.State.Gone, l.State.NextDue, l.State.Error = 2, time.Time{}, "status 410" })},
		{"moving", with(func(l *SourceLine) { l.State.Moved = "https://b.example/" })},
		{"fine", with(func(l *SourceLine) { l.State.Moved, l.State.Learned = "https://b.example/", "https://b.example/" })},
		{"paused", with(func(l *SourceLine) { l.Status, l.State.Error = news.Paused, "status 500" })},
		{"proposed", with(func(l *SourceLine) { l.Status = news.Proposed })},
	} {
		if got := tt.line.Health(); got != tt.want {
			t.Errorf("Health of %+v = %s, want %s", tt.line, got, tt.want)
		}
	}
}

func TestSpark(t *testing.T) {
	var polls []news.Poll // the newest first
	for n := range 50 {
		polls = append(polls, news.Poll{Outcome: news.OutcomeNew, New: n % 10})
	}
	polls[0].Outcome = news.OutcomeFailed
	s := spark(polls)
	if len(s.Bars) != recentPolls {
		t.Fatalf("%d bars, want %d", len(s.Bars), recentPolls)
	}
	for i, b := range s.Bars {
		if b.X < 0 || b.X+sparkStep > s.Width || b.H < 1 || b.Y < 0 || b.Y+b.H != s.Height {
			t.Errorf("bar %d = %+v is outside of %d x %d", i, b, s.Width, s.Height)
		}
	}
	if last := s.Bars[recentPolls-1]; !last.Bad || last.X+sparkStep != s.Width {
		t.Errorf("the last bar is %+v, want the newest poll, which failed, at the right", last)
	}
	if s.Bars[0].Bad || s.Label != "last 40 polls: 180 new items, 1 failed" {
		t.Errorf("the chart says %q", s.Label)
	}
	if s := spark(nil); len(s.Bars) != 0 || s.Label == "" {
		t.Errorf("a chart of nothing = %+v", s)
	}
}
