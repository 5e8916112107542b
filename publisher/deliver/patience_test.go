package deliver

import (
	"testing"
	"time"
)

func TestLargeObjectsHaveMoreTime(t *testing.T) {
	for bytes, want := range map[int64]time.Duration{0: 30 * time.Second, 500 << 10: 37 * time.Second, 64 << 20: 30*time.Second + 1024*time.Second} {
		if got := patience(bytes); got != want {
			t.Errorf("patience(%d) = %v, want %v", bytes, got, want)
		}
	}
}
