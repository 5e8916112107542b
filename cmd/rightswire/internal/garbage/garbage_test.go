package garbage

import (
	"math"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
)

// orderVar names the order to a process that a test starts: the first collection
// is one of a whole process, and there is one.
const orderVar = "GARBAGE_TEST_ORDER"

// orders are what may come first.
var orders = map[string]func(*testing.T){
	"Bound comes before the first collection": func(t *testing.T) {
		Bound()
		if limit := debug.SetMemoryLimit(-1); limit != first+ballastSize {
			t.Errorf("with the ballast the limit is %d, want %d", limit, first+ballastSize)
		}
		collect()
	},
	"Bound comes after the first collection": func(*testing.T) {
		collect()
		Bound()
	},
	"Bound comes during the first collection": func(*testing.T) {
		var both sync.WaitGroup
		both.Go(collect)
		both.Go(Bound)
		both.Wait()
	},
}

// collect makes the first collection, and returns when it has been noticed.
func collect() {
	runtime.GC()
	for debug.SetMemoryLimit(-1) != math.MaxInt64 { // a cleanup runs a little later
		time.Sleep(time.Millisecond)
	}
}

// Until the first collection memory is bounded, and after it the percentage is
// that of who called Bound, and no limit is left: else nothing would be collected
// any more, or all the time.
func TestFirstCollectionSettlesTheRest(t *testing.T) {
	if do := orders[os.Getenv(orderVar)]; do != nil {
		if limit := debug.SetMemoryLimit(-1); limit != first {
			t.Fatalf("before anything is collected the limit is %d, want %d", limit, first)
		}
		do(t)
		if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
			t.Errorf("a limit of %d is left, want none", limit)
		}
		if rate := debug.SetGCPercent(percent); rate != percent {
			t.Errorf("garbage may gather to %d%%, want %d%%", rate, percent)
		}
		return
	}
	for name := range orders {
		t.Run(name, func(t *testing.T) {
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			c := exec.CommandContext(t.Context(), self, "-test.run=^TestFirstCollectionSettlesTheRest$", "-test.timeout=10s")
			for _, v := range os.Environ() {
				if !strings.HasPrefix(v, "GOGC=") && !strings.HasPrefix(v, "GOMEMLIMIT=") { // they have the last word
					c.Env = append(c.Env, v)
				}
			}
			c.Env = append(c.Env, orderVar+"="+name)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
