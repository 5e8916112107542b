//go:build unix

package deliver_test

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// BenchmarkDeliver brings the site of 1,000 sources into a folder: all of it,
// then with every twentieth page changed. Processor time counts, not the disk's.
func BenchmarkDeliver(b *testing.B) {
	b.Run("cold", func(b *testing.B) {
		s := largeSite(0)
		measureCPU(b, func() { deliverTo(b, b.TempDir(), s) })
	})
	b.Run("a twentieth changed", func(b *testing.B) {
		dir, round := b.TempDir(), 0
		deliverTo(b, dir, largeSite(round))
		measureCPU(b, func() {
			round++
			deliverTo(b, dir, largeSite(round))
		})
	})
}

// BenchmarkDeliverPart brings 300 files of a site of 45,000 into a folder that
// has the others.
func BenchmarkDeliverPart(b *testing.B) {
	dir, round := b.TempDir(), 0
	deliverTo(b, dir, largeSite(round))
	measureCPU(b, func() {
		b.StopTimer()
		round++
		s := largeSite(round)
		s.Kept = make(map[string]bool, len(s.Files))
		for i := range 40_000 {
			if p := storyOf(i); i%20 > 0 || i >= 6000 {
				s.Kept[p] = true
				delete(s.Files, p)
			}
		}
		for p := range s.Files {
			if strings.HasPrefix(p, "/feeds/") {
				s.Kept[p] = true
				delete(s.Files, p)
			}
		}
		runtime.GC()
		b.StartTimer()
		before := cpuTime(b)
		if r := deliverTo(b, dir, s); r.Written.Len() != 300 || r.Unchanged != 44_700 {
			b.Fatalf("%d written, %d unchanged", r.Written.Len(), r.Unchanged)
		}
		b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/1000, "part-cpu-ms")
	})
}

func storyOf(i int) string { return fmt.Sprintf("/story/%d-workers-of-the-port/index.html", i) }

// measureCPU reports the processor time of a call, and what it takes of memory.
func measureCPU(b *testing.B, call func()) {
	b.ReportAllocs()
	var spent time.Duration
	for b.Loop() {
		runtime.GC()
		before := cpuTime(b)
		call()
		spent += cpuTime(b) - before
	}
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "cpu-ms/op")
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// largeSite has 40,000 pages of stories, a folder for each, and 5,000 feeds. A
// twentieth of the pages differs from those of another round.
func largeSite(round int) *publisher.Site {
	s := &publisher.Site{Files: make(map[string]*publisher.File, 45_000)}
	body := strings.Repeat("x", 4000)
	for i := range 40_000 {
		p, text := storyOf(i), body
		if i%20 == 0 {
			text += fmt.Sprint(round)
		}
		make := func() ([]byte, error) { return []byte(text), nil }
		s.Files[p] = publisher.NewLazyFile(p, "text/html", fmt.Sprintf("%024d", len(text)*1000+round*(1-min(1, i%20))), make, time.Time{})
	}
	for i := range 5000 {
		p := fmt.Sprintf("/feeds/source/%d.rss", i)
		s.Files[p] = publisher.NewFile(p, "text/xml", []byte(p), time.Time{})
	}
	return s
}
