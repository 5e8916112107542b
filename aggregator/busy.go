package aggregator

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/news"
)

// busy knows which politeness keys have had enough of us (P19). One address
// that answers 429 or 503 is its own matter (P20); two of one key within the
// pause are the host's, and the whole key is left alone.
//
// It is made of what is stored, so that a pause outlives the process.
type busy struct {
	pause time.Duration

	mu   sync.Mutex
	keys map[string]map[string]refusal // by politeness key, then by URL
}

// refusal is the last 429 or 503 of an address.
type refusal struct {
	at    time.Time
	until time.Time // what its Retry-After asked for; zero: nothing
}

func newBusy(pause time.Duration, states []news.SourceState) *busy {
	b := &busy{pause: pause, keys: map[string]map[string]refusal{}}
	for _, st := range states {
		b.note(st)
	}
	return b
}

// note takes in what a poll taught us.
func (b *busy) note(st news.SourceState) {
	if st.Busy.IsZero() || b.pause <= 0 {
		return
	}
	key := fetch.Key(st.URL)
	if _, err := netip.ParseAddr(key); err == nil {
		return // no domain: what is reached at a bare address need not be one house
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.keys[key] == nil {
		b.keys[key] = map[string]refusal{}
	}
	b.keys[key][asked(&st)] = refusal{st.Busy, st.NotBefore}
}

// until returns when a key may be asked again: now, if it is not paused.
func (b *busy) until(key string, now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []refusal
	for _, r := range b.keys[key] {
		if !r.at.After(now) { // else it was noted with a clock that was wrong
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y refusal) int { return x.at.Compare(y.at) })
	end := now
	for i := 1; i < len(list); i++ {
		if list[i].at.Sub(list[i-1].at) > b.pause {
			continue
		}
		for _, r := range list[i-1 : i+1] {
			for _, t := range []time.Time{r.at.Add(b.pause), r.until} {
				if t.After(end) {
					end = t
				}
			}
		}
	}
	return end
}
