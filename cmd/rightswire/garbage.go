package main

import "runtime/debug"

// How much garbage may gather before it is collected.
const (
	// gcPercent is how much garbage may gather, in percent of what is alive
	// and of the ballast. Of a run most is alive from its start to its end
	// (sources, terms, the stories of some days) and the rest is made and
	// dropped poll by poll: with Go's usual 100 a run over 10,000 sources took
	// 32.3 s of processor time and 198 MB, with this 36.7 s and 144 MB
	// (go run ./cmd/bench crowd).
	gcPercent = 25
	// ballastSize counts as alive and is never touched, so the system gives
	// no memory for it: garbage of a quarter of it (8 MiB) may gather while
	// next to nothing is alive. With a percentage alone, the first megabyte of
	// a heap of four is collected over and over. Three times as much took 2% off
	// the processor time of a run over 1,000 new sources and 3% off that of one
	// in which nothing is new, and made the first 21 MB larger and the second 15
	// (go run ./cmd/bench).
	ballastSize = 32 << 20
)

// boundGarbage makes the collector keep to gcPercent and to the ballast that it
// returns, for as long as somebody holds on to that. Both are told to it once: a
// percentage that follows what is alive comes too late when that grows fast,
// and when it comes near a memory limit the collector never rests.
func boundGarbage() (ballast []byte) {
	ballast = make([]byte, ballastSize)
	debug.SetGCPercent(gcPercent)
	return ballast
}
