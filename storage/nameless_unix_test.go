//go:build unix

package storage

import (
	"os"
	"path/filepath"
	"testing"
)

// A process that sweeps up what others left may take a new file's name first,
// which is what was wanted.
func TestAScratchFileWhoseNameIsSweptUpIsOne(t *testing.T) {
	dir := t.TempDir()
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ended:
				return
			default:
			}
			left, _ := filepath.Glob(filepath.Join(dir, "*"))
			for _, path := range left {
				os.Remove(path)
			}
		}
	}()
	for range 5000 {
		f, err := nameless(dir, "wire.db.window.part*")
		if err != nil {
			t.Error(err)
			break
		}
		f.Close()
	}
	close(ended)
	<-done
}
