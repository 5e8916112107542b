package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

func TestWhenASourceMayBeAskedAgain(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	l := &prober{wire: &wire{cfg: &config.Config{Fetch: config.Fetch{Floor: config.Duration(15 * time.Minute)}}}}
	for name, tt := range map[string]struct {
		notBefore time.Time
		want      time.Duration
	}{
		"after the floor":                        {time.Time{}, 15 * time.Minute},
		"when its server wants it":               {at.Add(time.Hour), time.Hour},
		"not before the floor, whatever it says": {at.Add(time.Minute), 15 * time.Minute},
	} {
		if got := l.again(news.SourceState{LastPoll: at, NotBefore: tt.notBefore}); !got.Equal(at.Add(tt.want)) {
			t.Errorf("%s: %s, want %s later", name, got, tt.want)
		}
	}
}

func TestAReportSaysWhatToThinkOfIt(t *testing.T) {
	of := func(n int, v verdict) (lines []probeLine) {
		for range n {
			lines = append(lines, probeLine{Source: "s", Verdict: v})
		}
		return lines
	}
	for name, tt := range map[string]struct {
		lines     []probeLine
		want, not string
	}{
		"nobody answers":   {of(3, unreachable), "Nobody could be reached", "need not be dead"},
		"some do not":      {append(of(3, unreachable), of(1, works)...), "need not be dead", "Nobody could be reached"},
		"many work":        {append(of(60, works), of(1, dead)...), "Those that work are not listed", "works"},
		"one of each kind": {append(of(1, works), of(2, dead)...), "3 sources: 1 works, 2 are dead\n", "not listed"},
	} {
		var out strings.Builder
		if err := (&app{out: &out}).printProbe(tt.lines); err != nil || !strings.Contains(out.String(), tt.want) || strings.Contains(out.String(), tt.not) {
			t.Errorf("%s: %v, want %q and not %q\n%s", name, err, tt.want, tt.not, out.String())
		}
	}
}

func TestAPollIsJudged(t *testing.T) {
	src := news.Source{ID: "s", URL: "https://s.example/rss"}
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	failed := func(status int, text string) news.Poll {
		return news.Poll{At: at, Outcome: news.OutcomeFailed, Status: status, Error: text}
	}
	type judged struct {
		Verdict verdict
		To      string
		Feeds   []string
	}
	for name, tt := range map[string]struct {
		poll  news.Poll
		state news.SourceState
		saw   sight
		want  judged
	}{
		"never asked":                    {news.Poll{}, news.SourceState{}, sight{}, judged{notAsked, "", []string{}}},
		"nothing new":                    {news.Poll{At: at, Outcome: news.OutcomeUnchanged, Status: 304}, news.SourceState{}, sight{}, judged{works, "", []string{}}},
		"moved, as seen now":             {news.Poll{At: at, Outcome: news.OutcomeNew}, news.SourceState{}, sight{permanent: "https://n.example/"}, judged{moved, "https://n.example/", []string{}}},
		"moved, as seen before":          {news.Poll{At: at, Outcome: news.OutcomeNew}, news.SourceState{Moved: "https://n.example/"}, sight{}, judged{moved, "https://n.example/", []string{}}},
		"not found, another is named":    {failed(404, "status 404"), news.SourceState{Proposal: "https://s.example/feed"}, sight{}, judged{dead, "", []string{"https://s.example/feed"}}},
		"gone":                           {failed(410, "status 410"), news.SourceState{}, sight{}, judged{dead, "", []string{}}},
		"a page that names feeds":        {failed(200, "get x: not a feed: an HTML page"), news.SourceState{}, sight{feeds: []string{"https://s.example/feed"}}, judged{notAFeed, "", []string{"https://s.example/feed"}}},
		"forbidden":                      {failed(403, "status 403"), news.SourceState{}, sight{}, judged{unreachable, "", []string{}}},
		"withheld by law":                {failed(451, "status 451"), news.SourceState{}, sight{}, judged{unreachable, "", []string{}}},
		"a name that leads nowhere":      {failed(0, "dial tcp: lookup s.example: no such host"), news.SourceState{}, sight{}, judged{unreachable, "", []string{}}},
		"a certificate that is not good": {failed(0, "tls: failed to verify certificate: x509: certificate has expired"), news.SourceState{}, sight{}, judged{unreachable, "", []string{}}},
		"no answer in time":              {failed(0, "timed out"), news.SourceState{}, sight{}, judged{unreachable, "", []string{}}},
		"too busy":                       {failed(429, "status 429"), news.SourceState{}, sight{}, judged{busy, "", []string{}}},
		"an error of its own":            {failed(502, "status 502"), news.SourceState{}, sight{}, judged{broken, "", []string{}}},
		"redirects without end":          {failed(0, "too many redirects: 5 followed"), news.SourceState{}, sight{}, judged{broken, "", []string{}}},
	} {
		l := judge(src, tt.state, tt.poll, tt.saw)
		if d := cmp.Diff(tt.want, judged{l.Verdict, l.MovedTo, l.Feeds}); d != "" {
			t.Errorf("%s, -want +got\n%s", name, d)
		}
	}
}
