package aggregator

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// noteMove records where permanent redirects led. It is a sighting: the
// configured URL stays in use, until the same move within one politeness key
// has been seen often and long enough to be learned (P27). A move to somebody
// else is the desk's to decide (S26). Where the redirects led to no feed, as
// to a log-in or a parked domain, or only to the site's front page, nothing has
// moved: the ledger says so and the row of sightings is left as it is (P29).
func (a *Aggregator) noteMove(p *news.Poll, st *news.SourceState, res *fetch.Response, readable bool) {
	if res.Permanent == "" {
		if readable {
			st.Moved, st.MovedSince, st.MovedSeen = "", time.Time{}, 0
		}
		return
	}
	to := oneLine(fetch.Redact(res.Permanent))
	switch {
	case !readable:
		p.Note = join(p.Note, fmt.Sprintf("redirected permanently to %s, which is no feed", to))
		return
	case isFront(res.Permanent) && !isFront(st.URL):
		p.Note = join(p.Note, fmt.Sprintf("redirected permanently to %s, which is only the site's front page", to))
		return
	case res.Permanent != st.Moved:
		st.Moved, st.MovedSince, st.MovedSeen = res.Permanent, p.At, 1
	default:
		st.MovedSeen++
	}
	p.Note = join(p.Note, fmt.Sprintf("moved permanently to %s (seen %s)", to, news.Count(st.MovedSeen, "time")))
	m := a.o.Manners
	if m.MoveSeen <= 0 || st.MovedSeen < m.MoveSeen || p.At.Sub(st.MovedSince) < m.MoveFor {
		return
	}
	if fetch.Key(st.Moved) != fetch.Key(st.URL) {
		p.Note = join(p.Note, "another domain: the desk has to decide")
		return
	}
	st.Learned = st.Moved
	p.Note = join(p.Note, "asked there from now on; the configured address is kept")
}

// isFront reports whether a URL names nothing but a site.
func isFront(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// maxLearnedFailures is how often a learned address may fail in a row.
const maxLearnedFailures = 3

// unlearn goes back to the configured address when the learned one is no feed
// any more: its own alias is the first place to look.
func unlearn(p *news.Poll, st *news.SourceState) bool {
	lost := p.Status == http.StatusNotFound || p.Status == http.StatusGone
	if st.Learned == "" || !lost && st.Failures < maxLearnedFailures {
		return false
	}
	st.Learned, st.Moved, st.MovedSince, st.MovedSeen = "", "", time.Time{}, 0
	p.Note = join(p.Note, "the configured address is asked again")
	return true
}

// address is where a source is asked: where it has moved, else where the desk
// says.
func (j job) address() string { return cmp.Or(j.state.Learned, j.source.URL) }

// asked returns the address that a state is about.
func asked(st *news.SourceState) string { return cmp.Or(st.Learned, st.URL) }
