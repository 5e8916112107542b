package main

import (
	"math"
	"testing"
)

// A replay finds what can be worked out: an item every ten minutes, asked for
// once an hour, waits for half an hour, and of six items a document of three
// has lost three.
func TestReplayOfAnEvenSource(t *testing.T) {
	var times []float64
	for at := 300.0; at < measureTo; at += 600 {
		times = append(times, at)
	}
	for _, tt := range []struct {
		win        int
		mean, lost float64
	}{{20, 1800, 0}, {3, 900, 0.5}} {
		all := start([]trace{{Win: tt.win, T: times}}, true, func(tr trace) decide { return fixed(tr, 3600) })
		advance(all, measureTo+daySeconds)
		r := sum(all)
		if math.Abs(r.perDay-24) > 0.1 || math.Abs(r.mean-tt.mean) > 5 || math.Abs(r.lost-tt.lost) > 0.01 {
			t.Errorf("a document of %d: %+v, want 24 requests, a mean of %v and %v lost", tt.win, r, tt.mean, tt.lost)
		}
	}
}
