// Package garbage decides how much garbage may gather before it is collected.
//
// It is a package of its own, and imports next to nothing, so that it is set up
// early: before most packages that make garbage when they are. Go sets packages up
// by what they import and then by path, so that some do come before it. It knows
// nothing of what the program keeps, and where GOGC or GOMEMLIMIT is set it leaves
// everything to them.
package garbage

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

// How much garbage may gather before it is collected.
const (
	// percent is how much garbage may gather, in percent of what is alive and
	// of the ballast. Of a run most is alive from its start to its end
	// (sources, terms, the stories of some days) and the rest is made and
	// dropped poll by poll: with Go's usual 100 a run over 10,000 sources took
	// 32.3 s of processor time and 198 MB, with this 36.7 s and 144 MB
	// (go run ./cmd/bench crowd).
	percent = 25
	// ballastSize counts as alive and is never touched, so the system gives
	// no memory for it: garbage of a quarter of it (8 MiB) may gather while
	// next to nothing is alive. With a percentage alone, the first megabyte of
	// a heap of four is collected over and over. Three times as much took 2% off
	// the processor time of a run over 1,000 new sources and 3% off that of one
	// in which nothing is new, and made the first 21 MB larger and the second 15
	// (go run ./cmd/bench).
	ballastSize = 32 << 20
	// first is how much memory a process may take before it collects for the
	// first time, some 18 MB of it on the heap: what would be collected before is
	// hardly garbage. With 26 MB a run over 1,000 sources in which nothing is new
	// collected twice and not once, which took a tenth of its processor time.
	first = 30 << 20
	// usual is Go's own percentage, for who does not call Bound.
	usual = 100
)

// The collector's settings change hands at the first collection, which may end
// while Bound is under way.
var (
	mu      sync.Mutex
	ballast []byte // nil: nobody has called Bound
	settled bool   // the first collection has been
)

// chosen reports whether whoever started the process says when to collect.
var chosen = os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != ""

func init() {
	if chosen {
		return
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(first)
	runtime.AddCleanup(new([64]byte), func(struct{}) { settle() }, struct{}{})
}

// settle ends the time before the first collection, which has just been.
func settle() {
	mu.Lock()
	defer mu.Unlock()
	settled = true
	rate := usual
	if ballast != nil {
		rate = percent
	}
	debug.SetGCPercent(rate)
	debug.SetMemoryLimit(math.MaxInt64)
}

// Bound makes the collector keep to percent and to the ballast, for good. Both
// are told to it once: a percentage that follows what is alive comes too late when
// that grows fast, and when it comes near a memory limit the collector never
// rests. Called before the first collection, it puts that off by the ballast.
func Bound() {
	if chosen {
		return
	}
	mu.Lock()
	defer mu.Unlock()
	if !settled { // else nobody would lift the limit again
		debug.SetMemoryLimit(first + ballastSize) // before the ballast, which is beyond the old one
	}
	ballast = make([]byte, ballastSize)
	if settled {
		debug.SetGCPercent(percent)
	}
}
