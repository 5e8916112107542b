package garbage

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// Until the first collection memory is bounded, and after it the percentage is
// that of who called Bound: else nothing would be collected any more.
func TestFirstCollectionSettlesTheRest(t *testing.T) {
	if chosen {
		t.Skip("GOGC or GOMEMLIMIT is set, and has the last word")
	}
	if limit := debug.SetMemoryLimit(-1); limit != first {
		t.Fatalf("before anything is collected the limit is %d, want %d", limit, first)
	}
	Bound()
	if limit := debug.SetMemoryLimit(-1); limit != first+ballastSize {
		t.Fatalf("with the ballast the limit is %d, want %d", limit, first+ballastSize)
	}
	runtime.GC()
	for debug.SetMemoryLimit(-1) != math.MaxInt64 { // a cleanup runs a little later
		time.Sleep(time.Millisecond)
	}
	if rate := debug.SetGCPercent(percent); rate != percent {
		t.Errorf("garbage may gather to %d%%, want %d%%", rate, percent)
	}
}
