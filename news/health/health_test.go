package health

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
)

// now is the moment of every test.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// fine is a source with news twice a week, asked every hour, without fault.
func fine() Facts {
	f := Facts{
		Source: news.Source{ID: "a", Title: "A", URL: "https://a.example/rss", Language: "en"},
		State: news.SourceState{Source: "a", URL: "https://a.example/rss", LastPoll: now.Add(-time.Hour), LastOK: now.Add(-time.Hour),
			LastNew: now.Add(-day), NextDue: now.Add(time.Hour)},
		First: now.Add(-300 * day),
	}
	for i := range 40 {
		f.Polls = append(f.Polls, news.Poll{Source: "a", At: now.Add(-time.Duration(i+1) * time.Hour), Outcome: news.OutcomeUnchanged, Status: 304})
	}
	for d := 1; d < 200; d += 3 {
		at := now.Truncate(day).Add(-time.Duration(d) * day)
		f.Days = append([]Day{{at, 2}}, f.Days...)
	}
	for i := range LatestWanted {
		at := now.Add(-time.Duration(i+1) * day)
		f.Latest = append(f.Latest, Latest{Language: "en", Published: at.Add(-time.Hour), FirstSeen: at})
	}
	return f
}

// failing makes a source fail n times, since a while, with a status or an error.
func failing(n int, since time.Duration, status int, text string) func(*Facts) {
	return func(f *Facts) {
		f.State.Failures, f.State.Error, f.State.LastOK = n, text, now.Add(-since)
		for i := range min(n, len(f.Polls)) {
			f.Polls[i].Outcome, f.Polls[i].Status, f.Polls[i].Error = news.OutcomeFailed, status, text
		}
	}
}

func latest(change func(i int, l *Latest)) func(*Facts) {
	return func(f *Facts) {
		for i := range f.Latest {
			change(i, &f.Latest[i])
		}
	}
}

func quiet(d time.Duration) func(*Facts) {
	return func(f *Facts) {
		f.Days, f.Latest = before(f.Days, now.Add(-d)), nil
	}
}

func before(days []Day, t time.Time) []Day {
	for len(days) > 0 && days[len(days)-1].Day.After(t) {
		days = days[:len(days)-1]
	}
	return days
}

