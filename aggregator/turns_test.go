package aggregator

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/news"
)

// serve has workers take all turns, each for as long as work says, and
// returns when which source's turn began, counted from the start.
func serve(ctx context.Context, t *turns, workers int, work func(source string) (time.Duration, bool)) map[string]time.Duration {
	start, began := time.Now(), map[string]time.Duration{}
	var mu sync.Mutex
	var all sync.WaitGroup
	all.Go(func() { t.run(ctx) })
	for range workers {
		all.Go(func() {
			for turn := range t.next {
				mu.Lock()
				began[turn.job.source.ID] = time.Since(start)
				mu.Unlock()
				took, asked := work(turn.job.source.ID)
				time.Sleep(took)
				t.done(ctx, turn.lane, asked)
			}
		})
	}
	all.Wait()
	return began
}

// jobsAt makes jobs named host-number: so many at each host, host by host.
func jobsAt(hosts, each int) (jobs []job) {
	for h := range hosts {
		for n := range each {
			jobs = append(jobs, job{state: &news.SourceState{}, source: &news.Source{
				ID: fmt.Sprintf("%c%d", 'a'+h, n), URL: fmt.Sprintf("https://host%d.example/%d", h, n),
			}})
		}
	}
	return jobs
}

func askedFor(took time.Duration) func(string) (time.Duration, bool) {
	return func(string) (time.Duration, bool) { return took, true }
}

func TestTurnsKeepTheGapOfAKeyAndNoOther(t *testing.T) {
	tests := []struct {
		name    string
		jobs    []job
		conns   int
		workers int
		took    time.Duration
		want    map[string]time.Duration
	}{
		{"one key has its gap from the end of a poll", jobsAt(1, 3), 1, 4, time.Second,
			map[string]time.Duration{"a0": 0, "a1": 3 * time.Second, "a2": 6 * time.Second}},
		{"keys do not wait for one another", jobsAt(3, 2), 1, 3, time.Second,
			map[string]time.Duration{"a0": 0, "b0": 0, "c0": 0, "a1": 3 * time.Second, "b1": 3 * time.Second, "c1": 3 * time.Second}},
		{"one worker serves two keys in the gaps of each other", jobsAt(2, 2), 1, 1, time.Second,
			map[string]time.Duration{"a0": 0, "b0": time.Second, "a1": 3 * time.Second, "b1": 4 * time.Second}},
		{"the key with most left goes first", append(jobsAt(1, 1), jobsAt(2, 2)[2:]...), 1, 1, time.Second,
			map[string]time.Duration{"b0": 0, "a0": time.Second, "b1": 3 * time.Second}},
		{"with two connections a poll does not wait for the end of the last", jobsAt(1, 2), 2, 2, 9 * time.Second,
			map[string]time.Duration{"a0": 0, "a1": 2 * time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := serve(t.Context(), newTurns(tt.jobs, tt.conns, 2*time.Second, tt.workers), tt.workers, askedFor(tt.took))
				for id, at := range tt.want {
					if d, ok := got[id]; !ok || d != at {
						t.Errorf("%s began at %v (%v), want %v", id, d, ok, at)
					}
				}
			})
		})
	}
}

// answering makes a job per host, each of which answered after so long.
func answering(took ...time.Duration) []job { return answered(jobsAt(len(took), 1), took...) }

// answered notes of jobs how long their last answers took.
func answered(jobs []job, took ...time.Duration) []job {
	for i := range jobs {
		jobs[i].state.Answer = took[i]
	}
	return jobs
}

