package aggregator

import (
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// Selection says which sources a run looks at. The zero value is everything
// that is due.
type Selection struct {
	All    bool   // also what is not due yet; never below the floor (P22)
	Source string // only this one, due or not; "": any
	Probe  bool   // every source, paused and proposed ones too; of these nothing but the ledger row is kept
}

// job is one source to be polled with what is known of it.
type job struct {
	source news.Source
	state  news.SourceState
	dry    bool // look, but keep neither items nor validators
}

// due returns the selected sources that may be asked now, in the order of the
// list. recent are the URLs that this process asked within the floor.
func (s Selection) due(sources []news.Source, states []news.SourceState, recent map[string]bool, floor time.Duration, now time.Time) []job {
	known := make(map[string]news.SourceState, len(states))
	for _, st := range states {
		known[st.Source] = st
	}
	var jobs []job
	for _, src := range sources {
		st, ok := known[src.ID]
		if !ok {
			st = news.SourceState{Source: src.ID}
		}
		if s.wants(src, st, now) && !tooSoon(src, st, floor, now) && !recent[src.URL] {
			jobs = append(jobs, job{source: src, state: forURL(st, src.URL), dry: !polled(src)})
		}
	}
	return jobs
}

// wants reports whether the selection includes a source at this moment.
func (s Selection) wants(src news.Source, st news.SourceState, now time.Time) bool {
	if s.Source != "" {
		return src.ID == s.Source
	}
	if s.Probe {
		return true
	}
	if !polled(src) {
		return false
	}
	// Another address than the one that was asked is due at once: what was
	// learned belongs to the old one.
	// A last poll in the future was made with a clock that was wrong, and so
	// was the time of the next.
	return s.All || st.URL != src.URL || st.LastPoll.After(now) || !st.NextDue.After(now)
}

// polled reports whether a source takes part in the wire.
func polled(src news.Source) bool {
	return src.Status != news.Paused && src.Status != news.Proposed
}

// rhythms returns what is remembered of the sources whose interval adapts:
// the requests are shared out among them. A cron expression takes no part.
func rhythms(sources []news.Source, states []news.SourceState) [][]byte {
	adapts := make(map[string]string, len(sources))
	for _, src := range sources {
		if polled(src) && src.Schedule == "" {
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
// (P22).
func tooSoon(src news.Source, st news.SourceState, floor time.Duration, now time.Time) bool {
	if st.URL != src.URL || st.LastPoll.IsZero() {
		return false
	}
	return near(st.LastPoll, now, floor)
}

// forURL returns the state as it applies to a URL: what was learned about
// another address is forgotten, what is known of the source's items stays.
func forURL(st news.SourceState, url string) news.SourceState {
	if st.URL == url {
		return st
	}
	return news.SourceState{Source: st.Source, URL: url, LastOK: st.LastOK, LastNew: st.LastNew}
}

// byKey splits jobs into queues, one per politeness key, keeping their order.
func byKey(jobs []job) [][]job {
	at := map[string]int{}
	var queues [][]job
	for _, j := range jobs {
		key := fetch.Key(j.source.URL)
		i, ok := at[key]
		if !ok {
			i = len(queues)
			at[key] = i
			queues = append(queues, nil)
		}
		queues[i] = append(queues[i], j)
	}
	return queues
}