func TestJudge(t *testing.T) {
	const noName = `get https://a.example/rss: Get "https://a.example/rss": dial tcp: lookup a.example: no such host`
	tests := []struct {
		name   string
		change func(*Facts)
		want   string // kind and severity of each finding
		says   string // part of what the first says or advises
	}{
		{"a source that works is fine", func(*Facts) {}, "", ""},
		{"one failure is everyday", failing(1, 2*time.Hour, 500, "status 500"), "", ""},
		{"two failures in a row may pass", failing(2, 3*time.Hour, 500, "status 500"), "failing warning", "2 polls in a row failed"},
		{"three failures within hours may pass", failing(3, 9*time.Hour, 500, "status 500"), "failing warning", "an error of its own"},
		{"three failures over a day are a problem", failing(3, 30*time.Hour, 500, "status 500"), "failing problem", "not worked for 30 hours"},
		{"no such name may be a block", failing(9, 4*day, 0, noName), "unreachable problem", "proxy:"},
		{"a refused connection may be a block", failing(9, 4*day, 0, "get https://a.example/rss: dial tcp 192.0.2.1:443: connect: connection refused"), "unreachable problem", "cannot be told from here"},
		{"451 is a refusal", failing(9, 4*day, 451, "status 451"), "refused problem", "will not let us in"},
		{"403 of a check for robots is a refusal", failing(9, 4*day, 403, "status 403, blocked by Cloudflare"), "refused problem", "bot"},
		{"404 is gone, not blocked", failing(9, 4*day, 404, "status 404"), "gone problem", "no such feed"},
		{"a page in place of the feed is not a block", failing(9, 4*day, 200, "not a feed: an HTML page"), "not-a-feed problem", "parked domain"},
		{"429 is too busy and no refusal", failing(9, 4*day, 429, "status 429"), "failing problem", "come less often by ourselves"},
		{"an address inside is our own guard's word", failing(9, 4*day, 0, "get https://a.example/rss: dial tcp: address is not public: 10.0.0.7; fetch.allow names networks inside that may be asked"), "failing problem", "fetch.allow"},
		{"a feed that is too large for us", failing(9, 4*day, 200, "body is too large"), "failing problem", "fetch.max_body"},
		{"410 on two days ends it at once", func(f *Facts) {
			failing(2, 3*time.Hour, 410, "status 410")(f)
			f.State.Gone, f.State.NextDue = 2, time.Time{}
		}, "gone problem", "gone for good"},
		{"a feed that its site names instead comes first in the advice", func(f *Facts) {
			failing(9, 4*day, 404, "status 404")(f)
			f.State.Proposal = "https://a.example/feed/"
		}, "gone problem", "https://a.example/feed/"},
		{"its own proxy is suspected first", func(f *Facts) {
			failing(9, 4*day, 0, "timed out after 30s")(f)
			f.Source.Proxy = "socks5://127.0.0.1:9050"
		}, "unreachable problem", "see first that the proxy works"},
		{"a name nobody knows for months was given up", failing(90, 70*day, 0, noName), "unreachable problem", "probably given up"},
		{"our own outage is not the source's fault", func(f *Facts) {
			f.State.Error = noName
			for i := range 30 {
				f.Polls[i].Outcome, f.Polls[i].Error, f.Polls[i].Note = news.OutcomeFailed, noName, "not counted against the source: nobody answers"
			}
		}, "", ""},
		{"every third poll fails", func(f *Facts) {
			for i := 1; i < len(f.Polls); i += 3 {
				f.Polls[i].Outcome, f.Polls[i].Status, f.Polls[i].Error = news.OutcomeFailed, 502, "status 502"
			}
		}, "flaky notice", "13 of its last 40 polls failed"},
		{"a new source that never worked is a warning at once", func(f *Facts) {
			failing(1, 0, 404, "status 404")(f)
			f.State.LastOK, f.First, f.Days, f.Latest = time.Time{}, now.Add(-time.Hour), nil, nil
		}, "never-worked warning", "never worked"},
		{"one that has not worked for days is a problem", func(f *Facts) {
			failing(5, 0, 404, "status 404")(f)
			f.State.LastOK, f.First, f.Days, f.Latest = time.Time{}, now.Add(-4*day), nil, nil
		}, "never-worked problem", "no such feed"},
		{"failures of another address are forgotten", func(f *Facts) {
			failing(5, 4*day, 404, "status 404")(f)
			f.Source.URL = "https://a.example/new"
		}, "overdue notice", "not been asked yet"},

		{"a source with news twice a week may pause a week", quiet(6 * day), "", ""},
		{"and is silent after two", quiet(14 * day), "silent warning", "every 3 days"},
		{"silence for a season is a problem", quiet(60 * day), "silent problem", "hardly ever paused for longer than 3 days"},
		{"silence of a source with few items is no verdict", func(f *Facts) {
			quiet(100 * day)(f)
			f.Days = f.Days[len(f.Days)-5:]
		}, "", ""},
		{"a monthly source may be silent for a month", func(f *Facts) {
			f.Days, f.Latest = nil, nil
			for m := 12; m > 0; m-- {
				f.Days = append(f.Days, Day{now.Truncate(day).Add(-time.Duration(m) * 30 * day), 1})
			}
		}, "", ""},
		{"a source that pauses now and then is not silent in the next pause", func(f *Facts) {
			f.Days, f.Latest = nil, nil
			at := now.Truncate(day).Add(-12 * day)
			for i := range 40 {
				f.Days = append([]Day{{at, 1}}, f.Days...)
				at = at.Add(-day)
				if i%10 == 0 {
					at = at.Add(-9 * day)
				}
			}
		}, "", ""},
		{"silence while it fails is failure", func(f *Facts) {
			quiet(60 * day)(f)
			failing(9, 59*day, 500, "status 500")(f)
		}, "failing problem", ""},
		{"what we did not hear is no silence", func(f *Facts) {
			quiet(30 * day)(f)
			f.State.LastOK = now.Add(-29 * day)
		}, "", ""},
		{"a filtered source may have written of other things", func(f *Facts) {
			quiet(14 * day)(f)
			f.Source.Scope = news.ScopeFilter
		}, "silent warning", "scope: filter"},

		{"asked an hour late is no matter", func(f *Facts) { f.State.NextDue = now.Add(-time.Hour) }, "", ""},
		{"asked half a day late", func(f *Facts) { f.State.NextDue = now.Add(-12 * time.Hour) }, "overdue warning", "12 hours ago"},
		{"not asked for days", func(f *Facts) { f.State.NextDue = now.Add(-3 * day) }, "overdue problem", "3 days ago"},
		{"the server asked us to wait", func(f *Facts) {
			f.State.NextDue, f.State.NotBefore = now.Add(-3*day), now.Add(time.Hour)
		}, "", ""},
		{"a source that is gone for good is not overdue", func(f *Facts) { f.State.NextDue = time.Time{} }, "", ""},

		{"an archive in the feed is a flood", func(f *Facts) { f.Polls[2].New, f.Polls[2].Seen, f.Polls[2].Status = 400, 400, 200 }, "flood warning", "400 items came within a day"},
		{"a busy day is no flood", func(f *Facts) { f.Polls[2].New = 9 }, "", ""},
		{"the first document is no flood", func(f *Facts) {
			f.Polls = f.Polls[:3]
			f.First, f.Polls[2].New = f.Polls[2].At, 400
		}, "", ""},
		{"a flood of last week is past", func(f *Facts) { f.Polls[30].New = 400 }, "", ""},

		{"moved within its site is learned", func(f *Facts) {
			f.State.Moved, f.State.Learned, f.State.MovedSeen = "https://a.example/new", "https://a.example/new", 9
		}, "moved notice", "asked at https://a.example/new now"},
		{"moved elsewhere is for the desk", func(f *Facts) {
			f.State.Moved, f.State.MovedSeen, f.State.MovedSince = "https://b.example/rss", 9, now.Add(-8*day)
		}, "moved warning", "another site"},
		{"moved elsewhere for a day may pass", func(f *Facts) {
			f.State.Moved, f.State.MovedSeen, f.State.MovedSince = "https://b.example/rss", 9, now.Add(-day)
		}, "moved notice", "another site"},
		{"a redirect seen once is nothing", func(f *Facts) { f.State.Moved, f.State.MovedSeen = "https://b.example/rss", 1 }, "", ""},

		{"another language than before", func(f *Facts) {
			f.Source.Language = ""
			latest(func(i int, l *Latest) {
				if i < 12 {
					l.Language = "fr"
				}
			})(f)
		}, "language warning", `in "fr"; before, it wrote in "en"`},
		{"another language than the desk says", latest(func(_ int, l *Latest) { l.Language = "fr" }), "language warning", `config.yaml says that it writes in "en"`},
		{"a region is no other language", latest(func(_ int, l *Latest) { l.Language = "en-GB" }), "", ""},
		{"two languages side by side are no change", func(f *Facts) {
			f.Source.Language = ""
			latest(func(i int, l *Latest) {
				if i%2 == 0 {
					l.Language = "fr"
				}
			})(f)
		}, "", ""},
		{"a few foreign items are no change", latest(func(i int, l *Latest) {
			if i < 3 {
				l.Language = "fr"
			}
		}), "", ""},
		{"items of unknown language say nothing", latest(func(_ int, l *Latest) { l.Language = "und" }), "", ""},

		{"items without dates", latest(func(_ int, l *Latest) { l.Published = l.FirstSeen }), "undated notice", "carry no date"},
		{"items of tomorrow", latest(func(_ int, l *Latest) {
			l.Published, l.Claimed = l.FirstSeen, "Mon, 01 Jan 2057 00:00:00 +0000"
		}), "dates warning", "dated to the future"},
		{"dates that nobody can read", latest(func(_ int, l *Latest) {
			l.Published, l.Claimed = l.FirstSeen, "yesterday-ish"
		}), "dates warning", "yesterday-ish"},

		{"a feed that ran empty", func(f *Facts) {
			f.Polls[1].Status, f.Polls[1].Seen = 200, 0
			f.Polls[20].Status, f.Polls[20].Seen = 200, 30
		}, "empty warning", "before, it held 30 items"},
		{"a feed that is filled again", func(f *Facts) {
			f.Polls[1].Status, f.Polls[1].Seen = 200, 30
			f.Polls[20].Status, f.Polls[20].Seen = 200, 0
		}, "", ""},
		{"the same bytes again are no empty feed", func(f *Facts) {
			f.Polls[1].Status, f.Polls[1].Note = 200, "same bytes as last time"
		}, "", ""},
		{"a new feed without items yet", func(f *Facts) {
			f.Polls = f.Polls[:1]
			f.Polls[0].Status, f.First, f.Days, f.Latest = 200, f.Polls[0].At, nil, nil
		}, "empty notice", "no item yet"},

		{"a paused source is not judged", func(f *Facts) {
			failing(9, 9*day, 404, "status 404")(f)
			f.Source.Status = news.Paused
		}, "", ""},
		{"a proposed one waits for the desk", func(f *Facts) { f.Source.Status, f.Preview = news.Proposed, 7 }, "proposed notice", "7 items would be published"},
		{"a proposed one that does not work says so", func(f *Facts) {
			failing(9, 9*day, 404, "status 404")(f)
			f.Source.Status = news.Proposed
		}, "proposed notice", "does not work"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := fine()
			tt.change(&f)
			found := Judge(f, now, Default())
			var got []string
			text := ""
			for _, x := range found {
				got = append(got, fmt.Sprintf("%s %s", x.Kind, x.Severity))
				text += x.Says + " " + x.Do + " "
				if x.Source != "a" || x.Says == "" || x.Do == "" ||
					(x.Kind == OddDates || x.Kind == Undated) && x.Since.IsZero() {
					t.Errorf("a finding is not whole: %+v", x)
				}
			}
			if s := strings.Join(got, ", "); s != tt.want {
				t.Errorf("found %q, want %q\n%s", s, tt.want, text)
			}
			if !strings.Contains(text, tt.says) {
				t.Errorf("said %q, want %q in it", text, tt.says)
			}
		})
	}
}