func TestTurnsOfHostsThatTakeLongComeFirst(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name    string
		jobs    []job
		conns   int
		workers int
		want    map[string]time.Duration // when whose turn came
		end     time.Duration            // of all
	}{
		{"the slowest is not left to the end", answering(1*s, 1*s, 1*s, 1*s, 4*s), 1, 2,
			map[string]time.Duration{"e0": 0, "a0": 0}, 4 * s},
		{"dead ones, more than workers, do not keep the others waiting", answering(1*s, 30*s, 30*s, 30*s), 1, 2,
			map[string]time.Duration{"a0": 0}, 60 * s},
		{"nor do dead ones that are asked over several connections", append(answered(jobsAt(2, 3), 30*s, 30*s, 30*s, 30*s, 30*s, 30*s), answered(jobsAt(3, 4)[8:], 1*s, 1*s, 1*s, 1*s)...), 2, 4,
			map[string]time.Duration{"c0": 0, "c1": 1 * s}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, took := time.Now(), map[string]time.Duration{}
				for _, j := range tt.jobs {
					took[j.source.ID] = j.answer()
				}
				got := serve(t.Context(), newTurns(tt.jobs, tt.conns, time.Second, tt.workers), tt.workers, func(id string) (time.Duration, bool) {
					return took[id], true
				})
				for id, at := range tt.want {
					if got[id] != at {
						t.Errorf("%s began at %v, want %v", id, got[id], at)
					}
				}
				if end := time.Since(start); tt.end > 0 && end != tt.end {
					t.Errorf("all ended after %v, want %v", end, tt.end)
				}
			})
		})
	}
}

func TestTurnsOfAKeyThatIsLeftAloneCostNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		skip := func(string) (time.Duration, bool) { return 0, false }
		got := serve(t.Context(), newTurns(jobsAt(1, 100), 1, time.Hour, 2), 2, skip)
		for id, at := range got {
			if at != 0 {
				t.Errorf("%s was looked at after %v, want at once", id, at)
			}
		}
		if len(got) != 100 {
			t.Errorf("looked at %d, want 100", len(got))
		}
	})
}

func TestTurnsKeepTheOrderOfAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		var mu sync.Mutex
		serve(t.Context(), newTurns(jobsAt(1, 10), 1, time.Second, 4), 4, func(id string) (time.Duration, bool) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, id)
			return time.Second, true
		})
		if !slices.IsSorted(order) || len(order) != 10 {
			t.Errorf("order %v, want that of the list", order)
		}
	})
}

func TestTheLastTurnOfAKeyIsSaidToBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := jobsAt(2, 3)
		serve(t.Context(), newTurns(jobs, 1, time.Second, 2), 2, askedFor(time.Second))
		for _, j := range jobs {
			if want := j.source.ID[1] == '2'; j.last != want {
				t.Errorf("%s is the last of its key: %t, want %t", j.source.ID, j.last, want)
			}
		}
	})
}

func TestNoConnectionIsKeptForAKeyThatIsDone(t *testing.T) {
	known := &news.SourceState{LastOK: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	moved := &news.SourceState{LastOK: known.LastOK, Moved: "https://a.example/new"}
	tests := []struct {
		name string
		job  job
		want bool
	}{
		{"the last of its key", job{source: &news.Source{}, state: known, last: true}, true},
		{"others follow", job{source: &news.Source{}, state: known}, false},
		{"a first document may have older pages", job{source: &news.Source{}, state: &news.SourceState{}, last: true}, false},
		{"so may that of another source at the address", job{source: &news.Source{}, state: known, last: true, also: []job{{source: &news.Source{}, state: &news.SourceState{}}}}, false},
		{"a redirect led elsewhere", job{source: &news.Source{}, state: moved, last: true}, false},
		{"a redirect led another source at the address elsewhere", job{source: &news.Source{}, state: known, last: true, also: []job{{source: &news.Source{}, state: moved}}}, false},
		{"an index of sitemaps may follow", job{source: &news.Source{Type: news.TypeSitemap}, state: known, last: true}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (&Aggregator{}).request(tt.job, time.Now()).Last; got != tt.want {
				t.Errorf("request(…).Last = %t, want %t", got, tt.want)
			}
		})
	}
}

func TestTurnsEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		got := serve(ctx, newTurns(jobsAt(1, 10), 1, time.Hour, 3), 3, func(string) (time.Duration, bool) {
			cancel()
			return time.Second, true
		})
		if len(got) != 1 {
			t.Errorf("%d turns began, want the one that ended it all", len(got))
		}
	})
}

func TestTurnsOfAContextThatHasEndedDoNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if got := serve(ctx, newTurns(jobsAt(50, 1), 1, time.Hour, 50), 50, askedFor(0)); len(got) != 0 {
			t.Errorf("%d turns began, want none", len(got))
		}
	})
}
