package main

import (
	"slices"
	"testing"
	"time"
)

func TestHostsThinkAsLongAsIsSaid(t *testing.T) {
	const n = 10_000
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = slowly(i)
	}
	slices.Sort(all)
	for _, tt := range []struct {
		name      string
		at        int
		low, high time.Duration
	}{
		{"half of the hosts", n / 2, 90 * time.Millisecond, 110 * time.Millisecond},
		{"one in a hundred", n - n/100, 900 * time.Millisecond, 1150 * time.Millisecond},
	} {
		if got := all[tt.at]; got < tt.low || got > tt.high {
			t.Errorf("%s think for more than %v, want between %v and %v", tt.name, got, tt.low, tt.high)
		}
	}
}