func TestExam(t *testing.T) {
	other := func(i int, change func(*Facts)) Facts {
		f := fine()
		f.Source.ID = fmt.Sprint("s", i)
		change(&f)
		return f
	}
	for _, tt := range []struct {
		name    string
		n       int // of ten sources
		change  func(*Facts)
		kind    Kind
		sources int // how many are blamed themselves
	}{
		{"nobody polls", 9, func(f *Facts) { f.State.NextDue = now.Add(-2 * day) }, Idle, 0},
		{"one is forgotten", 1, func(f *Facts) { f.State.NextDue = now.Add(-2 * day) }, "", 1},
		{"our network is down", 8, func(f *Facts) {
			f.Polls[0].Outcome, f.Polls[0].Note = news.OutcomeFailed, "not counted against the source: nobody answers"
		}, Network, 0},
		{"so many refuse us that it is us", 6, failing(4, 3*day, 403, "status 403"), Blocked, 6},
		{"two refuse us", 2, failing(4, 3*day, 403, "status 403"), "", 2},
		{"all is well", 0, nil, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := NewExam(now, Default())
			for i := range 10 {
				if i < tt.n {
					e.Add(other(i, tt.change))
				} else {
					e.Add(other(i, func(*Facts) {}))
				}
			}
			var own Kind
			blamed := 0
			for _, f := range e.Findings() {
				if f.Source == "" {
					own = f.Kind
				} else {
					blamed++
				}
			}
			if own != tt.kind || blamed != tt.sources {
				t.Errorf("found %q of the wire and %d of sources, want %q and %d", own, blamed, tt.kind, tt.sources)
			}
		})
	}
}

func TestSeverityIsRead(t *testing.T) {
	for s := Fine; s <= Problem; s++ {
		text, _ := s.MarshalText()
		var got Severity
		if err := got.UnmarshalText(text); err != nil || got != s {
			t.Errorf("%s is read as %v, %v", text, got, err)
		}
	}
	var s Severity
	if err := s.UnmarshalText([]byte("awful")); err == nil {
		t.Error("awful is a severity")
	}
}
