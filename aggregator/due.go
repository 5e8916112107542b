package aggregator

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Selection says which sources a run looks at. The zero value is everything
// that is due.
type Selection struct {
	All    bool   // also what is not due yet; never below the floor (P22)
	Source string // only this one, due or not; "": any
	Probe  bool   // every source, paused ones too; of these nothing but the ledger row is kept
	Gentle bool   // a daemon's own tick: more than a burst of sources that wait for its start are spread out (P26)

	Among map[string]bool // ids: of what is selected otherwise, only these; nil: any
}

// job is one source to be polled with what is known of it.
type job struct {
	source  *news.Source      // of the list
	key     string            // of the source's URL, its politeness key; "" until turns are made
	state   *news.SourceState // as it was, not to be changed; the zero value: never polled
	last    bool              // of its key's, no other waits for a turn
	dry     bool              // look, but keep neither items nor validators
	preview bool              // of a proposed source: items are kept apart
	also    []job             // sources with the same address and headers, which get the same answer (P39)
}

// answer is how long the last answer to a job took; 0: unknown.
func (j *job) answer() time.Duration { return j.state.Answer }

// all yields a job and those it is also for.
func (j job) all() iter.Seq[job] {
	return func(yield func(job) bool) {
		if !yield(j) {
			return
		}
		for _, k := range j.also {
			if !yield(k) {
				return
			}
		}
	}
}

// due returns the selected sources that may be asked now, in the order of the
// list. states are of these sources and of former ones, recent are the
// addresses that this process asked within the floor.
func (s Selection) due(sources []news.Source, states []news.SourceState, recent map[string]bool, floor time.Duration, now time.Time) []job {
	known, last, barred := make(map[string]*news.SourceState, len(states)), map[string]time.Time{}, map[string]bool{}
	for i := range states {
		st := &states[i]
		known[st.Source] = st
		// What was learned last was asked by way of the configured address, and
		// that one may have been asked before it was unlearned.
		for _, address := range []string{st.URL, asked(st)} {
			if st.LastPoll.After(last[address]) {
				last[address] = st.LastPoll
			}
			barred[address] = barred[address] || bars(st, now)
		}
	}
	jobs, rest := make([]job, 0, len(sources)), []job(nil)
	var none news.SourceState
	at := make(map[string]int, len(sources)) // by request, the job that makes it
	taken := make(map[string]bool, len(sources))
	for i := range sources {
		src := &sources[i]
		st := known[src.ID]
		if st == nil {
			st = &none
		}
		j := newJob(src, st)
		address := j.address()
		what := request(j)
		n, shared := at[what]
		switch {
		case !s.wants(src, st, now) || barred[address] || recent[address] || tooSoon(last[address], floor, now):
			rest = append(rest, j)
		case shared:
			jobs[n].also = append(jobs[n].also, j)
		case taken[address]: // with other headers, and the floor is for both (P22)
		default:
			at[what], taken[address] = len(jobs), true
			jobs = append(jobs, j)
		}
	}
	for _, j := range rest { // not due, but the answer is there
		if i, shared := at[request(j)]; shared && asks(j.source) {
			jobs[i].also = append(jobs[i].also, j)
		}
	}
	return jobs
}

func newJob(src *news.Source, st *news.SourceState) job {
	if st.URL != src.URL && st.URL != "" {
		other := forURL(*st, src.URL)
		st = &other
	}
	return job{source: src, state: st, dry: !asks(src), preview: src.Status == news.Proposed}
}

// asks reports whether a source is asked when it is due: it takes part in the
// wire, or is looked at for the desk.
func asks(src *news.Source) bool { return src.Polled() || src.Status == news.Proposed }

// request identifies what is asked for a source: with other headers, or
// through another proxy, another answer may come, an index of sitemaps is
// followed by more requests, and for which origin the
// headers are is the configured URL's to say.
func request(j job) string {
	src := j.source
	if len(src.Headers) == 0 && src.Type != news.TypeSitemap && src.Proxy == "" && !strings.Contains(src.URL, "@") {
		return j.address()
	}
	var b strings.Builder
	b.WriteString(j.address())
	if len(src.Headers) > 0 || strings.Contains(src.URL, "@") {
		b.WriteString("\n" + src.URL)
	}
	if j.source.Type == news.TypeSitemap {
		b.WriteString("\nas a sitemap")
	}
	if j.source.Proxy != "" {
		b.WriteString("\nvia " + j.source.Proxy)
	}
	for _, name := range slices.Sorted(maps.Keys(j.source.Headers)) {
		b.WriteString("\n" + name + ": " + j.source.Headers[name])
	}
	return b.String()
}

// wants reports whether the selection includes a source at this moment.
func (s Selection) wants(src *news.Source, st *news.SourceState, now time.Time) bool {
	if s.Source != "" {
		return src.ID == s.Source
	}
	if s.Among != nil && !s.Among[src.ID] {
		return false
	}
	if s.Probe {
		return true
	}
	if !asks(src) || st.URL == src.URL && st.Gone >= goneForGood {
		return false
	}
	// Another address than the one that was asked is due at once: what was
	// learned belongs to the old one.
	// A last poll in the future was made with a clock that was wrong, and so
	// was the time of the next.
	return s.All || st.URL != src.URL || st.LastPoll.After(now) || !st.NextDue.After(now)
}

// goneForGood is how many 410 answers on different days end the polling of a
// source, until its address changes or somebody asks for it by name (P32).
const goneForGood = 2

// bars reports whether the server asked us not to come yet (P15). That binds
// whoever asks, under whatever name, unless the time was noted with a clock
// that was wrong.
func bars(st *news.SourceState, now time.Time) bool {
	return st.NotBefore.After(now) && !st.LastPoll.After(now)
}

// rhythms returns what is remembered of the sources whose interval adapts:
// the requests are shared out among them. A cron expression takes no part.
func rhythms(sources []news.Source, states []news.SourceState) [][]byte {
	adapts := make(map[string]string, len(sources))
	for _, src := range sources {
		if asks(&src) && src.Schedule == "" {
			adapts[src.ID] = src.URL
		}
	}
	var all [][]byte
	for _, st := range states {
		if url, ok := adapts[st.Source]; ok && url == st.URL {
			all = append(all, st.Rhythm)
		}
	}
	return all
}

// tooSoon reports whether asking now would ask one URL more often than the
// floor allows, whoever asks and however often the program was restarted
// (P22). last is when the URL was asked last, for whichever source.
func tooSoon(last time.Time, floor time.Duration, now time.Time) bool {
	return !last.IsZero() && near(last, now, floor)
}

// gentle leaves out sources whose turn after the start of the process has not
// come, when more than a burst wait (P26).
func (a *Aggregator) gentle(due []job, now time.Time) []job {
	if a.o.Manners.Burst <= 0 || len(due) <= a.o.Manners.Burst {
		return due
	}
	return slices.DeleteFunc(due, func(j job) bool { return a.o.Policy.First(j.source.ID, a.born).After(now) })
}

// forURL returns the state as it applies to a URL: what was learned about
// another address is forgotten, what is known of the source's items stays.
func forURL(st news.SourceState, url string) news.SourceState {
	if st.URL == url {
		return st
	}
	return news.SourceState{Source: st.Source, URL: url, LastOK: st.LastOK, LastNew: st.LastNew}
}
