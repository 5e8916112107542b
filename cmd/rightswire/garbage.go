package main

import (
	"runtime"
	"runtime/debug"
	gometrics "runtime/metrics"
)

// How much garbage may gather before it is collected.
const (
	// heapRoom is how large the heap may get whatever is alive of it. Most of
	// a small newsroom's run is made and dropped within it: with a percentage
	// alone, the first megabyte of a heap of four is collected over and over.
	heapRoom = 32 << 20
	// gcPercent is how much garbage may gather beyond it, in percent of what
	// is alive. Of a run most is alive from its start to its end (sources,
	// terms, the stories of some days) and the rest is made and dropped poll
	// by poll: with Go's usual 100 a run over 10,000 sources took 32.3 s of
	// processor time and 198 MB, with this 36.7 s and 144 MB (go run
	// ./cmd/bench crowd).
	gcPercent = 25
)

// boundGarbage makes the collector keep to heapRoom and gcPercent. A memory
// limit is no way to say it: when what is alive comes near one, the collector
// never rests.
func boundGarbage() {
	g := &garbage{live: []gometrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	g.set(heapRoom * 100 / smallestHeap)
	g.watch()
}

// smallestHeap is what Go collects at with 100 percent, however little is alive.
const smallestHeap = 4 << 20

// garbage adjusts the collector after each of its cycles.
type garbage struct {
	live    []gometrics.Sample
	percent int
}

// watch calls adjust after the next cycle, and so on: what nothing refers to
// is finalized by each.
func (g *garbage) watch() {
	runtime.SetFinalizer(&sentinel{g: g}, func(s *sentinel) {
		s.g.adjust()
		s.g.watch()
	})
}

// sentinel is garbage from its beginning.
type sentinel struct{ g *garbage }

// adjust sets the percentage that what is alive now comes to.
func (g *garbage) adjust() {
	gometrics.Read(g.live)
	if g.live[0].Value.Kind() == gometrics.KindUint64 {
		g.set(percentFor(int64(g.live[0].Value.Uint64())))
	}
}

// percentFor is the percentage for a heap of which so many bytes are alive.
func percentFor(live int64) int {
	live = max(live, 1<<20)
	return max(gcPercent, int((heapRoom-live)*100/live))
}

// set tells the collector, which stops the world for it, unless the
// difference is small.
func (g *garbage) set(percent int) {
	if d := percent - g.percent; d*d*100 >= g.percent*g.percent {
		debug.SetGCPercent(percent)
		g.percent = percent
	}
}
