package main

import "testing"

func TestPercentFor(t *testing.T) {
	tests := []struct {
		name string
		live int64
		want int
	}{
		{"nothing alive: the room, but no more than that of a megabyte", 0, 3100},
		{"a small heap fills the room", 8 << 20, 300},
		{"half of the room", 16 << 20, 100},
		{"almost all of it", 30 << 20, gcPercent},
		{"more than the room", 500 << 20, gcPercent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := percentFor(tt.live); got != tt.want {
				t.Errorf("percentFor(%d) = %d, want %d", tt.live, got, tt.want)
			}
		})
	}
}
