package publisher

import (
	"slices"
	"testing"
	"time"
)

// Two ids in a million share an offset; their entries must differ all the
// same, whoever else is in the edition (F08).
func TestF08_CollidingOffsetsAreMovedApart(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 7000, time.UTC)
	entries := []Entry{{Updated: at}, {Updated: at}, {Updated: at.Add(time.Microsecond)}, {Updated: at.Add(time.Hour)}}
	apart(entries)
	var got []time.Duration
	for _, e := range entries {
		got = append(got, e.Updated.Sub(at))
	}
	// The oldest keeps its time, since it was there first.
	if want := []time.Duration{2 * time.Microsecond, 0, time.Microsecond, time.Hour}; !slices.Equal(got, want) {
		t.Errorf("apart: offsets %v, want %v", got, want)
	}
}
