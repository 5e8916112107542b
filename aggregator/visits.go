package aggregator

import (
	"maps"
	"sync"
	"time"
)

// visits remembers when this process asked an address last. The floor counts from
// what is stored (P22), so that it survives a restart; but when nothing can be
// stored, as on a full disk, the stored time stands still and a daemon would
// ask everybody again at every tick. The zero value remembers nothing.
type visits struct {
	mu sync.Mutex
	at map[string]time.Time

	swept time.Time // when last forgot what is past
}

// note books a request.
func (v *visits) note(url string, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.at == nil {
		v.at = map[string]time.Time{}
	}
	v.at[url] = now
}

// takeBack forgets a request that was booked and never made.
func (v *visits) takeBack(url string, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.at[url].Equal(at) {
		delete(v.at, url)
	}
}

// within returns the URLs that were asked less than floor away from now, and
// forgets the others.
func (v *visits) within(floor time.Duration, now time.Time) map[string]bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	maps.DeleteFunc(v.at, func(_ string, at time.Time) bool { return !near(at, now, floor) })
	recent := make(map[string]bool, len(v.at))
	for url := range v.at {
		recent[url] = true
	}
	return recent
}

// last returns when the addresses of some sources were asked less than floor
// away from now. It does not look at all others, but now and then, to forget.
func (v *visits) last(addresses map[string]bool, floor time.Duration, now time.Time) map[string]time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	if now.Sub(v.swept).Abs() >= floor {
		maps.DeleteFunc(v.at, func(_ string, at time.Time) bool { return !near(at, now, floor) })
		v.swept = now
	}
	lately := map[string]time.Time{}
	for url := range addresses {
		if at, ok := v.at[url]; ok && near(at, now, floor) {
			lately[url] = at
		}
	}
	return lately
}

// near reports whether two times are less than d apart. A time to come, as
// after a clock was set back or with run --now, counts by its distance:
// neither does it silence a source until then, nor does a clock that is set to
// the past switch the floor off.
func near(at, now time.Time, d time.Duration) bool { return now.Sub(at).Abs() < d }
